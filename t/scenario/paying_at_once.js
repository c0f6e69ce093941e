// Many payments at once out of one wallet: what it holds is spent once, whoever is first.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { until } from './lib/http.js'
import { payingNode, units } from './lib/setups.js'

export const maxMs = 150000
const AT_ONCE = 64

async function quote(node, from, receiver, value) {
  const debitAmount = { value: String(value), assetCode: 'USD', assetScale: 2 }
  const r = await node.admin('POST', '/quotes', { walletAddress: from, receiver, debitAmount })
  assert.equal(r.status, 201, r.text())
  return r.json().id
}

/** A few at a time: what is tested is what comes after. */
async function quotes(node, count, ...args) {
  const made = []
  while (made.length < count) {
    const some = Array.from({ length: Math.min(4, count - made.length) }, () => quote(node, ...args))
    made.push(...(await Promise.all(some)))
  }
  return made
}

const start = (node, quoteId) => node.admin('POST', '/outgoing-payments', { quoteId })

/** The payments, when all have ended. */
function ended(node) {
  return until(
    'the payments to end',
    async () => {
      const { items } = (await node.admin('GET', '/payments?limit=100')).json()
      return items.every((p) => ['COMPLETED', 'FAILED'].includes(p.state)) && items
    },
    100000
  )
}

export const tests = {
  'of 64 payments at once exactly those are made that the wallet can pay': async (t) => {
    const { node, bob, pointer } = await payingNode(t, { funds: '32.00', env: { FLORIN_QUOTES_LIFETIME_S: '120' } })
    const made = await quotes(node, AT_ONCE, 'alice', pointer, 50)
    await node.ok('withdraw', 'alice', '21.95') // quotes are capped at the balance: 10.05 are left of it
    const answers = await Promise.all(made.map((id) => start(node, id)))
    const taken = answers.filter((r) => r.status === 201)
    for (const r of answers.filter((a) => a.status !== 201)) {
      assert.equal(r.status, 422, r.text())
      assert.equal(r.json().error.code, 'insufficient')
    }
    assert.equal(taken.length, 20, 'ten dollars are twenty halves')
    const payments = await ended(node)
    assert.equal(payments.length, 20)
    const sent = payments.reduce((sum, p) => sum + units(p.sentAmount), 0n)
    assert.equal(await node.balance('alice'), 1005n - sent)
    assert.equal(bob.received, sent)
    assert.equal(await node.peerBalance('fake'), sent)
    assert.equal(sent, 1000n, payments.map((p) => p.error?.description).join())
  },

  'between wallets of one node too': async (t) => {
    const { node } = await payingNode(t, { funds: '32.00', env: { FLORIN_QUOTES_LIFETIME_S: '120' } })
    await node.ok('wallet', 'add', 'carol', '--asset', 'USD')
    const receiver = `${node.url}/carol`
    const made = await quotes(node, AT_ONCE, 'alice', receiver, 50)
    await node.ok('withdraw', 'alice', '21.95')
    const answers = await Promise.all(made.map((id) => start(node, id)))
    assert.equal(answers.filter((r) => r.status === 201).length, 20)
    assert.equal(await node.balance('alice'), 5n)
    assert.equal(await node.balance('carol'), 1000n)
  },

  'one quote, used 64 times at once, is one payment': async (t) => {
    const { node, bob, pointer } = await payingNode(t)
    const id = await quote(node, 'alice', pointer, 300)
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => start(node, id)))
    const statuses = answers.map((r) => r.status)
    assert.equal(statuses.filter((s) => s === 201).length, 1, statuses.join())
    assert.ok(statuses.every((s) => s === 201 || s === 409), statuses.join())
    assert.equal((await ended(node)).length, 1)
    assert.equal(bob.received, 300n)
  },

  'withdrawals and payments race for the same money': async (t) => {
    const { node, bob, pointer } = await payingNode(t, { funds: '10.00', env: { FLORIN_QUOTES_LIFETIME_S: '120' } })
    const made = await quotes(node, 20, 'alice', pointer, 50)
    await node.ok('withdraw', 'alice', '5.00')
    const amount = { value: '50', assetCode: 'USD', assetScale: 2 }
    const withdraw = () =>
      node.admin('POST', '/wallet-addresses/alice/withdrawals', { amount }, { 'idempotency-key': randomUUID() })
    const answers = await Promise.all(made.flatMap((id) => [start(node, id), withdraw()]))
    assert.equal(answers.filter((r) => r.status === 201).length, 10)
    assert.ok(answers.every((r) => r.status === 201 || r.status === 422))
    const payments = await ended(node)
    const out = answers.filter((r, i) => i % 2 === 1 && r.status === 201).length
    assert.equal(bob.received, BigInt(payments.length) * 50n)
    assert.equal(payments.length + out, 10)
    assert.equal(await node.balance('alice'), 0n)
  }
}
