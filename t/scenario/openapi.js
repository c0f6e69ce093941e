// /admin/v1/openapi.json says what the admin API takes and answers: every operation of it is called
// here, and each body, sent or answered, must be what it says, with no member besides.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { usd } from './lib/answers.js'
import { askAs } from './lib/cash.js'
import * as ilp from './lib/ilp.js'
import { Feed } from './lib/feed.js'
import { RawConnection, until } from './lib/http.js'
import { connectionOf } from './lib/incoming.js'
import { StreamSender } from './lib/link.js'
import { serving } from './lib/server.js'
import { RECEIVED_TOKEN, addPeer, payingNode, receivingNode } from './lib/setups.js'
import { sql, storedGrant } from './lib/stored_grant.js'
import { Client } from './lib/client.js'
import { Operator } from './lib/operator.js'

export const maxMs = 120000

const FORMATS = {
  uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
}

const typeOf = (v) =>
  v === null ? 'null' : Array.isArray(v) ? 'array' : Number.isInteger(v) ? 'integer' : typeof v

/** The part of JSON Schema that the description uses -> what is wrong, or nothing. */
export function wrong(document, schema, value, where) {
  if (schema.$ref) return wrong(document, document.components.schemas[schema.$ref.split('/').at(-1)], value, where)
  if (schema.anyOf) {
    const all = schema.anyOf.map((s) => wrong(document, s, value, where))
    return all.some((w) => !w) ? undefined : all[0]
  }
  assert.ok(schema.type, `${where}: a schema without a type`)
  if (typeOf(value) !== schema.type) return `${where}: ${JSON.stringify(value)} is no ${schema.type}`
  if (schema.enum && !schema.enum.includes(value)) return `${where}: "${value}" is none of ${schema.enum}`
  if (schema.format && !FORMATS[schema.format].test(value)) return `${where}: "${value}" is no ${schema.format}`
  if (schema.items) return value.map((v, i) => wrong(document, schema.items, v, `${where}[${i}]`)).find((w) => w)
  if (!schema.properties) return undefined
  const missing = (schema.required ?? []).find((name) => !(name in value))
  if (missing) return `${where}: no ${missing}`
  for (const [name, member] of Object.entries(value)) {
    if (!schema.properties[name]) return `${where}: ${name} is not described`
    const w = wrong(document, schema.properties[name], member, `${where}.${name}`)
    if (w) return w
  }
  return undefined
}

/** Calls the API, and holds every body against the description. */
class Checked {
  constructor(document) {
    this.document = document
    this.called = new Set() // "POST /admin/v1/quotes" that succeeded
  }

  operation(method, path) {
    const steps = `/admin/v1${path.split('?')[0]}`.split('/')
    const fits = (pattern) => {
      const parts = pattern.split('/')
      return parts.length === steps.length && parts.every((p, i) => p === steps[i] || (p.startsWith('{') && steps[i]))
    }
    // A path without parameters goes before one with them.
    const pattern = Object.keys(this.document.paths).filter(fits).sort((a, b) => a.split('{').length - b.split('{').length)
      .find((p) => this.document.paths[p][method.toLowerCase()])
    assert.ok(pattern, `${method} ${path} is not described`)
    return { name: `${method} ${pattern}`, ...this.document.paths[pattern][method.toLowerCase()] }
  }

  async call(node, method, path, body, status) {
    const operation = this.operation(method, path)
    const good = Object.keys(operation.responses).find((s) => s.startsWith('2'))
    const expected = String(status ?? good)
    for (const [name] of new URLSearchParams(path.split('?')[1] ?? '')) {
      assert.ok(operation.parameters.some((p) => p.in === 'query' && p.name === name), `${operation.name}: ?${name}`)
    }
    const request = operation.requestBody?.content['application/json'].schema
    assert.ok(body === undefined || request, `${operation.name} takes no body`)
    if (body !== undefined && expected === good) {
      assert.equal(wrong(this.document, request, body, `${operation.name} request`), undefined)
    }
    const r = await node.admin(method, path, body)
    assert.equal(String(r.status), expected, `${method} ${path}: ${r.text()}`)
    const answer = operation.responses[expected]
    assert.ok(answer, `${operation.name} does not say that it answers ${expected}`)
    if (expected === good) this.called.add(operation.name)
    if (answer.content['text/csv']) return r.text()
    assert.equal(wrong(this.document, answer.content['application/json'].schema, r.json(), operation.name), undefined)
    return r.json()
  }

  rest() {
    const all = Object.entries(this.document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`)
    )
    return all.filter((name) => !this.called.has(name))
  }
}

async function setUp(api, node) {
  const call = (...args) => api.call(node, ...args)
  await call('GET', '/whoami')
  await call('GET', '/openapi.json')
  await call('POST', '/assets', { code: 'CHF', scale: 2, feeFixed: { value: '1', assetCode: 'CHF', assetScale: 2 } })
  await call('POST', '/assets', { code: 'CHF', scale: 2 }, 409)
  await call('POST', '/assets', { code: 'CHF' }, 400)
  await call('PATCH', '/assets/USD', { feeBps: 10, liquidityThreshold: usd(5) })
  await call('GET', '/assets/USD')
  await call('POST', '/assets/USD/fees', { type: 'sending', fixed: usd(1), basisPoints: 20 })
  await call('POST', '/assets/USD/fees', { type: 'else' }, 400)
  await call('GET', '/assets/USD/fees')
  await call('GET', '/assets/USD/fees/examples')
  await call('GET', '/assets/none/fees/examples', undefined, 404)
  await call('GET', '/assets/USD/history')
  await call('GET', '/assets/USD/history?span=year', undefined, 400)
  await call('GET', '/assets/none', undefined, 404)
  await call('GET', '/assets?limit=2')
  await call('GET', '/assets?limit=0', undefined, 400)
  await call('POST', '/assets/USD/liquidity/deposits', { amount: usd(100) })
  await call('POST', '/wallet-addresses', { name: 'carol', assetCode: 'USD', publicName: 'Carol' })
  await call('PATCH', '/wallet-addresses/carol', { password: 'correct horse battery' })
  const additionalProperties = [{ key: 'a', value: 'b', visible: true }]
  await call('PATCH', '/wallet-addresses/carol', { publicName: 'C', status: 'active', graceSeconds: 5, additionalProperties })
  await call('GET', '/wallet-addresses/carol')
  await call('GET', '/wallet-addresses')
  await call('POST', '/wallet-addresses/carol/deposits', { amount: usd(500) })
  await call('POST', '/wallet-addresses/carol/withdrawals', { amount: usd(100) })
  await call('POST', '/wallet-addresses/carol/withdrawals', { amount: usd(9999) }, 422)
  const two = { amount: usd(1), timeoutSeconds: 60, id: randomUUID() }
  const { id } = await call('POST', '/wallet-addresses/carol/withdrawals', two)
  await call('POST', `/withdrawals/${id}/post`, {})
  await call('POST', `/withdrawals/${id}/void`, {}, 409)
  const other = await call('POST', '/assets/USD/liquidity/withdrawals', { amount: usd(1), timeoutSeconds: 60 })
  await call('POST', `/withdrawals/${other.id}/void`, {})
  await call('GET', `/withdrawals/${id}`)
  await call('GET', '/withdrawals')
  for (const [page, how] of [['deposit', 'approve'], ['withdraw', 'refuse']]) {
    const asked = await askAs(node, 'carol', page, { amount: '1.00' })
    await call('GET', `/cash-requests/${asked.id}`)
    await call('POST', `/cash-requests/${asked.id}/${how}`, { answer: 'heard' })
    await call('POST', `/cash-requests/${asked.id}/refuse`, {}, 409)
  }
  await call('GET', '/cash-requests?state=PENDING')
  await call('GET', '/cash-requests?limit=0', undefined, 400)
  await call('GET', '/wallet-addresses/carol/balance')
  await call('POST', '/wallet-addresses/carol/keys', { jwk: new Client(null, 'a').jwk })
  await call('GET', '/wallet-addresses/carol/keys')
  await call('DELETE', '/wallet-addresses/carol/keys/a')
  const [key] = (await call('GET', '/keys?walletAddress=carol&kid=a&state=REVOKED')).items
  await call('GET', '/keys?state=GONE', undefined, 400)
  await call('GET', '/keys?walletAddress=nobody', undefined, 404)
  await call('GET', `/keys/${key.id}`)
  await call('GET', `/keys/${randomUUID()}`, undefined, 404)
  await call('DELETE', `/keys/${key.id}`)
  await call('POST', '/node/keys', {}, 409)
  await sql(node, 'UPDATE node_key SET created_ms = created_ms - 700000')
  await call('POST', '/node/keys', {})
  await call('GET', '/node/keys')
}

async function receivers(api, node) {
  const call = (...args) => api.call(node, ...args)
  const { id } = await call('POST', '/receivers', { walletAddressUrl: `${node.url}/carol`, incomingAmount: usd(5) })
  await call('POST', '/receivers', { walletAddressUrl: 'x' }, 400)
  await call('GET', `/receivers?id=${encodeURIComponent(id)}`)
  await call('POST', '/receivers/complete', { id })
  await call('POST', '/receivers/complete', { id }, 409)
}

async function peers(api, t, node, url) {
  const call = (...args) => api.call(node, ...args)
  const peer = { name: 'acme', assetCode: 'USD', ilpAddress: 'test.acme', url, outgoingToken: 'out', incomingToken: 'in' }
  await call('POST', '/peers', { ...peer, creditLimit: usd(100), routes: ['test.beyond'] })
  await call('POST', '/peers', peer, 409)
  await call('GET', '/peers/acme')
  await call('PATCH', '/peers/acme', { spreadBps: 5, maxPacketAmount: usd(50) })
  await call('GET', '/peers')
  await call('POST', '/peers/fake/test', {})
  await call('POST', '/peers/acme/settlements', { direction: 'received', amount: usd(7), reference: 'x' })
  await call('POST', '/peers/acme/liquidity/withdrawals', { amount: usd(1) })
  await call('POST', '/peers/acme/settlements', { direction: 'received', amount: usd(1) })
  await call('GET', '/peers/acme/settlements?limit=5')
  await call('GET', '/peers/acme/settlement-terms')
  await call('PATCH', '/peers/acme/settlement-terms', { engineUrl: 'http://127.0.0.1:1', engineToken: 'x' })
  const order = await call('POST', '/peers/acme/settlements', { direction: 'sent', amount: usd(1), engine: true })
  const end = `/peers/acme/settlements/${order.id}/end`
  await call('POST', `/peers/acme/settlements/${randomUUID()}/end`, { as: 'paid' }, 404)
  await call('POST', end, { as: 'refused' }) // nobody opened the account: the order was not tried yet
  await call('POST', end, { as: 'paid' }, 409)
  await call('PATCH', '/peers/acme/settlement-terms', { settleThreshold: usd(90), settleTo: usd(-5), claimThreshold: null })
  await call('PATCH', '/peers/acme/settlement-terms', { settleTo: usd(90) }, 400)
  await call('GET', '/peers/acme/history?span=day')
  await call('GET', '/peers/acme/history?span=week', undefined, 400)
  await call('GET', '/peers/none/history', undefined, 404)
  await call('GET', '/peers/acme/statement?from=2026-11-01')
  await call('GET', '/peers/acme/statement?to=tomorrow', undefined, 400)
  await call('POST', '/peers/acme/reconcile', { received: usd(0), sent: usd(0) })
  await call('POST', '/peers/acme/reconcile', { received: usd(1) }, 400)
  assert.equal((await call('DELETE', '/peers/acme')).state, 'disabled')
  await call('PATCH', '/peers/acme', { state: 'active', debtLimit: usd(9), packetsPerSecond: 7, inFlightLimit: 8, addIncomingToken: 'in-2' })
  await call('POST', '/peers/acme/settlements', { direction: 'sent', amount: usd(7) })
  await call('DELETE', '/peers/acme')
  await becoming(api, t, node)
  await call('GET', '/routes')
  await call('GET', '/routes/explain?destination=test.fake.bob')
  await call('GET', '/routes/explain', undefined, 400)
  await call('GET', '/rates')
  await call('GET', '/rates/source')
  await call('GET', '/rates/sources')
  await call('GET', '/rates/history?from=EUR&to=GBP')
  await call('GET', '/rates/history?from=EUR&to=GBP&limit=1')
  await call('GET', '/rates/history?from=EUR&to=GBP&cursor=x', undefined, 400)
  await call('GET', '/rates/history?from=EUR', undefined, 400)
  await call('GET', '/rates/history?from=EUR&to=EUR', undefined, 400)
  await call('GET', '/rates/course?from=EUR&to=GBP&span=month')
  await call('GET', '/rates/course?from=EUR&to=none', undefined, 400)
  await call('GET', '/spreads/course?from=USD&to=EUR&span=day')
  await call('GET', '/spreads/course?from=EUR&to=EUR', undefined, 400)
  await call('GET', '/revenue/course?from=USD&to=EUR')
  await call('GET', '/revenue/course?from=USD', undefined, 400)
  await call('POST', '/rates/accept', { pair: 'USD/EUR' }, 404)
  await call('POST', '/rates/accept', {}, 400)
  await call('PUT', '/spreads', { from: 'USD', to: 'USD', basisPoints: 5, by: 'x' })
  await call('PUT', '/spreads', { from: 'USD', to: 'USD', clear: true })
  await call('PUT', '/spreads', { basisPoints: 5 }, 400)
  await call('PUT', '/spreads', { peer: 'nobody', basisPoints: 5 }, 404)
  await call('GET', '/spreads')
  await call('GET', '/spreads?history=yes')
  await call('GET', '/revenue?from=2026-01-01')
  await call('GET', '/revenue?to=tomorrow', undefined, 400)
}

/** Another node, as far as becoming its peer goes. */
async function becoming(api, t, node) {
  const call = (...args) => api.call(node, ...args)
  const link = await call('POST', '/peers/invitations', { name: 'guest', assetCode: 'USD', creditLimit: usd(3) })
  const open = await call('GET', '/peers/invitations?order=desc')
  assert.deepEqual(open.items.map((i) => [i.id, i.name, i.url]), [[link.id, 'guest', undefined]])
  await call('DELETE', `/peers/invitations/${link.id}`)
  assert.equal((await call('GET', '/peers/invitations')).items.length, 0)
  await call('DELETE', `/peers/invitations/${link.id}`, undefined, 404)
  let theirs = 0
  const url = await serving(t, async (req, res) => {
    for await (const chunk of req) void chunk
    const ilp = 'http://127.0.0.1:9/ilp'
    const asset = { code: 'USD', scale: 2 }
    const terms = { ilpAddress: 'test.other', url: ilp, asset, creditLimit: '5', maxPacketAmount: null, spreadBps: 1, expiresAt: '2027-01-02T03:04:05.678Z' }
    const auto = { staticIlpAddress: `test.auto${theirs++}`, ilpConnectorUrl: ilp, httpToken: 'a-token-of-theirs' }
    res.writeHead(200, { 'content-type': 'application/json' })
    res.end(JSON.stringify(req.url === '/auto' ? auto : terms))
  })
  await call('POST', '/peers/invitations/preview', { url: `${url}/x#token` })
  await call('POST', '/peers/invitations/preview', { url }, 400)
  await call('POST', '/peers/invitations/accept', { url: `${url}/x#token`, name: 'other', spreadBps: 2 })
  await call('POST', '/peers/auto', { url: `${url}/auto`, name: 'automatic', assetCode: 'USD' })
}

async function payments(api, node, pointer) {
  const call = (...args) => api.call(node, ...args)
  await call('GET', `/receivers/resolve?pointer=${encodeURIComponent(pointer)}`)
  const quote = await call('POST', '/quotes', { walletAddress: 'alice', receiver: pointer, debitAmount: usd(1000) })
  await call('GET', `/quotes/${quote.id}`)
  await call('GET', `/quotes/${randomUUID()}`, undefined, 404)
  await call('POST', `/quotes/${quote.id}/data`, { offset: 0, data: 'aGVsbG8=' })
  await call('POST', `/quotes/${quote.id}/data`, { offset: 0, data: 'aGVsbG8=' }, 400)
  const { id } = await call('POST', '/outgoing-payments', { quoteId: quote.id, metadata: { note: 'x' }, trace: true })
  await call('GET', `/outgoing-payments/${id}/trace?after=0`)
  await call('POST', '/outgoing-payments', { quoteId: quote.id }, 409)
  for (let state = ''; state !== 'COMPLETED'; ) {
    state = (await call('GET', `/outgoing-payments/${id}?waitMs=1000`)).state
    assert.ok(['SENDING', 'COMPLETED'].includes(state), state)
  }
  await call('GET', '/outgoing-payments?walletAddress=alice')
  await call('GET', `/payments/${id}`)
  const incoming = await call('POST', '/incoming-payments', {
    walletAddress: 'carol', incomingAmount: usd(300), expiresAt: new Date(Date.now() + 3600000).toISOString(), metadata: { a: 1 }
  })
  await call('GET', `/incoming-payments/${incoming.id}`)
  await call('PATCH', `/incoming-payments/${incoming.id}`, { metadata: { b: 2 } })
  await call('POST', `/incoming-payments/${incoming.id}/approve`, {})
  const unwanted = await call('POST', '/incoming-payments', { walletAddress: 'alice' })
  await call('POST', `/incoming-payments/${unwanted.id}/cancel`, { reason: 'x' })
  await call('POST', `/incoming-payments/${unwanted.id}/cancel`, {}, 409)
  await call('POST', `/incoming-payments/${incoming.id}/complete`, {})
  await call('POST', `/incoming-payments/${incoming.id}/complete`, {}, 409)
  await call('POST', `/incoming-payments/${incoming.id}/withdrawals`, { amount: usd(1) }, 422)
  const { id: paid } = await call('POST', '/incoming-payments', { walletAddress: 'carol' })
  await node.ok('pay', 'alice', `${node.url}/op/incoming-payments/${paid}`, '--deliver', '1.00', '--yes')
  await call('POST', `/incoming-payments/${paid}/withdrawals`, { amount: usd(1), timeoutSeconds: 5 })
  await call('GET', '/incoming-payments')
  await call('GET', `/payments/${incoming.id}`)
  await call('GET', '/payments?limit=10')
  const seed = Buffer.alloc(32).toString('base64')
  await call('POST', '/receipts/verify', { receipt: Buffer.alloc(58, 1).toString('base64'), seed })
  await call('POST', '/receipts/verify', { receipt: 'x', seed }, 400)
}

async function rest(api, t, node) {
  const call = (...args) => api.call(node, ...args)
  const { items } = await call('GET', '/events?include=delivery')
  await call('GET', '/events?type=outgoing_payment.completed&state=PENDING')
  await call('GET', '/events?type=outgoing_payment', undefined, 400)
  await call('GET', `/events/${items[0].id}`)
  await call('GET', `/events?after=${randomUUID()}`, undefined, 404)
  await call('POST', `/events/${items[0].id}/redeliver`, {})
  const types = ['incoming_payment.created']
  const added = await call('POST', '/webhook-endpoints', { url: 'http://127.0.0.1:9/hook', types })
  const hook = `/webhook-endpoints/${added.id}`
  await call('PATCH', hook, { types: null, enabled: true, secret: 'a-secret-of-this-endpoint' })
  await call('POST', `${hook}/secret`, {})
  await call('GET', '/webhook-endpoints')
  await call('GET', hook)
  await call('GET', `/webhook-endpoints/${randomUUID()}`, undefined, 404)
  await call('POST', '/webhook-endpoints', { url: 'http://127.0.0.1:9/hook', types: ['else'] }, 400)
  await call('POST', '/incoming-payments', { walletAddress: 'alice' })
  await until('a delivery', async () => (await node.admin('GET', `${hook}/deliveries`)).json().items.length > 0)
  const { items: given } = await call('GET', `${hook}/deliveries`)
  await call('GET', `${hook}/deliveries/${given[0].id}`)
  await call('POST', `${hook}/deliveries/${given[0].id}/redeliver`, {})
  await call('GET', `${hook}/deliveries/${items[0].id}`, undefined, 404)
  await call('DELETE', hook)
  await call('POST', '/backup', { file: join(t.dir, 'copy.db') })
  await call('POST', '/backup', { file: join(t.dir, 'copy.db') }, 409)
  const limits = { debitAmount: usd(500), interval: 'R/2026-01-01T00:00:00Z/P1M' }
  const access = [{ type: 'outgoing-payment', actions: ['create', 'read'], wallet: 'alice', limits }]
  const { grant } = await storedGrant(node, { client: 'https://shop.example/till', clientName: 'Shop', access })
  await call('GET', '/clients')
  await call('GET', '/activity')
  await call('GET', '/activity/history')
  await call('GET', '/activity/history?span=week', undefined, 400)
  await call('GET', '/users')
  const { setupToken } = await call('POST', '/operators', { name: 'ann' })
  node.secrets.add('a set-up token', setupToken)
  await call('GET', '/operators')
  const ann = new Operator(node)
  await ann.setUp('ann')
  await call('GET', '/operator-acts')
  await call('GET', '/logs?level=info&text=level')
  await call('GET', '/logs?level=loud', undefined, 400)
  await call('DELETE', '/operators/ann')
  await call('GET', '/ledger/accounts?kind=wallet&assetCode=USD')
  await call('GET', '/ledger/transfers?order=desc&account=1')
  await call('GET', '/ledger/export?format=jsonl', undefined, 200)
  await call('GET', '/grants?state=PENDING')
  await call('GET', `/grants/${grant}`)
  await call('POST', `/grants/${grant}/revoke`, {})
  await call('GET', `/grants/${grant}`)
}

/** Killed between commit and reply: an amount in doubt. */
async function doubts(api, t, node) {
  await addPeer(node, 'sender', { token: RECEIVED_TOKEN, creditLimit: '100.00' })
  const connection = await node.spsp('carol')
  await node.stop()
  await node.serve({ FLORIN_FAILPOINT: 'http.before_reply:1:kill' })
  const bytes = ilp.encode(new StreamSender(t.link(node, RECEIVED_TOKEN), connection).packet({ amount: 500n }))
  const c = await RawConnection.open(node.port)
  c.write(
    `POST /ilp HTTP/1.1\r\nHost: 127.0.0.1:${node.port}\r\nAuthorization: Bearer ${RECEIVED_TOKEN}\r\n` +
      `Content-Type: application/octet-stream\r\nContent-Length: ${bytes.length}\r\n\r\n`
  )
  c.write(bytes)
  await node.exited
  await node.serve()
  const { items } = await api.call(node, 'GET', '/doubts')
  assert.equal(items.length, 1)
  await api.call(node, 'POST', `/doubts/${items[0].id}/release`, { to: 'peer' })
}

async function headless(api, t) {
  const node = await t.serving('headless', { env: { FLORIN_ACCOUNTS_MODE: 'headless' } })
  for (const name of ['alice', 'bob']) await node.ok('wallet', 'add', name, '--asset', 'USD')
  for (const what of ['fund', 'cancel']) {
    const body = { walletAddress: 'alice', receiver: `${node.url}/bob`, debitAmount: usd(100) }
    const quote = await api.call(node, 'POST', '/quotes', body)
    const { id } = await api.call(node, 'POST', '/outgoing-payments', { quoteId: quote.id })
    await api.call(node, 'POST', `/outgoing-payments/${id}/${what}`, what === 'fund' ? { amount: usd(100) } : { reason: 'x' })
    await api.call(node, 'POST', `/outgoing-payments/${id}/${what}`, {}, 409)
  }
}

/** Packets that the host decides about. */
async function partials(api, t) {
  const env = { FLORIN_ACCOUNTS_CONFIRM_PARTIALS: 'yes', FLORIN_LIMITS_CONFIRM_PARTIAL_MS: '30000' }
  const { node, link } = await receivingNode(t, { env })
  const { id } = await api.call(node, 'POST', '/incoming-payments', { walletAddress: 'alice' })
  const sender = new StreamSender(link, connectionOf(node, 'alice', id))
  for (const [n, what] of [[1, 'confirm'], [2, 'reject']]) {
    const sent = sender.send({ amount: 5n, expiresAt: Date.now() + 55000 })
    const { data } = await until('the question', async () => (await node.admin('GET', `/events?resource=${id}`)).json().items[n])
    const packet = `/incoming-payments/${id}/partials/${data.partialIncomingPaymentId}`
    await api.call(node, 'POST', `${packet}/${what}`, what === 'reject' ? { reason: 'x' } : {})
    await api.call(node, 'POST', `${packet}/${what}`, {}, 404)
    await sent
  }
}

/** A price that jumped, and is let through. */
async function prices(api, t) {
  const feed = await new Feed().listen()
  t.defer(() => feed.close())
  const node = await t.serving('prices', { env: { FLORIN_RATES_URL: feed.url } })
  feed.gives('{"base":"USD","rates":{"EUR":9.1}}')
  node.hangUp()
  await until('the jump', async () => (await node.admin('GET', '/rates/source')).json().held.length === 1)
  await api.call(node, 'GET', '/rates/sources')
  await api.call(node, 'POST', '/rates/accept', { pair: 'USD/EUR' })
}

export const tests = {
  'every operation takes and answers what the description says': async (t) => {
    const { node, peer, pointer } = await payingNode(t)
    const api = new Checked((await node.admin('GET', '/openapi.json')).json())
    await setUp(api, node)
    await receivers(api, node)
    await peers(api, t, node, `${peer.url}/ilp`)
    await payments(api, node, pointer)
    await rest(api, t, node)
    await headless(api, t)
    await partials(api, t)
    await prices(api, t)
    await doubts(api, t, node)
    assert.deepEqual(api.rest(), [])
  },

  'the check finds what is not as described': async () => {
    const document = { components: { schemas: { A: { type: 'object', properties: { x: { type: 'integer' } }, required: ['x'] } } } }
    const a = { $ref: '#/components/schemas/A' }
    const nullable = { anyOf: [a, { type: 'null' }] }
    const good = [[a, { x: 1 }], [nullable, null], [{ type: 'array', items: a }, [{ x: 1 }, { x: 2 }]]]
    const bad = [
      [a, {}], [a, { x: '1' }], [a, { x: 1.5 }], [a, { x: 1, y: 2 }], [a, null], [nullable, 1],
      [{ type: 'array', items: a }, [{ x: 1 }, {}]], [{ type: 'string', enum: ['b'] }, 'c'],
      [{ type: 'string', format: 'uuid' }, 'c'], [{ type: 'string', format: 'date-time' }, '2026-01-01T00:00:00Z']
    ]
    for (const [schema, value] of good) assert.equal(wrong(document, schema, value, 'it'), undefined)
    for (const [schema, value] of bad) assert.ok(wrong(document, schema, value, 'it'), JSON.stringify(value))
  }
}
