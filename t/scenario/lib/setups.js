// Small networks that several scenarios start from, and what "nothing changed" means.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { freePort, until } from './http.js'

export const RECEIVED_TOKEN = 'token-of-the-test-peer'

/** Adds a peer entry to a running node; `options` are further words of `florin peer add`. */
export async function addPeer(
  node,
  name,
  { asset = 'USD', address, url, token, outgoingToken = 'token-that-florin-sends', creditLimit = null, options = [] } = {}
) {
  const link = {
    ilpAddress: address ?? `test.${name}`,
    url: url ?? `http://127.0.0.1:${await freePort()}/ilp`,
    outgoingToken,
    incomingToken: token ?? `token-${name}`
  }
  if (options.length === 0) return node.addPeer(name, asset, link, creditLimit)
  return node.ok(
    ...['peer', 'add', name, '--asset', asset, '--ilp-address', link.ilpAddress, '--url', link.url],
    ...['--outgoing-token', link.outgoingToken, '--incoming-token', link.incomingToken],
    ...(creditLimit === null ? [] : ['--credit-limit', creditLimit]),
    ...options
  )
}

/**
 * A node with wallets alice (USD) and bob (EUR) and one peer `sender` whose money the test sends.
 * -> {node, link}
 */
export async function receivingNode(t, { env, creditLimit = '1000000.00', options = [] } = {}) {
  const node = await t.serving('wallet', { env })
  await node.addWallet('alice', 'USD', { publicName: 'Alice Example' })
  await node.addWallet('bob', 'EUR')
  await addPeer(node, 'sender', { token: RECEIVED_TOKEN, creditLimit, options })
  return { node, link: t.link(node, RECEIVED_TOKEN) }
}

/**
 * A connector between the test's link (peer `left`, USD) and a scripted peer (`right`).
 * -> {node, link, right}
 */
export async function connector(t, { env, asset = 'USD', left = [], right = [], liquidity = '100000.00' } = {}) {
  const peer = await t.peer('test.right')
  const node = await t.serving('connector', { env })
  await addPeer(node, 'left', { token: 'token-left', creditLimit: '1000000.00', options: left })
  await addPeer(node, 'right', { asset, url: `${peer.url}/ilp`, options: right })
  if (liquidity) await node.addLiquidity(asset, liquidity)
  return { node, link: t.link(node, 'token-left'), right: peer }
}

/**
 * A node whose wallet alice holds `funds` USD, and a scripted peer with the receiver `bob`.
 * -> {node, peer, bob, pointer}
 */
export async function payingNode(t, { env, funds = '20000.00', receiver = {}, options = [] } = {}) {
  const peer = await t.peer('test.fake')
  const bob = peer.receiver('bob', receiver)
  const node = await t.serving('payer', { env })
  await node.addWallet('alice', 'USD')
  await node.deposit('alice', funds)
  await addPeer(node, 'fake', { url: `${peer.url}/ilp`, options })
  return { node, peer, bob, pointer: `${peer.url}/bob` }
}

/** Two nodes that peer: alice of one, bob of the other. `ports` that they listen on where these are free. */
export async function twoNodes(t, { env, ports = [] } = {}) {
  const a = await t.serving('alices', { env, port: ports[0] })
  const b = await t.serving('bobs', { env: { ...env, FLORIN_ILP_ADDRESS: 'test.bobs' }, port: ports[1] })
  await a.addWallet('alice', 'USD')
  await b.addWallet('bob', 'USD')
  await a.deposit('alice', '1000.00')
  const token = { a: 'token-of-messages-a', b: 'token-of-messages-b' }
  const link = (to, outgoingToken, incomingToken) => ({ ilpAddress: to.address, url: `${to.url}/ilp`, outgoingToken, incomingToken })
  await a.addPeer('b', 'USD', { ...link(b, token.a, token.b), ilpAddress: 'test.bobs' }, '1000.00')
  await b.addPeer('a', 'USD', link(a, token.b, token.a), '1000.00')
  return { a, b, pointer: `${b.url}/bob` }
}

/** `florin pay` -> {code, payment, stderr}; the payment is what --json printed. */
export async function pay(node, from, to, ...amount) {
  const r = await node.cli('--json', 'pay', from, to, ...amount, '--yes')
  let payment = null
  try {
    payment = JSON.parse(r.stdout)
  } catch {
    assert.notEqual(r.code, 0, `pay ended with 0 and printed no JSON: ${r.stdout}`)
  }
  return { code: r.code, payment, stderr: r.stderr }
}

export const units = (amount) => BigInt(amount.value)

/** Everything a refusal must leave as it was: balances, liquidity, doubts, payments. */
export async function books(node) {
  const list = async (path) => (await node.admin('GET', path)).json().items
  const wallets = await list('/wallet-addresses')
  const balances = []
  for (const w of wallets) balances.push((await node.admin('GET', `/wallet-addresses/${w.name}/balance`)).json())
  const peers = (await list('/peers')).map(({ name, balance, pending }) => ({ name, balance, pending }))
  const assets = (await list('/assets')).map(({ code, liquidity }) => ({ code, liquidity }))
  return { balances, peers, assets, doubts: await list('/doubts'), payments: await list('/payments') }
}

/** Runs `work` and requires that no account moved; the audit follows at the test's end. */
export async function changesNothing(node, work) {
  const before = await books(node)
  const result = await work()
  assert.deepEqual(await books(node), before)
  return result
}

/** The open doubts' sum; each must be for `peer` and in the direction `we_may_owe`. */
export async function doubted(node, peer) {
  const { items } = await node.ok('doubt', 'list')
  for (const d of items) assert.deepEqual([d.peer, d.direction], [peer, 'we_may_owe'])
  return items.reduce((sum, d) => sum + units(d.amount), 0n)
}

/**
 * For work after which the next hop could claim a Fulfill that never reached us: no balance moves,
 * holds end, and what the peer may claim is listed. -> the sum that was listed
 */
export async function movesNothingButDoubts(node, peer, work) {
  const posted = ({ balances, peers, assets, payments }) => ({
    balances: balances.map((b) => b.balance),
    peers: peers.map((p) => p.balance),
    assets,
    payments
  })
  const before = posted(await books(node))
  await work()
  assert.deepEqual(posted(await books(node)), before)
  await until('the holds to end', async () => (await books(node)).peers.every((p) => p.pending.value === '0'), 40000)
  assert.deepEqual(posted(await books(node)), before)
  return doubted(node, peer)
}

export function randomPreimage() {
  return randomBytes(32)
}
