// What the host decides about incoming payments and wallet addresses: approval, cancelling, ends of
// use, and what an address says about itself.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { ok, refused, usd } from './lib/answers.js'
import * as ilp from './lib/ilp.js'
import { request } from './lib/http.js'
import { connectionOf } from './lib/incoming.js'
import { StreamSender } from './lib/link.js'
import { receivingNode } from './lib/setups.js'

const add = (node, body = {}) => ok(node.admin('POST', '/incoming-payments', { walletAddress: 'alice', incomingAmount: usd(500), ...body }), 201)
const decide = (node, id, what, body, headers) => node.admin('POST', `/incoming-payments/${id}/${what}`, body, headers)
const send = (node, link, payment, amount) => new StreamSender(link, connectionOf(node, 'alice', payment.id)).send({ amount })
const codeOf = (r) => (r.reply.type === ilp.REJECT ? r.reply.code : 'fulfilled')

export const tests = {
  'an incoming payment waits for its approval, and may be cancelled before anything comes': async (t) => {
    const { node, link } = await receivingNode(t, { env: { FLORIN_ACCOUNTS_INCOMING_APPROVAL: 'yes' } })
    const payment = await add(node)
    assert.deepEqual([payment.waitsForApproval, payment.approvedAt], [true, null])
    const { items } = await ok(node.admin('GET', `/events?resource=${payment.id}`))
    assert.equal(items[0].data.waitsForApproval, true)
    assert.equal(codeOf(await send(node, link, payment, 100n)), 'T99')
    // Inside the node, too: nothing moves before.
    await node.ok('wallet', 'add', 'carol', '--asset', 'USD')
    await node.ok('deposit', 'carol', '10.00')
    const quoted = { walletAddress: 'carol', receiver: payment.url, debitAmount: usd(100) }
    const quote = await ok(node.admin('POST', '/quotes', quoted), 201)
    await refused(node.admin('POST', '/outgoing-payments', { quoteId: quote.id }), 502, 'refused')
    assert.equal(await node.balance('carol'), 1000n)

    const headers = { 'idempotency-key': randomUUID() }
    const approved = await ok(decide(node, payment.id, 'approve', {}, headers))
    assert.deepEqual([approved.state, approved.waitsForApproval], ['PENDING', false])
    assert.ok(approved.approvedAt)
    assert.deepEqual(await ok(decide(node, payment.id, 'approve', {}, headers)), approved, 'the same again')
    assert.deepEqual(await ok(decide(node, payment.id, 'approve', {})), approved, 'and by another key')
    assert.equal(codeOf(await send(node, link, payment, 100n)), 'fulfilled')
    await refused(decide(node, payment.id, 'approve', {}), 409, 'wrong_state')
    await refused(decide(node, payment.id, 'cancel', {}), 409, 'wrong_state')
    await ok(node.admin('POST', '/outgoing-payments', { quoteId: quote.id }), 201)
    assert.equal(await node.balance('alice'), 200n)

    const unwanted = await add(node)
    const gone = await ok(decide(node, unwanted.id, 'cancel', { reason: 'nobody here ordered this' }))
    assert.deepEqual([gone.state, gone.cancelReason], ['EXPIRED', 'nobody here ordered this'])
    assert.equal(gone.cancelledAt, gone.expiresAt)
    assert.equal(codeOf(await send(node, link, unwanted, 100n)), 'F02')
    await refused(decide(node, unwanted.id, 'cancel', {}), 409, 'wrong_state')
    await refused(decide(node, unwanted.id, 'approve', {}), 409, 'wrong_state')
    await refused(decide(node, randomUUID(), 'approve', {}), 404, 'not_found')
    await refused(decide(node, unwanted.id, 'cancel', { reason: 5 }), 400, 'malformed', 'reason')
    await refused(decide(node, unwanted.id, 'cancel', { reason: 'x'.repeat(513) }), 400, 'too_big', 'reason')
    assert.equal((await node.cli('audit')).code, 0)
  },

  'without the mode nothing waits, and what is PENDING may be cancelled': async (t) => {
    const { node, link } = await receivingNode(t)
    const payment = await add(node)
    assert.equal(payment.waitsForApproval, false)
    assert.equal(codeOf(await send(node, link, payment, 100n)), 'fulfilled')
    const other = await add(node)
    await ok(decide(node, other.id, 'approve', {}))
    assert.equal((await ok(decide(node, other.id, 'cancel'))).state, 'EXPIRED')

    // ---- the wallet address ----
    const patch = (body) => node.admin('PATCH', '/wallet-addresses/alice', body)
    const document = (accept = 'application/json') => request(`${node.url}/alice`, { headers: { accept } })
    const properties = [
      { key: 'about', value: 'books, old & new', visible: true },
      { key: 'crm', value: '4711', visible: false }
    ]
    const changed = await ok(patch({ publicName: 'Alice and Co', additionalProperties: properties }))
    assert.deepEqual([changed.publicName, changed.additionalProperties], ['Alice and Co', properties])
    const shown = (await document()).json()
    assert.equal(shown.publicName, 'Alice and Co')
    assert.deepEqual(shown.additionalProperties, { about: 'books, old & new' })
    await ok(patch({ additionalProperties: [properties[1]], publicName: '' }))
    assert.equal((await document()).json().publicName, 'alice')
    assert.ok(!('additionalProperties' in (await document()).json()), 'none is for everybody')

    const set = (...words) => node.cli('--json', 'wallet', 'set', 'alice', ...words)
    assert.equal(JSON.parse((await set('--name', 'A', '--status', 'active')).stdout).publicName, 'A')
    assert.match((await set('--status', 'asleep')).stderr, /"status" must be/)
    assert.equal((await set()).code, 2)

    const property = (p) => patch({ additionalProperties: [{ ...properties[0], ...p }] })
    await refused(property({ key: '' }), 400, 'malformed', 'additionalProperties')
    await refused(property({ key: 'x'.repeat(65) }), 400, 'malformed', 'additionalProperties')
    await refused(property({ value: 7 }), 400, 'malformed', 'additionalProperties')
    await refused(property({ value: 'a\nb' }), 400, 'malformed', 'additionalProperties')
    await refused(property({ visible: 'yes' }), 400, 'malformed', 'additionalProperties')
    await refused(property({ more: 1 }), 400, 'malformed', 'additionalProperties')
    await refused(patch({ additionalProperties: [properties[0], properties[0]] }), 409, 'conflict', 'additionalProperties')
    const many = Array.from({ length: 33 }, (_, i) => ({ key: `k${i}`, value: '', visible: true }))
    await refused(patch({ additionalProperties: many }), 400, 'too_big', 'additionalProperties')
    await refused(patch({ publicName: 'x'.repeat(300) }), 400, 'too_big', 'publicName')
    await refused(patch({ publicName: 'a\nb' }), 400, 'malformed', 'publicName')
    await refused(patch({ status: 'asleep' }), 400, 'malformed', 'status')
    await refused(patch({ graceSeconds: -1, status: 'inactive' }), 400, 'malformed', 'graceSeconds')
    await refused(patch({}), 400, 'malformed', 'status')

    // Inactive with a grace: what is open is still paid, nothing new begins.
    const open = await add(node)
    const inactive = await ok(patch({ status: 'inactive', graceSeconds: 3600 }))
    assert.equal(inactive.status, 'inactive')
    const left = Date.parse(inactive.inactiveAt) - Date.now()
    assert.ok(left > 3000000 && left <= 3600000, `${left}`)
    assert.equal((await ok(patch({ status: 'inactive', graceSeconds: 0 }))).inactiveAt, inactive.inactiveAt, 'it keeps its day')
    assert.equal((await document()).status, 200)
    assert.equal((await document('application/spsp4+json')).status, 404)
    await refused(node.admin('POST', '/incoming-payments', { walletAddress: 'alice' }), 409, 'wrong_state')
    await refused(node.admin('POST', '/receivers', { walletAddressUrl: `${node.url}/alice` }), 409, 'wrong_state')
    assert.equal((await node.cli('resolve', `${node.url}/alice`)).code, 1)
    assert.equal(codeOf(await send(node, link, open, 100n)), 'fulfilled')

    // At once: it is not there for anybody.
    assert.equal((await ok(patch({ status: 'active' }))).inactiveAt, null)
    assert.equal((await document('application/spsp4+json')).status, 200)
    await ok(patch({ status: 'inactive', graceSeconds: 0 }))
    assert.equal((await document()).status, 404)
    assert.equal((await request(`${node.url}/alice/jwks.json`)).status, 404)
    assert.equal(codeOf(await send(node, link, open, 100n)), 'F02')
    assert.equal((await ok(node.admin('GET', `/incoming-payments/${open.id}`))).state, 'EXPIRED')
    await ok(patch({ status: 'active' }))
    assert.equal(codeOf(await send(node, link, open, 100n)), 'fulfilled')

    await ok(node.admin('POST', '/wallet-addresses/alice/withdrawals', { amount: usd(300) }), 201)
    await ok(node.admin('POST', `/incoming-payments/${open.id}/complete`))
    assert.equal((await ok(patch({ status: 'closed' }))).status, 'closed')
    await refused(patch({ status: 'active' }), 409, 'wrong_state', 'status')
    assert.equal((await node.cli('audit')).code, 0)
  }
}
