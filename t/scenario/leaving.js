// Clients that go away: in the middle of a body, after it and before the commit, while the packet is
// on its way. What was credited stays, what was not is not, and nothing keeps their places.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import * as ilp from './lib/ilp.js'
import { RawConnection, sleep, until } from './lib/http.js'
import { behaviours } from './lib/peer.js'
import { StreamSender, prepare } from './lib/link.js'
import { RECEIVED_TOKEN, connector, randomPreimage, receivingNode, units } from './lib/setups.js'

const CLIENTS = 40

function posted(node, token, bytes, path = '/ilp') {
  const head =
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${node.port}\r\nAuthorization: Bearer ${token}\r\n` +
    `Content-Type: application/octet-stream\r\nContent-Length: ${bytes.length}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), bytes])
}

/** Writes, waits until the kernel has it, and resets the connection. */
async function writeAndReset(port, bytes, waitMs = 0) {
  const c = await RawConnection.open(port)
  await new Promise((done) => c.socket.write(bytes, done))
  await sleep(waitMs)
  c.socket.resetAndDestroy()
  await c.closed
}

async function metric(node, name) {
  const line = (await node.metrics()).split('\n').find((l) => l.startsWith(`${name} `))
  return Number(line.split(' ')[1])
}

/** Only the connection that asks is open. */
const nobodyLeft = (node) => until('the connections to end', async () => (await metric(node, 'florin_http_connections')) <= 2)

const doubtSum = async (node) => (await node.ok('doubt', 'list')).items.reduce((sum, d) => sum + units(d.amount), 0n)

export const tests = {
  'half a body, then a reset: nothing moves and no place is lost': async (t) => {
    const { node, link } = await receivingNode(t, { env: { FLORIN_LIMITS_IN_FLIGHT_PER_PEER: '3' } })
    const sender = new StreamSender(link, await node.spsp('alice'))
    await Promise.all(
      Array.from({ length: CLIENTS }, (_, i) => {
        const bytes = posted(node, RECEIVED_TOKEN, ilp.encode(sender.packet({ amount: 9n })))
        return writeAndReset(node.port, bytes.subarray(0, bytes.length - 1 - (i % 40)))
      })
    )
    await nobodyLeft(node)
    assert.equal(await node.balance('alice'), 0n)
    assert.equal(await node.peerBalance('sender'), 0n)
    for (let i = 0; i < 5; i++) assert.ok((await sender.send({ amount: 1n })).valid)
  },

  'a reset before the commit: the credit stays, once, and is listed where no answer left': async (t) => {
    const { node, link } = await receivingNode(t, { env: { FLORIN_LIMITS_IN_FLIGHT_PER_PEER: '50' } })
    const connection = await node.spsp('alice')
    await node.stop()
    await node.serve({ FLORIN_FAILPOINT: 'writer.before_commit:*:sleep=400' })
    const sender = new StreamSender(link, connection)
    const packets = Array.from({ length: CLIENTS }, () => ilp.encode(sender.packet({ amount: 7n })))
    await Promise.all(packets.map((p) => writeAndReset(node.port, posted(node, RECEIVED_TOKEN, p), 100)))
    await nobodyLeft(node)
    await until('the packets to end', async () => (await node.ok('peer', 'show', 'sender')).pending.value === '0')
    await sleep(1000)
    const credited = await node.balance('alice')
    assert.equal(await node.peerBalance('sender'), -credited)
    assert.ok(credited > 0n && credited <= 7n * BigInt(CLIENTS) && credited % 7n === 0n, `${credited}`)
    // The very same packets again: each gets its first reply, and none is credited twice.
    for (const p of packets) assert.equal((await link.send(p)).type, ilp.FULFILL)
    const all = 7n * BigInt(CLIENTS)
    assert.equal(await node.balance('alice'), all)
    assert.ok((await doubtSum(node)) <= all)
    assert.ok((await sender.send({ amount: 1n })).valid, 'there is a place for another')
    await node.stop()
    await node.serve()
    assert.equal(await node.balance('alice'), all + 1n)
    assert.ok((await doubtSum(node)) <= all)
  },

  'a reset while the packet is on its way: it is settled all the same': async (t) => {
    const { node, link, right } = await connector(t, { env: { FLORIN_LIMITS_IN_FLIGHT_PER_PEER: '50' } })
    const known = new Map()
    right.behave = async ({ prepare: p }) => {
      await sleep(600)
      return ilp.encode({ type: ilp.FULFILL, fulfillment: known.get(p.condition.toString('hex')) })
    }
    const packet = () => {
      const fulfillment = randomPreimage()
      const condition = ilp.sha256(fulfillment)
      known.set(condition.toString('hex'), fulfillment)
      return ilp.encode(prepare({ amount: 11n, destination: 'test.right.x', condition }))
    }
    const packets = Array.from({ length: CLIENTS }, packet)
    await Promise.all(packets.map((p) => writeAndReset(node.port, posted(node, 'token-left', p), 300)))
    await until('the packets to be settled', async () => {
      const left = await node.ok('peer', 'show', 'left')
      return left.pending.value === '0' && right.count() === Number(-units(left.balance) / 11n)
    })
    assert.equal(await node.peerBalance('right'), 11n * BigInt(right.count()))
    for (const p of packets.slice(0, 5)) assert.equal((await link.send(p)).type, ilp.FULFILL)
    assert.equal(new Set(right.seen.map((s) => s.raw.toString('hex'))).size, right.count(), 'none went twice')
    await nobodyLeft(node)
  },

  'a next hop that never answers clients that are gone: their places come back': async (t) => {
    const { node, link, right } = await connector(t, { env: { FLORIN_LIMITS_IN_FLIGHT_PER_PEER: '4' } })
    right.behave = behaviours.never()
    const expiresAt = Date.now() + 15000
    const packets = Array.from({ length: 4 }, () => ilp.encode(prepare({ amount: 1n, destination: 'test.right.x', expiresAt })))
    await Promise.all(packets.map((p) => writeAndReset(node.port, posted(node, 'token-left', p), 200)))
    await until('the packets', () => right.count() === 4)
    const next = () => link.send(prepare({ amount: 1n, destination: 'test.right.x' }))
    assert.equal((await next()).code, 'T05', 'all places are taken')
    right.behave = behaviours.reject('F99')
    await until('a place', async () => (await next()).code === 'F99')
    await until('the holds to end', async () => (await node.ok('peer', 'show', 'left')).pending.value === '0', 60000)
    assert.equal(await node.peerBalance('left'), 0n)
    assert.equal(await doubtSum(node), 4n, 'what the next hop may claim is listed')
  },

  'admin callers that go away leave whole changes only': async (t) => {
    const { node } = await receivingNode(t)
    const head = (body) =>
      `POST /admin/v1/wallet-addresses/alice/deposits HTTP/1.1\r\nHost: 127.0.0.1:${node.adminPort}\r\n` +
      `Authorization: Bearer ${node.adminToken()}\r\nContent-Type: application/json\r\n` +
      `Idempotency-Key: ${randomUUID()}\r\nContent-Length: ${body.length}\r\n\r\n`
    const body = JSON.stringify({ amount: { value: '100', assetCode: 'USD', assetScale: 2 } })
    await Promise.all(
      Array.from({ length: CLIENTS }, (_, i) => {
        const whole = Buffer.from(head(body) + body)
        return writeAndReset(node.adminPort, i % 2 ? whole : whole.subarray(0, -5), 50)
      })
    )
    await nobodyLeft(node)
    const held = await node.balance('alice')
    assert.ok(held <= 100n * BigInt(CLIENTS / 2) && held % 100n === 0n, `${held}`)
  }
}
