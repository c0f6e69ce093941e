// Prices of several sources, prices that jump, what the node keeps of exchanges, and what that earned.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as ilp from './lib/ilp.js'
import { Feed } from './lib/feed.js'
import { until } from './lib/http.js'
import { behaviours } from './lib/peer.js'
import { prepare } from './lib/link.js'
import { addPeer, changesNothing, connector } from './lib/setups.js'
import { sql } from './lib/stored_grant.js'

const day = (daysAgo) => new Date(Date.now() - daysAgo * 86400000).toISOString().slice(0, 10)

/** eurofxref-daily.xml, as the bank writes it. */
const ecb = (rates, of = day(1)) => `<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
	<gesmes:subject>Reference rates</gesmes:subject>
	<gesmes:Sender>
		<gesmes:name>European Central Bank</gesmes:name>
	</gesmes:Sender>
	<Cube>
		<Cube time='${of}'>
${Object.entries(rates).map(([code, rate]) => `			<Cube currency='${code}' rate='${rate}'/>`).join('\n')}
		</Cube>
	</Cube>
</gesmes:Envelope>
`

async function feed(t) {
  const f = await new Feed().listen()
  t.defer(() => f.close())
  return f
}

const sources = async (node) => (await node.admin('GET', '/rates/sources')).json().items
const source = async (node, name) => (await sources(node)).find((s) => s.name === name)
const pair = async (node, from, to) => (await node.ok('rates')).items.find((r) => r.from === from && r.to === to)

/** A Prepare that the right side fulfills -> what arrived there. */
async function forwarded(link, right, amount, destination = 'test.right.x') {
  const fulfillment = randomBytes(32)
  right.behave = behaviours.preimage(fulfillment)
  const r = await link.send(prepare({ amount, destination, condition: ilp.sha256(fulfillment) }))
  assert.equal(r.type, ilp.FULFILL, `${r.code} ${r.message}`)
  return right.seen.at(-1).prepare.amount
}

async function refused(link, amount, code) {
  const r = await link.send(prepare({ amount, destination: 'test.right.x' }))
  assert.equal(r.code, code, r.message?.toString())
}

/** The last events of that type, newest first. */
async function events(node, type) {
  const { items } = (await node.admin('GET', '/events')).json()
  return items.filter((e) => e.type === type).reverse()
}

const less = (amount, bps) => (amount * (10000n - bps)) / 10000n
const units = (a) => BigInt(a.value)

/** Spreads as they were said five minutes after each other: which of them counted when. */
async function overTime(node) {
  const course = async (span) => (await node.admin('GET', `/spreads/course?from=USD&to=EUR${span}`)).json().items
  const now = await course('')
  assert.equal(now.length, 60)
  assert.deepEqual([now[59].any, now[59].in, now[59].out], [30, { left: 30 }, { euro: 5 }])
  assert.deepEqual([now[0].any, now[0].in, now[0].out], [0, { left: 0 }, { euro: 0 }])
  const [trigger] = await sql(node, "SELECT sql FROM sqlite_schema WHERE name = 'spread_says_the_same'")
  await sql(node, `BEGIN IMMEDIATE; DROP TRIGGER spread_says_the_same; UPDATE spread SET created_ms = ${Date.now()} - (SELECT count(*) FROM spread s WHERE s.version >= spread.version) * 300000; ${trigger.sql}; COMMIT`)
  const then = await course('&span=hour')
  for (const [minutes, any, left, euro] of [[47, 0, 0, 0], [42, 30, 30, 0], [37, 30, 50, 0], [32, 30, 70, 0], [27, 30, 70, 5], [12, 30, 70, 5], [7, 30, 2000, 5], [2, 30, 30, 5]]) {
    const at = then[59 - minutes]
    assert.deepEqual([at.any, at.in, at.out], [any, { left }, { euro }], `${minutes} minutes ago`)
  }
  assert.equal((await course('&span=month')).length, 30)
  const back = (await node.admin('GET', '/spreads/course?from=EUR&to=USD')).json().items
  assert.deepEqual([back[59].any, back[59].in, back[59].out], [0, {}, { right: 0 }])
  for (const query of ['', '?from=USD', '?from=USD&to=USD', '?from=USD&to=none', '?from=USD&to=EUR&span=year']) {
    for (const path of ['/spreads/course', '/revenue/course']) {
      if (query.includes('span') && path.startsWith('/revenue')) continue
      assert.equal((await node.admin('GET', `${path}${query}`)).status, 400, path + query)
    }
  }
}

export const tests = {
  'three sources: order, ages, and two that meet': async (t) => {
    const f = await feed(t)
    f.gives('{"base":"USD","rates":{"EUR":0.5,"GBP":0.25}}')
    const node = await t.node('sources')
    writeFileSync(join(node.dir, 'own.json'), '{"base":"EUR","rates":{"XRP":2}}')
    writeFileSync(join(node.dir, 'ecb.xml'), ecb({ USD: '1.25', GBP: '0.8', JPY: '160' }))
    node.env = {
      FLORIN_RATES_FILE: 'own.json',
      FLORIN_RATES_URL: f.url,
      FLORIN_RATES_ECB: 'ecb.xml',
      FLORIN_RATES_JUMP_BPS: '0'
    }
    await node.serve()
    await node.ok('asset', 'add', 'JPY', '--scale', '0')
    assert.deepEqual((await sources(node)).map((s) => [s.name, s.source, s.maxAgeMs, s.stale, s.error]), [
      ['file', 'file', 0, false, null],
      ['url', f.shown, 300000, false, null],
      ['ecb', 'file', 518400000, false, null]
    ])
    assert.equal((await source(node, 'ecb')).updatedAt, `${day(1)}T15:00:00.000Z`)
    const is = async (from, to, rate, places) => {
      const p = await pair(node, from, to)
      assert.deepEqual([p.rate, p.source, p.stale], [rate, places, false], `${from}/${to}`)
    }
    await is('USD', 'EUR', '0.5', f.shown)
    await is('EUR', 'XRP', '2', 'file')
    await is('USD', 'JPY', '128', 'file') // of the bank's file
    await is('USD', 'XRP', '1', `file ${f.shown}`.split(' ').reverse().join(' '))
    await is('JPY', 'XRP', '0.0125', 'file file')
    // The feed goes: what only it has is old, the rest comes from the bank.
    f.gives('', 503)
    await node.stop()
    await node.serve({ FLORIN_RATES_URL_MAX_AGE_S: '1' }) // the list that was kept is older
    await until('old prices', async () => (await source(node, 'url')).stale)
    await until('the event', async () => (await events(node, 'rates.stale')).length > 0)
    await is('USD', 'EUR', '0.8', 'file')
    assert.equal((await events(node, 'rates.stale'))[0].data.source, 'url')
    // The bank's file breaks: its last list stays, and that is said.
    writeFileSync(join(node.dir, 'ecb.xml'), '<!DOCTYPE x [<!ENTITY y "z">]><x>&y;</x>')
    node.hangUp()
    await until('the refusal', async () => (await source(node, 'ecb')).error === 'malformed')
    await is('USD', 'EUR', '0.8', 'file')
    const shown = await node.cli('rates')
    assert.match(shown.stdout, /file: the last fetch failed: malformed: a document type declaration/)
    // Another order.
    f.gives('{"base":"USD","rates":{"EUR":0.5}}')
    await node.stop()
    writeFileSync(join(node.dir, 'ecb.xml'), ecb({ USD: '1.25' }, day(9)))
    node.env = { ...node.env, FLORIN_RATES_PRIORITY: 'ecb url' }
    await node.serve()
    assert.deepEqual((await sources(node)).map((s) => [s.name, s.stale]), [['ecb', true], ['url', false], ['file', false]])
    await is('USD', 'EUR', '0.5', f.shown) // the bank's list is nine days old
    for (const [env, why] of [
      [{ FLORIN_RATES_PRIORITY: 'ecb,url' }, /\[rates\] priority/],
      [{ FLORIN_RATES_ECB: 'nothing.xml' }, /\[rates\] ecb: .*can't be read/],
      [{ FLORIN_RATES_ECB: 'ftp://a.example/x' }, /FLORIN_RATES_ECB: .*a file or an http or https URL/]
    ]) {
      const before = node.env
      node.env = { ...before, ...env }
      const r = await node.cli('check')
      assert.equal(r.code, 2, JSON.stringify(env))
      assert.match(r.stderr, why)
      node.env = before
    }
  },

  'a price that jumps is held until the operator accepts it, over a restart too': async (t) => {
    const f = await feed(t)
    f.gives('{"base":"USD","rates":{"EUR":0.9,"GBP":0.8}}')
    const env = { FLORIN_RATES_URL: f.url, FLORIN_RATES_URL_MAX_AGE_S: '600' }
    const { node, link, right } = await connector(t, { env, asset: 'EUR' })
    assert.equal(await forwarded(link, right, 1000n), 900n)
    const held = async (n) => until(`${n} held`, async () => (await source(node, 'url')).held.length === n)
    f.gives('{"base":"USD","rates":{"EUR":9,"GBP":0.84}}')
    node.hangUp()
    await held(1)
    assert.equal((await pair(node, 'USD', 'EUR')).rate, '0.9')
    assert.equal((await pair(node, 'USD', 'GBP')).rate, '0.84', 'the others go on')
    assert.equal(await forwarded(link, right, 1000n), 900n)
    const { held: [h] } = await source(node, 'url')
    assert.deepEqual([h.pair, h.rate, h.heldRate], ['USD/EUR', '0.9', '9'])
    assert.match((await node.cli('rates')).stdout, /USD\/EUR jumped from 0.9 to 9: held until florin rates accept USD\/EUR/)
    await until('the event', async () => (await events(node, 'rates.jump')).length === 1)
    assert.deepEqual((await events(node, 'rates.jump'))[0].data.heldRate, '9')
    // A restart does not let it through.
    await node.stop()
    await node.serve()
    await held(1)
    assert.equal(await forwarded(link, right, 1000n), 900n)
    assert.equal((await events(node, 'rates.jump')).length, 1)
    for (const [wrong, code] of [['USD/GBP', 1], ['USD/CHF', 1], ['EUR', 1]]) {
      assert.equal((await node.cli('rates', 'accept', wrong)).code, code, wrong)
    }
    assert.equal((await node.admin('POST', '/rates/accept', { pair: 'USD/GBP' })).status, 404)
    assert.equal((await node.ok('rates', 'accept', 'USD/EUR')).held.length, 0)
    assert.equal(await forwarded(link, right, 1000n), 9000n)
    await node.kill()
    await node.serve()
    assert.equal(await forwarded(link, right, 1000n), 9000n, 'what was accepted was kept')
    // Held, and the old price's age ends: no rate, typed, and never 1.
    await node.stop()
    f.gives('{"base":"USD","rates":{"EUR":0.1,"GBP":0.84}}')
    await node.serve({ FLORIN_RATES_URL_MAX_AGE_S: '3' })
    await until('the end of its age', async () => (await pair(node, 'USD', 'EUR')).stale)
    await changesNothing(node, () => refused(link, 1000n, 'F07'))
    assert.equal((await pair(node, 'USD', 'GBP')).stale, false)
    // Back near the old price it is no jump.
    f.gives('{"base":"USD","rates":{"EUR":9.9,"GBP":0.84}}')
    node.hangUp()
    await held(0)
    assert.equal(await forwarded(link, right, 1000n), 9900n)
  },

  'spreads by peer, pair and direction, live; their history; and what they earned': async (t) => {
    const { node, link, right } = await connector(t)
    writeFileSync(join(node.dir, 'rates.json'), '{"base":"USD","rates":{"EUR":0.9}}')
    node.hangUp()
    const euro = await t.peer('test.euro')
    await addPeer(node, 'euro', { asset: 'EUR', url: `${euro.url}/ilp` })
    await node.ok('asset', 'deposit', 'EUR', '100000.00')
    await until('the rate', async () => (await pair(node, 'USD', 'EUR'))?.rate === '0.9')
    const mid = (amount) => (amount * 9n) / 10n
    const earned = { USD: 0n, EUR: 0n }
    const dollars = async (amount, bps) => {
      assert.equal(await forwarded(link, right, amount), less(amount, bps))
      earned.USD += amount - less(amount, bps)
    }
    const euros = async (amount, bps) => {
      const out = (amount * 9n * (10000n - bps)) / 100000n
      assert.equal(await forwarded(link, euro, amount, 'test.euro.x'), out)
      earned.EUR += mid(amount) - out
    }
    await dollars(10001n, 0n)
    await euros(10001n, 0n)
    await node.ok('spread', 'set', '30', '--from', 'USD', '--to', 'EUR')
    await euros(10001n, 30n)
    await dollars(10001n, 0n)
    await node.ok('spread', 'set', '50', '--peer', 'left')
    await euros(10001n, 50n)
    await dollars(10003n, 50n)
    await node.ok('spread', 'set', '70', '--peer', 'left', '--from', 'USD', '--to', 'EUR')
    await euros(10007n, 70n)
    await node.ok('spread', 'set', '5', '--peer', 'euro', '--direction', 'out')
    await euros(10007n, 75n)
    await node.ok('spread', 'set', '9000', '--peer', 'right', '--direction', 'out')
    await node.ok('peer', 'set', 'left', '--spread-bps', '2000')
    await changesNothing(node, () => refused(link, 1000n, 'R01')) // nothing would be left
    await node.ok('spread', 'clear', '--peer', 'right', '--direction', 'out')
    await node.ok('spread', 'clear', '--peer', 'left', '--from', 'USD', '--to', 'EUR')
    await node.ok('spread', 'clear', '--peer', 'left')
    await euros(10007n, 35n)
    await dollars(1n, 0n)

    const history = (await node.ok('spread', 'list', '--history')).items
    assert.deepEqual(history.map((s) => [s.peer, s.direction, s.from, s.basisPoints, s.inForce]).reverse(), [
      [null, 'in', 'USD', 30, true],
      ['left', 'in', null, 50, false],
      ['left', 'in', 'USD', 70, false],
      ['euro', 'out', null, 5, true],
      ['right', 'out', null, 9000, false],
      ['left', 'in', null, 2000, false],
      ['right', 'out', null, null, false],
      ['left', 'in', 'USD', null, false],
      ['left', 'in', null, null, false]
    ])
    for (const s of history) assert.ok(s.by && Date.parse(s.createdAt) <= Date.now())
    assert.equal((await node.ok('spread', 'list')).items.length, 2)
    assert.equal((await node.admin('GET', '/spreads?history=yes&limit=4')).json().items.length, 4)
    for (const [body, status] of [
      [{ basisPoints: 1 }, 400],
      [{ peer: 'left', basisPoints: 10001 }, 400],
      [{ peer: 'left' }, 400],
      [{ peer: 'left', basisPoints: 1, clear: true }, 400],
      [{ peer: 'left', from: 'USD', basisPoints: 1 }, 400],
      [{ peer: 'left', direction: 'sideways', basisPoints: 1 }, 400],
      [{ peer: 'nobody', basisPoints: 1 }, 404],
      [{ from: 'USD', to: 'XYZ', basisPoints: 1 }, 400],
      [{ peer: 'left', from: 'EUR', to: 'USD', basisPoints: 1 }, 400],
      [{ direction: 'out', from: 'USD', to: 'EUR', basisPoints: 1 }, 400]
    ]) {
      const r = await node.admin('PUT', '/spreads', body)
      assert.equal(r.status, status, `${JSON.stringify(body)}: ${r.text()}`)
    }

    // The report, the ledger's accounts and this test's own sums are the same to the unit.
    const today = day(0)
    for (const report of [await node.ok('revenue'), await node.ok('revenue', '--from', today, '--to', day(-1))]) {
      for (const code of ['USD', 'EUR']) {
        const a = report.assets.find((x) => x.asset === code)
        assert.equal(units(a.total), earned[code], code)
        assert.equal(units(a.spread) + units(a.remainder), earned[code])
        assert.equal(units(a.booked), earned[code])
      }
      const euroPair = report.pairs.find((p) => p.from === 'USD' && p.to === 'EUR')
      assert.equal(units(euroPair.spread) + units(euroPair.remainder), earned.EUR)
      assert.equal(euroPair.packets, 5)
    }
    const none = await node.ok('revenue', '--to', today)
    assert.ok(none.assets.every((a) => a.total.value === '0'))
    assert.equal((await node.admin('GET', '/revenue?from=yesterday')).status, 400)
    assert.equal((await node.cli('revenue', '--from', '2026-02-30')).code, 1)
    const days = (await node.admin('GET', '/revenue/course?from=USD&to=EUR')).json()
    assert.equal(days.items.length, 30)
    assert.equal(days.items.reduce((sum, d) => sum + units(d.spread), 0n), earned.EUR)
    assert.equal(days.items.slice(0, 28).reduce((sum, d) => sum + units(d.spread), 0n), 0n)
    assert.ok((await node.admin('GET', '/revenue/course?from=EUR&to=USD')).json().items.every((d) => d.spread.value === '0'))
    await overTime(node)
  },

  'what payments of some amounts cost is what quotes say': async (t) => {
    const { node } = await connector(t)
    node.hangUp()
    await node.ok('wallet', 'add', 'anna', '--asset', 'USD')
    await node.ok('wallet', 'add', 'carl', '--asset', 'USD')
    await node.ok('deposit', 'anna', '1000.00')
    const examples = async () => (await node.admin('GET', '/assets/USD/fees/examples')).json().items
    const free = await examples()
    assert.deepEqual(free.map((e) => e.amount.value), ['10', '20', '50', '100', '200', '500', '1000', '2000', '5000', '10000', '20000', '50000', '100000', '200000', '500000', '1000000'])
    for (const e of free) for (const side of ['sending', 'receiving']) assert.deepEqual([e[side].amount.value, e[side].basisPoints], ['0', 0])
    for (const [fixed, bps, receiveFixed, receiveBps, first] of [[30n, 150n, 0n, 25n, '10'], [0n, 1n, 7n, 0n, '1'], [12345n, 9999n, 100000n, 9999n, '100000'], [(1n << 63n) - 1n, 0n, 0n, 0n, '1000000000000000000']]) {
      const of = (value) => ({ value: String(value), assetCode: 'USD', assetScale: 2 })
      await node.call('PATCH', '/assets/USD', { feeFixed: of(fixed), feeBps: Number(bps), receiveFeeFixed: of(receiveFixed), receiveFeeBps: Number(receiveBps) })
      const all = await examples()
      assert.equal(all[0].amount.value, first)
      const part = (amount, of) => (amount * of + 9999n) / 10000n
      for (const e of all) {
        const amount = units(e.amount)
        const fee = fixed + part(amount, bps)
        assert.equal(e.sending && units(e.sending.amount), fee < amount ? fee : null, `${amount}`)
        if (e.sending) assert.equal(e.sending.basisPoints, Number((fee * 10000n) / amount))
        const received = receiveFixed + part(amount, receiveBps)
        assert.equal(units(e.receiving.amount), received < amount ? received : amount)
      }
      const e = all.find((one) => one.sending && units(one.sending.amount) > 0n)
      if (!e || fixed > 30n) continue
      const quote = await node.call('POST', '/quotes', { walletAddress: 'anna', receiver: `${node.url}/carl`, debitAmount: e.amount })
      assert.deepEqual(quote.fee, e.sending.amount)
    }
  },

  'prices and spreads that change under load: no packet is lost, and each has a price that was in force': async (t) => {
    const { node, link, right } = await connector(t, { asset: 'EUR' })
    const known = new Map()
    const came = new Map()
    right.behave = ({ prepare: p }) => {
      const condition = p.condition.toString('hex')
      came.set(condition, p.amount)
      return ilp.encode({ type: ilp.FULFILL, fulfillment: known.get(condition) })
    }
    // What was in force: from before it was asked for until after the next one was confirmed.
    const states = []
    const change = async (rate, bps, ask) => {
      states.push({ rate, bps, from: Date.now(), to: Infinity })
      await ask()
      if (states.length > 1) states.at(-2).to = Date.now()
    }
    const setRate = (digits) => async () => {
      writeFileSync(join(node.dir, 'rates.json'), `{"base":"USD","rates":{"EUR":0.${digits}}}`)
      node.hangUp()
      await until('the rate', async () => (await pair(node, 'USD', 'EUR')).rate === `0.${digits}`)
    }
    await change(91n, 0n, setRate(91))
    let on = true
    let sum = 0n
    let sent = 0n
    const sender = async () => {
      while (on) {
        const fulfillment = randomBytes(32)
        const condition = ilp.sha256(fulfillment)
        const name = condition.toString('hex')
        const amount = BigInt(1000 + (fulfillment[0] << 8) + fulfillment[1])
        known.set(name, fulfillment)
        const begin = Date.now()
        const r = await link.send(prepare({ amount, destination: 'test.right.x', condition }))
        const end = Date.now()
        assert.equal(r.type, ilp.FULFILL, `${r.code} ${r.message}`)
        // `to` of the one before is only known once the change was confirmed.
        const fits = states.filter((s) => s.from <= end && s.to >= begin)
        const prices = fits.map((s) => (amount * s.rate * (10000n - s.bps)) / 1000000n)
        assert.ok(prices.includes(came.get(name)), `${amount} became ${came.get(name)}, not ${prices}`)
        sum += came.get(name)
        sent += amount
      }
    }
    const senders = Array.from({ length: 8 }, sender)
    const changes = (async () => {
      for (let i = 0; i < 6; i++) {
        const { rate, bps } = states.at(-1)
        await change(rate === 91n ? 47n : 91n, bps, setRate(rate === 91n ? 47 : 91))
        const next = [50n, 0n, 333n][i % 3]
        await change(states.at(-1).rate, next, () => node.ok('spread', 'set', String(next), '--peer', 'left'))
      }
    })()
    await changes.finally(() => (on = false))
    await Promise.all(senders)
    assert.equal(await node.peerBalance('left'), -sent)
    assert.equal(await node.peerBalance('right'), sum)
    assert.ok(known.size > 50, `${known.size} packets`)
  },

  'fiat to crypto: USD at scale 2 in, XRP at scale 9 out, by the bank and a file that meet in EUR': async (t) => {
    const right = await t.peer('test.right')
    const node = await t.node('exchange')
    writeFileSync(join(node.dir, 'crypto.json'), '{"base":"EUR","rates":{"XRP":0.4567890123}}')
    writeFileSync(join(node.dir, 'ecb.xml'), ecb({ USD: '1.1573', JPY: '181.24' }))
    node.env = { FLORIN_RATES_FILE: 'crypto.json', FLORIN_RATES_ECB: 'ecb.xml' }
    await node.serve()
    const limit = ['--credit-limit', '100000.00', '--spread-bps', '25', '--max-packet', '1000.00']
    await addPeer(node, 'bank', { token: 'token-bank', options: limit })
    await addPeer(node, 'right', { asset: 'XRP', url: `${right.url}/ilp` })
    await node.ok('asset', 'deposit', 'XRP', '50000.0')
    const link = t.link(node, 'token-bank')
    // 1 USD cent = 10^-2 / 1.1573 EUR = that * 0.4567890123 XRP, in units of 10^-9
    const num = 4567890123n * 10n ** 9n * 10000n
    const den = 11573n * 10n ** 10n * 100n
    let sum = 0n
    let sent = 0n
    let mids = 0n
    for (const amount of [1n, 7n, 100n, 12345n, 100000n]) {
      const expected = (amount * num * 9975n) / (den * 10000n)
      assert.equal(await forwarded(link, right, amount), expected, `${amount} cents`)
      sum += expected
      sent += amount
      mids += (amount * num) / den
    }
    assert.equal(await node.peerBalance('bank'), -sent)
    assert.equal(await node.peerBalance('right'), sum)
    const report = (await node.ok('revenue')).assets.find((a) => a.asset === 'XRP')
    assert.equal(units(report.total), mids - sum)
    assert.equal(report.total.assetScale, 9)
    const liquidity = (await node.ok('asset', 'list')).items.find((a) => a.code === 'XRP').liquidity
    assert.equal(units(liquidity), 50000n * 10n ** 9n - mids)
    // Settled outside, each side in its own money; the node keeps what it earned.
    await node.ok('peer', 'settle', 'bank', `${sent / 100n}.${String(sent % 100n).padStart(2, '0')}`)
    assert.equal(await node.peerBalance('bank'), 0n)
  }
}
