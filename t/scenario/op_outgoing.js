// Outgoing payments of Open Payments clients: what a grant allows, also when many ask at once.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { usd } from './lib/answers.js'
import { Client } from './lib/client.js'
import { addHolder, agreed, Holder } from './lib/holder.js'
import { request, until } from './lib/http.js'

export const maxMs = 900000

const AT_ONCE = 64
const ROUNDS = Number(process.env.GRANT_ROUNDS ?? 4)

async function provider(t) {
  const node = await t.serving('wallet', { env: { FLORIN_LIMITS_REQUESTS_PER_ADDRESS_PER_S: '0', FLORIN_LIMITS_REQUESTS_PER_KEY_PER_S: '0' } })
  await addHolder(node, 'alice', '--asset', 'USD')
  await node.ok('wallet', 'add', 'bob', '--asset', 'USD')
  await node.ok('deposit', 'alice', '10000.00')
  return { node, receiver: (await node.ok('request', 'bob', '--expires', '24h')).url, holder: new Holder(node) }
}

/** A grant that alice agrees to in her browser -> {token, manage, cancel()}. */
const agreedTo = ({ node, holder }, client, limits) =>
  agreed(holder, client, [
    { type: 'quote', actions: ['create', 'read'] },
    {
      type: 'outgoing-payment',
      actions: ['create', 'read', 'list'],
      identifier: `${node.url}/alice`,
      ...(limits ? { limits } : {})
    }
  ])

async function setup(t, limits) {
  const p = await provider(t)
  const client = await Client.published(t)
  const grant = await agreedTo(p, client, limits)
  const url = `${p.node.url}/op/outgoing-payments`
  let n = 0
  // The metadata differ, or equal requests of one second would be repetitions of one.
  const pay = (value, more = {}, { as = client, token = grant.token } = {}) =>
    as.call('POST', url, {
      token,
      json: {
        walletAddress: `${p.node.url}/alice`,
        ...(value ? { incomingPayment: p.receiver, debitAmount: usd(value) } : {}),
        metadata: { n: n++ },
        ...more
      }
    })
  const arrived = () => p.node.balance('bob')
  return { ...p, client, grant, url, pay, arrived }
}

function refused(r, status, description) {
  assert.equal(r.status, status, r.text())
  assert.ok(r.json().error.description.startsWith(description), r.text())
}

const count = (answers, status) => answers.filter((r) => r.status === status).length

export const tests = {
  'paid under a limit, to its last unit and no further': async (t) => {
    const { node, pay, arrived, client, grant, url } = await setup(t, { debitAmount: usd(100) })
    const first = await pay(60)
    assert.equal(first.status, 201, first.text())
    assert.deepEqual(first.json().grantSpentDebitAmount, usd(60))
    refused(await pay(41), 403, 'unauthorized')
    const last = await pay(40)
    assert.equal(last.status, 201, last.text())
    assert.deepEqual(last.json().grantSpentDebitAmount, usd(100))
    refused(await pay(1), 403, 'unauthorized')
    assert.equal(await arrived(), 100n)
    const seen = await client.call('GET', first.json().id, { token: grant.token })
    assert.equal(seen.status, 200, seen.text())
    assert.deepEqual(seen.json().sentAmount, usd(60))
    assert.equal(seen.json().grantSpentDebitAmount, undefined)
    const list = await client.call('GET', `${url}?wallet-address=${encodeURIComponent(`${node.url}/alice`)}`, {
      token: grant.token
    })
    assert.deepEqual(list.json().result.map((p) => p.id), [last.json().id, first.json().id])
  },

  [`${AT_ONCE} payments at once against one limit, ${ROUNDS} rounds`]: async (t) => {
    const p = await setup(t, { debitAmount: usd(1000) })
    let before = 0n
    for (let round = 0; round < ROUNDS; round++) {
      const grant = round ? await agreedTo(p, p.client, { debitAmount: usd(1000) }) : p.grant
      const value = 30 + round
      const answers = await Promise.all(
        Array.from({ length: AT_ONCE }, () => p.pay(value, {}, { token: grant.token }))
      )
      const fit = Math.floor(1000 / value)
      assert.equal(count(answers, 201), fit, 'as many as fit')
      assert.equal(count(answers, 403), AT_ONCE - fit)
      const now = await p.arrived()
      assert.equal(now - before, BigInt(fit * value), 'never above the limit')
      before = now
    }
  },

  [`one quote submitted ${AT_ONCE} times is one payment`]: async (t) => {
    const { node, client, grant, receiver, pay, arrived } = await setup(t, { debitAmount: usd(100000) })
    const json = { walletAddress: `${node.url}/alice`, receiver, method: 'ilp', debitAmount: usd(70) }
    const quote = await client.call('POST', `${node.url}/op/quotes`, { token: grant.token, json })
    assert.equal(quote.status, 201, quote.text())
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => pay(0, { quoteId: quote.json().id })))
    assert.equal(count(answers, 201), 1)
    for (const r of answers.filter((a) => a.status !== 201)) refused(r, 400, 'invalid quote')
    assert.equal(await arrived(), 70n)
  },

  'the same signed request again is the same payment': async (t) => {
    const { node, client, grant, receiver, url, arrived } = await setup(t, { debitAmount: usd(100) })
    const body = JSON.stringify({ walletAddress: `${node.url}/alice`, incomingPayment: receiver, debitAmount: usd(50) })
    const headers = client.headers('POST', url, { token: grant.token, body })
    const answers = []
    for (let i = 0; i < 3; i++) answers.push(await request(url, { method: 'POST', headers, body }))
    assert.deepEqual(answers.map((r) => r.status), [201, 201, 201], answers[1].text())
    assert.equal(new Set(answers.map((r) => r.json().id)).size, 1)
    assert.equal(await arrived(), 50n)

    // Also where the payment has filled its receiver, so that another one would be refused.
    const asked = (await node.ok('request', 'bob', '0.20')).url
    const last = { walletAddress: `${node.url}/alice`, incomingPayment: asked, debitAmount: usd(20) }
    const again = (json, idempotencyKey) => client.call('POST', url, { token: grant.token, json, idempotencyKey })
    const first = await again(last, 'one')
    assert.equal(first.status, 201, first.text())
    const second = await again(last, 'one')
    assert.deepEqual([second.status, second.text()], [201, first.text()])
    refused(await again(last, 'two'), 400, 'invalid receiver')
    refused(await again({ ...last, debitAmount: usd(19) }, 'one'), 400, 'the Idempotency-Key was used')
    assert.equal(await arrived(), 70n)
  },

  [`revoked while payments are made, in every way, ${ROUNDS} rounds`]: async (t) => {
    const p = await setup(t, { debitAmount: usd(100000) })
    const ways = {
      'cancelled by the client': (g) => g.cancel(),
      'the token given back': (g) => p.client.call('DELETE', g.manage, { token: g.token }),
      'the token rotated': (g) => p.client.call('POST', g.manage, { token: g.token }),
      'revoked by the operator': (g) => p.node.admin('POST', `/grants/${g.more.uri.split('/').pop()}/revoke`)
    }
    let made = 0
    for (let round = 0; round < ROUNDS; round++) {
      const [way, revoke] = Object.entries(ways)[round % 4]
      const grant = await agreedTo(p, p.client, { debitAmount: usd(100000) })
      let revoked = false
      const payers = Array.from({ length: 16 }, async () => {
        for (let last = false; !last; ) {
          last = revoked // what is asked for after the answer is refused
          const r = await p.pay(1, {}, { token: grant.token })
          assert.ok(r.status === 201 || r.status === 403, `${way}: ${r.text()}`)
          if (r.status === 201) made++
          if (last) refused(r, 403, 'Inactive Token')
        }
      })
      const before = made
      await until('some payments', () => made > before + 16)
      const answer = await revoke(grant)
      assert.ok([200, 204].includes(answer.status), `${way}: ${answer.text()}`)
      revoked = true
      await Promise.all(payers)
    }
    // As many as were answered 201, and none besides; that none is later than its grant's end says the audit.
    assert.equal(await p.arrived(), BigInt(made))
  },

  'who may not, and what is not allowed': async (t) => {
    const limits = { debitAmount: usd(100), receiver: 'https://other.example/op/incoming-payments/1' }
    const { node, pay, client, grant, arrived, url } = await setup(t, limits)
    refused(await pay(10), 403, 'unauthorized')
    const other = await Client.published(t)
    refused(await pay(10, {}, { as: other }), 401, 'Signature validation error')
    refused(await pay(10, {}, { token: 'x'.repeat(43) }), 403, 'Inactive Token')
    const quotes = await client.grant(node, { access: [{ type: 'quote', actions: ['create'] }] })
    refused(await pay(10, {}, { token: quotes.json().access_token.value }), 403, 'Insufficient Grant')
    refused(await pay(10, { walletAddress: `${node.url}/bob` }), 403, 'Insufficient Grant')
    for (const wrong of [{ debitAmount: usd(-1) }, { debitAmount: { ...usd(1), assetCode: 'EUR' } }, { debitAmount: usd(0) }])
      refused(await pay(10, wrong), 400, 'invalid amount')
    const extra = await pay(10, { surprise: true })
    assert.equal(extra.status, 400)
    assert.match(extra.text(), /surprise/)
    refused(await pay(0, { quoteId: `${node.url}/op/quotes/${randomUUID()}` }), 404, 'unknown quote')
    refused(await pay(10, { incomingPayment: `${node.url}/op/incoming-payments/${randomUUID()}` }), 400, 'invalid receiver')
    refused(await client.call('GET', `${url}/${randomUUID()}`, { token: grant.token }), 404, '')
    assert.equal(await arrived(), 0n)
  }
}
