// Connections that keep state: data both ways, money with it, and what a restart leaves.

import assert from 'node:assert/strict'
import * as ilp from './lib/ilp.js'
import * as stream from './lib/stream.js'
import { sleep, until } from './lib/http.js'
import { StreamSender } from './lib/link.js'
import { addPeer, receivingNode } from './lib/setups.js'

const ECHO = { FLORIN_SERVER_DEV: 'yes', FLORIN_ILP_STREAM_ECHO: 'yes' }

const data = (streamId, offset, text) => ({ name: 'StreamData', streamId, offset, data: Buffer.from(text) })
const money = (streamId, shares = 1n) => ({ name: 'StreamMoney', streamId, shares })

async function senderTo(node, link, wallet = 'alice') {
  return new StreamSender(link, await node.spsp(wallet))
}

export const tests = {
  'data comes back with the answer, and again with the next': async (t) => {
    const { node, link } = await receivingNode(t, { env: ECHO })
    const sender = await senderTo(node, link)
    for (let i = 0; i < 2; i++) {
      const r = await sender.send({ frames: [data(1n, 0n, 'hello')] })
      assert.ok(r.valid)
      assert.deepEqual(stream.frame(r.stream, 'StreamData'), data(1n, 0n, 'hello'))
    }
    const more = await sender.send({ frames: [data(1n, 5n, ' world')] })
    assert.equal(stream.frame(more.stream, 'StreamData').data.toString(), 'hello world')
  },

  'money and data in one packet: credited once, the same reply to a repetition': async (t) => {
    const { node, link } = await receivingNode(t, { env: ECHO })
    const sender = await senderTo(node, link)
    const bytes = ilp.encode(sender.packet({ amount: 900n, frames: [money(1n), money(3n, 2n), data(3n, 0n, 'x')] }))
    const first = await link.send(bytes)
    assert.equal(first.type, ilp.FULFILL)
    const packet = stream.read(sender.secret, first.data)
    const limits = packet.frames.filter((f) => f.name === 'StreamMaxMoney')
    assert.deepEqual(
      limits.map((f) => [f.streamId, f.totalReceived]),
      [
        [1n, 300n],
        [3n, 600n]
      ]
    )
    // Meanwhile stream 3 is over, where the same packet would be refused.
    assert.ok((await sender.send({ frames: [{ name: 'StreamClose', streamId: 3n, errorCode: 1, errorMessage: '' }] })).valid)
    const again = await link.send(bytes)
    assert.deepEqual(again.bytes, first.bytes)
    assert.equal(await node.balance('alice'), 900n)
    assert.equal(await node.peerBalance('sender'), -900n)
  },

  'what the node sends by itself is counted as any packet to the peer': async (t) => {
    const { node, link } = await receivingNode(t, { env: ECHO })
    const peer = await t.peer('test.right')
    await addPeer(node, 'right', { url: `${peer.url}/ilp` })
    const sender = await senderTo(node, link)
    const address = { name: 'ConnectionNewAddress', sourceAccount: 'test.right.client' }
    assert.ok((await sender.send({ frames: [address, data(1n, 0n, 'hello')] })).valid)
    await until('its answer', async () => {
      const { health } = await node.ok('peer', 'show', 'right')
      const { packetsOut, fulfilledOut, rejectedOut, failedOut } = health
      return packetsOut > 0 && fulfilledOut + rejectedOut + failedOut === packetsOut
    })
  },

  'many packets of one connection at once add up exactly': async (t) => {
    const { node, link } = await receivingNode(t, { env: ECHO })
    const sender = await senderTo(node, link)
    assert.ok((await sender.send({ frames: [data(1n, 0n, 'state')] })).valid)
    const amounts = Array.from({ length: 150 }, (_, i) => BigInt(i + 1))
    const all = await Promise.all(amounts.map((amount) => sender.send({ amount, frames: [money(1n)] })))
    assert.ok(all.every((r) => r.valid))
    const total = amounts.reduce((sum, a) => sum + a, 0n)
    assert.equal(await node.balance('alice'), total)
    const last = await sender.send({ frames: [] })
    assert.equal(stream.frame(last.stream, 'StreamMaxMoney').totalReceived, total)
  },

  'what is refused is refused with a reason, and credits nothing': async (t) => {
    const { node, link } = await receivingNode(t, { env: ECHO })
    const cases = [
      ['a probe', { amount: 50n, fulfillable: false, frames: [data(1n, 0n, 'x')] }, 0],
      ['too little', { amount: 50n, minAmount: 51n, frames: [money(1n), data(1n, 0n, 'x')] }, 0],
      ['money for no stream', { amount: 50n, frames: [data(1n, 0n, 'x')] }, 0],
      ['stream 0', { amount: 50n, frames: [money(0n), data(1n, 0n, 'x')] }, 8],
      ['our stream', { amount: 50n, frames: [money(2n), data(1n, 0n, 'x')] }, 8],
      ['too high a stream', { frames: [data(21n, 0n, 'x')] }, 5],
      ['more data than the window', { frames: [data(1n, 0n, 'y'.repeat(16385))] }, 4]
    ]
    for (const [name, packet, close] of cases) {
      const sender = await senderTo(node, link)
      const r = await sender.send(packet)
      assert.equal(r.reply.code, 'F99', name)
      assert.equal(r.stream.packetType, ilp.REJECT, name)
      assert.equal(stream.frame(r.stream, 'ConnectionClose')?.errorCode ?? 0, close, name)
      const after = await sender.send({ amount: 7n, frames: [money(1n)] })
      assert.equal(after.valid, !close, `${name}: the connection is ${close ? 'over' : 'alive'}`)
    }
    assert.equal(await node.balance('alice'), 7n * 3n)
  },

  'a stop does not wait for connections that keep state, and is a clean one': async (t) => {
    const { node, link } = await receivingNode(t, { env: ECHO })
    for (let i = 0; i < 3; i++) assert.ok((await (await senderTo(node, link)).send({ frames: [data(1n, 0n, 'x')] })).valid)
    const { code, signal } = await node.stop()
    assert.deepEqual([code, signal], [0, null])
  },

  'after a restart data from the middle closes the connection, money goes on': async (t) => {
    const { node, link } = await receivingNode(t, { env: ECHO })
    const sender = await senderTo(node, link)
    assert.ok((await sender.send({ amount: 10n, frames: [money(1n), data(1n, 0n, 'before')] })).valid)
    await node.kill()
    await node.serve()
    assert.ok((await sender.send({ amount: 20n, frames: [money(1n)] })).valid)
    const r = await sender.send({ frames: [data(1n, 6n, 'after')] })
    assert.equal(r.reply.code, 'F99')
    assert.equal(stream.frame(r.stream, 'ConnectionClose').errorCode, 2)
    assert.equal(await node.balance('alice'), 30n)
  },

  'many connections: more than are kept, each of them is answered': async (t) => {
    const { node, link } = await receivingNode(t, { env: ECHO })
    for (let i = 0; i < 140; i++) {
      const sender = await senderTo(node, link)
      const packet = { amount: 1n, frames: [money(1n), data(1n, 0n, 'x')] }
      let r = await sender.send(packet)
      // No connection is given up before it was quiet for a second; data isn't taken without one.
      if (r.reply?.code === 'T03') {
        await sleep(1100)
        r = await sender.send(packet)
      }
      assert.ok(r.valid)
    }
    assert.equal(await node.balance('alice'), 140n)
  }
}
