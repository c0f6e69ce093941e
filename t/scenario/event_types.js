// Every type of event that docs/events.md lists reaches the host, signed and in order; and nothing
// that it does not list.

import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ok, usd } from './lib/answers.js'
import { Client } from './lib/client.js'
import * as ilp from './lib/ilp.js'
import { Feed } from './lib/feed.js'
import { StreamSender } from './lib/link.js'
import { request, until } from './lib/http.js'
import { connectionOf } from './lib/incoming.js'
import { Hook, hookEnv } from './lib/hook.js'
import { ROOT } from './lib/node.js'
import { Visitor } from './lib/pages.js'
import { addPeer, payingNode, receivingNode } from './lib/setups.js'
import { behaviours } from './lib/peer.js'
import { sql } from './lib/stored_grant.js'

export const maxMs = 150000

const PASSWORD = 'correct horse battery'
/** The types of the table; `.b` stands for another of the same object. */
function documented() {
  const page = readFileSync(join(ROOT, 'docs/events.md'), 'utf8').split('\n## Types\n')[1].split('\n## ')[0]
  const types = []
  for (const [, cell] of page.matchAll(/^\| (`[^|]*`) \|/gm)) {
    let object
    for (const [, name] of cell.matchAll(/`([a-z_.]+)`/g)) {
      object = name.startsWith('.') ? object : name.split('.')[0]
      types.push(name.startsWith('.') ? object + name : name)
    }
  }
  return types
}

/** alice agrees to a grant -> {id, token, cancel()}. */
async function agreed(node, client) {
  const access = [
    { type: 'quote', actions: ['create'] },
    { type: 'outgoing-payment', actions: ['create'], identifier: `${node.url}/alice`, limits: { debitAmount: usd(1000) } }
  ]
  const asked = await ok(client.grant(node, { access, interact: { start: ['redirect'] } }))
  const visitor = new Visitor(node)
  const login = await visitor.get(asked.interact.redirect)
  await visitor.submit(login.text(), { wallet: 'alice', password: PASSWORD })
  const page = await visitor.get(asked.interact.redirect)
  assert.equal((await visitor.submit(page.text(), { decision: 'accept' })).status, 303)
  const more = asked.continue
  const given = await until('the token', async () => {
    const r = await client.call('POST', more.uri, { token: more.access_token.value })
    return r.status === 200 && r.json()
  })
  return { id: more.uri.split('/').at(-1), token: given.access_token.value }
}

/** A payment of 1.00 to an incoming payment of this node, under the grant. */
async function paidUnder(node, client, grant, receiver) {
  const walletAddress = `${node.url}/alice`
  const quote = await ok(
    client.call('POST', `${node.url}/op/quotes`, {
      token: grant.token,
      json: { walletAddress, receiver, method: 'ilp', debitAmount: usd(100) }
    }),
    201
  )
  const json = { walletAddress, quoteId: quote.id }
  return ok(client.call('POST', `${node.url}/op/outgoing-payments`, { token: grant.token, json }), 201)
}

async function quoted(node, receiver, value) {
  const body = { walletAddress: 'alice', receiver, debitAmount: usd(value) }
  return (await ok(node.admin('POST', '/quotes', body), 201)).id
}

const started = async (node, quoteId) => (await ok(node.admin('POST', '/outgoing-payments', { quoteId }), 201)).id

/** Prices that jump, and then come no more. */
async function prices(node, feed) {
  feed.gives('{"base":"USD","rates":{"EUR":9.1}}')
  node.hangUp()
  const source = async () => (await node.admin('GET', '/rates/source')).json()
  await until('the jump', async () => (await source()).held.length === 1)
  feed.gives('', 503)
  await until('old prices', async () => (await source()).stale)
}

async function headless(t, hook) {
  const feed = await new Feed().listen()
  t.defer(() => feed.close())
  const env = { ...hookEnv(hook), FLORIN_ACCOUNTS_MODE: 'headless', FLORIN_RATES_URL: feed.url, FLORIN_RATES_MAX_AGE_S: '3' }
  const node = await t.serving('headless', { env })
  await prices(node, feed)
  for (const name of ['alice', 'bob']) await node.ok('wallet', 'add', name, '--asset', 'USD')
  const id = await started(node, await quoted(node, `${node.url}/bob`, 100))
  await ok(node.admin('POST', `/outgoing-payments/${id}/fund`, {}))
}

/** One that completes, one that fails, and one that is cancelled after a failed attempt. */
async function payments({ node, peer, pointer }) {
  for (const state of ['COMPLETED', 'FAILED']) {
    const id = await started(node, await quoted(node, pointer, state === 'FAILED' ? 90000 : 1000))
    await until('its end', async () => (await node.ok('payment', 'show', id)).state === state, 60000)
  }
  const quote = await quoted(node, pointer, 1000)
  await peer.close()
  const id = await started(node, quote)
  await until('an attempt', async () => (await node.ok('payment', 'show', id)).nextAttemptAt !== null, 40000)
  await ok(node.admin('POST', `/outgoing-payments/${id}/cancel`, {}))
}

async function keys(node) {
  const jwk = { kid: 'a', alg: 'EdDSA', ...generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }) }
  await ok(node.admin('POST', '/wallet-addresses/alice/keys', { jwk }), 201)
  await node.ok('key', 'revoke', 'alice', 'a')
}

/** A peer that does not answer, until it does. */
async function silence(t, node, hook) {
  const peer = await t.peer('test.silent')
  peer.behave = behaviours.status(503)
  await addPeer(node, 'silent', { url: `${peer.url}/ilp` })
  assert.equal((await node.cli('peer', 'test', 'silent')).code, 1)
  await until('the peer to be down', () => hook.taken().some((e) => e.type === 'peer.down'), 40000)
  peer.behave = behaviours.reject('F02')
}

/** Money that comes by SPSP alone, to a wallet of the same node. */
async function monetized(t, hook) {
  const node = await t.serving('monetized', { env: hookEnv(hook) })
  await node.ok('wallet', 'add', 'artist', '--asset', 'USD')
  await node.ok('asset', 'set', 'USD', '--withdrawal-threshold', '0.05')
  await addPeer(node, 'reader', { token: 'token-of-a-reader', creditLimit: '10.00' })
  const link = t.link(node, 'token-of-a-reader')
  const sender = new StreamSender(link, await node.spsp('artist'))
  for (let i = 0; i < 6; i++) assert.equal((await link.send(ilp.encode(sender.packet({ amount: 1n })))).type, ilp.FULFILL)
}

/** A packet that nobody decides about. */
async function undecided(t, hook) {
  const env = { ...hookEnv(hook), FLORIN_ACCOUNTS_CONFIRM_PARTIALS: 'yes' }
  const { node, link } = await receivingNode(t, { env })
  const { id } = await ok(node.admin('POST', '/incoming-payments', { walletAddress: 'alice' }), 201)
  const r = await new StreamSender(link, connectionOf(node, 'alice', id)).send({ amount: 5n })
  assert.equal(r.reply.code, 'T99')
}

async function liquidity(node) {
  await node.ok('asset', 'set', 'USD', '--liquidity-threshold', '1.00', '--liquidity-threshold-high', '50.00')
  await node.ok('asset', 'deposit', 'USD', '50.00')
  await node.ok('peer', 'set', 'fake', '--liquidity-threshold', '1000.00', '--liquidity-threshold-high', '3000.00')
  await node.ok('peer', 'settlement', 'fake', '--settle-threshold', '100.00')
  await node.ok('peer', 'settle', 'fake', '5000.00')
  await ok(node.admin('PATCH', '/peers/fake/settlement-terms', { settleThreshold: usd(10000), settleTo: usd(0) }))
}

export const tests = {
  'each type that is listed, and no other': async (t) => {
    let poison
    const hook = await new Hook((event) => (event.id === poison ? 500 : 200)).listen()
    t.defer(() => hook.close())
    const receiver = { maxPacket: 10000n, stopAfter: 50000n, stopClose: true }
    const env = { ...hookEnv(hook), FLORIN_ILP_MAX_HOLD_S: '2', FLORIN_ACCOUNTS_WALLET_NOT_FOUND: 'yes' }
    const paying = await payingNode(t, { env, receiver })
    const { node } = paying
    for (const name of ['nobody', 'NOBODY', 'nobody']) assert.equal((await request(`${node.url}/${name}`)).status, 404)
    await node.ok('wallet', 'add', 'carol', '--asset', 'USD')
    await ok(node.admin('PATCH', '/wallet-addresses/alice', { password: PASSWORD }))
    const others = Promise.all([headless(t, hook), monetized(t, hook), payments(paying), silence(t, node, hook), undecided(t, hook)])

    const asked = { walletAddress: 'carol', expiresAt: new Date(Date.now() + 8000).toISOString() }
    const late = await ok(node.admin('POST', '/incoming-payments', { ...asked, incomingAmount: usd(500) }), 201)
    await started(node, await quoted(node, late.url, 100))
    const { url } = await node.ok('request', 'carol', '1.00')
    const client = await Client.published(t)
    const grant = await agreed(node, client)
    const payment = await paidUnder(node, client, grant, url)
    await node.ok('grant', 'revoke', grant.id)
    await keys(node)
    await liquidity(node)
    await others

    // One that is never taken, and grows old.
    const parked = hook.taken().find((e) => e.type === 'key.added')
    poison = parked.id
    await node.ok('event', 'redeliver', parked.id)
    await until('the refusal', () => hook.deliveries.some((d) => d.event.id === poison && d.status === 500))
    await sql(node, `UPDATE delivery SET since_ms = since_ms - 8 * 86400000 WHERE event IN (SELECT key FROM event WHERE type = 'key.added')`)

    const seen = () => new Set(hook.taken().map((e) => e.type))
    await until('all of them', () => documented().every((type) => seen().has(type)), 60000).catch((e) => {
      throw new Error(`${e.message}; not seen: ${documented().filter((type) => !seen().has(type)).join(' ')}`)
    })
    assert.deepEqual([...seen()].sort(), documented().sort())
    hook.check()

    const strangers = hook.taken().filter((e) => e.type === 'wallet_address.not_found')
    assert.deepEqual(strangers.map((e) => e.data.walletAddressUrl), [`${node.url}/nobody`], 'once for a name')
    const of = (type, id) => hook.taken().filter((e) => e.type === type && (!id || e.data.id === id))
    const id = payment.id.split('/').at(-1)
    for (const type of ['outgoing_payment.created', 'outgoing_payment.completed']) {
      assert.deepEqual(of(type, id).map((e) => [e.data.client, e.data.grantId]), [[client.address, grant.id]])
    }
    assert.equal(of('grant.finalized', grant.id)[0].data.reason, 'ISSUED')
    assert.equal(of('grant.revoked', grant.id)[0].sequence, 2)
    assert.equal(of('webhook.dead_letter', parked.id)[0].data.type, 'key.added')
    assert.deepEqual(of('asset.liquidity_high')[0].data.balance, usd(5000))
    assert.deepEqual(of('peer.liquidity_low')[0].data.name, 'fake')
  }
}
