// STREAM receipts (RFC 39): asked for with SPSP, signed with what was committed, verified over HTTP.

import assert from 'node:assert/strict'
import { createHmac, randomBytes } from 'node:crypto'
import * as ilp from './lib/ilp.js'
import * as stream from './lib/stream.js'
import { request } from './lib/http.js'
import { StreamSender } from './lib/link.js'
import { receivingNode } from './lib/setups.js'

const money = [{ name: 'StreamMoney', streamId: 1n, shares: 1n }]

async function spsp(node, headers, wallet = 'alice') {
  return request(`${node.url}/${wallet}`, { headers: { accept: 'application/spsp4+json', ...headers } })
}

async function senderWithReceipts(node, link) {
  const nonce = randomBytes(16)
  const secret = randomBytes(32)
  const r = await spsp(node, { 'receipt-nonce': nonce.toString('base64'), 'receipt-secret': secret.toString('base64') })
  assert.equal(r.status, 200)
  const body = r.json()
  assert.equal(body.receipts_enabled, true)
  const to = { destination: body.destination_account, secret: Buffer.from(body.shared_secret, 'base64') }
  return { nonce, secret, to, sender: new StreamSender(link, to) }
}

/** The receipt of a Fulfill, checked here. -> total */
function total(r, { nonce, secret }) {
  const { receipt } = stream.frame(r.stream, 'StreamReceipt')
  assert.equal(receipt.length, 58)
  assert.equal(receipt[0], 1)
  assert.deepEqual(receipt.subarray(1, 17), nonce)
  assert.equal(receipt[17], 1)
  assert.deepEqual(receipt.subarray(26), createHmac('sha256', secret).update(receipt.subarray(0, 26)).digest())
  return receipt.readBigUInt64BE(18)
}

export const tests = {
  'each Fulfill carries a receipt of all that has arrived': async (t) => {
    const { node, link } = await receivingNode(t)
    const c = await senderWithReceipts(node, link)
    for (const [amount, sum] of [[100n, 100n], [50n, 150n], [1n, 151n]]) {
      const r = await c.sender.send({ amount, frames: money })
      assert.ok(r.valid)
      assert.equal(total(r, c), sum)
    }
    const probe = await c.sender.send({ amount: 5n, frames: money, fulfillable: false })
    assert.equal(stream.frame(probe.stream, 'StreamReceipt'), undefined)
    await node.kill()
    await node.serve()
    assert.equal(total(await c.sender.send({ amount: 9n, frames: money }), c), 160n, 'the total outlives a restart')
    assert.equal(await node.balance('alice'), 160n)
  },

  'many at once: every total is one that was committed': async (t) => {
    const { node, link } = await receivingNode(t)
    const c = await senderWithReceipts(node, link)
    const all = await Promise.all(Array.from({ length: 60 }, () => c.sender.send({ amount: 7n, frames: money })))
    const totals = all.map((r) => total(r, c)).sort((a, b) => Number(a - b))
    assert.deepEqual(totals, Array.from({ length: 60 }, (_, i) => 7n * BigInt(i + 1)))
  },

  'a repetition gets the same receipt and is counted once': async (t) => {
    const { node, link } = await receivingNode(t)
    const c = await senderWithReceipts(node, link)
    const bytes = ilp.encode(c.sender.packet({ amount: 30n, frames: money }))
    const first = await link.send(bytes)
    assert.deepEqual((await link.send(bytes)).bytes, first.bytes)
    assert.equal(total(await c.sender.send({ amount: 1n, frames: money }), c), 31n)
  },

  'the verifier says what a receipt says, and whether it is genuine': async (t) => {
    const { node, link } = await receivingNode(t)
    const c = await senderWithReceipts(node, link)
    const r = await c.sender.send({ amount: 42n, frames: money })
    const { receipt } = stream.frame(r.stream, 'StreamReceipt')
    const verify = (body) => node.admin('POST', '/receipts/verify', body)
    const good = await verify({ receipt: receipt.toString('base64'), secret: c.secret.toString('base64') })
    assert.deepEqual(good.json(), { valid: true, nonce: c.nonce.toString('hex'), streamId: 1, totalReceived: '42' })
    const other = await verify({ receipt: receipt.toString('base64'), secret: randomBytes(32).toString('base64') })
    assert.equal(other.json().valid, false)
    const more = Buffer.from(receipt)
    more[25] ^= 1
    const changed = await verify({ receipt: more.toString('base64'), secret: c.secret.toString('base64') })
    assert.equal(changed.json().valid, false)
    const seed = randomBytes(20)
    const key = createHmac('sha256', seed).update(c.nonce).digest()
    const signed = Buffer.concat([receipt.subarray(0, 26), createHmac('sha256', key).update(receipt.subarray(0, 26)).digest()])
    const seeded = await verify({ receipt: signed.toString('base64'), seed: seed.toString('base64') })
    assert.equal(seeded.json().valid, true)
    for (const body of [
      {},
      { receipt: 'AAAA', secret: c.secret.toString('base64') },
      { receipt: receipt.toString('base64') },
      { receipt: receipt.toString('base64'), secret: 'AAAA' },
      { receipt: receipt.toString('base64'), secret: c.secret.toString('base64'), seed: 'AAAA' }
    ]) {
      assert.equal((await verify(body)).status, 400, JSON.stringify(body))
    }
  },

  'half of the request for receipts is refused': async (t) => {
    const { node } = await receivingNode(t)
    const nonce = randomBytes(16).toString('base64')
    const secret = randomBytes(32).toString('base64')
    for (const headers of [
      { 'receipt-nonce': nonce },
      { 'receipt-secret': secret },
      { 'receipt-nonce': secret, 'receipt-secret': secret },
      { 'receipt-nonce': nonce, 'receipt-secret': nonce },
      { 'receipt-nonce': '!', 'receipt-secret': secret }
    ]) {
      assert.equal((await spsp(node, headers)).status, 400, JSON.stringify(headers))
    }
    assert.equal((await spsp(node, {})).json().receipts_enabled, false)
  }
}
