// The node as a connector between the test (peer `left`) and a scripted peer (`right`).

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import * as ilp from './lib/ilp.js'
import { prepare } from './lib/link.js'
import { behaviours } from './lib/peer.js'
import { MAX_I64 } from './lib/oer.js'
import { Ratio, pathRate } from './lib/ratio.js'
import { until } from './lib/http.js'
import { addPeer, changesNothing, connector, movesNothingButDoubts } from './lib/setups.js'

const USD = { assetCode: 'USD', assetScale: 2 }
const EUR = { assetCode: 'EUR', assetScale: 2 }

/** A Prepare to the right side whose preimage the test knows. */
function toRight(fields = {}) {
  const fulfillment = randomBytes(32)
  return {
    fulfillment,
    packet: prepare({
      amount: 100n,
      destination: 'test.right.somebody',
      condition: ilp.sha256(fulfillment),
      data: randomBytes(60),
      ...fields
    })
  }
}

/** The same with little time: holds for an unknown outcome end soon. */
function soon(fields) {
  return toRight({ expiresAt: Date.now() + 2500, ...fields })
}

async function fulfilled(link, right, fields) {
  const { fulfillment, packet } = toRight(fields)
  right.behave = behaviours.preimage(fulfillment)
  const r = await link.send(packet)
  assert.equal(r.type, ilp.FULFILL, `${r.code} ${r.message}`)
  assert.deepEqual(r.fulfillment, fulfillment)
  return { packet, arrived: right.seen.at(-1).prepare }
}

async function rejected(link, packet, code) {
  const r = await link.send(packet)
  assert.equal(r.type, ilp.REJECT)
  if (code instanceof RegExp) assert.match(r.code, code)
  else assert.equal(r.code, code, r.message.toString())
  return r
}

export const tests = {
  'amount and expiry are rewritten, the rest travels as it came': async (t) => {
    const { node, link, right } = await connector(t)
    const { packet, arrived } = await fulfilled(link, right, { amount: 500n })
    assert.equal(arrived.amount, 500n, 'same asset, no spread: 1:1')
    assert.equal(arrived.destination, packet.destination)
    assert.deepEqual(arrived.condition, packet.condition)
    assert.deepEqual(arrived.data, packet.data)
    assert.equal(packet.expiresAt - arrived.expiresAt, 1000)
    assert.equal(right.seen[0].req.headers.authorization, 'Bearer token-that-florin-sends')
    assert.equal(right.seen[0].req.headers['content-type'], 'application/octet-stream')
    assert.equal(await node.peerBalance('left'), -500n)
    assert.equal(await node.peerBalance('right'), 500n)
  },

  'the data of a Fulfill is relayed': async (t) => {
    const { link, right } = await connector(t)
    const { fulfillment, packet } = toRight()
    const data = randomBytes(32767)
    right.behave = behaviours.bytes(ilp.encode({ type: ilp.FULFILL, fulfillment, data }))
    assert.deepEqual((await link.send(packet)).data, data)
  },

  'an exchange takes rate and spread and rounds down': async (t) => {
    const { node, link, right } = await connector(t, { asset: 'EUR', left: ['--spread-bps', '50'] })
    const rate = pathRate(node.rates(), USD, EUR, 50)
    let sum = 0n
    let sent = 0n
    for (const amount of [1000n, 3n, 99999n, 1234567n]) {
      const expected = rate.times(new Ratio(amount)).floor()
      const { arrived } = await fulfilled(link, right, { amount })
      assert.equal(arrived.amount, expected)
      sum += expected
      sent += amount
    }
    assert.equal(await node.peerBalance('left'), -sent)
    assert.equal(await node.peerBalance('right'), sum)
  },

  'an exchange into an asset of another scale': async (t) => {
    const { node, link, right } = await connector(t, { asset: 'XRP' })
    const rate = pathRate(node.rates(), USD, { assetCode: 'XRP', assetScale: 9 })
    const { arrived } = await fulfilled(link, right, { amount: 12345n })
    assert.equal(arrived.amount, rate.times(new Ratio(12345n)).floor())
  },

  'a packet of amount 0 passes and moves nothing': async (t) => {
    const { node, link, right } = await connector(t, { asset: 'EUR', left: ['--credit-limit', '0'] })
    await changesNothing(node, async () => {
      const { arrived } = await fulfilled(link, right, { amount: 0n })
      assert.equal(arrived.amount, 0n)
    })
  },

  'many at once add up, and each gets its own preimage': async (t) => {
    const { node, link, right } = await connector(t)
    const packets = Array.from({ length: 150 }, (_, i) => toRight({ amount: BigInt(i + 1) }))
    const known = new Map(packets.map((p) => [p.packet.condition.toString('hex'), p.fulfillment]))
    right.behave = ({ prepare: p }) =>
      ilp.encode({ type: ilp.FULFILL, fulfillment: known.get(p.condition.toString('hex')) })
    const replies = await Promise.all(packets.map((p) => link.send(p.packet)))
    replies.forEach((r, i) => assert.deepEqual(r.fulfillment, packets[i].fulfillment))
    assert.equal(await node.peerBalance('left'), -11325n)
    assert.equal(await node.peerBalance('right'), 11325n)
    assert.equal(right.count(), 150)
  },

  'a Reject comes back byte for byte, whatever its code': async (t) => {
    const { node, link, right } = await connector(t)
    await changesNothing(node, async () => {
      for (const code of ['F00', 'F02', 'F05', 'F08', 'F99', 'T00', 'T04', 'T99', 'R00', 'R99', 'X77', '~~~']) {
        const bytes = ilp.reject(code, 'from afar', { triggeredBy: 'test.right.x', data: randomBytes(40) })
        right.behave = behaviours.bytes(bytes)
        const r = await link.send(toRight().packet)
        assert.deepEqual(r.bytes, bytes, code)
      }
      const empty = ilp.reject('F99', '', { triggeredBy: '' })
      right.behave = behaviours.bytes(empty)
      assert.deepEqual((await link.send(toRight().packet)).bytes, empty)
    })
  },

  'the largest data and a long message pass both ways': async (t) => {
    const { link, right } = await connector(t)
    const bytes = ilp.reject('F99', Buffer.alloc(8191, 0xff), { data: randomBytes(32767) })
    right.behave = behaviours.bytes(bytes)
    const { packet } = toRight({ data: randomBytes(32767) })
    assert.deepEqual((await link.send(packet)).bytes, bytes)
    assert.deepEqual(right.seen[0].prepare.data, packet.data)
  },

  'a wrong preimage is F05 and nobody pays': async (t) => {
    const { node, link, right } = await connector(t)
    await changesNothing(node, async () => {
      for (const fulfillment of [randomBytes(32), Buffer.alloc(32)]) {
        right.behave = behaviours.preimage(fulfillment)
        await rejected(link, toRight().packet, 'F05')
      }
    })
  },

  'an HTTP refusal by the next hop is a temporary error and nobody pays': async (t) => {
    const { node, link, right } = await connector(t)
    await changesNothing(node, async () => {
      for (const status of [400, 401, 404, 413, 429]) {
        right.behave = behaviours.status(status)
        await rejected(link, toRight().packet, /^T0[01]$/)
      }
    })
    assert.equal(right.count(), 5, 'the peer saw each packet once')
  },

  'garbage from the next hop is a temporary error; what it may claim is listed': async (t) => {
    const { node, link, right } = await connector(t)
    const answers = [
      behaviours.bytes(randomBytes(50)),
      behaviours.bytes(Buffer.from('0d', 'hex')),
      behaviours.bytes(Buffer.alloc(64)),
      behaviours.bytes(ilp.encode(toRight().packet)),
      behaviours.bytes(Buffer.alloc(60000, 13)),
      behaviours.status(500),
      behaviours.status(503),
      behaviours.status(302),
      behaviours.status(204),
      behaviours.cutOff(async () => ilp.reject('F99'))
    ]
    const listed = await movesNothingButDoubts(node, 'right', async () => {
      for (const behave of answers) {
        right.behave = behave
        const seen = right.count()
        await rejected(link, soon({ amount: 100n }).packet, /^T0[01]$/)
        assert.equal(right.count(), seen + 1, 'the peer saw it once')
      }
    })
    assert.ok(listed <= 1000n && listed % 100n === 0n, `listed: ${listed}`)
    await fulfilled(link, right, { amount: 5n })
  },

  'a peer that cannot be reached is T01': async (t) => {
    const { node, link } = await connector(t)
    await addPeer(node, 'gone', {})
    await changesNothing(node, () => rejected(link, prepare({ amount: 1n, destination: 'test.gone.x' }), 'T01'))
  },

  'a peer that reads a Prepare and closes sees it once': async (t) => {
    const { node, link, right } = await connector(t)
    right.behave = behaviours.readAndClose()
    let listed = await movesNothingButDoubts(node, 'right', async () => {
      await rejected(link, soon().packet, /^(T0[01]|R00)$/)
      assert.equal(right.count(), 1, 'on a new connection')
    })
    assert.equal(listed, 100n)
    // On a connection that was used before, the client library would like to try again.
    await fulfilled(link, right)
    await fulfilled(link, right)
    const before = right.count()
    right.behave = behaviours.readAndClose()
    listed = await movesNothingButDoubts(node, 'right', async () => {
      await rejected(link, soon().packet, /^(T0[01]|R00)$/)
      assert.equal(right.count(), before + 1, 'on a reused connection')
    })
    assert.equal(listed, 200n)
  },

  'a peer that never answers is R00 at the outgoing expiry': async (t) => {
    const { node, link, right } = await connector(t)
    right.behave = behaviours.never()
    const listed = await movesNothingButDoubts(node, 'right', async () => {
      const { packet } = soon()
      const r = await rejected(link, packet, 'R00')
      assert.ok(Date.now() < packet.expiresAt, 'answered while the sender still waits')
      assert.ok(Date.now() >= right.seen[0].prepare.expiresAt, 'not before the next hop could fulfil')
      assert.equal(r.triggeredBy, node.address)
    })
    assert.equal(listed, 100n)
  },

  'the longest hold is max_hold_s': async (t) => {
    const { link, right } = await connector(t, { env: { FLORIN_ILP_MAX_HOLD_S: '2' } })
    right.behave = behaviours.never()
    const start = Date.now()
    await rejected(link, toRight({ expiresAt: Date.now() + 60000 }).packet, 'R00')
    const held = right.seen[0].prepare.expiresAt - start
    assert.ok(held > 1000 && held <= 2100, `told ${held} ms`)
  },

  'a Fulfill after the expiry does not count': async (t) => {
    const { node, link, right } = await connector(t)
    const listed = await movesNothingButDoubts(node, 'right', () => {
      const { fulfillment, packet } = soon()
      right.behave = behaviours.late(behaviours.preimage(fulfillment), 300)
      return rejected(link, packet, 'R00')
    })
    assert.equal(listed, 100n, 'the peer may claim it')
    // The late answer went to a connection that nobody reads: the next packet must not take it.
    await fulfilled(link, right, { amount: 9n })
    assert.equal(await node.peerBalance('right'), 9n)
  },

  'of two answers the first counts, and the second belongs to nobody': async (t) => {
    const { node, link, right } = await connector(t)
    for (let i = 0; i < 5; i++) {
      const { fulfillment, packet } = toRight({ amount: 10n })
      right.behave = behaviours.twice(behaviours.preimage(fulfillment))
      const r = await link.send(packet)
      assert.deepEqual(r.fulfillment, fulfillment)
      await fulfilled(link, right, { amount: 1n })
    }
    assert.equal(await node.peerBalance('right'), 55n)
    assert.equal(await node.peerBalance('left'), -55n)
  },

  'a slow peer holds only its own packets': async (t) => {
    const { node, link, right } = await connector(t)
    const other = await t.peer('test.quick')
    await addPeer(node, 'quick', { url: `${other.url}/ilp` })
    const slow = toRight()
    right.behave = behaviours.slow(behaviours.preimage(slow.fulfillment), 1500)
    let slowDone = false
    const pending = link.send(slow.packet).then((r) => {
      slowDone = true
      return r
    })
    const quick = toRight({ destination: 'test.quick.x' })
    other.behave = behaviours.preimage(quick.fulfillment)
    assert.equal((await link.send(quick.packet)).type, ilp.FULFILL)
    assert.equal(slowDone, false)
    assert.equal((await pending).type, ilp.FULFILL)
  },

  'too little time left is R02': async (t) => {
    const { node, link, right } = await connector(t)
    await changesNothing(node, async () => {
      for (const ms of [-5000, -1, 500, 1500]) {
        await rejected(link, toRight({ expiresAt: Date.now() + ms }).packet, 'R02')
      }
    })
    assert.equal(right.count(), 0)
  },

  'no route, or only the way back, is F02': async (t) => {
    const { node, link, right } = await connector(t)
    await changesNothing(node, async () => {
      for (const destination of ['test.nowhere.x', 'test.left.x', 'test.rightful.x', 'test.righ', 'g.right.x', 'test.connector']) {
        await rejected(link, prepare({ amount: 1n, destination }), 'F02')
      }
    })
    assert.equal(right.count(), 0)
  },

  'the longest prefix wins, by whole segments': async (t) => {
    const { node, link, right } = await connector(t, { right: ['--route', 'test.far', '--route', 'test.far.away'] })
    const near = await t.peer('test.near')
    await addPeer(node, 'near', { url: `${near.url}/ilp`, options: ['--route', 'test.far.away.inn'] })
    for (const [destination, peer] of [
      ['test.far.x', right],
      ['test.far.away', right],
      ['test.far.away.inner', right],
      ['test.far.away.inn', near],
      ['test.far.away.inn.room', near]
    ]) {
      const seen = peer.count()
      near.behave = right.behave = behaviours.reject('F99')
      await rejected(link, prepare({ amount: 1n, destination }), 'F99')
      assert.equal(peer.count(), seen + 1, destination)
      const explained = await node.ok('route', 'explain', destination)
      assert.equal(explained.peer, peer === near ? 'near' : 'right')
    }
  },

  'an amount that converts to 0 is R01': async (t) => {
    const { node, link, right } = await connector(t, { asset: 'EUR' })
    await changesNothing(node, () => rejected(link, toRight({ amount: 1n }).packet, 'R01'))
    assert.equal(right.count(), 0)
  },

  'packet caps of either side are F08 in units of the sender': async (t) => {
    const { node, link, right } = await connector(t, {
      asset: 'EUR',
      left: ['--max-packet', '20.00'],
      right: ['--max-packet', '9.10']
    })
    const rate = pathRate(node.rates(), USD, EUR)
    await changesNothing(node, async () => {
      let r = await rejected(link, toRight({ amount: 2001n }).packet, 'F08')
      assert.deepEqual(ilp.f08(r.data), { received: 2001n, maximum: 2000n })
      r = await rejected(link, toRight({ amount: 2000n }).packet, 'F08')
      // A sender takes its packet times maximum / received: that must pass, and use the cap.
      const { received, maximum } = ilp.f08(r.data)
      const next = (2000n * maximum) / received
      const delivered = rate.times(new Ratio(next)).floor()
      assert.ok(delivered <= 910n && delivered >= 908n, `${next} would deliver ${delivered}`)
    })
    assert.equal(right.count(), 0)
  },

  'amounts above 2^63-1 go no further': async (t) => {
    const { node, link, right } = await connector(t)
    await changesNothing(node, async () => {
      const r = await rejected(link, toRight({ amount: MAX_I64 + 1n }).packet, 'F08')
      assert.ok(ilp.f08(r.data).maximum <= MAX_I64)
    })
    assert.equal(right.count(), 0)
  },

  'credit limit and liquidity are T04, to the unit': async (t) => {
    const { node, link, right } = await connector(t, {
      asset: 'EUR',
      left: ['--credit-limit', '50.00'],
      liquidity: '20.00'
    })
    const rate = pathRate(node.rates(), USD, EUR)
    await changesNothing(node, () => rejected(link, toRight({ amount: 5001n }).packet, 'T04'))
    // The most that 20.00 EUR of liquidity can serve.
    let most = 2000n
    while (rate.times(new Ratio(most + 1n)).floor() <= 2000n) most++
    await changesNothing(node, () => rejected(link, toRight({ amount: most + 1n }).packet, 'T04'))
    await fulfilled(link, right, { amount: most })
    assert.equal(await node.peerBalance('right'), 2000n)
    await changesNothing(node, () => rejected(link, toRight({ amount: 100n }).packet, 'T04'))
  },

  'a rejected packet frees its credit at once': async (t) => {
    const { link, right } = await connector(t, { left: ['--credit-limit', '1.00'] })
    right.behave = behaviours.reject('T00')
    for (let i = 0; i < 5; i++) await rejected(link, toRight({ amount: 100n }).packet, 'T00')
    await fulfilled(link, right, { amount: 100n })
  },

  'credit is held while a packet is on its way': async (t) => {
    const { node, link, right } = await connector(t, { left: ['--credit-limit', '1.00'] })
    const first = toRight({ amount: 60n })
    right.behave = behaviours.slow(behaviours.preimage(first.fulfillment), 1000)
    const pending = link.send(first.packet)
    await until('the first packet', () => right.count() === 1)
    await rejected(link, toRight({ amount: 41n }).packet, 'T04')
    const second = toRight({ amount: 40n })
    right.behave = behaviours.preimage(second.fulfillment)
    assert.equal((await link.send(second.packet)).type, ilp.FULFILL)
    assert.equal((await pending).type, ilp.FULFILL)
    assert.equal(await node.peerBalance('left'), -100n)
  },

  'a repeated Prepare goes to the next hop once': async (t) => {
    const { node, link, right } = await connector(t)
    const { fulfillment, packet } = toRight({ amount: 70n })
    right.behave = behaviours.slow(behaviours.preimage(fulfillment), 200)
    const bytes = ilp.encode(packet)
    const replies = await Promise.all([link.send(bytes), link.send(bytes), link.send(bytes)])
    replies.push(await link.send(bytes))
    for (const r of replies) assert.deepEqual(r.bytes, replies[0].bytes)
    assert.equal(right.count(), 1)
    assert.equal(await node.peerBalance('left'), -70n)
    assert.equal(await node.peerBalance('right'), 70n)
  },

  'a repeated Prepare gets a long reply, and a reply of our own, to the byte': async (t) => {
    const { node, link, right } = await connector(t)
    const { fulfillment, packet } = toRight({ amount: 70n })
    right.behave = behaviours.bytes(ilp.encode({ type: ilp.FULFILL, fulfillment, data: randomBytes(32767) }))
    const bytes = ilp.encode(packet)
    const first = await link.send(bytes)
    assert.deepEqual(first.fulfillment, fulfillment)
    assert.deepEqual((await link.send(bytes)).bytes, first.bytes)
    assert.equal(right.count(), 1)
    right.behave = behaviours.status(404)
    const refused = ilp.encode(toRight({ amount: 5n }).packet)
    const own = await rejected(link, refused, 'T00')
    assert.equal(own.triggeredBy, node.address)
    assert.deepEqual((await link.send(refused)).bytes, own.bytes)
    assert.equal(right.count(), 2)
    assert.equal(await node.peerBalance('left'), -70n)
  },

  'more in flight than allowed is a busy answer': async (t) => {
    const { node, link, right } = await connector(t, { env: { FLORIN_LIMITS_IN_FLIGHT_PER_PEER: '4' } })
    const waiting = []
    right.behave = (s) => new Promise((done) => waiting.push(() => done(ilp.reject('F99'))))
    const first = Array.from({ length: 4 }, () => link.send(toRight({ amount: 1n }).packet))
    await until('four packets', () => right.count() === 4)
    await rejected(link, toRight({ amount: 1n }).packet, /^T0[35]$/)
    for (const done of waiting) done()
    for (const r of await Promise.all(first)) assert.equal(r.code, 'F99')
    right.behave = behaviours.reject('F99')
    await rejected(link, toRight({ amount: 1n }).packet, 'F99')
    assert.equal(await node.peerBalance('right'), 0n)
  },

  'no rate for the pair is F07': async (t) => {
    const { node, link } = await connector(t)
    const far = await t.peer('test.far')
    await node.ok('asset', 'add', 'CHF', '--scale', '2')
    await node.ok('asset', 'deposit', 'CHF', '100.00')
    await addPeer(node, 'far', { asset: 'CHF', url: `${far.url}/ilp` })
    await changesNothing(node, () => rejected(link, prepare({ amount: 100n, destination: 'test.far.x' }), 'F07'))
    assert.equal(far.count(), 0)
  }
}
