// ILP over HTTP in its asynchronous form (RFC 35): answers that come later, both ways, and everything that can go
// wrong on their way.

import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import * as ilp from './lib/ilp.js'
import { sleep, until } from './lib/http.js'
import { prepare, StreamSender } from './lib/link.js'
import { addPeer, pay, units } from './lib/setups.js'

const OUT = 'token-that-the-node-shows'

/** A scripted peer at the end of such a link: its Prepares and its later answers are told apart by their type. */
async function asyncPeer(t) {
  const peer = await t.peer('test.far')
  peer.answers = [] // {id, url, token, packet, at}
  peer.prepares = [] // {id, callback, prefer, packet}
  peer.take = () => 200 // the status of a later answer; null: none, and the connection ends
  peer.behave = async ({ raw, req, res }) => {
    const { authorization: token } = req.headers
    const id = req.headers['request-id']
    if (raw[0] === ilp.PREPARE) {
      const seen = { id, token, callback: req.headers['callback-url'], prefer: req.headers.prefer, packet: ilp.decode(raw) }
      peer.prepares.push(seen)
      return peer.handle(seen, res)
    }
    peer.answers.push({ id, url: req.url, token, packet: { ...ilp.decode(raw), bytes: raw }, at: Date.now() })
    const status = await peer.take(peer.answers.length)
    if (status === null) res.destroy()
    else res.writeHead(status).end()
  }
  return peer
}

/** The test asks the node in this form; the node knows it by `url`, and owes up to 10,000.00. */
async function asking(t, { below = '/ilp', env } = {}) {
  const peer = await asyncPeer(t)
  const node = await t.serving('wallet', { env })
  await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
  await addPeer(node, 'far', {
    token: 'token-far',
    url: `${peer.url}${below}`,
    outgoingToken: OUT,
    options: ['--credit-limit', '10000.00']
  })
  const link = t.link(node, 'token-far')
  const ask = (packet, { id = randomUUID(), callback = `${peer.url}/ilp`, ...headers } = {}) =>
    link.post(Buffer.isBuffer(packet) ? packet : ilp.encode(packet), { 'callback-url': callback, 'request-id': id, ...headers })
  const answer = (id) => until(`the answer to ${id}`, () => peer.answers.find((a) => a.id === id))
  return { peer, node, link, ask, answer }
}

/** The node asks the scripted peer `far` in this form, for its peer `left`. */
async function asked(t, env = {}) {
  const peer = await asyncPeer(t)
  const node = await t.serving('connector', { env })
  await addPeer(node, 'left', { token: 'token-left', options: ['--credit-limit', '1000000.00'] })
  await addPeer(node, 'far', { url: `async+${peer.url}/ilp`, token: 'token-far', outgoingToken: OUT })
  await addPeer(node, 'other', { token: 'token-other' })
  const back = t.link(node, 'token-far')
  peer.reply = (id, bytes, headers = {}) => back.post(bytes, { 'request-id': id, ...headers })
  const send = (amount, handle, fields = {}) => {
    const fulfillment = randomBytes(32)
    const fulfill = ilp.encode({ type: ilp.FULFILL, fulfillment, data: Buffer.alloc(0) })
    peer.handle = (seen, res) => handle(seen, fulfill, res)
    return t.link(node, 'token-left').send(
      prepare({ amount, destination: 'test.far.x', condition: ilp.sha256(fulfillment), ...fields })
    )
  }
  return { peer, node, send }
}

async function doubts(node) {
  return (await node.ok('doubt', 'list')).items.map((d) => [d.peer, d.direction, units(d.amount)])
}

async function metric(node, name) {
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(await node.metrics())[1])
}

function later(res) {
  res.writeHead(202).end()
}

export const tests = {
  'a Prepare that wants it later: 202, then its Fulfill or Reject at the callback': async (t) => {
    const { peer, node, ask, answer } = await asking(t)
    const sender = new StreamSender(null, await node.spsp('alice'))
    const p = sender.packet({ amount: 500n })
    const id = randomUUID().toUpperCase() // it goes back as it came
    const r = await ask(p, { id, prefer: 'respond-async' })
    assert.deepEqual([r.status, r.body.length], [202, 0])
    const got = await answer(id)
    assert.equal(got.packet.type, ilp.FULFILL)
    assert.ok(ilp.sha256(got.packet.fulfillment).equals(p.condition))
    assert.deepEqual([got.url, got.token], ['/ilp', `Bearer ${OUT}`])
    assert.equal(await node.balance('alice'), 500n)
    // Without the wish in Prefer as well, below the URL, and a Reject.
    const below = randomUUID()
    assert.equal((await ask(sender.packet({ amount: 7n }), { id: below, callback: `${peer.url}/ilp/a/b` })).status, 202)
    assert.equal((await answer(below)).url, '/ilp/a/b')
    const nowhere = randomUUID()
    assert.equal((await ask(prepare({ destination: 'test.nowhere' }), { id: nowhere })).status, 202)
    assert.equal((await answer(nowhere)).packet.code, 'F02')
    const expired = randomUUID()
    await ask(prepare({ destination: 'test.x', expiresAt: Date.now() - 1000 }), { id: expired })
    assert.equal((await answer(expired)).packet.code, 'R02')
    assert.equal(await node.balance('alice'), 507n)
    assert.equal(await node.peerBalance('far'), -507n)
    await until('all are delivered', async () => (await metric(node, 'florin_async_delivered_total')) === 4)
    assert.equal(await metric(node, 'florin_async_owed'), 0)
    assert.equal(peer.answers.length, 4)
    // A wish alone is only a wish: there is nowhere to answer to.
    const now = await t.link(node, 'token-far').post(ilp.encode(sender.packet({ amount: 1n })), { prefer: 'respond-async' })
    assert.equal(now.status, 200)
    assert.equal((await node.stop()).code, 0)
    await node.serve()
    assert.deepEqual(await doubts(node), [])
  },

  'headers that are wrong, and callbacks that are nobody\'s': async (t) => {
    const { peer, node, ask } = await asking(t)
    const p = prepare({ destination: 'test.nowhere' })
    const code = async (r) => [r.status, JSON.parse(r.text()).error?.code ?? r.text()]
    for (const id of ['', '1', 'x'.repeat(36)]) assert.deepEqual(await code(await ask(p, { id })), [400, 'bad_request_id'])
    const link = t.link(node, 'token-far')
    assert.deepEqual(await code(await link.post(ilp.encode(p), { 'callback-url': `${peer.url}/ilp` })), [400, 'bad_request_id'])
    const twice = { id: [randomUUID(), randomUUID()] }
    assert.deepEqual(await code(await ask(p, twice)), [400, 'bad_request_id'])
    const other = await t.peer('test.other')
    const elsewhere = [`${other.url}/ilp`, `${peer.url}/`, `${peer.url}/ilpx`, `${peer.url}/ilp/../x`, `${peer.url}/ilp?a=b`]
    for (const callback of [...elsewhere, 'nonsense', '', `${node.adminUrl ?? node.url}/ilp`, [`${peer.url}/ilp`, `${peer.url}/ilp`]]) {
      assert.deepEqual(await code(await ask(p, { callback })), [400, 'bad_callback_url'], String(callback))
    }
    assert.deepEqual(await code(await ask(Buffer.from('no packet'))), [400, 'invalid_packet'])
    // A peer that is not called over HTTP has nowhere to be answered.
    await node.ok(
      ...['peer', 'add', 'dials', '--asset', 'USD', '--ilp-address', 'test.dials', '--url', 'btp:'],
      ...['--incoming-token', 'token-dials']
    )
    const r = await t.link(node, 'token-dials').post(ilp.encode(p), { 'callback-url': `${peer.url}/ilp`, 'request-id': randomUUID() })
    assert.deepEqual(await code(r), [400, 'bad_callback_url'])
    await sleep(300)
    assert.deepEqual([peer.seen.length, other.seen.length], [0, 0], 'nobody was called')
  },

  'an id that is in use: the same packet is taken once, another one is refused': async (t) => {
    const { peer, node, ask, answer } = await asking(t)
    const sender = new StreamSender(null, await node.spsp('alice'))
    let release
    const waits = new Promise((resolve) => (release = resolve))
    peer.take = async () => (await waits, 200)
    const id = randomUUID()
    const bytes = ilp.encode(sender.packet({ amount: 500n }))
    assert.equal((await ask(bytes, { id })).status, 202)
    await answer(id)
    assert.equal((await ask(bytes, { id })).status, 202)
    const another = await ask(sender.packet({ amount: 1n }), { id })
    assert.deepEqual([another.status, JSON.parse(another.text()).error.code], [400, 'request_id_in_use'])
    release()
    await until('it is delivered', async () => (await metric(node, 'florin_async_delivered_total')) === 1)
    assert.equal(peer.answers.length, 1)
    // Afterwards the same bytes are the same reply, and no second credit.
    assert.equal((await ask(bytes, { id })).status, 202)
    await until('it is answered again', () => peer.answers.length === 2)
    assert.ok(peer.answers[0].packet.bytes.equals(peer.answers[1].packet.bytes))
    assert.equal(await node.balance('alice'), 500n)
  },

  'a callback that fails: again until the answer is there, the packet over, or the peer says no': async (t) => {
    const { peer, node, ask } = await asking(t)
    const sender = new StreamSender(null, await node.spsp('alice'))
    const run = async (amount, take, life = 20000) => {
      peer.answers.length = 0
      peer.take = take
      const [delivered, lost] = await Promise.all(['delivered', 'undelivered'].map((n) => metric(node, `florin_async_${n}_total`)))
      const id = randomUUID()
      assert.equal((await ask(sender.packet({ amount, expiresAt: Date.now() + life }), { id })).status, 202)
      await until('its end', async () => (await metric(node, 'florin_async_owed')) === 0, 40000)
      const now = await Promise.all(['delivered', 'undelivered'].map((n) => metric(node, `florin_async_${n}_total`)))
      assert.ok(peer.answers.every((a) => a.id === id && a.packet.bytes.equals(peer.answers[0].packet.bytes)))
      return [now[0] - delivered, now[1] - lost, peer.answers.length]
    }
    assert.deepEqual(await run(1n, (n) => [500, 503, 200][n - 1]), [1, 0, 3])
    assert.deepEqual(await run(2n, (n) => (n === 1 ? null : 204)), [1, 0, 2], 'the connection died')
    assert.deepEqual(await run(4n, async (n) => (n === 1 ? (await sleep(5600), 200) : 200)), [1, 0, 2], 'slow')
    assert.deepEqual(await run(8n, () => 400), [0, 1, 1], 'unknown there')
    const [delivered, lost, tries] = await run(16n, () => 500, 3000)
    assert.deepEqual([delivered, lost], [0, 1])
    assert.ok(tries >= 3 && tries <= 8, `${tries} tries in three seconds`)
    assert.equal(await node.balance('alice'), 31n, 'what is credited stays so')
    // Nobody there at all.
    await peer.close()
    assert.equal((await ask(sender.packet({ amount: 32n, expiresAt: Date.now() + 2500 }))).status, 202)
    await until('its end', async () => (await metric(node, 'florin_async_undelivered_total')) === 3, 40000)
    // What nobody was told may not be owed: it is listed, after a crash as before.
    await node.kill()
    await node.serve()
    const listed = (await doubts(node)).filter(([, direction]) => direction === 'they_may_owe')
    assert.equal(listed.reduce((sum, [, , amount]) => sum + amount, 0n), 56n)
  },

  'a killed node: no answer was promised before its credit, and none is promised twice': async (t) => {
    const { peer, node, ask, answer } = await asking(t)
    const sender = new StreamSender(null, await node.spsp('alice'))
    peer.take = () => 500
    const id = randomUUID()
    const bytes = ilp.encode(sender.packet({ amount: 500n }))
    assert.equal((await ask(bytes, { id })).status, 202)
    await answer(id)
    await node.kill()
    await node.serve()
    assert.equal(await node.balance('alice'), 500n, 'the Fulfill that left was committed')
    assert.deepEqual(await doubts(node), [['far', 'they_may_owe', 500n]])
  },

  'many at once, and no more than may wait': async (t) => {
    const { peer, node, ask } = await asking(t)
    const sender = new StreamSender(null, await node.spsp('alice'))
    let release
    const waits = new Promise((resolve) => (release = resolve))
    peer.take = async () => (await waits, 200)
    const statuses = await Promise.all(
      Array.from({ length: 2100 }, () =>
        ask(sender.packet({ amount: 1n, expiresAt: Date.now() + 55000 })).then((r) => (r.status === 200 ? ilp.decode(r.body).code : r.status))
      )
    )
    release()
    const taken = statuses.filter((s) => s === 202).length
    assert.ok(taken >= 900 && taken <= 2048, `${taken} of 2,100 were taken`)
    // Of what was not taken nobody need doubt: it is refused at once.
    assert.ok(statuses.every((s) => s === 202 || s === 'T03'))
    assert.ok(statuses.includes('T03'))
    await until('all are told', async () => (await metric(node, 'florin_async_owed')) === 0, 60000)
    const fulfilled = new Set(peer.answers.filter((a) => a.packet.type === ilp.FULFILL).map((a) => a.id))
    assert.equal(await node.balance('alice'), BigInt(fulfilled.size))
    assert.ok(fulfilled.size >= 900)
  },

  'the node asks in this form: 202, the answer posted later, or at once': async (t) => {
    const { peer, node, send } = await asked(t)
    const posted = (async) => async (seen, fulfill, res) => {
      if (async) later(res)
      const r = await peer.reply(seen.id, fulfill)
      assert.equal(r.status, 200)
      if (!async) later(res) // the answer was there before the 202
    }
    assert.equal((await send(1n, posted(true))).type, ilp.FULFILL)
    assert.equal((await send(2n, posted(false))).type, ilp.FULFILL)
    assert.equal((await send(4n, (seen, fulfill) => fulfill)).type, ilp.FULFILL, 'a peer that answers at once')
    const reject = ilp.reject('T04', 'no', { triggeredBy: 'test.far' })
    assert.equal((await send(8n, async (seen, f, res) => (later(res), void (await peer.reply(seen.id, reject))))).code, 'T04')
    const { id, callback, prefer, token } = peer.prepares[0]
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    assert.deepEqual([callback, prefer, token], [`${node.url}/ilp`, 'respond-async', `Bearer ${OUT}`])
    assert.equal(new Set(peer.prepares.map((p) => p.id)).size, 4)
    assert.deepEqual([await node.peerBalance('left'), await node.peerBalance('far')], [-7n, 7n])
    assert.equal((await node.ok('peer', 'show', 'far')).link, 'async')
    assert.deepEqual(await doubts(node), [])
    assert.equal(await metric(node, 'florin_async_asked'), 0)
  },

  'what a later answer means: doubled, of another id or peer, wrong, late, never': async (t) => {
    const { peer, node, send } = await asked(t, { FLORIN_ILP_MAX_HOLD_S: '3' })
    const statuses = []
    const answers = (...ways) => async (seen, fulfill, res) => {
      later(res)
      for (const way of ways) statuses.push((await way(seen, fulfill)).status)
    }
    const good = (seen, fulfill) => peer.reply(seen.id, fulfill)
    const reject = (seen) => peer.reply(seen.id, ilp.reject('F99', '', { triggeredBy: 'test.far' }))
    const other = (seen, fulfill) => peer.reply(randomUUID(), fulfill)
    const stranger = (seen, fulfill) => t.link(node, 'token-other').post(fulfill, { 'request-id': seen.id })
    const noId = (seen, fulfill) => t.link(node, 'token-far').post(fulfill)
    const badId = (seen, fulfill) => peer.reply('1', fulfill)
    const wrong = (seen) => peer.reply(seen.id, ilp.encode({ type: ilp.FULFILL, fulfillment: randomBytes(32), data: Buffer.alloc(0) }))
    assert.equal((await send(1n, answers(good, good, reject))).type, ilp.FULFILL)
    assert.equal((await send(2n, answers(other, stranger, noId, badId, good))).type, ilp.FULFILL)
    await until('all were said', () => statuses.length === 8)
    assert.deepEqual(statuses, [200, 400, 400, 400, 400, 400, 400, 200])
    assert.equal((await send(4n, answers(wrong))).code, 'F05')
    const status = (code) => (seen, fulfill, res) => void res.writeHead(code).end()
    assert.equal((await send(8n, status(404))).code, 'T00', 'refused, so nobody owes anything')
    assert.deepEqual(await doubts(node), [])
    assert.deepEqual([await node.peerBalance('left'), await node.peerBalance('far')], [-3n, 3n])
    // From here on nobody knows.
    assert.equal((await send(16n, status(500))).code, 'T00')
    assert.equal((await send(32n, (seen, fulfill, res) => later(res))).code, 'R00')
    let said
    const late = async (seen, fulfill, res) => {
      later(res)
      await sleep(3500)
      said = (await peer.reply(seen.id, fulfill)).status
    }
    assert.equal((await send(64n, late)).code, 'R00')
    await until('it comes too late', () => said)
    assert.equal(said, 400)
    // The connection ends without a 202, and the answer comes all the same.
    const lost = async (seen, fulfill, res) => {
      res.destroy()
      await sleep(100)
      assert.equal((await peer.reply(seen.id, fulfill)).status, 200)
    }
    assert.equal((await send(128n, lost)).type, ilp.FULFILL)
    await until('all are listed', async () => (await doubts(node)).length === 3, 60000)
    assert.deepEqual(
      (await doubts(node)).sort((a, b) => Number(a[2] - b[2])),
      [16n, 32n, 64n].map((amount) => ['far', 'we_may_owe', amount])
    )
    assert.deepEqual([await node.peerBalance('left'), await node.peerBalance('far')], [-131n, 131n])
    // Nothing was sent: no doubt.
    await peer.close()
    assert.equal((await send(256n, good)).code, 'T01')
    assert.equal((await doubts(node)).length, 3)
  },

  'two nodes that answer each other later: payments both ways, a stop in between': async (t) => {
    const [a, b] = await Promise.all(['a', 'b'].map((name) => t.serving(name)))
    for (const [node, other, name, own] of [
      [a, b, 'b', 'a'],
      [b, a, 'a', 'b']
    ]) {
      await addPeer(node, name, {
        url: `async+${other.url}/ilp`,
        address: other.address,
        token: `token-of-${name}`,
        outgoingToken: `token-of-${own}`,
        options: ['--credit-limit', '1000.00']
      })
      await node.ok('wallet', 'add', 'w', '--asset', 'USD')
      await node.ok('deposit', 'w', '100.00')
    }
    const sent = async (from, to, amount) => {
      const { code, stderr } = await pay(from, 'w', `${to.url}/w`, '--send', amount)
      assert.equal(code, 0, stderr)
    }
    await Promise.all([sent(a, b, '7.00'), sent(b, a, '2.50')])
    assert.deepEqual([await a.balance('w'), await b.balance('w')], [9550n, 10450n])
    assert.equal((await a.ok('peer', 'test', 'b')).ok, true)
    const began = Date.now()
    assert.equal((await a.stop()).code, 0)
    assert.ok(Date.now() - began < 10000)
    await a.serve()
    await sent(b, a, '1.00')
    assert.deepEqual([await a.peerBalance('b'), await b.peerBalance('a')], [350n, -350n])
    assert.doesNotMatch(a.log + b.log, /token-of-/)
  }
}
