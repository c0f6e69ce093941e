// Receivers by Open Payments on other servers: made, read, paid and completed under our own grants.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { until } from './lib/http.js'
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
