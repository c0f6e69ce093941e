// BTP links: opened by the peer and by us, packets both ways, and everything that can go wrong on them.

import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import * as btp from './lib/btp.js'
import * as ilp from './lib/ilp.js'
import { freePort, sleep, until } from './lib/http.js'
import { prepare, StreamSender } from './lib/link.js'
import { addPeer, pay, units } from './lib/setups.js'

const TOKEN = 'token-of-the-btp-peer'

/** A peer that opens its link to the node, which owes up to `limit`. */
async function theyDial(node, name, { token = TOKEN, options = [] } = {}) {
  await node.ok(
    ...['peer', 'add', name, '--asset', 'USD', '--ilp-address', `test.${name}`, '--url', 'btp:'],
    ...['--incoming-token', token, '--credit-limit', '1000000.00', ...options]
  )
}

/** A node that dials a server of the test's as its peer `right`, and has a peer `left` over HTTP. */
async function dialing(t, env) {
  const server = await new btp.BtpServer(`token-${randomUUID()}`).listen()
  t.defer(() => server.close())
  const node = await t.serving('dialer', { env })
  await addPeer(node, 'left', { token: 'token-left', creditLimit: '1000000.00' })
  await node.ok(
    ...['peer', 'add', 'right', '--asset', 'USD', '--ilp-address', 'test.right', '--url', server.url],
    ...['--outgoing-token', server.token, '--incoming-token', 'token-right', '--credit-limit', '1000000.00']
  )
  await linked(node, 'right')
  return { node, server, link: t.link(node, 'token-left') }
}

async function linked(node, name) {
  await until(`${name} to be linked`, async () => (await node.ok('peer', 'show', name)).linkedAt, 40000)
}

/** A Prepare to the right, with what fulfills it. */
function toRight(amount, fields = {}) {
  const fulfillment = randomBytes(32)
  const p = prepare({ amount, destination: 'test.right.x', condition: ilp.sha256(fulfillment), ...fields })
  return { p, fulfill: ilp.encode({ type: ilp.FULFILL, fulfillment, data: Buffer.alloc(0) }) }
}

async function books(node, ...names) {
  return Promise.all(names.map((name) => node.peerBalance(name)))
}

async function doubts(node) {
  return (await node.ok('doubt', 'list')).items.map((d) => [d.peer, d.direction, units(d.amount)])
}

/** The number of a metric. */
async function metric(node, name) {
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(await node.metrics())[1])
}

export const tests = {
  'a peer dials: packets both ways, F and R codes as over HTTP, an audit that holds': async (t) => {
    const node = await t.serving('wallet')
    await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
    await theyDial(node, 'far')
    const link = await btp.dial(t, node, TOKEN)
    link.ping()
    const sender = new StreamSender(link, await node.spsp('alice'))
    const { valid } = await sender.send({ amount: 500n })
    assert.ok(valid)
    assert.equal(await node.balance('alice'), 500n)
    assert.equal(await node.peerBalance('far'), -500n)
    assert.deepEqual((await node.ok('peer', 'show', 'far')).link, 'btp')
    // The same bytes again are the same reply, and no second credit.
    const packet = ilp.encode(sender.packet({ amount: 7n }))
    const first = await link.send(packet)
    assert.ok(first.bytes.equals((await link.send(packet)).bytes))
    assert.equal(await node.balance('alice'), 507n)
    assert.equal((await link.send(prepare({ destination: 'test.nowhere' }))).code, 'F02')
    assert.equal((await link.send(prepare({ destination: 'test.x', expiresAt: Date.now() - 1000 }))).code, 'R02')
    assert.equal(link.heard.filter((h) => h.opcode === 10).length, 1, 'a pong')
    // Out of the node, over the same connection.
    await addPeer(node, 'left', { token: 'token-left', creditLimit: '1000000.00' })
    const { p, fulfill } = toRight(300n, { destination: 'test.far.x' })
    link.behave = () => fulfill
    assert.equal((await t.link(node, 'token-left').send(p)).type, ilp.FULFILL)
    assert.equal(link.seen.length, 1)
    assert.deepEqual(await books(node, 'far', 'left'), [-507n + 300n, -300n])
    assert.match(await node.metrics(), /^florin_btp_connections 1$/m)
  },

  'who is let in, and what is said to the others': async (t) => {
    const node = await t.serving('wallet')
    await theyDial(node, 'far')
    await addPeer(node, 'http', { token: 'token-of-http' })
    await assert.rejects(btp.openSocket(node, { 'sec-websocket-version': '8' }), { status: 426 })
    await assert.rejects(btp.openSocket(node, { 'sec-websocket-key': 'short' }), { status: 400 })
    await assert.rejects(btp.openSocket(node, { upgrade: 'h2c' }), { status: 400 })
    const refused = async (first, code) => {
      const end = await btp.openSocket(node)
      const answer = new Promise((resolve) => end.waiting.set(1, resolve))
      end.write(first)
      await end.closed
      assert.equal(end.closeCode, code)
      return Promise.race([answer, null])
    }
    for (const token of ['another', '', null, 'token-of-http']) {
      const p = await refused(btp.greeting(token), 1008)
      assert.equal(p.type, btp.ERROR)
      assert.equal(p.code, 'F00')
    }
    // A packet before the greeting is no greeting.
    const early = btp.encode({ type: btp.MESSAGE, id: 1, entries: btp.ilpEntry(ilp.encode(prepare({ destination: 'test.x' }))) })
    assert.equal((await refused(early, 1008)).code, 'F00')
    await refused(Buffer.from('not btp'), 1002)
    assert.equal(await metric(node, 'florin_btp_refused_total'), 5)
    // Many that say nothing shut no peer out: the oldest makes room.
    const crowd = []
    for (let i = 0; i < 65; i++) crowd.push(await btp.openSocket(node))
    await btp.dial(t, node, TOKEN)
    await crowd[0].closed
    for (const end of crowd) end.destroy()
    // One that says nothing is let go after ten seconds.
    const silent = await btp.openSocket(node)
    await silent.closed
    assert.equal(silent.closeCode, 1008)
  },

  'frames that nobody should send end the connection, and nothing else': async (t) => {
    const node = await t.serving('wallet')
    await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
    await theyDial(node, 'far')
    await theyDial(node, 'near', { token: 'token-near' })
    const other = await btp.dial(t, node, 'token-near')
    const ways = [
      [1003, (end) => end.writeText('hello')],
      [1002, (end) => end.write(Buffer.from('00ff', 'hex'))],
      [1009, (end) => end.write(Buffer.alloc(43009))],
      // Seen with its first byte, and not waited for.
      [1009, (end) => end.socket.write(Buffer.from('82ff00000fffffffffff00000000ff', 'hex'))],
      [1002, (end) => end.frame(2, Buffer.from('x'), { masked: false })],
      [1002, (end) => end.frame(3, Buffer.from('x'))]
    ]
    for (const [code, way] of ways) {
      const end = await btp.dial(t, node, TOKEN)
      way(end)
      await end.closed
      assert.equal(end.closeCode, code, String(way))
    }
    // Fragments of a giant message are counted together.
    const end = await btp.dial(t, node, TOKEN)
    end.frame(2, Buffer.alloc(30000), { fin: false })
    end.frame(0, Buffer.alloc(30000), { fin: true })
    await end.closed
    assert.equal(end.closeCode, 1009)
    const { valid } = await new StreamSender(other, await node.spsp('alice')).send({ amount: 5n })
    assert.ok(valid)
    assert.equal(other.closeCode, null)
  },

  'messages without a packet, transfers, ids that are in use': async (t) => {
    const node = await t.serving('wallet')
    await theyDial(node, 'far')
    const link = await btp.dial(t, node, TOKEN)
    const ask = (bytes, id) => {
      const answer = new Promise((resolve) => link.waiting.set(id, resolve))
      link.write(bytes)
      return answer
    }
    const chat = await ask(btp.encode({ type: btp.MESSAGE, id: 7, entries: [['chat', 1, 'hi']] }), 7)
    assert.deepEqual([chat.type, chat.code], [btp.ERROR, 'F00'])
    const transfer = await ask(btp.encode({ type: btp.TRANSFER, id: 8, head: Buffer.alloc(8) }), 8)
    assert.deepEqual([transfer.type, transfer.code], [btp.ERROR, 'F00'])
    const noPacket = await ask(btp.encode({ type: btp.MESSAGE, id: 9, entries: btp.ilpEntry('x') }), 9)
    assert.deepEqual([noPacket.type, noPacket.code], [btp.ERROR, 'F01'])
    link.respond(4242, ilp.reject('F99', '', {}))
    assert.equal((await link.send(prepare({ destination: 'test.nowhere' }))).code, 'F02')
    await until('it is counted', async () => (await metric(node, 'florin_btp_unexpected_total')) === 1)
  },

  'a doubled id: the first packet keeps it, and is answered once': async (t) => {
    const { node, server } = await dialing(t)
    await theyDial(node, 'far')
    const link = await btp.dial(t, node, TOKEN)
    const { p, fulfill } = toRight(10n)
    let release
    const waits = new Promise((resolve) => (release = resolve))
    server.end.behave = () => waits.then(() => fulfill)
    const first = link.ask(ilp.encode(p), 55)
    await until('the right has it', () => server.end.seen.length)
    link.write(btp.encode({ type: btp.MESSAGE, id: 55, entries: btp.ilpEntry(ilp.encode(toRight(11n).p)) }))
    assert.equal((await link.send(prepare({ destination: 'test.nowhere' }))).code, 'F02')
    release()
    assert.equal(ilp.decode((await first).entries.ilp.data).type, ilp.FULFILL)
    assert.equal(server.end.seen.length, 1)
    assert.deepEqual(link.heard, [])
    assert.deepEqual(await books(node, 'far', 'right'), [-10n, 10n])
  },

  'what an answer means: late, doubled, of another id, empty, an Error, the end': async (t) => {
    const { node, server, link } = await dialing(t, { FLORIN_ILP_MAX_HOLD_S: '2' })
    const end = server.end
    const send = async (amount, behave) => {
      const { p, fulfill } = toRight(amount, { expiresAt: Date.now() + 4000 })
      server.end.behave = (seen) => behave(seen, fulfill)
      return link.send(p)
    }
    const good = (seen, fulfill) => fulfill
    assert.equal((await send(1n, good)).type, ilp.FULFILL)
    // Twice: the second one answers nothing.
    const twice = (seen, fulfill) => {
      end.respond(seen.id, fulfill)
      return fulfill
    }
    assert.equal((await send(2n, twice)).type, ilp.FULFILL)
    // A wrong preimage proves nothing.
    const wrong = () => ilp.encode({ type: ilp.FULFILL, fulfillment: randomBytes(32), data: Buffer.alloc(0) })
    assert.equal((await send(4n, wrong)).code, 'F05')
    assert.equal((await send(8n, () => ilp.reject('T04', '', { triggeredBy: 'test.right' }))).code, 'T04')
    assert.deepEqual(await books(node, 'left', 'right'), [-3n, 3n])
    assert.deepEqual(await doubts(node), [])
    // From here on nobody knows.
    const empty = (seen) => void end.respond(seen.id)
    assert.equal((await send(16n, empty)).code, 'T00')
    const error = (seen) => void end.write(btp.encode({ type: btp.ERROR, id: seen.id, head: btp.errorHead('F00', 'NotAcceptedError') }))
    assert.equal((await send(32n, error)).code, 'T00')
    const other = (seen, fulfill) => void end.respond(seen.id + 1, fulfill)
    assert.equal((await send(64n, other)).code, 'R00')
    const late = async (seen, fulfill) => {
      await sleep(2600)
      return fulfill
    }
    assert.equal((await send(128n, late)).code, 'R00')
    const close = () => void end.destroy()
    assert.equal((await send(256n, close)).code, 'T00')
    assert.deepEqual(await books(node, 'left', 'right'), [-3n, 3n])
    await until('all are listed', async () => (await doubts(node)).length === 5, 60000)
    assert.deepEqual(
      (await doubts(node)).sort((a, b) => Number(a[2] - b[2])),
      [16n, 32n, 64n, 128n, 256n].map((amount) => ['right', 'we_may_owe', amount])
    )
    // The link is there again, without anybody's doing.
    await until('another connection', () => server.ends.length === 2 && server.end.greetings.length === 1)
    await linked(node, 'right')
    assert.equal((await send(512n, good)).type, ilp.FULFILL)
  },

  'another URL is dialed at once, however long the old one was not to be had': async (t) => {
    const { node, server } = await dialing(t)
    await node.ok('peer', 'set', 'right', '--url', `btp+ws://127.0.0.1:${await freePort()}/`)
    const tries = async () => node.log.split('event=btp_closed peer=right').length - 1
    await until('the pause to grow', async () => (await tries()) >= 4, 20000)
    const start = Date.now()
    await node.ok('peer', 'set', 'right', '--url', server.url)
    await linked(node, 'right')
    assert.ok(Date.now() - start < 5000, `${Date.now() - start} ms`)
  },

  'a newer connection takes the place of the older; a revoked token ends it': async (t) => {
    const node = await t.serving('wallet')
    await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
    await theyDial(node, 'far')
    const old = await btp.dial(t, node, TOKEN)
    const young = await btp.dial(t, node, TOKEN)
    await old.closed
    assert.equal(old.closeCode, 1000)
    const { valid } = await new StreamSender(young, await node.spsp('alice')).send({ amount: 5n })
    assert.ok(valid)
    await node.ok('peer', 'set', 'far', '--add-incoming-token', 'token-of-next-year')
    await node.ok('peer', 'set', 'far', '--revoke-incoming-token', TOKEN)
    await young.closed
    assert.equal(young.closeCode, 1008)
    await assert.rejects(btp.dial(t, node, TOKEN))
    const next = await btp.dial(t, node, 'token-of-next-year')
    assert.equal((await node.ok('peer', 'set', 'far', '--packets-per-s', '100')).name, 'far')
    assert.equal((await next.send(prepare({ destination: 'test.nowhere' }))).code, 'F02')
    await node.ok('peer', 'set', 'far', '--state', 'disabled')
    await next.closed
    await assert.rejects(btp.dial(t, node, 'token-of-next-year'))
  },

  'a hanging peer hurts nobody else': async (t) => {
    const { node, server, link } = await dialing(t, { FLORIN_ILP_MAX_HOLD_S: '3' })
    await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
    server.end.socket.pause() // takes bytes, and never reads them
    const stuck = Array.from({ length: 150 }, () => link.send(toRight(1n, { data: Buffer.alloc(32000) }).p))
    await theyDial(node, 'far')
    const other = await btp.dial(t, node, TOKEN)
    const sender = new StreamSender(other, await node.spsp('alice'))
    for (let i = 0; i < 20; i++) assert.ok((await sender.send({ amount: 1n })).valid)
    const codes = new Set((await Promise.all(stuck)).map((r) => r.code))
    assert.ok([...codes].every((c) => c === 'R00' || c === 'T03'), [...codes].join())
    assert.equal(await node.balance('alice'), 20n)
  },

  'two nodes over BTP: payments both ways, the server killed and back': async (t) => {
    const [a, b] = await Promise.all(['a', 'b'].map((name) => t.serving(name)))
    const token = `token-${randomUUID()}`
    await theyDial(a, 'b', { token })
    await b.ok(
      ...['peer', 'add', 'a', '--asset', 'USD', '--ilp-address', 'test.a', '--credit-limit', '1000000.00'],
      ...['--url', `btp+ws://127.0.0.1:${a.port}/ilp/btp`, '--outgoing-token', token],
      ...['--incoming-token', 'token-that-is-not-used']
    )
    for (const node of [a, b]) {
      await node.ok('wallet', 'add', 'w', '--asset', 'USD')
      await node.ok('deposit', 'w', '100.00')
    }
    await linked(a, 'b')
    const sent = async (from, to, amount) => {
      const { code, stderr } = await pay(from, 'w', `${to.url}/w`, '--send', amount)
      assert.equal(code, 0, stderr)
    }
    await sent(a, b, '7.00')
    await sent(b, a, '2.50')
    assert.deepEqual([await a.balance('w'), await b.balance('w')], [9550n, 10450n])
    assert.equal((await b.ok('peer', 'test', 'a')).ok, true)
    await a.kill()
    await a.serve()
    await linked(a, 'b')
    await linked(b, 'a')
    await sent(b, a, '1.00')
    await sent(a, b, '1.00')
    // A stop that is asked for ends the link with a word, and at once.
    const began = Date.now()
    assert.equal((await a.stop()).code, 0)
    assert.ok(Date.now() - began < 8000)
    await a.serve()
    await linked(b, 'a')
    await sent(b, a, '1.00')
    assert.deepEqual([await a.peerBalance('b'), await b.peerBalance('a')], [350n, -350n])
    assert.doesNotMatch(a.log + b.log, /token-[0-9a-f]{8}-/)
  },

  'a connection that became a WebSocket counts among the listener\'s, until it ends': async (t) => {
    const node = await t.serving('wallet', { env: { FLORIN_LIMITS_CONNECTIONS_PER_ADDRESS: '20' } })
    await theyDial(node, 'far')
    const ends = []
    while (ends.length < 40) {
      const end = await btp.openSocket(node).catch(() => null)
      if (!end) break
      ends.push(end)
    }
    assert.ok(ends.length >= 10 && ends.length <= 20, `${ends.length} were let in`)
    await assert.rejects(node.spsp('nobody'), 'nor any other one of that address')
    for (const end of ends) end.destroy()
    const again = async () => btp.dial(t, node, TOKEN).then(() => true, () => false)
    await until('there is room again', again)
    assert.ok((await metric(node, 'florin_http_connections')) < 10)
  }
}
