// Receivers by Open Payments on other servers: made, read, paid and completed under our own grants.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { Client } from './lib/client.js'
import { sleep, until } from './lib/http.js'
import { payingNode, pay, units } from './lib/setups.js'
import { WalletServer } from './lib/wallet_server.js'

export const maxMs = 150000

async function setup(t) {
  const { node, peer, bob } = await payingNode(t)
  const server = await new WalletServer(bob).listen()
  t.defer(() => server.close())
  return { node, peer, bob, server }
}

const quote = (node, receiver, members = {}) =>
  node.admin('POST', '/quotes', { walletAddress: 'alice', receiver, ...members })

export const tests = {
  'at a wallet address an incoming payment is made, paid and completed': async (t) => {
    const { node, bob, server } = await setup(t)
    const { code, payment, stderr } = await pay(node, 'alice', `${server.url}/bob`, '--send', '10.00')
    assert.equal(code, 0, stderr)
    assert.equal(payment.state, 'COMPLETED')
    assert.match(payment.receiver, /\/op\/incoming-payments\/[0-9a-f-]{36}$/)
    assert.equal(bob.received, 1000n)
    await until('it is completed', () => [...server.payments.values()].every((p) => p.completed))
    assert.deepEqual(server.asked.access_token.access[0].type, 'incoming-payment')
    assert.equal(server.asked.client, `${node.url}/node`)
    assert.equal(server.calls[0], 'GET /bob 200')
    assert.ok(server.calls.includes('POST /op/incoming-payments 201'), server.calls.join('\n'))
    const grants = () => server.calls.filter((c) => c.startsWith('POST /auth ')).length
    const before = grants()
    assert.equal((await pay(node, 'alice', `${server.url}/bob`, '--send', '1.00')).code, 0)
    assert.equal(grants(), before, 'the grants are used again')
  },

  'an incoming payment is paid what it asks for': async (t) => {
    const { node, bob, server } = await setup(t)
    const payment = server.add({ incomingAmount: server.amount(700) })
    const made = await quote(node, payment.id, { receiveAmount: server.amount(701) })
    assert.equal(made.status, 400, made.text())
    const q = (await quote(node, payment.id, { receiveAmount: server.amount(700) })).json()
    const { id } = (await node.admin('POST', '/outgoing-payments', { quoteId: q.id })).json()
    await until('the payment', async () => (await node.ok('payment', 'show', id)).state === 'COMPLETED')
    assert.equal(bob.received, 700n)
    assert.equal(payment.completed, false, 'it is not ours to complete')
  },

  'tokens: rotated when expired, asked for again when forgotten, once': async (t) => {
    const { node, server } = await setup(t)
    const payment = server.add()
    const ask = () => quote(node, payment.id, { debitAmount: server.amount(100) })
    server.expiresIn = 1
    assert.equal((await ask()).status, 201)
    server.expiresIn = 600
    assert.equal((await ask()).status, 201)
    assert.ok(server.calls.some((c) => c.startsWith('POST /auth/token/')), server.calls.join('\n'))
    server.tokens.clear()
    assert.equal((await ask()).status, 201)
    server.refuseOnce = 9
    const refused = await ask()
    assert.ok(refused.status >= 400, refused.text())
    assert.equal(server.refuseOnce, 7, 'one more try, no more')
  },

  'whoever joins a rotation that fails has a new grant too': async (t) => {
    const { node, server } = await setup(t)
    const payment = server.add()
    const ask = () => quote(node, payment.id, { debitAmount: server.amount(100) })
    server.expiresIn = 1
    assert.equal((await ask()).status, 201)
    server.expiresIn = 600
    server.tokens.clear()
    server.rotationMs = 500
    const asked = [ask()]
    await sleep(200)
    asked.push(ask())
    for (const r of await Promise.all(asked)) assert.equal(r.status, 201, r.text())
  },

  'who authorizes is asked once, and again where that one refuses': async (t) => {
    const { node, server } = await setup(t)
    const ask = () => quote(node, server.add().id, { debitAmount: server.amount(100) })
    const views = () => server.calls.filter((c) => c === 'GET /op/incoming-payments/ID 200').length
    assert.equal((await ask()).status, 201)
    assert.equal(views(), 2, 'the public view, then the whole')
    assert.equal((await ask()).status, 201)
    assert.equal(views(), 3, 'the whole')
    server.auth = '/other/auth'
    server.tokens.clear()
    assert.equal((await ask()).status, 201, server.calls.join('\n'))
    assert.ok(server.calls.includes('POST /other/auth 200'), server.calls.join('\n'))
    server.auth = '/auth' // which refuses in any case
    server.refuseOnce = 9
    server.tokens.clear()
    assert.ok((await ask()).status >= 400)
  },

  'receivers elsewhere: made, read and completed': async (t) => {
    const { node, server } = await setup(t)
    const key = randomUUID()
    const headers = { 'idempotency-key': key }
    const body = { walletAddressUrl: `${server.url}/bob`, incomingAmount: server.amount(300), metadata: { order: 7 } }
    const asked = await Promise.all([1, 2, 3].map(() => node.admin('POST', '/receivers', body, headers)))
    for (const r of asked) assert.equal(r.status, 201, r.text())
    const made = asked[0].json()
    assert.deepEqual(asked.map((r) => r.json()), [made, made, made])
    assert.equal(server.payments.size, 1, 'one key, one payment')
    const own = server.payments.get(made.id)
    const expected = {
      id: own.id, walletAddressUrl: `${server.url}/bob`, incomingAmount: server.amount(300), receivedAmount: server.amount(0),
      completed: false, expiresAt: own.expiresAt, metadata: { order: 7 }, createdAt: own.createdAt, local: false
    }
    assert.deepEqual(made, expected)
    const get = (id) => node.admin('GET', `/receivers?id=${encodeURIComponent(id)}`)
    assert.deepEqual((await get(made.id)).json(), expected)
    const over = await node.admin('POST', '/receivers/complete', { id: made.id })
    assert.equal(over.status, 200, over.text())
    assert.deepEqual(over.json(), { ...expected, completed: true })
    assert.equal((await node.admin('POST', '/receivers', { ...body, metadata: {} }, headers)).status, 409)

    const refused = [
      [{ ...body, incomingAmount: { ...server.amount(1), assetScale: 3 } }, 400, 'incomingAmount'],
      [{ ...body, incomingAmount: server.amount(0) }, 400, 'incomingAmount'],
      [{ walletAddressUrl: 'bob' }, 400, 'walletAddressUrl'],
      [{ walletAddressUrl: `${server.url}/nobody` }, 404, 'walletAddressUrl'],
      [{ walletAddressUrl: `${node.url}/nobody` }, 404, 'walletAddressUrl'],
      [{ ...body, expiresAt: '2020-01-01T00:00:00Z' }, 400, 'expiresAt'],
      [{ walletAddressUrl: 'http://127.0.0.1:1/bob' }, 503, undefined]
    ]
    for (const [b, status, field] of refused) {
      const r = await node.admin('POST', '/receivers', b)
      assert.equal(r.status, status, `${JSON.stringify(b)}: ${r.text()}`)
      assert.equal(r.json().error.details.field, field)
    }
    for (const id of ['x', `${node.url}/op/incoming-payments/x`, `${node.url}/op/incoming-payments/${randomUUID()}`]) {
      const r = await get(id)
      assert.equal(r.status, id === 'x' ? 400 : 404, r.text())
      assert.equal(r.json().error.details.field, 'id')
    }
    assert.equal((await get(`${server.url}/op/incoming-payments/${randomUUID()}`)).status, 404)
  },

  'receivers of this node: the same': async (t) => {
    const node = await t.serving('wallet')
    await node.ok('wallet', 'add', 'carol', '--asset', 'USD')
    const incomingAmount = { value: '500', assetCode: 'USD', assetScale: 2 }
    const body = { walletAddressUrl: `${node.url}/carol`, incomingAmount, metadata: { a: 1 } }
    const made = await node.admin('POST', '/receivers', body)
    assert.equal(made.status, 201, made.text())
    const { id } = made.json()
    const incoming = (await node.admin('GET', `/incoming-payments/${id.split('/').pop()}`)).json()
    assert.deepEqual(made.json(), {
      id: incoming.url, walletAddressUrl: `${node.url}/carol`, incomingAmount, receivedAmount: { ...incomingAmount, value: '0' },
      completed: false, expiresAt: incoming.expiresAt, metadata: { a: 1 }, createdAt: incoming.createdAt, local: true
    })
    const done = await node.admin('POST', '/receivers/complete', { id })
    assert.deepEqual(done.json(), { ...made.json(), completed: true })
    assert.equal((await node.admin('POST', '/receivers/complete', { id })).status, 409)
    assert.deepEqual((await node.admin('GET', `/receivers?id=${encodeURIComponent(id)}`)).json(), done.json())
    const other = { ...body, incomingAmount: { value: '5', assetCode: 'EUR', assetScale: 2 } }
    assert.equal((await node.admin('POST', '/receivers', other)).json().error.details.field, 'incomingAmount')
  },

  'one quote asked for twice at once with one key makes one incoming payment': async (t) => {
    const { node, server } = await setup(t)
    const headers = { 'idempotency-key': randomUUID() }
    const body = { walletAddress: 'alice', receiver: `${server.url}/bob`, debitAmount: server.amount(100) }
    const asked = await Promise.all([1, 2, 3].map(() => node.admin('POST', '/quotes', body, headers)))
    const [first] = asked.map((r) => r.json())
    for (const r of asked) assert.deepEqual([r.status, r.json()], [201, first])
    assert.equal(server.payments.size, 1)
    // Where the first of them is refused, each of the others has its own try.
    const wrong = { ...body, receiver: 'http://127.0.0.1:1/bob' }
    const again = { 'idempotency-key': randomUUID() }
    for (const r of await Promise.all([1, 2, 3].map(() => node.admin('POST', '/quotes', wrong, again)))) {
      assert.equal(r.status, 503, r.text())
    }
  },

  'a server that is busy is no receiver that can not be paid': async (t) => {
    const { node, server } = await setup(t)
    const client = new Client()
    const access = [{ type: 'quote', actions: ['create'] }]
    const token = (await client.grant(node, { access })).json().access_token.value
    const ask = () => {
      const receiver = server.add({ incomingAmount: server.amount(100) }).id
      return client.call('POST', `${node.url}/op/quotes`, { token, json: { walletAddress: `${node.url}/alice`, receiver, method: 'ilp' } })
    }
    for (const [status, expected, code] of [[429, 503, 'busy'], [503, 503, 'busy'], [500, 400, 'invalid_receiver'], [403, 400, 'invalid_receiver']]) {
      server.grantStatus = status
      const r = await ask()
      assert.deepEqual([r.status, r.json().error.code], [expected, code], `${status}: ${r.text()}`)
      if (expected === 503) assert.ok(r.headers['retry-after'], 'when to come again')
    }
    server.grantStatus = 200
    const r = await ask()
    assert.equal(r.status, 201, r.text())
  },

  'receivers that can not be paid': async (t) => {
    const { node, server } = await setup(t)
    const done = server.add()
    done.completed = true
    const expired = server.add({ expiresAt: new Date(Date.now() - 1000).toISOString() })
    const mute = server.add()
    mute.methods = []
    const urls = [done.id, expired.id, mute.id, `${server.url}/op/incoming-payments/${randomUUID()}`,
      `${node.url}/op/incoming-payments/${randomUUID()}`, `http://127.0.0.1:1/op/incoming-payments/${randomUUID()}`]
    for (const url of urls) {
      const r = await quote(node, url, { debitAmount: server.amount(100) })
      assert.ok(r.status >= 400 && r.status !== 500, `${url}: ${r.text()}`)
    }
    const soon = server.add({ expiresAt: new Date(Date.now() + 5000).toISOString() })
    const q = (await quote(node, soon.id, { debitAmount: server.amount(100) })).json()
    assert.equal(q.expiresAt, soon.expiresAt, 'a quote ends with its receiver')
  }
}
