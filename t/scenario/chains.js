// Chains of 1, 2 and 4 connectors, each with a rate, scales, a spread, a largest packet and a latency of
// its own. What arrives, and what every node's books then hold, is computed here a second time: with whole
// numbers, from the price lists as they are written below. FLORIN_TEST_LONG=yes sends many more packets.

import assert from 'node:assert/strict'
import { randomBytes, randomInt } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as ilp from './lib/ilp.js'
import { request, sleep } from './lib/http.js'
import { prepare } from './lib/link.js'
import { addPeer, pay, units } from './lib/setups.js'

const PACKETS = process.env.FLORIN_TEST_LONG ? 4000 : 40
const AT_ONCE = 8
export const maxMs = process.env.FLORIN_TEST_LONG ? 1200000 : 150000
const FUNDS = 10n ** 15n

// Price of one base unit, as digits and how many of them stand behind the point.
const price = (text) => {
  const [whole, fraction = ''] = text.split('.')
  return { digits: BigInt(whole + fraction), behind: fraction.length }
}

/** The connectors, in a row. Left of the first is the test; each has a receiver `rN` of its own. */
const chain = [
  { name: 'c1', in: ['USD', 2], out: ['EUR', 2], spread: 50, max: 300000n, latencyMs: 0,
    base: 'USD', rates: { EUR: '0.9137', GBP: '0.79' }, receiver: ['GBP', 2] },
  { name: 'c2', in: ['EUR', 2], out: ['XRP', 9], spread: 7, max: 250000n, latencyMs: 15,
    base: 'EUR', rates: { XRP: '2.10345678901234567', JPY: '161.4' }, receiver: ['JPY', 0] },
  { name: 'c3', in: ['XRP', 9], out: ['BTC', 8], spread: 0, max: 2n * 10n ** 12n, latencyMs: 5,
    base: 'BTC', rates: { XRP: '48123.77' }, receiver: ['BTC', 8] },
  { name: 'c4', in: ['BTC', 8], out: ['GLD', 6], spread: 333, max: 10n ** 10n, latencyMs: 40,
    base: 'USD', rates: { BTC: '0.0000104733', GLD: '0.000377' }, receiver: ['GLD', 6] }
]

/** What one connector makes of an amount: both products rounded down, their difference is its spread. */
function hop(c, [toCode, toScale], amount) {
  const per = (code) => price(code === c.base ? '1' : c.rates[code])
  const [from, to] = [per(c.in[0]), per(toCode)]
  const num = to.digits * 10n ** BigInt(from.behind + toScale)
  const den = from.digits * 10n ** BigInt(to.behind + c.in[1])
  const mid = (amount * num) / den
  const out = (amount * num * BigInt(10000 - c.spread)) / (den * 10000n)
  return { mid, out, spread: mid - out }
}

function startConnectors(t) {
  const start = async (c) => {
    const node = await t.node(c.name)
    writeFileSync(join(node.dir, 'rates.json'), JSON.stringify({ base: c.base, rates: c.rates }))
    await node.serve()
    for (const [code, scale] of [c.in, c.out, c.receiver]) {
      await node.cli('asset', 'add', code, '--scale', String(scale)) // some ship with the node
      if (code !== c.in[0]) await node.admin('POST', `/assets/${code}/liquidity/deposits`, deposit(code, scale))
    }
    return node
  }
  return Promise.all(chain.map(start))
}

const deposit = (assetCode, assetScale) => ({ amount: { value: String(FUNDS), assetCode, assetScale } })
const capOf = (max, scale) => {
  const digits = max.toString().padStart(scale + 1, '0')
  return scale ? `${digits.slice(0, -scale)}.${digits.slice(-scale)}` : digits
}

/** Bytes go on to the node after `latencyMs`; Prepares are kept as a peer's are. */
async function slowWire(t, node, latencyMs) {
  const wire = await t.peer(`test.wire-${node.name}`)
  wire.behave = async ({ raw, req }) => {
    await sleep(latencyMs)
    const { authorization } = req.headers
    const headers = { authorization, 'content-type': 'application/octet-stream', 'content-length': raw.length }
    const answer = await request(`${node.url}/ilp`, { method: 'POST', headers, body: raw })
    assert.equal(answer.status, 200, answer.text())
    return answer.body
  }
  return wire
}

/** The options of a peer that pays into the connector. */
const payingIn = (c) => ['--credit-limit', '1000000000', '--spread-bps', String(c.spread), '--max-packet', capOf(c.max, c.in[1])]

/** The row of four, a receiver at each, and the test's links as the first one's peer. */
async function network(t) {
  const nodes = await startConnectors(t)
  const receivers = []
  for (const [i, c] of chain.entries()) {
    const next = nodes[i + 1]
    const receiver = await t.peer(`test.r${i + 1}`)
    const options = payingIn(c)
    const left = i === 0 ? 'sender' : chain[i - 1].name
    await addPeer(nodes[i], left, { asset: c.in[0], token: `token-to-${c.name}`, options })
    await addPeer(nodes[i], `r${i + 1}`, { asset: c.receiver[0], url: `${receiver.url}/ilp` })
    receivers.push(receiver)
    if (!next) continue
    const wire = await slowWire(t, next, chain[i + 1].latencyMs)
    const routes = chain.slice(i + 1).flatMap((_, k) => ['--route', `test.r${i + 2 + k}`])
    const outgoing = ['--outgoing-token', `token-to-${chain[i + 1].name}`, '--incoming-token', randomBytes(8).toString('hex')]
    const peer = ['--asset', c.out[0], '--ilp-address', `test.${chain[i + 1].name}`, '--url', `${wire.url}/ilp`]
    await nodes[i].ok('peer', 'add', chain[i + 1].name, ...peer, ...outgoing, ...routes)
  }
  return { nodes, receivers, link: t.link(nodes[0], 'token-to-c1') }
}

/** The hops of a chain of `length`: connector and the asset that it gives. */
const hopsOf = (length) => chain.slice(0, length).map((c, i) => [c, i + 1 < length ? c.out : c.receiver])

/** The expected way of one amount: at each hop what came, mid, out and spread; null where a hop refuses. */
function expected(length, amount) {
  const way = []
  for (const [c, to] of hopsOf(length)) {
    const h = { came: amount, ...hop(c, to, amount) }
    if (h.came > c.max) return { way, refused: 'F08', at: way.length }
    if (h.out === 0n) return { way, refused: 'R01', at: way.length }
    way.push(h)
    amount = h.out
  }
  return { way, delivered: amount }
}

const fulfillments = new Map()

/** One Prepare whose preimage the receiver gives. */
function packetTo(length, amount) {
  const fulfillment = randomBytes(32)
  const condition = ilp.sha256(fulfillment)
  fulfillments.set(condition.toString('hex'), fulfillment)
  return prepare({ amount, destination: `test.r${length}.shop`, condition, data: randomBytes(randomInt(200)) })
}

const preimageOf = ({ prepare: p }) => fulfillments.get(p.condition.toString('hex'))

/** Sends `amounts` some at a time and compares each packet's end. -> the ways that were gone */
async function send({ link, receivers }, length, amounts) {
  const receiver = receivers[length - 1]
  receiver.behave = (s) => ilp.encode({ type: ilp.FULFILL, fulfillment: preimageOf(s) })
  const gone = []
  const waiting = [...amounts]
  const sendOne = async (amount) => {
    const should = expected(length, amount)
    const packet = packetTo(length, amount)
    const r = await link.send(packet)
    const arrived = receiver.seen.filter((s) => s.prepare.condition.equals(packet.condition))
    if (should.refused) {
      assert.deepEqual([r.type, r.code], [ilp.REJECT, should.refused], `${amount} over ${length}: ${r.code}`)
      assert.equal(r.triggeredBy, `test.${chain[should.at].name}`)
      assert.equal(arrived.length, 0)
      return
    }
    assert.equal(r.type, ilp.FULFILL, `${amount} over ${length}: ${r.code} ${r.message}`)
    assert.deepEqual(arrived.map((s) => s.prepare.amount), [should.delivered], `${amount} over ${length}`)
    assert.ok(packet.expiresAt - arrived[0].prepare.expiresAt >= 1000 * length)
    gone.push(should.way)
  }
  const worker = async () => {
    while (waiting.length) await sendOne(waiting.shift())
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return gone
}

/** {kind -> balance} of every asset of a node that has one. */
async function booksOf(node) {
  const text = await node.metrics()
  const books = new Map()
  for (const m of text.matchAll(/^florin_balance\{kind="(\w+)",asset="(\w+)",scale="\d+"\} (-?\d+)$/gm)) {
    const of = books.get(m[2]) ?? {}
    of[m[1]] = BigInt(m[3])
    books.set(m[2], of)
  }
  return books
}

/** What all ways together have moved at the i-th connector, by asset and kind of account. */
function movedAt(i, ways) {
  const c = chain[i]
  const moved = new Map()
  const add = (code, kind, n) => {
    const of = moved.get(code) ?? {}
    of[kind] = (of[kind] ?? 0n) + n
    moved.set(code, of)
  }
  for (const [length, list] of ways) {
    if (i >= length) continue
    const to = hopsOf(length)[i][1][0]
    for (const { [i]: h } of list) {
      add(c.in[0], 'peer', -h.came)
      if (to === c.in[0]) add(to, 'spread', h.came - h.out)
      else {
        add(c.in[0], 'asset_pool', h.came)
        add(to, 'asset_pool', -h.mid)
        add(to, 'spread', h.spread)
      }
      add(to, 'peer', h.out)
    }
  }
  return moved
}

async function compareBooks({ nodes }, ways) {
  for (const [i, node] of nodes.entries()) {
    const books = await booksOf(node)
    const moved = movedAt(i, ways)
    for (const [code, is] of books) {
      const should = moved.get(code) ?? {}
      const sum = Object.values(is).reduce((a, b) => a + b, 0n)
      assert.equal(sum, 0n, `${node.name}: ${code} sums to zero`)
      const funded = code !== chain[i].in[0] && is.settlement !== undefined ? -is.settlement : 0n
      assert.equal(is.asset_pool ?? 0n, (should.asset_pool ?? 0n) + funded, `${node.name}: pool of ${code}`)
      assert.equal(is.spread ?? 0n, should.spread ?? 0n, `${node.name}: spread of ${code}`)
      assert.equal(is.peer ?? 0n, should.peer ?? 0n, `${node.name}: peers of ${code}`)
      assert.equal(is.suspense ?? 0n, 0n)
    }
  }
  // Two neighbours say the same of each other.
  for (let i = 0; i + 1 < nodes.length; i++) {
    const left = await nodes[i].peerBalance(chain[i + 1].name)
    assert.equal(left, -(await nodes[i + 1].peerBalance(chain[i].name)), `${chain[i].name} and ${chain[i + 1].name}`)
  }
}

/** Small ones (what rounds to nothing, too), ordinary ones, and those about the first cap. */
function amountsFor(length, count) {
  const cap = chain[0].max
  const list = [1n, 2n, 3n, cap, cap + 1n, cap - 1n]
  while (list.length < count) {
    const digits = 1 + randomInt(6)
    const amount = BigInt(randomInt(10 ** (digits - 1), 10 ** digits))
    if (amount <= cap) list.push(amount)
  }
  return list
}

/** The refusal of a cap says what would have passed: no unit less than that is refused, none more passes. */
async function capsAreExact({ link }, length) {
  const r = await link.send(packetTo(length, chain[0].max + 5n))
  assert.deepEqual(ilp.f08(r.data), { received: chain[0].max + 5n, maximum: chain[0].max })
}

/** A wallet whose node pays into the first connector, over a wire that keeps what it sent. */
async function payer(t, { nodes }) {
  const wire = await slowWire(t, nodes[0], 5)
  const node = await t.serving('payer')
  await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
  await node.ok('deposit', 'alice', '5000.00')
  await addPeer(nodes[0], 'payer', { token: 'token-that-florin-sends', options: payingIn(chain[0]) })
  await addPeer(node, 'c1', { url: `${wire.url}/ilp`, options: chain.flatMap((_, i) => ['--route', `test.r${i + 1}`]) })
  return { node, wire }
}

/** Pays by STREAM to the end of the chain -> the ways of the packets that were fulfilled. */
async function payOver(t, net, length, amount) {
  const [assetCode, assetScale] = chain[length - 1].receiver
  const peer = net.receivers[length - 1]
  peer.behave = (s) => peer.receive(s)
  const bob = peer.receiver(`bob${length}`, { assetCode, assetScale })
  const { node, wire } = net.payer ?? (net.payer = await payer(t, net))
  const { code, payment, stderr } = await pay(node, 'alice', `${peer.url}/bob${length}`, '--send', amount)
  assert.equal(code, 0, stderr)
  const sent = new Map(wire.seen.map((s) => [s.prepare.condition.toString('hex'), s.prepare.amount]))
  const ways = []
  for (const { prepare: p, fulfilled } of peer.seen) {
    if (!bob.owns(p.destination) || p.amount === 0n) continue
    const should = expected(length, sent.get(p.condition.toString('hex')))
    assert.equal(p.amount, should.delivered)
    if (fulfilled) ways.push(should.way)
  }
  const total = (pick) => ways.reduce((sum, way) => sum + pick(way), 0n)
  assert.equal(total((way) => way[0].came), units(payment.sentAmount))
  assert.equal(total((way) => way.at(-1).out), units(payment.deliveredAmount))
  assert.equal(bob.received, units(payment.deliveredAmount))
  return ways
}

export const tests = {
  'over 1, 2 and 4 connectors what arrives, and all books, are what exact arithmetic says': async (t) => {
    const net = await network(t)
    const ways = new Map()
    for (const length of [1, 2, 4]) {
      ways.set(length, await send(net, length, amountsFor(length, PACKETS)))
      assert.ok(ways.get(length).length > 10, `${ways.get(length).length} arrived over ${length}`)
      await capsAreExact(net, length)
    }
    for (const length of [1, 2, 4]) ways.get(length).push(...(await payOver(t, net, length, '1234.56')))
    await compareBooks(net, ways)
  }
}
