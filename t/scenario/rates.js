// Prices that another server gives: [rates] url.

import assert from 'node:assert/strict'
import { Feed } from './lib/feed.js'
import { freePort, until } from './lib/http.js'
import { StreamSender } from './lib/link.js'
import { pathRate, Ratio } from './lib/ratio.js'
import { addPeer, changesNothing, pay, RECEIVED_TOKEN, units } from './lib/setups.js'

const USD = { assetCode: 'USD', assetScale: 2 }
const EUR = { assetCode: 'EUR', assetScale: 2 }

async function feed(t, port = 0) {
  const f = await new Feed().listen(port)
  t.defer(() => f.close())
  return f
}

/** A node with alice (USD, funded), bob (EUR) and liquidity, whose prices come from `url`. */
async function exchange(t, url, env = {}) {
  const node = await t.serving('exchange', { env: { FLORIN_RATES_URL: url, FLORIN_RATES_JUMP_BPS: '0', ...env } })
  await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
  await node.ok('wallet', 'add', 'bob', '--asset', 'EUR')
  await node.ok('deposit', 'alice', '100.00')
  await node.ok('asset', 'deposit', 'EUR', '100.00')
  return node
}

const source = async (node) => (await node.admin('GET', '/rates/source')).json()
const usdEur = async (node) => (await node.ok('rates')).items.find((r) => r.from === 'USD' && r.to === 'EUR')
const fetched = (node, rate) => until(`the rate ${rate}`, async () => (await usdEur(node))?.rate === rate)
const failed = (node, error) => until(`a fetch that ends ${error}`, async () => (await source(node)).error === error)

function refetch(node) {
  node.child.kill('SIGHUP')
}

/** Nothing is exchanged, and the refusal says why. */
async function noRate(node) {
  await changesNothing(node, async () => {
    const r = await pay(node, 'alice', `${node.url}/bob`, '--send', '1.00')
    assert.equal(r.code, 1)
    assert.match(r.stderr, /no exchange rate/)
    const quote = { walletAddress: 'alice', receiver: `${node.url}/bob`, debitAmount: { value: '100', ...USD } }
    const q = await node.admin('POST', '/quotes', quote)
    assert.equal(q.status, 422, q.text())
    assert.equal(q.json().error.code, 'no_rate')
  })
}

/** 10.00 USD become exactly what the price list says. */
async function paid(node, prices) {
  const before = await node.balance('bob')
  const r = await pay(node, 'alice', `${node.url}/bob`, '--send', '10.00')
  assert.equal(r.code, 0, r.stderr)
  const expected = pathRate(prices, USD, EUR).times(new Ratio(1000n)).floor()
  assert.equal(units(r.payment.deliveredAmount), expected)
  assert.equal((await node.balance('bob')) - before, expected)
}

export const tests = {
  'the first list is there before the node is ready, with source and age': async (t) => {
    const f = await feed(t)
    const node = await exchange(t, f.url)
    assert.equal(f.asked[0].method, 'GET')
    assert.match(f.asked[0].url, /^\/prices\?key=k-of-the-feed&base=USD$/)
    assert.equal(f.asked[0].headers.accept, 'application/json')
    const rate = await usdEur(node)
    assert.equal(rate.rate, '0.91')
    assert.equal(rate.source, f.shown, 'without the query, which may hold a key')
    assert.equal(rate.stale, false)
    assert.ok(rate.ageMs >= 0 && rate.ageMs < 120000, `age ${rate.ageMs}`)
    const s = await source(node)
    assert.deepEqual([s.source, s.maxAgeMs, s.stale, s.error, s.reason], [f.shown, 300000, false, null, null])
    const shown = await node.cli('rates')
    assert.equal(shown.code, 0, shown.stderr)
    assert.ok(shown.stdout.includes(f.shown))
    assert.equal(shown.stdout.includes('failed'), false)
    await paid(node, '{"base":"USD","rates":{"EUR":0.91}}')
    assert.equal(node.log.includes('k-of-the-feed'), false, 'the key of the feed is in no log')
  },

  'a price that changed is used, digit by digit': async (t) => {
    const f = await feed(t)
    const node = await exchange(t, f.url)
    await fetched(node, '0.91')
    const prices = '{"base":"USD","rates":{"EUR":0.123456789012345678}}'
    f.gives(prices)
    refetch(node)
    await fetched(node, '0.123456789012')
    await paid(node, prices)
  },

  'it is asked again by itself': async (t) => {
    const f = await feed(t)
    const node = await exchange(t, f.url, { FLORIN_RATES_MAX_AGE_S: '3' })
    f.gives('{"base":"USD","rates":{"EUR":0.5}}')
    await fetched(node, '0.5')
    await until('one more', () => f.asked.length > 3)
  },

  'while the feed is down there is no rate, and it recovers by itself': async (t) => {
    const port = await freePort()
    const node = await exchange(t, `http://127.0.0.1:${port}/prices`)
    assert.deepEqual((await node.ok('rates')).items, [])
    const s = await source(node)
    assert.deepEqual([s.updatedAt, s.ageMs, s.stale, s.error], [null, null, true, 'unreachable'])
    assert.ok(s.triedAt && s.reason)
    assert.match((await node.cli('rates')).stdout, /the last fetch failed: unreachable: the feed can't be reached/)
    await noRate(node)
    await feed(t, port)
    await fetched(node, '0.91')
    await paid(node, '{"base":"USD","rates":{"EUR":0.91}}')
    assert.match(node.log, /event=rates_fetch source=url result=ok/)
  },

  'an old list is no list: payments and packets are refused, one asset goes on': async (t) => {
    const f = await feed(t)
    const node = await exchange(t, f.url, { FLORIN_RATES_MAX_AGE_S: '2' })
    await addPeer(node, 'sender', { token: RECEIVED_TOKEN, creditLimit: '1000.00' })
    await node.ok('wallet', 'add', 'carol', '--asset', 'USD')
    f.gives('', 503)
    await until('the list to be too old', async () => (await source(node)).stale)
    await noRate(node)
    const sender = new StreamSender(t.link(node, RECEIVED_TOKEN), await node.spsp('bob'))
    assert.equal((await sender.send({ amount: 100n })).reply.code, 'F07')
    const same = await pay(node, 'alice', `${node.url}/carol`, '--send', '1.00')
    assert.equal(same.code, 0, same.stderr)
    assert.equal((await usdEur(node)).stale, true)
    f.gives('{"base":"USD","rates":{"EUR":0.7}}')
    await until('a fresh list', async () => !(await source(node)).stale)
    assert.equal((await usdEur(node)).rate, '0.7')
  },

  'an answer that is no price list changes nothing': async (t) => {
    const f = await feed(t)
    const node = await exchange(t, f.url)
    await fetched(node, '0.91')
    for (const [error, text, status = 200] of [
      ['malformed', '<html>down for maintenance</html>'],
      ['malformed', '{"base":"USD","rates":{"EUR":'],
      ['malformed', '{"base":"USD","rates":{"EUR":0.5,"EUR":0.6}}'],
      ['too_big', '{"base":"USD","rates":{"EUR":0.1234567890123456789}}'],
      ['bad_amount', '{"base":"USD","rates":{"EUR":0}}'],
      ['bad_amount', '{"base":"USD","rates":{"EUR":-0.5}}'],
      ['protocol_violation', '{"base":"EUR","rates":{"USD":1.1}}'],
      ['refused', '{"base":"USD","rates":{"EUR":0.5}}', 500],
      ['refused', '{"base":"USD","rates":{"EUR":0.5}}', 404],
      ['too_big', `{"base":"USD","rates":{"EUR":0.5},"x":"${'x'.repeat(300000)}"}`]
    ]) {
      f.gives(text, status)
      refetch(node)
      await failed(node, error)
      assert.equal((await usdEur(node)).rate, '0.91', `after ${text.slice(0, 60)}`)
      f.gives('{"base":"USD","rates":{"EUR":0.91}}')
      refetch(node)
      await failed(node, null)
    }
    // neither a redirect nor another type is followed or believed
    const other = await feed(t)
    f.answer = (res) => (res.writeHead(302, { location: other.url }), res.end())
    refetch(node)
    await failed(node, 'refused')
    f.answer = (res) => (res.writeHead(200, { 'content-type': 'text/html' }), res.end('{"base":"USD","rates":{"EUR":0.5}}'))
    refetch(node)
    await failed(node, 'bad_type')
    assert.equal(other.asked.length, 0)
    assert.equal((await usdEur(node)).rate, '0.91')
  },

  'a feed that never answers delays the start by its deadline only': async (t) => {
    const f = await feed(t)
    f.answer = () => {}
    const node = await exchange(t, f.url)
    const s = await source(node)
    assert.equal(s.error, 'timeout')
    await noRate(node)
    f.answer = (res) => f.json(res, '{"base":"USD","rates":{"EUR":0.91}}')
    await fetched(node, '0.91')
  },

  'an address that is not allowed stops the start and the check': async (t) => {
    const node = await t.node('strict')
    for (const [url, why] of [
      ['https://127.0.0.1/r', 'blocked'],
      ['https://0x7f000001/r', 'blocked'],
      ['https://localhost/r', 'blocked'],
      ['https://rates.example:8443/r', 'blocked'],
      ['https://rates.example./r', 'malformed']
    ]) {
      node.env = { FLORIN_SERVER_DEV: 'no', FLORIN_SERVER_PUBLIC_URL: 'https://wallet.example', FLORIN_RATES_URL: url }
      for (const command of ['check', 'serve']) {
        const r = await node.cli(command)
        assert.equal(r.code, 2, `${command} with ${url}: ${r.code} ${r.stderr}`)
        assert.match(r.stderr, new RegExp(`^florin: \\[rates\\] url: ${why} \\(.*\\[outbound\\] allow`, 'm'))
      }
    }
    node.env = { ...node.env, FLORIN_RATES_URL: 'https://10.1.2.3/r', FLORIN_OUTBOUND_ALLOW: '10.1.0.0/16' }
    assert.equal((await node.cli('check')).code, 0)
    node.env = {}
  }
}
