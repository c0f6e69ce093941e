// The host decides about each packet of money for an incoming payment: nothing is credited before it
// has, and what it says, or that it says nothing, is what the sender hears.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { ok, refused, usd } from './lib/answers.js'
import * as ilp from './lib/ilp.js'
import { connectionOf } from './lib/incoming.js'
import { until } from './lib/http.js'
import { StreamSender } from './lib/link.js'
import { receivingNode } from './lib/setups.js'

const TYPE = 'incoming_payment.partial_payment_received'
const PER_PAYMENT = 16
const ON = { FLORIN_ACCOUNTS_CONFIRM_PARTIALS: 'yes' }
const PATIENT = { ...ON, FLORIN_LIMITS_CONFIRM_PARTIAL_MS: '30000' }

const add = (node, body = {}) => ok(node.admin('POST', '/incoming-payments', { walletAddress: 'alice', ...body }), 201)
const received = async (node, payment) => (await ok(node.admin('GET', `/incoming-payments/${payment.id}`))).receivedAmount.value
const decide = (node, payment, pid, what, body = {}, headers) =>
  node.admin('POST', `/incoming-payments/${payment.id}/partials/${pid}/${what}`, body, headers)

/** What the host was asked about the payment. */
async function asked(node, payment) {
  const { items } = await ok(node.admin('GET', `/events?resource=${payment.id}&limit=100`))
  return items.filter((e) => e.type === TYPE).map((e) => e.data)
}

/** The n-th question, when it has come. */
const question = (node, payment, n = 1) =>
  until(`question ${n}`, async () => (await asked(node, payment))[n - 1], 30000)

const senderOf = (node, link, payment) => new StreamSender(link, connectionOf(node, 'alice', payment.id))
/** A packet that lives long enough for a slow machine. */
const send = (sender, options) => sender.send({ expiresAt: Date.now() + 55000, ...options })
const pending = Symbol('pending')
const isPending = async (p) => (await Promise.race([p, Promise.resolve(pending)])) === pending

function says(r, code, message) {
  assert.equal(r.reply.type, ilp.REJECT, 'a Reject was expected')
  assert.equal(r.reply.code, code, r.reply.message?.toString())
  if (message !== undefined) assert.equal(r.reply.message.toString(), message)
}

export const tests = {
  'confirmed: credited once, and fulfilled only then': async (t) => {
    const { node, link } = await receivingNode(t, { env: PATIENT })
    const payment = await add(node, { incomingAmount: usd(500), metadata: { order: 7 } })
    const sender = senderOf(node, link, payment)
    const bytes = ilp.encode(sender.packet({ amount: 100n, expiresAt: Date.now() + 55000 }))
    const first = link.send(bytes)
    const q = await question(node, payment)
    assert.deepEqual(
      [q.id, q.state, q.receivedAmount, q.metadata, q.partialIncomingPaymentAmount],
      [payment.id, 'PENDING', usd(0), { order: 7 }, usd(100)]
    )
    assert.ok(!('dataFromSender' in q))
    assert.ok(Date.parse(q.partialIncomingPaymentExpiresAt) > Date.now())

    // A repetition is no other packet: it is not asked about, and gets the same reply.
    const again = link.send(bytes)
    const other = await add(node)
    await refused(decide(node, other, q.partialIncomingPaymentId, 'confirm'), 404, 'not_found')
    await refused(decide(node, payment, randomUUID(), 'confirm'), 404, 'not_found')
    await refused(decide(node, payment, 'x', 'reject'), 404, 'not_found')
    await refused(decide(node, { id: randomUUID() }, q.partialIncomingPaymentId, 'confirm'), 404, 'not_found')
    await refused(decide(node, payment, q.partialIncomingPaymentId, 'confirm', { more: 1 }), 400, 'malformed', 'more')
    assert.ok((await isPending(first)) && (await isPending(again)))
    assert.equal(await node.balance('alice'), 0n, 'nothing is credited while it waits')
    assert.equal(await node.peerBalance('sender'), 0n)

    const headers = { 'idempotency-key': randomUUID() }
    const confirmed = await ok(decide(node, payment, q.partialIncomingPaymentId, 'confirm', {}, headers))
    assert.deepEqual([confirmed.id, confirmed.state, confirmed.receivedAmount], [payment.id, 'PROCESSING', usd(100)])
    const reply = await first
    assert.equal(reply.type, ilp.FULFILL)
    assert.deepEqual((await again).bytes, reply.bytes)
    assert.deepEqual(await ok(decide(node, payment, q.partialIncomingPaymentId, 'confirm', {}, headers)), confirmed)
    await refused(decide(node, payment, q.partialIncomingPaymentId, 'confirm'), 404, 'not_found')
    await refused(decide(node, payment, q.partialIncomingPaymentId, 'reject'), 404, 'not_found')
    assert.deepEqual((await link.send(bytes)).bytes, reply.bytes, 'and later as well')
    assert.equal((await asked(node, payment)).length, 1)
    assert.equal(await node.balance('alice'), 100n)
    assert.equal(await node.peerBalance('sender'), -100n)

    // Of two decisions at once one counts.
    const more = send(sender, { amount: 30n })
    const q2 = await question(node, payment, 2)
    const both = await Promise.all([1, 2].map(() => decide(node, payment, q2.partialIncomingPaymentId, 'confirm')))
    assert.deepEqual(both.map((r) => r.status).sort(), [200, 404])
    assert.ok((await more).valid)
    assert.equal(await received(node, payment), '130')

    // Packets that bring nothing are nobody's decision; money for the wallet itself neither.
    assert.ok((await send(sender, { amount: 0n })).valid)
    says(await send(sender, { amount: 10n, fulfillable: false }), 'F99')
    assert.ok((await new StreamSender(link, await node.spsp('alice')).send({ amount: 5n })).valid)
    assert.equal((await asked(node, payment)).length, 2)
    assert.equal((await node.cli('audit')).code, 0)
  },

  'rejected: with the reason, and nothing has moved': async (t) => {
    const { node, link } = await receivingNode(t, { env: PATIENT })
    const payment = await add(node)
    const sender = senderOf(node, link, payment)
    const bytes = ilp.encode(sender.packet({ amount: 100n, expiresAt: Date.now() + 55000 }))
    const first = link.send(bytes)
    const { partialIncomingPaymentId: pid } = await question(node, payment)
    await refused(decide(node, payment, pid, 'reject', { reason: 5 }), 400, 'malformed', 'reason')
    await refused(decide(node, payment, pid, 'reject', { reason: 'a\nb' }), 400, 'malformed', 'reason')
    await refused(decide(node, payment, pid, 'reject', { reason: 'x'.repeat(129) }), 400, 'too_big', 'reason')
    const body = { reason: 'we know no such order' }
    assert.equal((await ok(decide(node, payment, pid, 'reject', body))).receivedAmount.value, '0')
    const reply = await first
    assert.deepEqual([reply.type, reply.code, reply.message.toString()], [ilp.REJECT, 'F99', body.reason])
    assert.deepEqual((await link.send(bytes)).bytes, reply.bytes, 'a repetition hears the same')
    await refused(decide(node, payment, pid, 'confirm'), 404, 'not_found')

    const second = send(sender, { amount: 7n })
    await ok(decide(node, payment, (await question(node, payment, 2)).partialIncomingPaymentId, 'reject'))
    const r = await second
    says(r, 'F99', '')
    assert.deepEqual([r.stream.packetType, r.stream.amount], [ilp.REJECT, 7n], 'and the sender can read it')
    assert.equal((await asked(node, payment)).length, 2)
    assert.equal(await node.balance('alice'), 0n)
    assert.equal(await node.peerBalance('sender'), 0n)
    assert.equal((await node.cli('audit')).code, 0)
  },

  'what the sender says goes with the question': async (t) => {
    const { node, link } = await receivingNode(t, { env: PATIENT })
    const payment = await add(node)
    const sender = senderOf(node, link, payment)
    const data = (text, streamId = 1n) => ({ name: 'StreamData', streamId, offset: 0n, data: Buffer.from(text) })
    const money = { name: 'StreamMoney', streamId: 1n, shares: 1n }
    const first = send(sender, { amount: 40n, frames: [money, data('order '), data('seven', 3n)] })
    const q = await question(node, payment)
    assert.equal(Buffer.from(q.dataFromSender, 'base64').toString(), 'order seven')
    assert.equal(q.dataFromSenderIsCut, false)
    assert.equal(await node.balance('alice'), 0n)
    await ok(decide(node, payment, q.partialIncomingPaymentId, 'confirm'))
    assert.ok((await first).valid)
    assert.equal(await node.balance('alice'), 40n)

    const next = await add(node)
    const long = senderOf(node, link, next)
    const second = send(long, { amount: 2n, frames: [money, data('x'.repeat(3000))] })
    const q2 = await question(node, next)
    assert.equal(Buffer.from(q2.dataFromSender, 'base64').toString(), 'x'.repeat(2048))
    assert.equal(q2.dataFromSenderIsCut, true)
    await ok(decide(node, next, q2.partialIncomingPaymentId, 'reject', { reason: 'too long a story' }))
    says(await second, 'F99', 'too long a story')
    assert.equal(await node.balance('alice'), 40n)
  },

  'no decision in time, and no time for one': async (t) => {
    const { node, link } = await receivingNode(t, { env: { ...ON, FLORIN_LIMITS_CONFIRM_PARTIAL_MS: '300' } })
    const payment = await add(node)
    const sender = senderOf(node, link, payment)
    const r = await send(sender, { amount: 100n })
    says(r, 'T99', 'nobody decided about it in time')
    const { partialIncomingPaymentId: pid } = await question(node, payment)
    await refused(decide(node, payment, pid, 'confirm'), 404, 'not_found')
    says(await sender.send({ amount: 100n, expiresAt: Date.now() + 900 }), 'R00')
    assert.equal((await asked(node, payment)).length, 1, 'nobody was asked in vain')
    assert.equal(await node.balance('alice'), 0n)
    assert.equal((await node.cli('audit')).code, 0)
  },

  'the amount still holds at the credit': async (t) => {
    const { node, link } = await receivingNode(t, { env: PATIENT })
    const payment = await add(node, { incomingAmount: usd(100) })
    const sender = senderOf(node, link, payment)
    const both = [send(sender, { amount: 60n }), send(sender, { amount: 60n })]
    await question(node, payment, 2)
    const [a, b] = await asked(node, payment)
    await ok(decide(node, payment, a.partialIncomingPaymentId, 'confirm'))
    const why = await refused(decide(node, payment, b.partialIncomingPaymentId, 'confirm'), 409, 'wrong_state')
    assert.match(why, /more than the payment still takes/)
    const replies = (await Promise.all(both)).map((r) => (r.valid ? 'fulfilled' : r.reply.code)).sort()
    assert.deepEqual(replies, ['F99', 'fulfilled'])
    assert.equal(await node.balance('alice'), 60n)
    // One that can't be taken is not asked about.
    says(await send(sender, { amount: 41n }), 'F99')
    assert.equal((await asked(node, payment)).length, 2)
    assert.equal(await node.balance('alice'), 60n)
    assert.equal((await node.cli('audit')).code, 0)
  },

  'more at once than may wait; the stop of the node': async (t) => {
    const { node, link } = await receivingNode(t, { env: PATIENT })
    const payment = await add(node)
    const sender = senderOf(node, link, payment)
    const waiting = Array.from({ length: PER_PAYMENT }, () => send(sender, { amount: 1n }))
    await question(node, payment, PER_PAYMENT)
    says(await send(sender, { amount: 1n }), 'T03')
    assert.equal((await asked(node, payment)).length, PER_PAYMENT)
    const other = await add(node)
    waiting.push(send(senderOf(node, link, other), { amount: 1n }))
    await question(node, other)
    assert.equal(await node.balance('alice'), 0n)

    const stopped = node.stop()
    for (const r of await Promise.all(waiting)) says(r, 'T03', 'connector is stopping')
    assert.equal((await stopped).code, 0)
    await node.serve()
    assert.equal(await node.balance('alice'), 0n)
    const { partialIncomingPaymentId: pid } = await question(node, other)
    await refused(decide(node, other, pid, 'confirm'), 404, 'not_found')

    // A death forgets the packet, and leaves nothing behind.
    const lost = send(sender, { amount: 1n }).catch(() => 'no answer')
    await question(node, payment, PER_PAYMENT + 1)
    await node.kill()
    assert.equal(await lost, 'no answer')
    await node.serve()
    assert.equal(await node.balance('alice'), 0n)
    assert.equal((await node.cli('audit')).code, 0)
  },

  'a death around the credit: what was said is true': async (t) => {
    const { node, link } = await receivingNode(t, { env: PATIENT })
    const payment = await add(node)
    const sender = senderOf(node, link, payment)
    // At each commit in turn, until the node outlives it all: those of its start, the question, the
    // credit, the answer's key, and what comes between.
    let alive = false, undone = 0
    for (let nth = 1; !alive && nth < 40; nth++) {
      const place = `before_commit:${nth}`
      const before = await node.balance('alice')
      const questions = (await asked(node, payment)).length
      await node.stop()
      const up = await node.serve({ FLORIN_FAILPOINT: `writer.${place}:kill` }).then(() => true, () => false)
      if (!up) {
        await node.serve() // a commit of its start
        continue
      }
      const sent = send(sender, { amount: 10n }).catch(() => null)
      const q = await question(node, payment, questions + 1).catch(() => null)
      const a = q && (await decide(node, payment, q.partialIncomingPaymentId, 'confirm').catch(() => null))
      const r = await sent
      alive = r?.valid && a?.status === 200
      await node.kill()
      await node.serve()
      const after = await node.balance('alice')
      assert.ok(after === before || after === before + 10n, `${place}: ${before} -> ${after}`)
      if (r?.valid || a?.status === 200) assert.equal(after, before + 10n, place)
      if (q && after === before) undone++
      assert.equal(await node.peerBalance('sender'), -after)
      if (q) await refused(decide(node, payment, q.partialIncomingPaymentId, 'confirm'), 404, 'not_found')
    }
    assert.ok(alive, 'the last one outlived it')
    assert.ok(undone > 0, 'one died between the question and the credit')
    assert.equal((await node.cli('audit')).code, 0)
  },

  'inside the node nothing moves past the host': async (t) => {
    const { node } = await receivingNode(t, { env: ON })
    const payment = await add(node)
    await node.ok('wallet', 'add', 'carol', '--asset', 'USD')
    await node.ok('deposit', 'carol', '10.00')
    const quoted = { walletAddress: 'carol', receiver: payment.url, debitAmount: usd(100) }
    const quote = await ok(node.admin('POST', '/quotes', quoted), 201)
    await refused(node.admin('POST', '/outgoing-payments', { quoteId: quote.id }), 502, 'refused')
    assert.equal(await node.balance('carol'), 1000n)
    assert.equal(await node.balance('alice'), 0n)
  },

  'off, as it is at first: nobody is asked': async (t) => {
    const { node, link } = await receivingNode(t)
    const payment = await add(node)
    assert.ok((await senderOf(node, link, payment).send({ amount: 9n })).valid)
    assert.equal((await asked(node, payment)).length, 0)
    await refused(decide(node, payment, randomUUID(), 'confirm'), 404, 'not_found')
    await refused(decide(node, payment, randomUUID(), 'reject'), 404, 'not_found')
    assert.equal(await node.balance('alice'), 9n)
  }
}
