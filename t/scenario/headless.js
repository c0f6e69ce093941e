// Headless mode: the host keeps the balances. It is asked by outgoing_payment.created, and gives a
// payment its money or cancels it; without that nothing moves.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { usd } from './lib/answers.js'
import { Client } from './lib/client.js'
import { addHolder, agreed, Holder } from './lib/holder.js'
import { sleep, until } from './lib/http.js'
import { Hook, hookEnv } from './lib/hook.js'
import { connectionOf } from './lib/incoming.js'
import { StreamSender } from './lib/link.js'
import { peerNodes } from './lib/node.js'
import { addPeer, units } from './lib/setups.js'

export const maxMs = 120000
const HEADLESS = { FLORIN_ACCOUNTS_MODE: 'headless' }

async function host(t, { answer, env = {} } = {}) {
  const hook = await new Hook(answer).listen()
  t.defer(() => hook.close())
  const node = await t.serving('headless', { env: { ...hookEnv(hook), ...HEADLESS, ...env } })
  await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
  await node.ok('wallet', 'add', 'bob', '--asset', 'USD')
  return { node, hook }
}

async function payment(node, value = '100') {
  const quote = await node.admin('POST', '/quotes', {
    walletAddress: 'alice',
    receiver: `${node.url}/bob`,
    debitAmount: { value, assetCode: 'USD', assetScale: 2 }
  })
  assert.equal(quote.status, 201, quote.text())
  const r = await node.admin('POST', '/outgoing-payments', { quoteId: quote.json().id })
  assert.equal(r.status, 201, r.text())
  assert.equal(r.json().state, 'FUNDING')
  return r.json()
}

const fund = (node, p, amount, headers) => node.admin('POST', `/outgoing-payments/${p.id}/fund`, amount ? { amount } : {}, headers)
const cancel = (node, p, reason) => node.admin('POST', `/outgoing-payments/${p.id}/cancel`, { reason })
const questions = (hook) => hook.taken().filter((e) => e.type.startsWith('outgoing_payment.'))
const state = async (node, p) => (await node.admin('GET', `/outgoing-payments/${p.id}`)).json()
const idOf = (url) => url.split('/').pop()

/**
 * A client with a grant of alice's over at most 10.00, at a headless node that is a peer of `omega`, where carl has
 * a wallet. `to` makes an incoming payment there or here; `pay` makes the payment as clients do, by a quote.
 */
async function clientOf(t, options = {}) {
  const hook = await new Hook(options.answer).listen(options.port)
  t.defer(() => hook.close())
  const env = { ...hookEnv(hook), ...HEADLESS, FLORIN_ILP_MAX_HOLD_S: '3', ...options.env }
  const node = await t.serving('headless', { env })
  await addHolder(node, 'alice', '--asset', 'USD')
  await node.ok('wallet', 'add', 'bob', '--asset', 'USD')
  const omega = await t.serving('omega', { env: { FLORIN_ILP_MAX_HOLD_S: '3' } })
  await omega.ok('wallet', 'add', 'carl', '--asset', 'USD')
  await peerNodes(node, omega, 'USD', { bLimits: ['--credit-limit', '100000.00', '--max-packet', '1.00'] })
  const client = await Client.published(t)
  const identifier = `${node.url}/alice`
  const { token } = await agreed(new Holder(node), client, [
    { type: 'quote', actions: ['create', 'read'] },
    { type: 'outgoing-payment', actions: ['create', 'read', 'list'], identifier, limits: { debitAmount: usd('1000') } }
  ])
  const call = (method, path, json) => client.call(method, path.startsWith('http') ? path : `${node.url}${path}`, { token, json })
  const to = async (where, wallet) => (await where.ok('request', wallet)).url
  const pay = async (receiver, value) => {
    const json = { walletAddress: identifier, receiver, method: 'ilp', debitAmount: usd(value) }
    const quote = await call('POST', '/op/quotes', json)
    assert.equal(quote.status, 201, quote.text())
    const made = await call('POST', '/op/outgoing-payments', { walletAddress: identifier, quoteId: quote.json().id })
    assert.equal(made.status, 201, made.text())
    return { ...made.json(), url: made.json().id, id: idOf(made.json().id) }
  }
  const spent = async () => (await call('GET', '/op/outgoing-payment-grant')).json().spentDebitAmount?.value ?? '0'
  return { node, omega, hook, call, to, pay, spent }
}

/** Nothing is on its way or has arrived, here or there. */
async function nothingMoved({ node, omega }) {
  for (const wallet of ['alice', 'bob']) assert.equal(await node.balance(wallet), 0n, wallet)
  assert.equal(await omega.balance('carl'), 0n)
  assert.equal(await node.peerBalance('omega'), 0n)
  const { pending } = await node.ok('peer', 'show', 'omega')
  assert.equal(pending.value, '0')
}

const told = (hook, p, type) => hook.taken().find((e) => e.data.id === p.id && e.type === `outgoing_payment.${type}`)

export const tests = {
  'asked, funded, paid': async (t) => {
    const { node, hook } = await host(t)
    const p = await payment(node)
    await until('the question', () => questions(hook).length >= 1)
    const [asked] = questions(hook)
    assert.equal(asked.type, 'outgoing_payment.created')
    assert.equal(asked.data.id, p.id)
    assert.equal(asked.data.state, 'FUNDING')
    assert.deepEqual(asked.data.debitAmount, usd('100'))
    await sleep(500)
    assert.equal((await state(node, p)).state, 'FUNDING')
    assert.equal(await node.balance('bob'), 0n, 'nothing moves without it')
    const key = randomUUID()
    const r = await fund(node, p, usd('100'), { 'idempotency-key': key })
    assert.equal(r.status, 200, r.text())
    assert.equal(r.json().state, 'COMPLETED')
    assert.equal(await node.balance('bob'), 100n)
    assert.equal(await node.balance('alice'), 0n)
    const again = await fund(node, p, usd('100'), { 'idempotency-key': key })
    assert.deepEqual([again.status, again.text()], [200, r.text()])
    const twice = await fund(node, p, usd('100'))
    assert.deepEqual([twice.status, twice.json().error.code], [409, 'wrong_state'])
    assert.equal(await node.balance('bob'), 100n)
    await until('its end', () => hook.taken().some((e) => e.type === 'outgoing_payment.completed'))
    hook.check()
  },

  'the command line waits for the host': async (t) => {
    const { node } = await host(t, { env: { FLORIN_QUOTES_LIFETIME_S: '120' } })
    const open = async () => (await node.admin('GET', '/outgoing-payments')).json().items.find((p) => p.state === 'FUNDING')
    const begin = async () => {
      const done = node.cli('pay', 'alice', `${node.url}/bob`, '--send', '1.00', '--yes')
      let p
      await until('the payment', async () => (p = await open()))
      return { done, p }
    }
    const paid = await begin()
    assert.equal((await fund(node, paid.p, usd('100'))).json().state, 'COMPLETED')
    const first = await paid.done
    assert.equal(first.code, 0, first.stderr)
    assert.match(first.stderr, /waits until the host has funded it/)
    assert.match(first.stdout, /STATE +COMPLETED/)
    assert.equal(await node.balance('bob'), 100n)
    const ended = await begin()
    assert.equal((await cancel(node, ended.p, 'the user has too little')).json().state, 'CANCELLED')
    const second = await ended.done
    assert.equal(second.code, 1)
    assert.match(second.stderr, /the payment is CANCELLED: the user has too little/)
    assert.equal(await node.balance('bob'), 100n)
  },

  'a wrong amount, and no key': async (t) => {
    const { node } = await host(t)
    const p = await payment(node)
    for (const amount of [usd('99'), usd('101'), usd('0'), { value: '100', assetCode: 'EUR', assetScale: 2 }]) {
      assert.equal((await fund(node, p, amount)).status, 400)
    }
    assert.equal((await fund(node, p, usd('100'), { 'idempotency-key': '' })).status, 400)
    assert.equal((await fund(node, { id: randomUUID() }, usd('100'))).status, 404)
    assert.equal((await state(node, p)).state, 'FUNDING')
    assert.equal(await node.balance('bob'), 0n)
  },

  'cancelled with a reason': async (t) => {
    const { node, hook } = await host(t)
    const p = await payment(node)
    const r = await cancel(node, p, 'the user has too little')
    assert.equal(r.status, 200, r.text())
    assert.equal(r.json().state, 'CANCELLED')
    assert.equal((await fund(node, p, usd('100'))).status, 409)
    await until('its end', () => hook.taken().some((e) => e.type === 'outgoing_payment.cancelled'))
    const end = hook.taken().find((e) => e.type === 'outgoing_payment.cancelled')
    assert.equal(end.data.error, 'the user has too little')
    assert.equal(await node.balance('bob'), 0n)
    hook.check()
  },

  'funded late': async (t) => {
    const { node, hook } = await host(t, { env: { FLORIN_QUOTES_LIFETIME_S: '1' } })
    const p = await payment(node)
    await sleep(1500)
    const r = await fund(node, p, usd('100'))
    assert.deepEqual([r.status, r.json().error.code], [409, 'expired'])
    await node.stop() // the next start looks at once
    await node.serve()
    await until('the sweep', async () => (await state(node, p)).state === 'CANCELLED')
    const again = await fund(node, p, usd('100'))
    assert.deepEqual([again.status, again.json().error.code], [409, 'expired'])
    await until('its end', () => hook.taken().some((e) => e.type === 'outgoing_payment.cancelled'))
    assert.equal(await node.balance('bob'), 0n)
    hook.check()
  },

  'the host is down: it is asked when it is back': async (t) => {
    let up = false
    const { node, hook } = await host(t, { answer: () => (up ? 200 : 503), env: { FLORIN_QUOTES_LIFETIME_S: '120' } })
    const p = await payment(node)
    await until('a first try', () => hook.deliveries.length >= 1)
    assert.equal((await state(node, p)).state, 'FUNDING')
    up = true
    await until('the question', () => questions(hook).length >= 1, 30000)
    assert.equal((await fund(node, p, usd('100'))).json().state, 'COMPLETED')
    await until('its end', () => questions(hook).length >= 3)
    hook.check()
  },

  'what comes in goes out once, though it is told twice': async (t) => {
    const { node, hook } = await host(t, { answer: (event, nth) => (event.type === 'incoming_payment.completed' && nth === 0 ? 503 : 200) })
    await addPeer(node, 'payer', { token: 'token-payer', creditLimit: '1000.00' })
    const asked = await node.ok('request', 'bob', '5.00')
    const sender = new StreamSender(t.link(node, 'token-payer'), connectionOf(node, 'bob', asked.id))
    assert.ok((await sender.send({ amount: 500n })).valid)
    await until('the end', () => hook.taken().some((e) => e.type === 'incoming_payment.completed'), 30000)
    const told = hook.deliveries.filter((d) => d.event.type === 'incoming_payment.completed')
    assert.equal(told.length, 2)
    for (const { event } of told) {
      assert.deepEqual(event.data.receivedAmount, usd('500'))
      const key = { 'idempotency-key': event.data.id }
      const out = await node.admin('POST', '/wallet-addresses/bob/withdrawals', { amount: event.data.receivedAmount }, key)
      assert.equal(out.status, 201, out.text())
    }
    assert.equal(await node.balance('bob'), 0n)
    const more = await node.admin('POST', '/wallet-addresses/bob/withdrawals', { amount: usd('1') })
    assert.equal(more.status, 422, more.text())
    hook.check()
  },

  'a client pays a wallet of this node, and one elsewhere by packets': async (t) => {
    const c = await clientOf(t)
    const { node, omega, hook, call, to, pay, spent } = c
    for (const [receiver, there, wallet] of [
      [await to(node, 'bob'), node, 'bob'],
      [await to(omega, 'carl'), omega, 'carl']
    ]) {
      const before = await there.balance(wallet)
      const p = await pay(receiver, '320')
      await until('the question', () => told(hook, p, 'created'))
      const asked = told(hook, p, 'created').data
      assert.deepEqual([asked.state, asked.debitAmount, asked.receiver], ['FUNDING', usd('320'), receiver])
      await sleep(1500)
      const waiting = (await call('GET', p.url)).json()
      assert.deepEqual([waiting.failed, waiting.sentAmount], [false, usd('0')])
      assert.equal(await there.balance(wallet), before, 'nothing moves without the host')
      for (const wrong of ['319', '321']) assert.equal((await fund(node, p, usd(wrong))).status, 400)
      const key = { 'idempotency-key': randomUUID() }
      const first = await fund(node, p, usd('320'), key)
      assert.equal(first.status, 200, first.text())
      const again = await fund(node, p, usd('320'), key)
      assert.deepEqual([again.status, again.text()], [200, first.text()])
      assert.deepEqual((await fund(node, p, usd('320'))).json().error.code, 'wrong_state')
      await until('the end', () => told(hook, p, 'completed'), 60000)
      assert.equal((await there.balance(wallet)) - before, 320n)
      assert.deepEqual((await call('GET', p.url)).json().sentAmount, usd('320'))
      assert.deepEqual(told(hook, p, 'completed').data.sentAmount, usd('320'))
    }
    assert.ok((await node.ok('payment', 'list')).items.some((p) => p.packets >= 4), 'real packets')
    assert.equal(await node.balance('alice'), 0n)
    assert.equal(await node.peerBalance('omega'), 320n)
    assert.equal(await spent(), '640')
    hook.check()
  },

  'what the host refuses, or forgets, does not count against the grant': async (t) => {
    const c = await clientOf(t, { env: { FLORIN_QUOTES_LIFETIME_S: '2' } })
    const { node, omega, hook, call, to, pay, spent } = c
    for (const receiver of [await to(node, 'bob'), await to(omega, 'carl')]) {
      const refused = await pay(receiver, '900')
      assert.equal(await spent(), '900')
      const over = await call('POST', '/op/outgoing-payments', {
        walletAddress: `${node.url}/alice`, incomingPayment: receiver, debitAmount: usd('200')
      })
      assert.equal(over.status, 403, over.text())
      assert.equal((await cancel(node, refused, 'too little')).status, 200)
      assert.equal(await spent(), '0')
      assert.equal((await call('GET', refused.url)).json().failed, true)
      assert.equal((await fund(node, refused, usd('900'))).json().error.code, 'wrong_state')
      const late = await pay(receiver, '700')
      await sleep(2500)
      assert.equal((await fund(node, late, usd('700'))).json().error.code, 'expired')
      await node.stop() // the next start looks at once
      await node.serve()
      await until('the sweep', async () => (await state(node, late)).state === 'CANCELLED')
      assert.equal(await spent(), '0')
      await until('its end', () => told(hook, late, 'cancelled'))
    }
    await nothingMoved(c)
    hook.check()
  },

  'a client pays while the host is down': async (t) => {
    let up = false
    const c = await clientOf(t, { answer: () => (up ? 200 : 503), env: { FLORIN_QUOTES_LIFETIME_S: '120' } })
    const { node, omega, hook, to, pay } = c
    const p = await pay(await to(omega, 'carl'), '250')
    await until('a first try', () => hook.deliveries.some((d) => d.event.data.id === p.id))
    await node.kill()
    await node.serve()
    await sleep(1000)
    assert.equal((await state(node, p)).state, 'FUNDING')
    await nothingMoved(c)
    up = true
    await until('the question', () => told(hook, p, 'created'), 40000)
    assert.equal((await fund(node, p, usd('250'))).status, 200)
    await until('the end', () => told(hook, p, 'completed'), 60000)
    assert.equal(await omega.balance('carl'), 250n)
    hook.check()
  },

  'what could not be sent is the host\'s again': async (t) => {
    const c = await clientOf(t)
    const { node, omega, hook, call, to, pay, spent } = c
    const p = await pay(await to(omega, 'carl'), '500')
    await omega.ok('wallet', 'close', 'carl')
    assert.equal((await fund(node, p, usd('500'))).status, 200)
    await until('the end', () => told(hook, p, 'failed'), 90000)
    const end = await state(node, p)
    assert.equal(units(end.sentAmount) + units(end.refundedAmount), 500n)
    assert.equal(units(end.sentAmount), 0n)
    assert.equal((await call('GET', p.url)).json().failed, true)
    assert.equal(await spent(), '0')
    await nothingMoved(c)
    hook.check()
  }
}
