// Peers that are changed, limited and watched while they work.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { sleep, until } from './lib/http.js'
import * as ilp from './lib/ilp.js'
import { Link, prepare } from './lib/link.js'
import { behaviours } from './lib/peer.js'
import { peerNodes } from './lib/node.js'
import { Ratio, pathRate } from './lib/ratio.js'
import { addPeer, connector, pay } from './lib/setups.js'

const USD = { assetCode: 'USD', assetScale: 2 }
const EUR = { assetCode: 'EUR', assetScale: 2 }

/** A peer that fulfills whatever it is sent: the preimage travels in the data. */
const fulfillsAll = ({ prepare: p }) => ilp.encode({ type: ilp.FULFILL, fulfillment: p.data.subarray(0, 32) })

function packet(amount, fields = {}) {
  const preimage = randomBytes(32)
  return prepare({ amount, destination: 'test.right.x', condition: ilp.sha256(preimage), data: preimage, ...fields })
}

const show = (node, peer) => node.ok('peer', 'show', peer)
const code = (r) => (r.type === ilp.FULFILL ? 'fulfill' : r.code)

async function codes(link, packets) {
  const replies = await Promise.all(packets.map((p) => link.send(p)))
  const count = {}
  for (const r of replies) count[code(r)] = (count[code(r)] ?? 0) + 1
  return count
}

export const tests = {
  'limits of one peer: packets, money and packets at a time; and what we may owe': async (t) => {
    const { node, link, right } = await connector(t)
    right.behave = fulfillsAll
    const other = t.link(node, 'token-other')
    await addPeer(node, 'other', { creditLimit: '1000.00' })

    // Packets: a burst of two seconds passes, the next are T05, and another peer notices nothing.
    const set = await node.ok('peer', 'set', 'left', '--packets-per-s', '5')
    assert.equal(set.packetsPerSecond, 5)
    const many = await codes(link, Array.from({ length: 40 }, () => packet(1n)))
    assert.ok(many.T05 >= 20 && many.fulfill >= 10, JSON.stringify(many))
    assert.deepEqual(await codes(other, [packet(1n), packet(1n)]), { fulfill: 2 })
    assert.equal((await node.ok('peer', 'set', 'left', '--packets-per-s', '0')).packetsPerSecond, null)

    // Money: twice the amount per second at once, no more; a larger packet never fits.
    await node.ok('peer', 'set', 'left', '--amount-per-s', '1.00')
    const large = await link.send(packet(201n))
    assert.deepEqual([large.code, large.data.readBigUInt64BE(8)], ['F08', 200n])
    right.behave = behaviours.reject('F99')
    assert.equal((await link.send(packet(200n))).code, 'F99')
    right.behave = fulfillsAll
    assert.equal(code(await link.send(packet(200n))), 'fulfill', 'what was rejected came back')
    assert.equal((await link.send(packet(200n))).code, 'T05')
    assert.equal(code(await link.send(packet(0n))), 'fulfill', 'nothing costs nothing')
    await node.ok('peer', 'set', 'left', '--amount-per-s', '0')

    // At a time.
    await node.ok('peer', 'set', 'left', '--in-flight', '3')
    const waiting = []
    right.behave = () => new Promise((done) => waiting.push(done))
    const held = [packet(1n), packet(1n), packet(1n)]
    const replies = held.map((p) => link.send(p))
    await until('three to wait', () => waiting.length === 3)
    assert.equal((await link.send(packet(1n))).code, 'T05')
    assert.equal((await show(node, 'left')).health.inFlight, 3)
    assert.equal((await show(node, 'right')).health.inFlightOut, 3)
    held.forEach((p, i) => waiting[i](ilp.encode({ type: ilp.FULFILL, fulfillment: right.seen.at(i - 3).prepare.data })))
    assert.deepEqual((await Promise.all(replies)).map(code), Array(3).fill('fulfill'))
    await node.ok('peer', 'set', 'left', '--in-flight', '0')

    // What packets may make us owe the next hop.
    right.behave = fulfillsAll
    const owed = await node.peerBalance('right')
    const limited = await node.ok('peer', 'set', 'right', '--debt-limit', `${(owed + 10n) / 100n}.${String((owed + 10n) % 100n).padStart(2, '0')}`)
    assert.equal(BigInt(limited.debtLimit.value), owed + 10n)
    assert.equal((await link.send(packet(11n))).code, 'T04')
    assert.equal(code(await link.send(packet(10n))), 'fulfill')
    assert.equal((await link.send(packet(1n))).code, 'T04')
    await node.ok('peer', 'settle', 'right', '0.05', '--sent')
    assert.equal(code(await link.send(packet(5n))), 'fulfill')
  },

  'several incoming tokens: added, listed by id, revoked one at a time': async (t) => {
    const { node, link, right } = await connector(t)
    right.behave = fulfillsAll
    const first = (await show(node, 'left')).incomingTokens
    assert.equal(first.length, 1)
    const two = await node.ok('peer', 'set', 'left', '--add-incoming-token', 'token-left-2')
    assert.equal(two.incomingTokens.length, 2)
    const newer = t.link(node, 'token-left-2')
    assert.deepEqual([code(await link.send(packet(1n))), code(await newer.send(packet(1n)))], ['fulfill', 'fulfill'])
    await node.ok('peer', 'set', 'left', '--revoke-incoming-token', first[0].id)
    assert.equal((await link.post(ilp.encode(packet(1n)))).status, 401)
    assert.equal(code(await newer.send(packet(1n))), 'fulfill')
    const refusals = [
      [{ revokeIncomingToken: 'nope' }, 404, 'revokeIncomingToken'],
      [{ revokeIncomingToken: 'token-left-2' }, 409, undefined], // the last
      [{ addIncomingToken: 'with blank' }, 400, 'addIncomingToken'],
      [{ addIncomingToken: 'a', incomingToken: 'b' }, 400, 'addIncomingToken'],
      [{ state: 'asleep' }, 400, 'state'],
      [{ packetsPerSecond: -1 }, 400, 'packetsPerSecond'],
      [{ debtLimit: { value: '1', assetCode: 'EUR', assetScale: 2 } }, 400, 'debtLimit']
    ]
    for (const [body, status, field] of refusals) {
      const r = await node.admin('PATCH', '/peers/left', body)
      assert.deepEqual([r.status, r.json().error.details.field], [status, field], JSON.stringify(body))
    }
    for (const token of ['t3', 't4', 't5']) await node.ok('peer', 'set', 'left', '--add-incoming-token', `token-left-${token}`)
    const full = await node.admin('PATCH', '/peers/left', { addIncomingToken: 'token-left-t6' })
    assert.deepEqual([full.status, full.json().error.code], [413, 'too_big'])
    assert.equal((await node.ok('peer', 'set', 'left', '--incoming-token', 'token-left-9')).incomingTokens.length, 1)
  },

  'a peer is drained, then disabled with its balance, settled and removed': async (t) => {
    const { node, link, right } = await connector(t)
    right.behave = fulfillsAll
    assert.equal(code(await link.send(packet(7n))), 'fulfill')
    let answer
    right.behave = ({ prepare: p }) => new Promise((done) => (answer = () => done(fulfillsAll({ prepare: p }))))
    const held = link.send(packet(5n))
    await until('a packet to wait', () => answer)

    // To it and from it nothing new; what is under way ends.
    await node.ok('peer', 'set', 'right', '--state', 'draining')
    assert.equal((await link.send(packet(1n))).code, 'F02')
    assert.equal((await node.ok('route', 'explain', 'test.right.x')).kind, 'none')
    assert.ok(!(await node.ok('route', 'list')).items.some((r) => r.peer === 'right'))
    const inFlight = await node.cli('peer', 'remove', 'right')
    assert.equal(inFlight.code, 1)
    assert.match(inFlight.stderr, /under way/)
    await node.ok('peer', 'set', 'left', '--state', 'draining')
    const refused = await link.send(packet(1n))
    assert.equal(refused.code, 'T03')
    const early = await node.cli('peer', 'remove', 'right', '--drain', '--wait', '1s')
    assert.equal(early.code, 1)
    assert.match(early.stderr, /after 1 s packets are still under way.*draining/s)
    assert.equal((await show(node, 'right')).state, 'draining')
    for (const args of [['--wait', '1s'], ['--drain', '--wait', '2h'], ['--drain', '--wait', 'long']]) assert.equal((await node.cli('peer', 'remove', 'right', ...args)).code, 2, args.join(' '))
    const removing = node.ok('peer', 'remove', 'right', '--drain')
    await sleep(300)
    answer()
    assert.equal(code(await held), 'fulfill')
    assert.deepEqual([(await removing).state, (await show(node, 'right')).state], ['disabled', 'disabled'])
    assert.equal(await node.peerBalance('right'), 12n)

    // The other way round: active again.
    await node.ok('peer', 'set', 'left', '--state', 'active')
    await node.ok('peer', 'set', 'right', '--state', 'active')
    right.behave = fulfillsAll
    assert.equal(code(await link.send(packet(1n))), 'fulfill')
    await node.ok('peer', 'set', 'left', '--state', 'disabled')
    assert.equal((await link.post(ilp.encode(packet(1n)))).status, 401)

    await node.ok('peer', 'settle', 'right', '0.13', '--sent')
    await node.ok('peer', 'remove', 'right')
    assert.deepEqual((await node.ok('peer', 'list')).items.map((p) => p.name), ['left'])
    assert.equal((await node.cli('peer', 'show', 'right')).code, 1)
  },

  'a payment that is under way goes on another way when its peer is drained': async (t) => {
    const [near, a, b, far] = await Promise.all(['near', 'a', 'b', 'far'].map((n) => t.serving(n)))
    const limits = ['--credit-limit', '10000.00']
    await peerNodes(near, a, 'USD', { aLimits: [...limits, '--route', 'test.far'], bLimits: limits })
    await peerNodes(near, b, 'USD', { aLimits: [...limits, '--route', 'test'], bLimits: limits })
    for (const n of [a, b]) await peerNodes(n, far, 'USD', { aLimits: [...limits, '--max-packet', '0.10'], bLimits: limits })
    await a.ok('peer', 'set', 'near', '--packets-per-s', '100') // 800 packets would take it seconds
    await near.ok('wallet', 'add', 'w', '--asset', 'USD')
    await far.ok('wallet', 'add', 'w', '--asset', 'USD')
    await near.ok('deposit', 'w', '100.00')
    const paying = pay(near, 'w', `${far.url}/w`, '--send', '80.00')
    await until('packets over a', async () => (await show(near, 'a')).health.fulfilledOut > 20)
    await near.ok('peer', 'set', 'a', '--state', 'draining')
    const { payment, stderr } = await paying
    assert.equal(payment?.state, 'COMPLETED', stderr)
    const over = [await near.peerBalance('a'), await near.peerBalance('b')]
    assert.equal(over[0] + over[1], 8000n)
    assert.ok(over[0] > 0n && over[1] > 0n, `${over}`)
    assert.equal(await far.balance('w'), 8000n)
  },

  'health: what is counted, silence and its end as events, and the metrics': async (t) => {
    const { node, link, right } = await connector(t)
    right.behave = fulfillsAll
    assert.equal((await show(node, 'right')).health.state, 'unknown')
    await link.send(packet(1n))
    right.behave = behaviours.reject('F99')
    await link.send(packet(1n))
    const up = (await show(node, 'right')).health
    assert.deepEqual([up.state, up.packetsOut, up.fulfilledOut, up.rejectedOut, up.failedOut], ['up', 2, 1, 1, 0])
    assert.ok(up.latencyMs >= 0 && up.lastAnswerAt && !up.downSince)
    const left = (await show(node, 'left')).health
    assert.deepEqual([left.packetsIn, left.refusedIn, left.inFlight], [2, 1, 0])
    assert.ok(left.lastPacketAt)

    // One failure is followed up without anybody's packets, until it is news.
    right.behave = behaviours.status(503)
    await link.send(packet(1n))
    const events = async () => (await node.ok('event', 'list')).items.filter((e) => e.type.startsWith('peer.'))
    await until('the peer to be down', async () => (await events()).length === 1, 30000)
    const [down] = await events()
    assert.deepEqual([down.type, down.data.name], ['peer.down', 'right'])
    assert.ok(down.data.reason && down.data.downSince)
    const health = (await show(node, 'right')).health
    assert.deepEqual([health.state, health.downSince], ['down', down.data.downSince])
    assert.match(await node.metrics(), /^florin_peer_up\{peer="right"\} 0$/m)

    // A restart does not forget it, and the peer is asked until it answers.
    await node.stop()
    await node.serve()
    assert.equal((await show(node, 'right')).health.state, 'down')
    right.behave = behaviours.reject('F00')
    await until('the peer to be up', async () => (await events()).length === 2, 30000)
    assert.deepEqual([(await events())[1].type, (await show(node, 'right')).health.state], ['peer.up', 'up'])
    const metrics = await node.metrics()
    for (const line of [/^florin_peer_up\{peer="right"\} 1$/m, /^florin_peer_latency_microseconds\{peer="right"\} \d+$/m, /^florin_peer_failed_total\{peer="right"\} \d+$/m]) {
      assert.match(metrics, line)
    }
  },

  'peer test tells each hop on the way': async (t) => {
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((n) => t.serving(n)))
    await peerNodes(a, b, 'USD', { aLimits: ['--route', 'test.c'] })
    await peerNodes(b, c, 'USD')
    const near = await a.ok('peer', 'test', 'b')
    assert.deepEqual([near.ok, near.arrived, near.error], [true, true, null])
    assert.deepEqual(near.hops.map((h) => [h.hop, h.ilpAddress]), [[1, 'test.b']])
    assert.ok(near.pingMs >= 0)
    const far = await a.ok('peer', 'test', 'b', '--to', 'test.c.nobody.x')
    assert.deepEqual(far.hops.map((h) => [h.ilpAddress, h.code]), [['test.b', 'R02'], ['test.c', 'F06']])
    assert.equal(far.arrived, true)
    const nowhere = await a.ok('peer', 'test', 'b', '--to', 'test.d.x')
    assert.deepEqual(nowhere.hops.map((h) => [h.ilpAddress, h.code]), [['test.b', 'F02']])
    assert.equal((await a.admin('POST', '/peers/b/test', { destination: 'peer.config' })).status, 400)
    // who refuses our token
    await a.ok('peer', 'set', 'b', '--outgoing-token', 'another-token')
    const r = await a.cli('--json', 'peer', 'test', 'b')
    const wrong = JSON.parse(r.stdout)
    assert.deepEqual([r.code, wrong.ok, wrong.pingMs, wrong.hops], [1, false, null, []])
    assert.match(wrong.error, /token/)
  },

  'reconfiguration under load: no packet is lost or mispriced': async (t) => {
    const { node, right } = await connector(t, { asset: 'EUR', left: ['--spread-bps', '50'] })
    right.behave = fulfillsAll
    const spare = await t.peer('test.spare')
    spare.behave = fulfillsAll
    await addPeer(node, 'spare', { asset: 'EUR', url: `${spare.url}/ilp` })
    await addPeer(node, 'second', { token: 'token-second', creditLimit: '1000000.00' })
    const price = (bps) => (amount) => pathRate(node.rates(), USD, EUR, bps).times(new Ratio(amount)).floor()
    const prices = [price(50), price(200)]
    let going = true
    let sent = 0n
    let refused = 0
    const links = { main: t.link(node, 'token-left') }
    const loads = Array.from({ length: 12 }, async (_, i) => {
      let count = 0
      while (going) {
        const amount = BigInt(100 + ((i * 37 + count++ * 11) % 900))
        const r = await links.main.send(packet(amount, { destination: i % 3 ? 'test.right.x' : 'test.spare.x' }))
        if (r.type === ilp.FULFILL) sent += amount
        else {
          assert.deepEqual([r.code, i % 3], ['F02', 0], 'only the peer that was taken away refuses')
          refused++
        }
      }
      return count
    })
    const served = () => right.count() + spare.count()
    const pause = async () => {
      const from = served()
      await until('more packets', () => served() > from + 30)
    }
    await pause()
    await node.ok('peer', 'set', 'left', '--add-incoming-token', 'token-left-new')
    links.main = t.link(node, 'token-left-new')
    await pause()
    const old = (await show(node, 'left')).incomingTokens[0]
    await node.ok('peer', 'set', 'left', '--revoke-incoming-token', old.id)
    await node.ok('peer', 'set', 'right', '--outgoing-token', 'another-token')
    await pause()
    await node.ok('peer', 'set', 'left', '--spread-bps', '200')
    await pause()
    await node.ok('peer', 'remove', 'second', '--drain')
    const gone = await node.ok('peer', 'remove', 'spare', '--drain')
    assert.equal(gone.state, 'disabled', 'it has a balance')
    const settled = BigInt(gone.balance.value)
    await pause()
    going = false
    const counts = await Promise.all(loads)
    assert.ok(refused > 0)
    const arrived = [...right.seen, ...spare.seen].filter((s) => s.prepare.amount > 0n)
    assert.equal(arrived.length, counts.reduce((a, b) => a + b, 0) - refused, 'each came once')
    let owed = 0n
    for (const s of right.seen) owed += s.prepare.amount
    assert.equal(await node.peerBalance('right'), owed)
    assert.equal(settled, spare.seen.reduce((sum, s) => sum + s.prepare.amount, 0n))
    assert.equal(await node.peerBalance('left'), -sent)
    // Each amount is one that one of the two spreads gives, and the new one holds at the end.
    const possible = prices.map((p) => new Set(Array.from({ length: 900 }, (_, k) => p(BigInt(100 + k)))))
    for (const s of arrived) assert.ok(possible.some((p) => p.has(s.prepare.amount)), `${s.prepare.amount}`)
    assert.equal(right.seen.at(-1).req.headers.authorization, 'Bearer another-token')
    right.behave = fulfillsAll
    assert.equal(code(await links.main.send(packet(1000n))), 'fulfill')
    assert.equal(right.seen.at(-1).prepare.amount, prices[1](1000n))
    assert.equal((await new Link(node, 'token-left').post(ilp.encode(packet(1n)))).status, 401)
  }
}
