// POST /ilp from strangers and from peers that send nonsense: each answer by status, nothing changed.

import assert from 'node:assert/strict'
import * as ilp from './lib/ilp.js'
import { Link, StreamSender, prepare } from './lib/link.js'
import { RawConnection, request } from './lib/http.js'
import { RECEIVED_TOKEN, changesNothing, receivingNode } from './lib/setups.js'
import { vectors } from './lib/vectors.js'

const hex = (text) => Buffer.from(text, 'hex')

async function payable(node, link, amount = 10n) {
  return ilp.encode(new StreamSender(link, await node.spsp('alice')).packet({ amount }))
}

function post(port, head, body = Buffer.alloc(0)) {
  return Buffer.concat([Buffer.from(`POST /ilp HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${head}\r\n`), body])
}

export const tests = {
  'every malformed packet of the vectors is 400': async (t) => {
    const { node, link } = await receivingNode(t)
    await changesNothing(node, async () => {
      for (const c of vectors('ilp_packets_malformed').cases.filter((k) => k.expected === 'reject')) {
        const r = await link.post(hex(c.packet))
        assert.equal(r.status, 400, `${c.description}: ${r.status}`)
        assert.notEqual(r.headers['content-type'], 'application/octet-stream', 'no ILP reply')
      }
    })
    // The node is as well as before.
    assert.equal((await link.send(await payable(node, link))).type, ilp.FULFILL)
  },

  'a Fulfill or a Reject is no request': async (t) => {
    const { node, link } = await receivingNode(t)
    const cases = vectors('ilp_packets_valid').cases.filter((c) => c.type !== 'prepare')
    await changesNothing(node, async () => {
      for (const c of cases.slice(0, 20)) assert.equal((await link.post(hex(c.packet))).status, 400, c.note)
    })
  },

  'every valid Prepare of the vectors gets an ILP reply': async (t) => {
    const { node, link } = await receivingNode(t)
    const cases = vectors('ilp_packets_valid').cases.filter((c) => c.type === 'prepare')
    await changesNothing(node, async () => {
      for (const c of cases) {
        const r = await link.post(hex(c.packet))
        assert.equal(r.status, 200, c.note)
        assert.equal(ilp.decode(r.body).type, ilp.REJECT, c.note)
      }
    })
  },

  'bytes after the last field are ignored': async (t) => {
    const { node, link } = await receivingNode(t)
    const bytes = await payable(node, link)
    assert.equal((await link.send(Buffer.concat([bytes, Buffer.from([0])]))).type, ilp.FULFILL)
    assert.equal(await node.balance('alice'), 10n)
  },

  'without the right token it is 401': async (t) => {
    const { node, link } = await receivingNode(t)
    const bytes = await payable(node, link)
    await changesNothing(node, async () => {
      for (const authorization of [
        'Bearer wrong',
        'Bearer ',
        'Bearer',
        RECEIVED_TOKEN,
        `Basic ${RECEIVED_TOKEN}`,
        `Bearer ${RECEIVED_TOKEN}x`,
        `Bearer ${RECEIVED_TOKEN} x`,
        `Bearer ${RECEIVED_TOKEN.slice(0, -1)}`,
        'Bearer token-that-florin-sends',
        `Bearer ${node.adminToken()}`
      ]) {
        assert.equal((await link.post(bytes, { authorization })).status, 401, authorization)
      }
      const r = await request(`${node.url}/ilp`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: bytes
      })
      assert.equal(r.status, 401)
    })
    const lower = await link.post(bytes, { authorization: `bearer ${RECEIVED_TOKEN}` })
    assert.equal(lower.status, 200, 'the scheme is case-insensitive')
  },

  'a stranger learns nothing about the packet': async (t) => {
    const { node } = await receivingNode(t)
    const stranger = t.link(node, 'wrong')
    await changesNothing(node, async () => {
      for (const body of [Buffer.alloc(0), hex('0c'), Buffer.alloc(30000, 7)]) {
        assert.equal((await stranger.post(body)).status, 401)
      }
    })
  },

  'content types: both of the field, nothing else': async (t) => {
    const { node, link } = await receivingNode(t)
    for (const type of ['application/octet-stream', 'application/ilp+octet-stream', 'Application/Octet-Stream']) {
      const r = await link.post(await payable(node, link), { 'content-type': type })
      assert.equal(r.status, 200, type)
      assert.match(r.headers['content-type'], /^application\/(ilp\+)?octet-stream$/)
    }
    const bytes = await payable(node, link)
    await changesNothing(node, async () => {
      for (const type of ['text/plain', 'application/json', 'application/octet-streams', '']) {
        assert.equal((await link.post(bytes, { 'content-type': type })).status, 400, `"${type}"`)
      }
    })
  },

  'bodies: the largest packet passes, more is 413': async (t) => {
    const { node, link } = await receivingNode(t)
    const full = prepare({ amount: 1n, destination: 'test.far', data: Buffer.alloc(32767) })
    assert.equal((await link.send(full)).code, 'F02')
    await changesNothing(node, async () => {
      const huge = Buffer.alloc(65536, 12)
      const r = await link.post(huge).catch((e) => e)
      // A server may close while we still write; what it must not do is take the packet.
      if (r instanceof Error) assert.match(String(r.code), /EPIPE|ECONNRESET/)
      else assert.equal(r.status, 413)
      // Refused on the announcement, where the client waits for word or the body is absurd.
      const type = `Authorization: Bearer ${RECEIVED_TOKEN}\r\nContent-Type: application/octet-stream\r\n`
      for (const head of ['Content-Length: 50000\r\nExpect: 100-continue\r\n', 'Content-Length: 100000000\r\n']) {
        const announced = await RawConnection.open(node.port)
        announced.write(post(node.port, `${type}${head}`))
        assert.equal((await announced.answer()).status, 413, head)
        announced.destroy()
      }
    })
  },

  'a Prepare needs its length': async (t) => {
    const { node, link } = await receivingNode(t)
    const bytes = await payable(node, link)
    const type = `Authorization: Bearer ${RECEIVED_TOKEN}\r\nContent-Type: application/octet-stream\r\n`
    const chunk = Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n0\r\n\r\n')])
    await changesNothing(node, async () => {
      for (const [head, body] of [
        [`${type}Transfer-Encoding: chunked\r\n`, chunk],
        [`${type}Transfer-Encoding: chunked\r\nContent-Length: ${bytes.length}\r\n`, chunk],
        [`${type}Content-Length: ${bytes.length}\r\nContent-Length: ${bytes.length + 1}\r\n`, bytes],
        [`${type}Authorization: Bearer x\r\nContent-Length: ${bytes.length}\r\n`, bytes]
      ]) {
        const c = await RawConnection.open(node.port)
        c.write(post(node.port, head, body))
        const { status } = await c.answer()
        assert.ok([400, 411, 501].includes(status), `${head}: ${status}`)
        c.destroy()
      }
    })
  },

  'a body that stops short moves nothing': async (t) => {
    const { node, link } = await receivingNode(t)
    const bytes = await payable(node, link)
    await changesNothing(node, async () => {
      const c = await RawConnection.open(node.port)
      const type = `Authorization: Bearer ${RECEIVED_TOKEN}\r\nContent-Type: application/octet-stream\r\n`
      c.write(post(node.port, `${type}Content-Length: ${bytes.length}\r\n`, bytes.subarray(0, -1)))
      c.socket.end()
      await c.closed
    })
  },

  'a client that leaves before the answer is still credited once': async (t) => {
    const { node, link } = await receivingNode(t)
    const bytes = await payable(node, link, 33n)
    const c = await RawConnection.open(node.port)
    const type = `Authorization: Bearer ${RECEIVED_TOKEN}\r\nContent-Type: application/octet-stream\r\n`
    c.write(post(node.port, `${type}Content-Length: ${bytes.length}\r\n`, bytes))
    c.socket.end()
    await c.closed
    const again = await link.send(bytes)
    assert.equal(again.type, ilp.FULFILL, 'the same bytes get the reply that was missed')
    assert.equal(await node.balance('alice'), 33n)
    assert.equal(await node.peerBalance('sender'), -33n)
  },

  'other methods on /ilp are 405 and name POST': async (t) => {
    const { node } = await receivingNode(t)
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
      const r = await request(`${node.url}/ilp`, { method })
      assert.equal(r.status, 405, method)
      assert.match(r.headers.allow ?? '', /POST/)
    }
  },

  'a malformed flood leaves the node serving': async (t) => {
    const { node, link } = await receivingNode(t)
    await changesNothing(node, async () => {
      const noise = new Link(node, RECEIVED_TOKEN)
      const bodies = Array.from({ length: 400 }, (_, i) => Buffer.alloc(i, i & 0xff))
      const answers = await Promise.all(bodies.map((b) => noise.post(b)))
      noise.close()
      assert.ok(answers.every((r) => r.status === 400))
    })
    assert.equal((await link.send(await payable(node, link))).type, ilp.FULFILL)
  }
}
