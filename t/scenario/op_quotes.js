// Quotes of Open Payments clients: /op/quotes.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { usd } from './lib/answers.js'
import { Client } from './lib/client.js'

export const maxMs = 60000

const eur = (value) => ({ value: String(value), assetCode: 'EUR', assetScale: 2 })

async function setup(t) {
  const node = await t.serving('wallet')
  await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
  await node.ok('wallet', 'add', 'bob', '--asset', 'EUR')
  await node.ok('deposit', 'alice', '100.00')
  await node.ok('asset', 'deposit', 'EUR', '1000.00')
  const client = await Client.published(t)
  const g = await client.grant(node, { access: [{ type: 'quote', actions: ['create', 'read'] }] })
  assert.equal(g.status, 200, g.text())
  const token = g.json().access_token.value
  const receiver = async (...words) => (await node.ok('request', 'bob', ...words)).url
  const post = (json, given = token) =>
    client.call('POST', `${node.url}/op/quotes`, { token: given, json: { walletAddress: `${node.url}/alice`, method: 'ilp', ...json } })
  return { node, client, token, receiver, post }
}

function refused(r, status, description) {
  assert.equal(r.status, status, r.text())
  assert.ok(r.json().error.description.startsWith(description), r.text())
  return r.json().error
}

export const tests = {
  'by each amount, and read again': async (t) => {
    const { node, client, token, receiver, post } = await setup(t)
    const fixed = await receiver('5.00')
    for (const members of [{}, { debitAmount: usd(300) }, { receiveAmount: eur(200) }]) {
      const r = await post({ receiver: fixed, ...members })
      assert.equal(r.status, 201, r.text())
      const q = r.json()
      assert.deepEqual(Object.keys(q).sort(),
        ['createdAt', 'debitAmount', 'expiresAt', 'id', 'method', 'receiveAmount', 'receiver', 'walletAddress'])
      assert.equal(q.walletAddress, `${node.url}/alice`)
      assert.equal(q.receiver, fixed)
      assert.equal(q.receiveAmount.assetCode, 'EUR')
      if (!members.debitAmount) assert.equal(q.receiveAmount.value, members.receiveAmount?.value ?? '500')
      else assert.equal(q.debitAmount.value, '300')
      const again = await client.call('GET', q.id, { token })
      assert.equal(again.status, 200, again.text())
      assert.deepEqual(again.json(), q)
    }
  },

  'what is refused, and how': async (t) => {
    const { node, client, token, receiver, post } = await setup(t)
    const open = await receiver()
    const small = refused(await post({ receiver: open, debitAmount: usd(1) }), 400, 'non-positive receive amount')
    assert.deepEqual(small.details.minSendAmount, usd(small.details.minSendAmount.value))
    assert.equal((await post({ receiver: open, debitAmount: small.details.minSendAmount })).status, 201)
    refused(await post({ receiver: open }), 400, 'invalid amount')
    refused(await post({ receiver: open, debitAmount: eur(100) }), 400, 'invalid amount')
    refused(await post({ receiver: open, receiveAmount: usd(100) }), 400, 'invalid amount')
    refused(await post({ receiver: open, debitAmount: usd(0) }), 400, 'invalid amount')
    for (const bad of [`${node.url}/bob`, '$localhost/bob', `${node.url}/op/incoming-payments/${randomUUID()}`,
      `http://127.0.0.1:1/incoming-payments/${randomUUID()}`]) {
      refused(await post({ receiver: bad, debitAmount: usd(100) }), 400, 'invalid receiver')
    }
    // Anybody may ask: the answer says nothing of what the wallet has.
    assert.equal((await post({ receiver: open, debitAmount: usd(1000000) })).status, 201)
    assert.equal((await post({ receiver: open, debitAmount: usd(1), receiveAmount: eur(1) })).status, 400)
    assert.equal((await post({ receiver: open, debitAmount: usd(1), more: 1 })).status, 400)
    refused(await post({ receiver: open, debitAmount: usd(100) }, 'no-such-token'), 403, 'Inactive Token')
    refused(await client.call('GET', `${node.url}/op/quotes/${randomUUID()}`, { token }), 404, 'unknown quote')
    refused(await client.call('POST', `${node.url}/op/outgoing-payments`, {
      token, json: { walletAddress: `${node.url}/alice`, quoteId: 'x' } }), 403, 'Insufficient Grant')
  }
}
