// /op/incoming-payments as clients use it: bodies, statuses, texts, lists, what each client sees.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { usd } from './lib/answers.js'
import * as ilp from './lib/ilp.js'
import { Client } from './lib/client.js'
import { request } from './lib/http.js'
import { connectionOf } from './lib/incoming.js'
import { StreamSender } from './lib/link.js'
import { receivingNode } from './lib/setups.js'

const ALL = ['create', 'complete', 'read', 'list']

/** A client with a token for incoming payments: {create, get, list, complete, call}. */
async function clientOf(t, node, { actions = ALL, identifier } = {}) {
  const client = await Client.published(t)
  const access = [{ type: 'incoming-payment', actions, ...(identifier ? { identifier } : {}) }]
  const g = await client.grant(node, { access })
  assert.equal(g.status, 200, g.text())
  const token = g.json().access_token.value
  node.secrets.add('an access token', token)
  const base = `${node.url}/op/incoming-payments`
  const call = (method, url, options = {}) => client.call(method, url, { token, ...options })
  return {
    client,
    token,
    call,
    create: (json, options) => call('POST', base, { json: { walletAddress: `${node.url}/alice`, ...json }, ...options }),
    get: (url) => call('GET', url),
    complete: (url) => call('POST', `${url}/complete`),
    list: (query = '', wallet = 'alice') =>
      call('GET', `${base}?wallet-address=${encodeURIComponent(`${node.url}/${wallet}`)}${query}`)
  }
}

async function made(client, json) {
  const r = await client.create(json)
  assert.equal(r.status, 201, r.text())
  return r.json()
}

function says(r, status, description) {
  assert.equal(r.status, status, r.text())
  const { error } = r.json()
  assert.equal(error.description, description)
  assert.match(error.code, /^[a-z_]+$/)
}

function hasNoNull(value) {
  assert.notEqual(value, null)
  if (typeof value === 'object') Object.values(value).forEach(hasNoNull)
}

export const tests = {
  'create, read, pay, complete': async (t) => {
    const { node, link } = await receivingNode(t)
    const shop = await clientOf(t, node)
    const metadata = { note: 'order 7', n: [1, { x: true }] }
    const expiresAt = new Date(Date.now() + 600000).toISOString()
    const payment = await made(shop, { incomingAmount: usd(2500), expiresAt, metadata })
    hasNoNull(payment)
    assert.match(payment.id, new RegExp(`^${node.url}/op/incoming-payments/[0-9a-f-]{36}$`))
    assert.deepEqual(
      { ...payment, id: undefined, createdAt: undefined, methods: undefined },
      {
        id: undefined,
        walletAddress: `${node.url}/alice`,
        completed: false,
        incomingAmount: usd(2500),
        receivedAmount: usd(0),
        expiresAt,
        metadata,
        createdAt: undefined,
        methods: undefined
      }
    )
    assert.match(payment.createdAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    assert.equal(payment.methods.length, 1)
    const [{ type, ilpAddress, sharedSecret, ...rest }] = payment.methods
    assert.deepEqual([type, rest], ['ilp', {}])
    assert.match(sharedSecret, /^[A-Za-z0-9_-]{43}$/)
    assert.deepEqual((await shop.get(payment.id)).json(), payment, 'the same each time')
    const known = connectionOf(node, 'alice', payment.id.split('/').pop())
    assert.deepEqual([ilpAddress, sharedSecret], [known.destination, known.secret.toString('base64url')])

    const sender = new StreamSender(link, { destination: ilpAddress, secret: Buffer.from(sharedSecret, 'base64url') })
    assert.ok((await sender.send({ amount: 40n })).valid)
    assert.deepEqual((await shop.get(payment.id)).json().receivedAmount, usd(40))
    const open = await request(payment.id)
    assert.equal(open.status, 200)
    assert.deepEqual(open.json(), { receivedAmount: usd(40), authServer: `${node.url}/auth` })
    assert.equal(open.headers['access-control-allow-origin'], '*')
    assert.match(open.headers['cache-control'], /no-store/)

    const done = await shop.complete(payment.id)
    assert.equal(done.status, 200)
    assert.equal(done.json().completed, true)
    assert.equal('methods' in done.json(), false)
    says(await shop.complete(payment.id), 409, 'wrong state')
    assert.deepEqual((await shop.get(payment.id)).json().methods, [])
    assert.equal((await sender.send({ amount: 1n })).reply.code, 'F02')
    assert.equal((await sender.send({ amount: 1n })).reply.type, ilp.REJECT)
  },

  'what cannot be created': async (t) => {
    const { node } = await receivingNode(t)
    const shop = await clientOf(t, node)
    await node.ok('wallet', 'add', 'carol', '--asset', 'EUR')
    await node.ok('wallet', 'close', 'carol')
    const at = (ms) => new Date(Date.now() + ms).toISOString()
    for (const [json, status, description] of [
      [{ walletAddress: `${node.url}/nobody` }, 404, 'unknown wallet address'],
      [{ walletAddress: 'https://elsewhere.example/alice' }, 404, 'unknown wallet address'],
      [{ walletAddress: `${node.url}/carol` }, 400, 'inactive wallet address'],
      [{ incomingAmount: usd(0) }, 400, 'invalid amount'],
      [{ incomingAmount: usd('+1') }, 400, 'invalid amount'],
      [{ incomingAmount: usd('1e3') }, 400, 'invalid amount'],
      [{ incomingAmount: usd('18446744073709551616') }, 400, 'invalid amount'],
      [{ incomingAmount: { ...usd(1), assetCode: 'EUR' } }, 400, 'invalid amount'],
      [{ incomingAmount: { ...usd(1), assetScale: 3 } }, 400, 'invalid amount'],
      [{ expiresAt: at(-1000) }, 400, 'invalid expiresAt'],
      [{ expiresAt: at(31 * 86400000) }, 400, 'invalid expiresAt'],
      [{ expiresAt: 'tomorrow' }, 400, 'invalid expiresAt'],
      [{ metadata: { x: 'y'.repeat(5000) } }, 400, 'metadata is too large']
    ]) {
      says(await shop.create(json), status, description)
    }
    for (const [json, member] of [
      [{ description: 'x' }, 'description'],
      [{ metadata: 'x' }, 'metadata'],
      [{ incomingAmount: 5 }, 'incomingAmount'],
      [{ walletAddress: undefined }, 'walletAddress']
    ]) {
      const r = await shop.create(json)
      assert.equal(r.status, 400, r.text())
      assert.match(r.text(), new RegExp(member))
    }
    for (const walletAddress of [`${node.url}/alice/`, `${node.url}/ALICE`]) {
      assert.equal((await made(shop, { walletAddress })).walletAddress, `${node.url}/alice`)
    }
  },

  'each client sees its own, with -all everybody\'s': async (t) => {
    const { node } = await receivingNode(t)
    const shop = await clientOf(t, node)
    const rival = await clientOf(t, node)
    const reader = await clientOf(t, node, { actions: ['read-all', 'complete'] })
    const bobs = await clientOf(t, node, { identifier: `${node.url}/bob` })
    const payment = await made(shop, {})
    await made(rival, {})
    says(await rival.get(payment.id), 404, 'unknown incoming payment')
    assert.equal((await reader.get(payment.id)).status, 200)
    assert.equal((await shop.list()).json().result.length, 1)
    says(await bobs.get(payment.id), 403, 'Insufficient Grant')
    says(await bobs.list(), 403, 'Insufficient Grant')
    says(await bobs.create({}), 403, 'Insufficient Grant')
    says(await bobs.complete(payment.id), 403, 'Insufficient Grant')
    // There is no complete-all: who has `complete` ends what it made itself, and nobody else's.
    says(await rival.complete(payment.id), 404, 'unknown incoming payment')
    says(await reader.complete(payment.id), 404, 'unknown incoming payment')
    const { id } = await node.ok('request', 'alice', '1.00')
    const operators = `${node.url}/op/incoming-payments/${id}`
    says(await shop.complete(operators), 404, 'unknown incoming payment')
    assert.equal((await reader.get(operators)).json().completed, false)
    assert.equal((await shop.get(payment.id)).json().completed, false)
    assert.equal((await shop.complete(payment.id)).status, 200)
    says(await reader.create({}), 403, 'Insufficient Grant')
    says(await reader.list(), 403, 'Insufficient Grant')
    says(await shop.get(`${node.url}/op/incoming-payments/${randomUUID()}`), 404, 'unknown incoming payment')
    says(await request(`${node.url}/op/incoming-payments/${randomUUID()}`), 404, 'unknown incoming payment')
  },

  'without the right token or signature': async (t) => {
    const { node } = await receivingNode(t)
    const shop = await clientOf(t, node)
    const payment = await made(shop, {})
    const challenge = `GNAP as_uri=${node.url}/auth`
    const bare = await request(payment.id, { headers: { authorization: 'Bearer x' } })
    says(bare, 401, 'Invalid Token')
    assert.equal(bare.headers['www-authenticate'], challenge)
    const unknown = await shop.client.call('GET', payment.id, { token: 'nobody-has-this' })
    says(unknown, 403, 'Inactive Token')
    assert.equal(unknown.headers['www-authenticate'], challenge)
    const unsigned = await request(payment.id, { headers: { authorization: `GNAP ${shop.token}` } })
    assert.equal(unsigned.status, 401)
    assert.match(unsigned.json().error.description, /^Signature validation error/)
    const stranger = await Client.published(t)
    const foreign = await stranger.call('GET', payment.id, { token: shop.token })
    assert.equal(foreign.status, 401)
    assert.match(foreign.json().error.description, /^Signature validation error/)
    const none = await request(`${node.url}/op/incoming-payments`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })
    says(none, 401, 'Invalid Token')
  },

  'pages, both ways': async (t) => {
    const { node } = await receivingNode(t)
    const shop = await clientOf(t, node)
    const ids = []
    for (let i = 0; i < 5; i++) ids.unshift((await made(shop, { incomingAmount: usd(i + 1) })).id.split('/').pop())
    const all = (await shop.list()).json()
    assert.deepEqual(Object.keys(all).sort(), ['pagination', 'result'])
    for (const item of all.result) assert.equal('methods' in item, false)
    const order = all.result.map((p) => p.id.split('/').pop())
    assert.deepEqual(order.slice().sort(), ids.slice().sort())
    const page = async (query) => {
      const { pagination, result } = (await shop.list(query)).json()
      return [result.map((p) => order.indexOf(p.id.split('/').pop())), pagination]
    }
    const edges = (i, j, hasNextPage, hasPreviousPage) => ({
      hasNextPage,
      hasPreviousPage,
      startCursor: order[i],
      endCursor: order[j]
    })
    assert.deepEqual(await page('&first=2'), [[0, 1], edges(0, 1, true, false)])
    assert.deepEqual(await page(`&first=2&cursor=${order[1]}`), [[2, 3], edges(2, 3, true, true)])
    assert.deepEqual(await page(`&cursor=${order[3]}`), [[4], edges(4, 4, false, true)])
    assert.deepEqual(await page(`&last=2&cursor=${order[4]}`), [[2, 3], edges(2, 3, true, true)])
    assert.deepEqual(await page(`&last=9&cursor=${order[2]}`), [[0, 1], edges(0, 1, true, false)])
    assert.deepEqual(await page(`&cursor=${order[4]}`), [[], { hasNextPage: false, hasPreviousPage: false }])
    says(await shop.list('&last=2'), 400, 'last requires cursor')
    says(await shop.list(`&first=1&last=2&cursor=${order[1]}`), 400, 'first and last are mutually exclusive')
    for (const query of ['&first=0', '&first=101', '&first=x', `&last=0&cursor=${order[1]}`]) {
      says(await shop.list(query), 400, 'first and last must be from 1 to 100')
    }
    says(await shop.list(`&cursor=${randomUUID()}`), 400, 'unknown cursor')
    says(await shop.list('', 'nobody'), 404, 'unknown wallet address')
    says(await shop.call('GET', `${node.url}/op/incoming-payments`), 400, 'wallet-address is required')
  },

  'a page of another origin may ask': async (t) => {
    const { node } = await receivingNode(t)
    const r = await request(`${node.url}/op/incoming-payments`, {
      method: 'OPTIONS',
      headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-one, signature' }
    })
    assert.equal(r.status, 204)
    assert.equal(r.headers['access-control-allow-origin'], '*')
    assert.equal(r.headers['access-control-allow-headers'], 'x-one, signature')
    assert.match(r.headers['access-control-allow-methods'], /POST/)
    const json = await request(`${node.url}/op/incoming-payments/${randomUUID()}`, { headers: { accept: 'text/css' } })
    says(json, 406, 'must accept application/json')
    assert.equal(json.headers['access-control-expose-headers'], 'WWW-Authenticate, X-Request-Id')
  }
}
