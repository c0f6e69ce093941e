// A token works only with the key that it was given to, for what it lists, on the wallet that it names:
// every endpoint of the resource server and of the authorization server, with every kind of token, key,
// method and resource. What is to be answered follows from the rules below, not from a list.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { usd } from './lib/answers.js'
import { Client } from './lib/client.js'
import { addHolder, agreed, ask, Holder } from './lib/holder.js'
import { request } from './lib/http.js'
import { sql } from './lib/stored_grant.js'

export const maxMs = 240000

const AT_ONCE = 16
const WALLETS = ['alice', 'bob']
const ACTIONS = {
  'incoming-payment': ['create', 'complete', 'read', 'read-all', 'list', 'list-all'],
  quote: ['create', 'read', 'read-all'],
  'outgoing-payment': ['create', 'read', 'read-all', 'list', 'list-all']
}

// ---- the rules ----

const INVALID = [401, 'invalid_token', 'Invalid Token']
const INACTIVE = [403, 'inactive_token', 'Inactive Token']
const INSUFFICIENT = [403, 'insufficient_grant', 'Insufficient Grant']
const SIGNATURE = [401, 'invalid_signature', 'Signature validation error']

const implies = (given, wanted) => given === wanted || given === `${wanted}-all`
const allows = (item, { type, action }, wallet) =>
  item.type === type &&
  item.actions.some((a) => implies(a, action)) &&
  (!item.wallet || !wallet || item.wallet === wallet)

/** What the resource server must answer: [status, code, start of the description]. */
function ruleOfResource({ token, signer, endpoint, resource }) {
  if (endpoint.isPublic && token.kind === 'none') return resource.exists ? [200] : [404, endpoint.unknown]
  if (token.kind === 'none' || token.kind === 'malformed') return INVALID
  if (token.kind !== 'good') return INACTIVE
  // The path tells the wallet of a resource that is there; bodies and queries are read later.
  if (!token.access.some((i) => allows(i, endpoint, endpoint.inPath && resource.exists ? resource.wallet : null))) return INSUFFICIENT
  if (signer !== token.client) return SIGNATURE
  const matching = token.access.filter((i) => allows(i, endpoint, resource.exists ? resource.wallet : null))
  if (!matching.length) return INSUFFICIENT
  if (!resource.exists) return [404, endpoint.unknown]
  const all = endpoint.action !== 'complete' && matching[0].actions.some((a) => a.endsWith('-all'))
  if (endpoint.inPath && !all && resource.client !== token.client) return [404, endpoint.unknown]
  return [endpoint.success]
}

/** Continuing grants and managing tokens: `secret` is whose the token is that was sent. */
function ruleOfGrant({ endpoint, target, secret, signer }) {
  if (secret === 'none' && endpoint.manages) return [401, 'invalid_client']
  if (secret !== target) return endpoint.manages ? [404, 'invalid_rotation'] : [401, 'invalid_continuation']
  return ruleOfKey(target.client, signer) ?? [endpoint.success, endpoint.code]
}

/** null: the key is the client's. */
function ruleOfKey(client, signer) {
  if (signer === client) return null
  // A key under the client's own name is a wrong signature; another name is one that it does not publish.
  return !signer || signer.kid === client.kid ? [401, 'invalid_client'] : [400, 'invalid_client']
}

// ---- making the requests ----

async function inTurn(cells, run) {
  const left = cells.slice()
  const work = async () => {
    for (let cell = left.shift(); cell; cell = left.shift()) await run(cell)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
}

/** Signed by `signer`; null: not signed at all. */
function send(signer, method, url, { token, json, headers = {} }) {
  if (signer) return signer.call(method, url, { token, json, headers })
  const authorization = token ? { authorization: `GNAP ${token}` } : {}
  const type = json ? { 'content-type': 'application/json' } : {}
  return request(url, { method, headers: { ...authorization, ...type, ...headers }, body: json && JSON.stringify(json) })
}

async function check(problems, about, answer, [status, code, description], challenge) {
  const r = await answer
  const error = r.status >= 400 ? r.json().error : {}
  const as = (r.headers['www-authenticate'] ?? '') === (status === 401 || [INACTIVE, INSUFFICIENT].some((e) => e[1] === code) ? challenge : '')
  if (r.status === status && (!code || error.code === code) && (!description || error.description.startsWith(description)) && as) return
  problems.push(`${about}: ${r.status} ${r.text()} ${r.headers['www-authenticate']}, not ${status} ${code ?? ''}`)
}

const report = (problems, count) => assert.equal(problems.slice(0, 20).join('\n'), '', `${problems.length} of ${count} cells`)

async function network(t) {
  const node = await t.serving('wallet', { env: { FLORIN_LIMITS_REQUESTS_PER_ADDRESS_PER_S: '0', FLORIN_LIMITS_REQUESTS_PER_KEY_PER_S: '0' } })
  await addHolder(node, 'alice', '--asset', 'USD')
  await node.ok('wallet', 'add', 'bob', '--asset', 'USD', '--user', 'alice')
  await node.ok('wallet', 'add', 'carol', '--asset', 'USD')
  for (const wallet of WALLETS) await node.ok('deposit', wallet, '1000.00')
  return { node, holder: new Holder(node) }
}

/** One token: {kind: 'good', value, access: [item], client}. */
async function tokenOf({ node, holder }, client, ...access) {
  const items = access.map(({ wallet, ...item }) => ({ ...item, ...(wallet ? { identifier: `${node.url}/${wallet}` } : {}) }))
  const asks = access.some((i) => i.type === 'outgoing-payment' || i.actions.includes('list-all'))
  const limits = { debitAmount: usd(100000) }
  const given = items.map((i) => (i.type === 'outgoing-payment' ? { ...i, limits } : i))
  const token = { kind: 'good', access, client }
  if (asks) return { ...token, value: (await agreed(holder, client, given)).token }
  const r = await client.grant(node, { access: given })
  assert.equal(r.status, 200, r.text())
  return { ...token, value: r.json().access_token.value, manage: r.json().access_token.manage }
}

/** Tokens with each single action, for each wallet and (where that may be asked for) for any. */
async function everyToken(net, client) {
  const tokens = []
  for (const [type, actions] of Object.entries(ACTIONS))
    for (const action of actions)
      for (const wallet of type === 'outgoing-payment' || action === 'list-all' ? WALLETS : [undefined, ...WALLETS])
        tokens.push(await tokenOf(net, client, { type, actions: [action], wallet }))
  // Of several items the right one counts, wherever it stands.
  tokens.push(await tokenOf(net, client, ...WALLETS.map((wallet) => ({ type: 'quote', actions: ['create', 'read'], wallet }))))
  tokens.push(await tokenOf(net, client, ...WALLETS.map((wallet) => ({ type: 'outgoing-payment', actions: ['create', 'read'], wallet }))))
  tokens.push(
    await tokenOf(net, client, { type: 'incoming-payment', actions: ['create', 'complete', 'read', 'list'], wallet: 'bob' },
      { type: 'incoming-payment', actions: ['read-all'], wallet: 'alice' }, { type: 'quote', actions: ['create'] }))
  return tokens
}

async function deadTokens(net, client) {
  const item = { type: 'incoming-payment', actions: ['create', 'complete', 'read', 'list'] }
  const fresh = () => tokenOf(net, client, item)
  const expired = await fresh()
  const id = expired.manage.split('/').pop().replaceAll('-', '')
  await sql(net.node, `UPDATE grant_token SET expires_ms = ${Date.now() - 1} WHERE id = x'${id}'`)
  const [revoked, rotated] = [await fresh(), await fresh()]
  assert.equal((await client.call('DELETE', revoked.manage, { token: revoked.value })).status, 204)
  assert.equal((await client.call('POST', rotated.manage, { token: rotated.value })).status, 200)
  const { continue: more, access_token: cancelled } = (await client.grant(net.node, { access: [item] })).json()
  assert.equal((await client.call('DELETE', more.uri, { token: more.access_token.value })).status, 204)
  const open = (await client.grant(net.node, { access: [item] })).json().continue
  return [
    ['unknown', 'x'.repeat(43)],
    ['expired', expired.value],
    ['revoked', revoked.value],
    ['rotated', rotated.value],
    ['of a cancelled grant', cancelled.value],
    ['a continuation token', open.access_token.value]
  ].map(([kind, value]) => ({ kind, value, client, access: [] }))
}

const NO_TOKENS = [
  { kind: 'none' },
  ...['GNAP', 'GNAP ', 'Bearer abc', 'GNAPabc', 'abc'].map((authorization) => ({ kind: 'malformed', headers: { authorization } }))
]

/** Incoming payments, quotes and outgoing payments of both wallets, made by both clients, and none. */
async function everyResource(net, clients) {
  const { node } = net
  const made = { 'incoming-payment': [], quote: [], 'outgoing-payment': [] }
  const receiver = (await node.ok('request', 'carol')).url
  for (const client of clients)
    for (const wallet of WALLETS) {
      const walletAddress = `${node.url}/${wallet}`
      const token = await tokenOf(net, client, { type: 'incoming-payment', actions: ['create'] }, { type: 'quote', actions: ['create'] },
        { type: 'outgoing-payment', actions: ['create'], wallet })
      const post = async (path, json) => {
        const r = await client.call('POST', `${node.url}/op/${path}`, { token: token.value, json })
        assert.equal(r.status, 201, r.text())
        return { url: r.json().id, wallet, client, exists: true }
      }
      made['incoming-payment'].push(await post('incoming-payments', { walletAddress }))
      made.quote.push(await post('quotes', { walletAddress, receiver, method: 'ilp', debitAmount: usd(10) }))
      made['outgoing-payment'].push(await post('outgoing-payments', { walletAddress, incomingPayment: receiver, debitAmount: usd(10) }))
    }
  for (const [type, list] of Object.entries(made)) {
    list.push({ url: `${node.url}/op/${type}s/${randomUUID()}`, exists: false })
    list.push({ url: `${node.url}/op/${type}s/x`, exists: false })
  }
  return { made, receiver }
}

/** Every endpoint of /op with the resources that it may be about. */
function endpointsOf({ node }, { made, receiver }) {
  const op = `${node.url}/op`
  const wallets = WALLETS.map((wallet) => ({ wallet, exists: true, walletAddress: `${node.url}/${wallet}` }))
  const nobody = { exists: false, walletAddress: `${node.url}/nobody` }
  const listUrl = (type) => ({ walletAddress }) => `${op}/${type}s?wallet-address=${encodeURIComponent(walletAddress)}`
  const unknownWallet = 'unknown_wallet_address'
  const one = (type, more) => ({
    type, action: 'read', method: 'GET', inPath: true, resources: made[type], url: (r) => r.url, success: 200,
    unknown: `unknown_${type.replace('-', '_')}`, ...more
  })
  const create = (type, json) => ({
    type, action: 'create', method: 'POST', resources: [...wallets, nobody], url: () => `${op}/${type}s`,
    json: ({ walletAddress }) => ({ walletAddress, ...json }), success: 201, unknown: unknownWallet
  })
  const list = (type) => ({
    type, action: 'list', method: 'GET', resources: [...wallets, nobody], url: listUrl(type), success: 200, unknown: unknownWallet
  })
  return [
    one('incoming-payment', { isPublic: true }),
    one('incoming-payment', { action: 'complete', method: 'POST', url: (r) => `${r.url}/complete` }),
    create('incoming-payment'),
    list('incoming-payment'),
    one('quote'),
    create('quote', { receiver, method: 'ilp', debitAmount: usd(10) }),
    one('outgoing-payment'),
    create('outgoing-payment', { incomingPayment: receiver, debitAmount: usd(10) }),
    list('outgoing-payment'),
    // What was spent is of the token's own grant.
    { type: 'outgoing-payment', action: 'create', method: 'GET', resources: [{ exists: true }], url: () => `${op}/outgoing-payment-grant`, success: 200 }
  ]
}

/** Completing changes the resource: each cell that may gets one of its own. */
async function freshOne({ node }, maker, resource) {
  const r = await maker.client.call('POST', `${node.url}/op/incoming-payments`, {
    token: maker.value,
    json: { walletAddress: `${node.url}/${resource.wallet}` }
  })
  assert.equal(r.status, 201, r.text())
  return { ...resource, url: r.json().id }
}

export const tests = {
  'the resource server': async (t) => {
    const net = await network(t)
    const [shop, rival] = [await Client.published(t), await Client.published(t)]
    const thief = new Client(shop.address, shop.kid)
    const resources = await everyResource(net, [shop, rival])
    const endpoints = endpointsOf(net, resources)
    const maker = await tokenOf(net, shop, { type: 'incoming-payment', actions: ['create'] })
    const tokens = [...NO_TOKENS, ...(await deadTokens(net, shop)), ...(await everyToken(net, shop))]
    const cells = []
    for (const endpoint of endpoints)
      for (const resource of endpoint.resources)
        for (const token of tokens) {
          cells.push({ endpoint, resource, token, signer: shop })
          // Another client's key, and another key of the client's name: also where all else is right.
          for (const signer of [rival, thief, null]) cells.push({ endpoint, resource, token, signer })
        }
    const problems = []
    let allowed = 0
    await inTurn(cells, async (cell) => {
      const { endpoint, token, signer } = cell
      const wanted = ruleOfResource(cell)
      const completes = endpoint.action === 'complete' && wanted[0] === 200
      const resource = completes ? await freshOne(net, maker, cell.resource) : cell.resource
      const url = endpoint.url(resource)
      const answer = send(signer, endpoint.method, url, { token: token.value, json: endpoint.json?.(resource), headers: token.headers })
      if (wanted[0] < 300) allowed++
      const who = signer === shop ? 'shop' : signer === rival ? 'rival' : signer ? 'thief' : 'unsigned'
      const about = `${endpoint.method} ${url}, token ${token.kind} ${JSON.stringify(token.access?.map((i) => [i.type, ...i.actions, i.wallet]))}, ${who}`
      await check(problems, about, answer, wanted, `GNAP as_uri=${net.node.url}/auth`)
    })
    report(problems, cells.length)
    assert.ok(allowed > 50 && allowed < cells.length / 5, `${allowed} of ${cells.length} are allowed`)
  },

  'lists show each client its own, and everything to who may see all': async (t) => {
    const net = await network(t)
    const clients = [await Client.published(t), await Client.published(t)]
    const { made } = await everyResource(net, clients)
    for (const type of ['incoming-payment', 'outgoing-payment'])
      for (const client of clients)
        for (const action of ['list', 'list-all'])
          for (const wallet of WALLETS) {
            const token = await tokenOf(net, client, { type, actions: [action], wallet })
            const url = `${net.node.url}/op/${type}s?wallet-address=${encodeURIComponent(`${net.node.url}/${wallet}`)}`
            const r = await client.call('GET', url, { token: token.value })
            const wanted = made[type].filter((m) => m.exists && m.wallet === wallet && (action === 'list-all' || m.client === client))
            assert.deepEqual(r.json().result.map((p) => p.id).sort(), wanted.map((m) => m.url).sort(), `${type} ${action} ${wallet}`)
          }
  },

  'other methods': async (t) => {
    const net = await network(t)
    const shop = await Client.published(t)
    const token = await tokenOf(net, shop, { type: 'incoming-payment', actions: ['create', 'complete', 'read', 'list'] })
    const id = randomUUID()
    const taken = {
      '/auth': ['POST'],
      [`/auth/continue/${id}`]: ['POST', 'DELETE'],
      [`/auth/token/${id}`]: ['POST', 'DELETE'],
      '/op/incoming-payments': ['GET', 'POST'],
      [`/op/incoming-payments/${id}`]: ['GET'],
      [`/op/incoming-payments/${id}/complete`]: ['POST'],
      '/op/quotes': ['POST'],
      [`/op/quotes/${id}`]: ['GET'],
      '/op/outgoing-payments': ['GET', 'POST'],
      [`/op/outgoing-payments/${id}`]: ['GET'],
      '/op/outgoing-payment-grant': ['GET']
    }
    for (const [path, methods] of Object.entries(taken))
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((m) => !methods.includes(m))) {
        const r = await shop.call(method, `${net.node.url}${path}`, { token: token.value })
        assert.equal(r.status, 405, `${method} ${path}: ${r.text()}`)
        for (const m of methods) assert.ok(r.headers.allow.split(', ').includes(m), `${path}: ${r.headers.allow}`)
      }
  },

  'the authorization server': async (t) => {
    const { node, holder } = await network(t)
    const [shop, rival, byKey] = [await Client.published(t), await Client.published(t), new Client()]
    const clients = [shop, rival, byKey]
    const thieves = clients.map((c) => new Client(c.address, c.kid))
    const signers = [...clients, ...thieves, null]
    const challenge = `GNAP as_uri=${node.url}/auth`
    const access = [{ type: 'incoming-payment', actions: ['create', 'read'] }]
    const problems = []
    let count = 0

    // Who may ask in whose name.
    for (const client of clients)
      for (const signer of signers) {
        const json = { client: client.address ?? { jwk: client.jwk }, access_token: { access } }
        const answer = send(signer, 'POST', `${node.url}/auth`, { json })
        await check(problems, `POST /auth ${++count}`, answer, ruleOfKey(client, signer) ?? [200], challenge)
      }

    // Grants and tokens of each: no other's secret and no other's key opens them.
    const owned = async (client) => {
      const { access_token: token, continue: more } = (await client.grant(node, { access })).json()
      return {
        grant: { client, url: more.uri, secret: more.access_token.value },
        token: { client, url: token.manage, secret: token.value }
      }
    }
    const all = []
    for (const client of [shop, rival, byKey]) all.push(await owned(client))
    const pending = await ask(holder, shop, [{ ...access[0], type: 'outgoing-payment', identifier: `${node.url}/alice` }])
    all.push({ ...all[0], grant: { client: shop, url: pending.more.uri, secret: pending.more.access_token.value, pending: true } })
    const secrets = [
      'none',
      ...all.flatMap((o) => [o.grant, o.token]),
      { secret: 'x'.repeat(43) },
      ...['Bearer abc', 'GNAP'].map((authorization) => ({ headers: { authorization } }))
    ]
    const cell = async (endpoint, target, secret, signer) => {
      // A header that is none of GNAP's is as good as none.
      const sent = secret.headers ? 'none' : secret
      const wanted = ruleOfGrant({ endpoint, target, secret: sent, signer })
      const answer = send(signer, endpoint.method, target.url, { token: secret.secret, headers: secret.headers })
      await check(problems, `${endpoint.method} ${target.url} ${++count}`, answer, wanted, challenge)
    }
    const matrix = async (method, manages, targets, success) => {
      const cells = targets.flatMap((target) => secrets.flatMap((secret) => signers.map((signer) => ({ target, secret, signer }))))
      const right = (c) => c.secret === c.target && c.signer === c.target.client
      // What changes the target comes last.
      await inTurn(cells.filter((c) => !right(c)), (c) => cell({ method, manages }, c.target, c.secret, c.signer))
      for (const c of cells.filter(right)) await cell({ method, manages, ...success(c.target) }, c.target, c.secret, c.signer)
    }
    const grants = all.map((o) => o.grant)
    const tokens = all.slice(0, 3).map((o) => o.token)
    await matrix('POST', false, grants, () => ({ success: 401, code: 'request_denied' }))
    await matrix('DELETE', true, tokens.slice(0, 1), () => ({ success: 204 }))
    await matrix('POST', true, tokens.slice(1), () => ({ success: 200 }))
    await matrix('DELETE', false, grants, () => ({ success: 204 }))
    report(problems, count)
  }
}
