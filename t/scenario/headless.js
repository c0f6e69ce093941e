// Headless mode: the host keeps the balances. It is asked by outgoing_payment.created, and gives a
// payment its money or cancels it; without that nothing moves.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { sleep, until } from './lib/http.js'
import { Hook, hookEnv } from './lib/hook.js'

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

const usd = (value) => ({ value, assetCode: 'USD', assetScale: 2 })
const fund = (node, p, amount, headers) => node.admin('POST', `/outgoing-payments/${p.id}/fund`, amount ? { amount } : {}, headers)
const cancel = (node, p, reason) => node.admin('POST', `/outgoing-payments/${p.id}/cancel`, { reason })
const questions = (hook) => hook.taken().filter((e) => e.type.startsWith('outgoing_payment.'))
const state = async (node, p) => (await node.admin('GET', `/outgoing-payments/${p.id}`)).json()

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
  }
}
