// Incoming payments: asked for by the operator, paid by packets and inside the node, up to their
// amount and their time.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { usd } from './lib/answers.js'
import * as ilp from './lib/ilp.js'
import { request, until } from './lib/http.js'
import { connectionOf } from './lib/incoming.js'
import { StreamSender } from './lib/link.js'
import { addPeer, changesNothing, receivingNode } from './lib/setups.js'

async function add(node, body, headers) {
  const r = await node.admin('POST', '/incoming-payments', { walletAddress: 'alice', ...body }, headers)
  assert.equal(r.status, 201, r.text())
  return r.json()
}

const get = async (node, id) => (await node.admin('GET', `/incoming-payments/${id}`)).json()
const payer = (node, link, payment, wallet = 'alice') => new StreamSender(link, connectionOf(node, wallet, payment.id))

function refused(r, code) {
  assert.equal(r.reply.type, ilp.REJECT, 'a Reject was expected')
  assert.equal(r.reply.code, code, r.reply.message?.toString())
}

/** A second payer, whose money is EUR. */
async function euroPeer(t, node) {
  await addPeer(node, 'euro', { asset: 'EUR', token: 'token-euro', creditLimit: '1000000.00' })
  await node.ok('asset', 'deposit', 'USD', '1000000.00')
  return t.link(node, 'token-euro')
}

export const tests = {
  'request gives a URL; payment list and show tell of it': async (t) => {
    const { node, link } = await receivingNode(t)
    const made = await node.ok('request', 'alice', '12.50', '--description', 'two books', '--expires', '2h')
    assert.match(made.url, new RegExp(`^${node.url}/op/incoming-payments/[0-9a-f-]{36}$`))
    assert.equal(made.url.split('/').pop(), made.id)
    assert.deepEqual(made.incomingAmount, usd(1250))
    assert.deepEqual(made.receivedAmount, usd(0))
    assert.deepEqual(made.metadata, { description: 'two books' })
    assert.equal(made.state, 'PENDING')
    assert.ok(Math.abs(Date.parse(made.expiresAt) - Date.parse(made.createdAt) - 7200000) < 60000)
    const open = await node.ok('request', 'alice')
    assert.deepEqual([open.incomingAmount, open.metadata], [null, null])
    assert.ok(Math.abs(Date.parse(open.expiresAt) - Date.parse(open.createdAt) - 86400000) < 60000)
    assert.ok((await payer(node, link, made).send({ amount: 250n })).valid)

    const { items } = await node.ok('payment', 'list')
    assert.deepEqual(
      items.map((p) => [p.id, p.direction]),
      [
        [open.id, 'incoming'],
        [made.id, 'incoming']
      ]
    )
    const shown = await node.ok('payment', 'show', made.id)
    assert.deepEqual([shown.state, shown.receivedAmount], ['PROCESSING', usd(250)])
    assert.deepEqual(
      shown.transfers.map((l) => [l.kind, l.debit, l.credit, l.amount.value]),
      [['credit', 'peer:sender', 'wallet:alice', '250']]
    )
    const table = await node.cli('payment', 'list')
    assert.match(table.stdout, /incoming/)
    assert.match((await node.cli('payment', 'show', made.id)).stdout, /RECEIVED +2\.50 USD/)
  },

  'request refuses what it can not ask for': async (t) => {
    const { node } = await receivingNode(t)
    for (const words of [
      ['nobody'],
      ['alice', '0.00'],
      ['alice', '1.001'],
      ['alice', '-1'],
      ['alice', '1', '--expires', '1'],
      ['alice', '1', '--expires', '0h'],
      ['alice', '1', '--expires', 'soon'],
      ['alice', '1', '--expires', '31d']
    ]) {
      const r = await node.cli('request', ...words)
      assert.ok([1, 2].includes(r.code), `request ${words.join(' ')}: ${r.code}`)
      assert.match(r.stderr, /^florin: /)
    }
    assert.deepEqual((await node.ok('payment', 'list')).items, [])
  },

  'packets are taken to the unit, and none above': async (t) => {
    const { node, link } = await receivingNode(t)
    const payment = await add(node, { incomingAmount: usd(1000) })
    const sender = payer(node, link, payment)
    assert.ok((await sender.send({ amount: 900n })).valid)
    assert.deepEqual((await get(node, payment.id)).receivedAmount, usd(900))
    const before = await node.balance('alice')
    const above = await sender.send({ amount: 101n })
    refused(above, 'F99')
    assert.equal(above.stream.packetType, ilp.REJECT)
    assert.equal(above.stream.amount, 101n)
    assert.equal(await node.balance('alice'), before)
    assert.ok((await sender.send({ amount: 100n })).valid)
    const done = await get(node, payment.id)
    assert.deepEqual([done.state, done.receivedAmount], ['COMPLETED', usd(1000)])
    await changesNothing(node, async () => {
      refused(await sender.send({ amount: 1n }), 'F02')
      refused(await sender.send({ amount: 1n, fulfillable: false }), 'F02')
    })
    assert.equal(await node.balance('alice'), 1000n)
  },

  'payers at once stay below the amount, and use all of it': async (t) => {
    const { node, link } = await receivingNode(t)
    const payment = await add(node, { incomingAmount: usd(1000) })
    const senders = Array.from({ length: 4 }, () => payer(node, link, payment))
    const all = await Promise.all(
      Array.from({ length: 160 }, (_, i) => senders[i % 4].send({ amount: 30n, sequence: BigInt(i) }))
    )
    const taken = all.filter((r) => r.valid).length
    assert.equal(taken, 33)
    for (const r of all.filter((r) => !r.valid)) refused(r, 'F99')
    assert.deepEqual((await get(node, payment.id)).receivedAmount, usd(990))
    const ends = await Promise.all(Array.from({ length: 8 }, (_, i) => senders[i % 4].send({ amount: 10n, sequence: BigInt(1000 + i) })))
    assert.equal(ends.filter((r) => r.valid).length, 1)
    for (const r of ends.filter((r) => !r.valid)) refused(r, 'F02')
    assert.deepEqual((await get(node, payment.id)).state, 'COMPLETED')
    assert.equal(await node.balance('alice'), 1000n)
  },

  'an exchanged packet may cross the amount by the slack': async (t) => {
    const { node } = await receivingNode(t, { env: { FLORIN_LIMITS_INCOMING_SLACK_BPS: '100' } })
    const link = await euroPeer(t, node)
    const payment = await add(node, { incomingAmount: usd(1000) })
    const sender = payer(node, link, payment)
    const delivers = async (amount) => (await sender.send({ amount, fulfillable: false })).stream.amount
    const wanted = async (units) => {
      let [low, high] = [1n, 4000n]
      while (low < high) {
        const middle = (low + high) / 2n
        if ((await delivers(middle)) >= units) high = middle
        else low = middle + 1n
      }
      return low
    }
    const most = await wanted(1011n)
    const first = await sender.send({ amount: most })
    refused(first, 'F99')
    const some = await wanted(1002n)
    const arrived = await delivers(some)
    assert.ok(arrived <= 1010n)
    assert.ok((await sender.send({ amount: some })).valid)
    const done = await get(node, payment.id)
    assert.deepEqual([done.state, done.receivedAmount], ['COMPLETED', usd(arrived)])
  },

  'a sender of another asset may cross the amount, one of the same may not': async (t) => {
    const { node, link } = await receivingNode(t)
    const payment = await add(node, { incomingAmount: usd(100) })
    const sender = payer(node, link, payment)
    const of = (sourceAssetCode, sourceAssetScale) => [
      { name: 'ConnectionAssetDetails', sourceAssetCode, sourceAssetScale },
      { name: 'StreamMoney', streamId: 1n, shares: 1n }
    ]
    refused(await sender.send({ amount: 101n, frames: of('USD', 2) }), 'F99')
    refused(await sender.send({ amount: 102n, frames: of('EUR', 2) }), 'F99')
    assert.ok((await sender.send({ amount: 101n, frames: of('EUR', 2) })).valid)
    const done = await get(node, payment.id)
    assert.deepEqual([done.state, done.receivedAmount], ['COMPLETED', usd(101)])
  },

  'after its time nothing is taken, and it stays readable': async (t) => {
    const { node, link } = await receivingNode(t)
    const payment = await add(node, { expiresAt: new Date(Date.now() + 4000).toISOString() })
    const sender = payer(node, link, payment)
    assert.ok((await sender.send({ amount: 40n })).valid)
    await until('the payment to expire', async () => (await get(node, payment.id)).state === 'EXPIRED')
    await changesNothing(node, async () => {
      refused(await sender.send({ amount: 1n }), 'F02')
      refused(await sender.send({ amount: 1n, fulfillable: false }), 'F02')
      assert.ok((await sender.send({ amount: 0n })).valid)
    })
    const late = await node.admin('POST', `/incoming-payments/${payment.id}/complete`)
    assert.equal(late.status, 409)
    assert.deepEqual((await get(node, payment.id)).receivedAmount, usd(40))
    await until('the expiry to be written down', () => /event=incoming_sweep expired=1/.test(node.log))
  },

  'complete ends it once': async (t) => {
    const { node, link } = await receivingNode(t)
    const payment = await add(node, { incomingAmount: usd(500) })
    const sender = payer(node, link, payment)
    assert.ok((await sender.send({ amount: 40n })).valid)
    const key = { 'idempotency-key': randomUUID() }
    const complete = (headers) => node.admin('POST', `/incoming-payments/${payment.id}/complete`, undefined, headers)
    const done = await complete(key)
    assert.equal(done.status, 200)
    assert.deepEqual([done.json().state, done.json().receivedAmount], ['COMPLETED', usd(40)])
    assert.deepEqual((await complete(key)).body, done.body)
    assert.equal((await complete({})).status, 409)
    refused(await sender.send({ amount: 1n }), 'F02')
    assert.equal((await node.admin('POST', `/incoming-payments/${randomUUID()}/complete`)).status, 404)
    assert.equal((await node.admin('POST', '/incoming-payments/x/complete')).status, 404)
  },

  'a closed wallet asks for nothing': async (t) => {
    const { node } = await receivingNode(t)
    await node.ok('wallet', 'close', 'bob')
    const r = await node.admin('POST', '/incoming-payments', { walletAddress: 'bob' })
    assert.equal(r.status, 409)
  },

  'the operator asks once per key, and is told what is wrong': async (t) => {
    const { node } = await receivingNode(t)
    const key = { 'idempotency-key': randomUUID() }
    const body = { incomingAmount: usd(5), metadata: { n: [1, 'x', null, { y: true }] } }
    const one = await add(node, body, key)
    assert.deepEqual(await add(node, body, key), one)
    const other = await node.admin('POST', '/incoming-payments', { walletAddress: 'alice' }, key)
    assert.equal(other.status, 409)
    assert.deepEqual((await get(node, one.id)).metadata, body.metadata)
    const later = (ms) => new Date(Date.now() + ms).toISOString()
    for (const [wrong, field] of [
      [{ walletAddress: 'nobody' }, 'walletAddress'],
      [{ incomingAmount: usd(0) }, 'incomingAmount'],
      [{ incomingAmount: { ...usd(1), assetCode: 'EUR' } }, 'incomingAmount'],
      [{ incomingAmount: { ...usd(1), value: 1 } }, 'incomingAmount.value'],
      [{ incomingAmount: { ...usd(1), value: '-1' } }, 'incomingAmount.value'],
      [{ incomingAmount: { ...usd(1), value: '9223372036854775808' } }, 'incomingAmount.value'],
      [{ expiresAt: later(-1000) }, 'expiresAt'],
      [{ expiresAt: later(31 * 86400000) }, 'expiresAt'],
      [{ expiresAt: 'tomorrow' }, 'expiresAt'],
      [{ metadata: 'x' }, 'metadata'],
      [{ metadata: { x: 'y'.repeat(5000) } }, 'metadata'],
      [{ description: 'x' }, 'description']
    ]) {
      const r = await node.admin('POST', '/incoming-payments', { walletAddress: 'alice', ...wrong })
      assert.ok(r.status >= 400 && r.status < 500, `${JSON.stringify(wrong)}: ${r.status}`)
      assert.equal(r.json().error.details?.field, field, JSON.stringify(wrong))
    }
    const set = await node.admin('PATCH', `/incoming-payments/${one.id}`, { metadata: { a: 1 } })
    assert.equal(set.status, 200)
    assert.deepEqual((await get(node, one.id)).metadata, { a: 1 })
    assert.equal((await node.admin('PATCH', `/incoming-payments/${one.id}`, { state: 'COMPLETED' })).status, 400)
    assert.equal((await node.admin('GET', `/incoming-payments/${randomUUID()}`)).status, 404)
  },

  'lists go page by page, newest first': async (t) => {
    const { node } = await receivingNode(t)
    const made = []
    for (let i = 0; i < 5; i++) made.unshift((await add(node, { incomingAmount: usd(i + 1) })).id)
    await node.admin('POST', '/incoming-payments', { walletAddress: 'bob' })
    const seen = []
    let cursor = ''
    for (let pages = 0; pages < 4; pages++) {
      const r = (await node.admin('GET', `/incoming-payments?walletAddress=alice&limit=2${cursor}`)).json()
      seen.push(...r.items.map((p) => p.id))
      if (!r.nextCursor) break
      cursor = `&cursor=${r.nextCursor}`
    }
    assert.deepEqual(seen.slice().sort(), made.slice().sort())
    assert.equal((await node.admin('GET', '/incoming-payments')).json().items.length, 6)
    assert.equal((await node.admin('GET', '/incoming-payments?walletAddress=nobody')).status, 404)
    assert.equal((await node.admin('GET', `/incoming-payments?cursor=${randomUUID()}`)).status, 400)
    assert.equal((await node.admin('GET', '/incoming-payments?limit=0')).status, 400)
    assert.equal((await node.admin('GET', `/payments?cursor=${randomUUID()}`)).status, 400)
  },

  'a wallet address is one, however it is written': async (t) => {
    const { node } = await receivingNode(t)
    const document = async (path) => request(`${node.url}${path}`, { headers: { accept: 'application/json' } })
    const one = await document('/alice')
    assert.equal(one.status, 200)
    assert.equal(one.json().id, `${node.url}/alice`)
    for (const path of ['/alice/', '/ALICE', '/Alice/']) {
      const r = await document(path)
      assert.equal(r.status, 200, path)
      assert.deepEqual(r.json(), one.json())
    }
    for (const path of ['/alice//', '/alice/x', '/alic']) assert.equal((await document(path)).status, 404, path)
    const spsp = await request(`${node.url}/Alice/`, { headers: { accept: 'application/spsp4+json' } })
    assert.match(spsp.json().destination_account, /^test\.wallet\.alice\./)
    for (const name of ['auth', 'op', 'ilp', 'wallet', 'admin', 'node', 'health', 'metrics', 'static', 'console', 'quotes']) {
      const r = await node.admin('POST', '/wallet-addresses', { name, assetCode: 'USD' })
      assert.equal(r.status, 409, name)
      assert.match(r.json().error.description, /reserved/)
    }
  }
}
