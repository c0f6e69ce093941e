// Every refusal of the resource server and of the authorization server, provoked and compared byte for
// byte: status, body, WWW-Authenticate. The rows are read from the pages that clients' authors read
// (docs/http.md, docs/gnap.md), which a unit test compares with the program's tables.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { usd } from './lib/answers.js'
import { Client } from './lib/client.js'
import { addHolder, agreed, ask, Holder } from './lib/holder.js'
import { freePort, request, until } from './lib/http.js'
import { ROOT } from './lib/node.js'
import { sql } from './lib/stored_grant.js'

export const maxMs = 240000

const HEAD = '| status | description | code |'
const eur = (value) => ({ value: String(value), assetCode: 'EUR', assetScale: 2 })

/** A page's table of refusals: "STATUS CODE DESCRIPTION" -> {status, code, description, open, challenge, later}. */
function tableOf(page) {
  const text = readFileSync(join(ROOT, 'docs', page), 'utf8')
  assert.ok(text.includes(HEAD), page)
  const lines = text.slice(text.indexOf(HEAD)).split('\n').slice(2)
  const rows = new Map()
  for (const line of lines.slice(0, lines.indexOf(''))) {
    const [, status, where, description, why, code] = /^\| (\d+)(, where to ask|, later)? \| (?:`([^`]*)`)?(WHY)? \| `(\w+)` \|$/.exec(line)
    const row = { status: Number(status), code, description: description ?? '', open: !!why, challenge: where === ', where to ask', later: where === ', later' }
    rows.set(`${status} ${code} ${row.description}${why ?? ''}`, row)
  }
  return rows
}

/** -> the body of a failure, less the number of its request, which must be the header's. */
function withoutRequest(r) {
  const { details: { requestId, ...details } = {}, ...error } = r.json().error
  assert.equal(requestId, r.headers['x-request-id'])
  return JSON.stringify({ error: Object.keys(details).length ? { ...error, details } : error })
}

/**
 * Provokes each row. `provocations` are named like the rows; each gives its answers:
 * [[answer, {why, details}], ...], where `why` ends an open description.
 */
async function provoke(page, provocations, authServer) {
  const rows = tableOf(page)
  const problems = Object.keys(provocations).filter((name) => !rows.has(name)).map((name) => `${page} has no row "${name}"`)
  for (const [name, row] of rows) {
    if (!provocations[name]) {
      problems.push(`nothing provokes "${name}" of ${page}`)
      continue
    }
    const answers = await provocations[name]()
    assert.ok(answers.length, name)
    for (const [i, [answer, { why, details, server = authServer } = {}]] of answers.entries()) {
      assert.equal(why !== undefined, row.open, name)
      const error = { code: row.code, description: row.description + (why ?? '') }
      const wanted = {
        status: row.status,
        body: JSON.stringify({ error: details ? { ...error, details } : error }),
        challenge: row.challenge ? `GNAP as_uri=${server}` : undefined,
        later: row.later ? '1' : undefined,
        type: 'application/json',
        cache: 'no-store',
        origin: '*'
      }
      const r = await answer
      const got = {
        status: r.status,
        body: r.status < 500 ? r.text() : withoutRequest(r),
        challenge: r.headers['www-authenticate'],
        later: r.headers['retry-after'],
        type: r.headers['content-type'],
        cache: r.headers['cache-control'],
        origin: r.headers['access-control-allow-origin']
      }
      for (const member of Object.keys(wanted))
        if (got[member] !== wanted[member])
          problems.push(`${name} [${i}]: ${member} is ${got[member]}, not ${wanted[member]}`)
    }
  }
  assert.equal(problems.join('\n'), '')
}

const INCOMING = { type: 'incoming-payment', actions: ['create', 'complete', 'read', 'list'] }
const QUOTE = { type: 'quote', actions: ['create', 'read'] }
const SHORT = {
  FLORIN_AUTH_TOKEN_LIFETIME_S: '1',
  FLORIN_LIMITS_INTERACTION_S: '1',
  FLORIN_LIMITS_PENDING_GRANTS_PER_CLIENT: '1'
}
const SCARCE = { FLORIN_LIMITS_REQUESTS_PER_KEY_PER_S: '1' }

async function network(t, env) {
  const node = await t.serving('wallet', { env })
  await addHolder(node, 'alice', '--asset', 'USD')
  await node.ok('wallet', 'add', 'bob', '--asset', 'EUR')
  await node.ok('wallet', 'add', 'carol', '--asset', 'USD')
  await node.ok('wallet', 'close', 'carol')
  await node.ok('deposit', 'alice', '100.00')
  await node.ok('asset', 'deposit', 'EUR', '1000.00')
  return node
}

const outgoing = (node, more = {}) => ({
  type: 'outgoing-payment',
  actions: ['create', 'read', 'list'],
  identifier: `${node.url}/alice`,
  ...more
})

/** Of many requests at once the one that is over the key's rate. */
const limited = (send) =>
  until('the limit', async () => (await Promise.all(Array.from({ length: 10 }, send))).find((r) => r.status === 429))

async function tokenAtOnce(node, client, ...access) {
  const r = await client.grant(node, { access })
  assert.equal(r.status, 200, r.text())
  return r.json().access_token
}

export const tests = {
  'the resource server': async (t) => {
    const [node, brief, scarce] = await Promise.all([network(t), network(t, SHORT), network(t, SCARCE)])
    const client = await Client.published(t)
    const thief = new Client(client.address, client.kid)
    const stranger = new Client(client.address)
    const op = `${node.url}/op`
    const holder = new Holder(node)
    const alice = `${node.url}/alice`
    const carol = `${node.url}/carol`
    const { value: token } = await tokenAtOnce(node, client, INCOMING, QUOTE)
    const { token: paying } = await agreed(holder, client, [QUOTE, outgoing(node, { limits: { debitAmount: usd(1000) } })])

    const call = (method, path, options = {}) => client.call(method, `${op}${path}`, { token, ...options })
    const unsigned = (method, path, headers = {}) => request(`${op}${path}`, { method, headers })
    const create = (json, more = {}) => call('POST', '/incoming-payments', { json: { walletAddress: alice, ...json }, ...more })
    const list = (query = '', wallet = alice) => call('GET', `/incoming-payments?wallet-address=${encodeURIComponent(wallet)}${query}`)
    const listed = (query) => call('GET', `/outgoing-payments?wallet-address=${encodeURIComponent(alice)}${query}`, { token: paying })
    const quote = (json, more = {}) =>
      call('POST', '/quotes', { token: paying, json: { walletAddress: alice, method: 'ilp', ...json }, ...more })
    let n = 0
    const pay = (json, more = {}) =>
      call('POST', '/outgoing-payments', { token: paying, json: { walletAddress: alice, metadata: { n: n++ }, ...json }, ...more })
    const payUnder = async (limits) => {
      const given = await agreed(holder, client, [outgoing(node, { limits })])
      return pay({ incomingPayment: receiver, debitAmount: usd(10) }, { token: given.token })
    }
    const both = (make) => [list(make), listed(make)].map((r) => [r])
    const receiver = (await node.ok('request', 'bob')).url
    const at = (ms) => new Date(Date.now() + ms).toISOString()
    const missing = `/incoming-payments/${randomUUID()}`

    const expired = async () => {
      const { value } = await tokenAtOnce(brief, client, INCOMING)
      const url = `${brief.url}/op${missing}`
      return until('the token to expire', async () => {
        const r = await client.call('GET', url, { token: value })
        return r.status !== 404 && r
      })
    }
    const revoked = async () => {
      const one = await tokenAtOnce(node, client, INCOMING)
      assert.equal((await client.call('DELETE', one.manage, { token: one.value })).status, 204)
      return call('GET', missing, { token: one.value })
    }
    const cancelled = async () => {
      const { continue: more, access_token: one } = (await client.grant(node, { access: [INCOMING] })).json()
      assert.equal((await client.call('DELETE', more.uri, { token: more.access_token.value })).status, 204)
      return call('GET', missing, { token: one.value })
    }
    const nonceTwice = async () => {
      assert.equal((await call('GET', missing, { nonce: 'n' })).status, 404)
      return call('GET', missing, { nonce: 'n' })
    }
    const keyTwice = async () => {
      const idempotencyKey = randomUUID()
      assert.equal((await pay({ incomingPayment: receiver, debitAmount: usd(10) }, { idempotencyKey })).status, 201)
      return pay({ incomingPayment: receiver, debitAmount: usd(11) }, { idempotencyKey })
    }
    const completed = async () => {
      const { id } = (await create({})).json()
      assert.equal((await client.call('POST', `${id}/complete`, { token })).status, 200)
      return id
    }
    const usedQuote = async () => {
      const { id } = (await quote({ receiver, debitAmount: usd(10) })).json()
      assert.equal((await pay({ quoteId: id })).status, 201)
      return id
    }
    const lateQuote = async () => {
      const { id } = (await quote({ receiver, debitAmount: usd(10) })).json()
      await sql(node, `UPDATE quote SET expires_ms = ${Date.now() - 1} WHERE id = x'${id.split('/').pop().replaceAll('-', '')}'`)
      return pay({ quoteId: id })
    }
    const ended = async () => {
      // The rest of its life is too long to wait for.
      const { id } = (await create({ expiresAt: at(600000) })).json()
      await sql(node, `UPDATE incoming_payment SET expires_ms = ${Date.now() - 1} WHERE id = x'${id.split('/').pop().replaceAll('-', '')}'`)
      return id
    }
    const unreachable = `http://127.0.0.1:${await freePort()}/incoming-payments/${randomUUID()}`

    await provoke(
      'http.md',
      {
        '401 invalid_token Invalid Token': async () => [
          [unsigned('POST', '/quotes')],
          [unsigned('GET', missing, { authorization: 'Bearer x' })],
          [unsigned('GET', '/outgoing-payment-grant', { authorization: 'GNAP' })],
          [unsigned('GET', `/quotes/${randomUUID()}`)],
          [unsigned('GET', '/incoming-payments')],
          [unsigned('GET', '/outgoing-payments')]
        ],
        '403 inactive_token Inactive Token': async () => [
          [call('GET', missing, { token: 'nobody-has-this' })],
          [await expired(), { server: `${brief.url}/auth` }],
          [revoked()],
          [cancelled()]
        ],
        '403 insufficient_grant Insufficient Grant': async () => [
          [pay({ quoteId: 'x' }, { token })],
          [call('GET', '/outgoing-payment-grant')],
          [call('POST', '/quotes', { token: (await tokenAtOnce(node, client, { ...QUOTE, actions: ['read'] })).value, json: {} })],
          [create({}, { token: (await tokenAtOnce(node, client, { ...INCOMING, identifier: `${node.url}/bob` })).value })],
          [pay({ walletAddress: `${node.url}/bob`, quoteId: 'x' })]
        ],
        '403 unauthorized unauthorized': async () => [
          [pay({ incomingPayment: receiver, debitAmount: usd(1001) })],
          // Another receiver, and after the last window.
          [await payUnder({ receiver: `${op}${missing}` })],
          [await payUnder({ debitAmount: usd(1000), interval: 'R1/2020-01-01T00:00:00Z/P1D' })]
        ],
        '401 invalid_signature Signature validation error: WHY': async () => [
          [stranger.call('GET', `${op}${missing}`, { token }), { why: 'could not find key in list of client keys' }],
          [await nonceTwice(), { why: 'the nonce was used before' }],
          [thief.call('GET', `${op}${missing}`, { token }), { why: 'the signature is not that of the key over this request' }],
          [unsigned('GET', missing, { authorization: `GNAP ${token}` }), { why: 'there is no Signature-Input' }],
          [call('GET', missing, { created: Math.floor(Date.now() / 1000) - 1000 }), { why: 'the signature was created too long ago' }],
          [create({}, { headers: { 'content-digest': 'sha-512=:AAAA:' } }), { why: 'Content-Digest is malformed' }]
        ],
        '429 too_many_requests more requests than allowed': async () => {
          const { value } = await tokenAtOnce(scarce, client, INCOMING)
          return [[limited(() => client.call('GET', `${scarce.url}/op${missing}`, { token: value }))]]
        },
        '503 busy the server is busy: try again later': async () => {
          // A nonce that can't be kept.
          await node.stop()
          await node.serve({ FLORIN_FAILPOINT: 'writer.before_apply:*:error' })
          const r = await call('GET', missing, { nonce: 'another' })
          await node.stop()
          await node.serve()
          return [[r]]
        },
        '406 not_acceptable must accept application/json': async () =>
          ['/quotes/x', '/incoming-payments', '/outgoing-payments/x', '/outgoing-payment-grant', missing].map((path) => [
            unsigned('GET', path, { accept: 'text/css' })
          ]),
        '400 invalid_request WHY': async () => [
          [quote({ method: 'spsp', receiver }), { why: '"method" must be "ilp"' }],
          [quote({ receiver, debitAmount: usd(1), receiveAmount: eur(1) }), { why: 'give at most one of "debitAmount" and "receiveAmount"' }],
          [pay({}), { why: 'give "quoteId", or "incomingPayment" with "debitAmount"' }],
          [pay({ quoteId: 'x', debitAmount: usd(1) }), { why: 'give "quoteId", or "incomingPayment" with "debitAmount"' }],
          [pay({ incomingPayment: receiver }), { why: 'give "quoteId", or "incomingPayment" with "debitAmount"' }],
          [
            pay({ incomingPayment: receiver, debitAmount: usd(10) }, { idempotencyKey: 'x'.repeat(300) }),
            { why: 'the header Idempotency-Key is empty or too long' }
          ],
          [
            pay({ incomingPayment: receiver, debitAmount: usd(10) }, { headers: { 'idempotency-key': 'x' } }),
            { why: 'the header Idempotency-Key must be covered by the signature' }
          ],
          [await keyTwice(), { why: 'the Idempotency-Key was used for another request' }]
        ],
        '400 invalid_request wallet-address is required': async () => [
          [call('GET', '/incoming-payments')],
          [call('GET', '/incoming-payments?wallet-address=')],
          [call('GET', '/outgoing-payments', { token: paying })]
        ],
        '404 unknown_wallet_address unknown wallet address': async () => [
          [create({ walletAddress: `${node.url}/nobody` })],
          [create({ walletAddress: 'https://elsewhere.example/alice' })],
          [quote({ walletAddress: `${node.url}/nobody`, receiver, debitAmount: usd(1) })],
          [list('', `${node.url}/nobody`)]
        ],
        '400 inactive_wallet_address inactive wallet address': async () => [
          [create({ walletAddress: carol })],
          [quote({ walletAddress: carol, receiver, debitAmount: usd(1) })]
        ],
        '400 invalid_amount invalid amount': async () => [
          [create({ incomingAmount: usd(0) }), { details: { field: 'incomingAmount', why: 'the amount must be above zero' } }],
          [create({ incomingAmount: eur(1) }), { details: { field: 'incomingAmount', why: "the asset is not the wallet's" } }],
          [quote({ receiver, debitAmount: eur(1) }), { details: { field: 'debitAmount', why: "the asset is not the wallet's" } }],
          [quote({ receiver }), { details: { why: 'the receiver asks for no amount: one must be given' } }],
          [quote({ receiver, receiveAmount: usd(1) }), { details: { why: "the receiver's asset is EUR with scale 2" } }]
        ],
        '400 invalid_expires_at invalid expiresAt': async () => [
          [create({ expiresAt: at(-1000) })],
          [create({ expiresAt: at(31 * 86400000) })],
          [create({ expiresAt: 'tomorrow' })]
        ],
        '400 metadata_too_large metadata is too large': async () => [
          [create({ metadata: { x: 'y'.repeat(4096) } })],
          [pay({ quoteId: 'x', metadata: { x: 'y'.repeat(4096) } })]
        ],
        '400 invalid_receiver invalid receiver': async () => {
          const bad = [`${op}${missing}`, await completed(), await ended(), unreachable, `${node.url}/bob`, 'bob']
          return bad.flatMap((url) => [
            [quote({ receiver: url, debitAmount: usd(100) })],
            [pay({ incomingPayment: url, debitAmount: usd(100) })]
          ])
        },
        '400 non_positive_receive_amount non-positive receive amount': async () => [
          [quote({ receiver, debitAmount: usd(1) }), { details: { minSendAmount: usd(2) } }],
          [pay({ incomingPayment: receiver, debitAmount: usd(1) }), { details: { minSendAmount: usd(2) } }]
        ],
        '400 invalid_quote invalid quote': async () => {
          const used = await usedQuote()
          return [[pay({ quoteId: used })], [pay({ quoteId: `${used}/` })], [await lateQuote()]]
        },
        '404 unknown_quote unknown quote': async () => [
          [call('GET', `/quotes/${randomUUID()}`)],
          [call('GET', '/quotes/x')],
          [pay({ quoteId: `${op}/quotes/${randomUUID()}` })]
        ],
        '404 unknown_incoming_payment unknown incoming payment': async () => [
          [call('GET', missing)],
          [call('GET', '/incoming-payments/x')],
          [call('POST', `${missing}/complete`)],
          [unsigned('GET', missing)]
        ],
        '404 unknown_outgoing_payment unknown outgoing payment': async () => [
          [call('GET', `/outgoing-payments/${randomUUID()}`, { token: paying })],
          [call('GET', '/outgoing-payments/x', { token: paying })]
        ],
        '409 wrong_state wrong state': async () => {
          const done = (await completed()).slice(op.length)
          const over = (await ended()).slice(op.length)
          return [[call('POST', `${done}/complete`)], [call('POST', `${over}/complete`)]]
        },
        '400 invalid_request last requires cursor': async () => both('&last=2'),
        '400 invalid_request first and last are mutually exclusive': async () => both(`&first=1&last=1&cursor=${randomUUID()}`),
        '400 invalid_request first and last must be from 1 to 100': async () => [...both('&first=0'), ...both('&first=101'), ...both(`&last=x&cursor=${randomUUID()}`)],
        '400 invalid_request unknown cursor': async () => [...both(`&cursor=${randomUUID()}`), ...both('&cursor=x')]
      },
      `${node.url}/auth`
    )
  },

  'the authorization server': async (t) => {
    const [node, brief, scarce] = await Promise.all([network(t), network(t, SHORT), network(t, SCARCE)])
    const client = await Client.published(t)
    const nameless = await Client.published(t)
    nameless.document = null
    const thief = new Client(client.address, client.kid)
    const stranger = new Client(client.address)
    const byKey = new Client()
    const nowhere = new Client(`http://127.0.0.1:${await freePort()}/nobody`)
    const holder = new Holder(node)
    const auth = `${node.url}/auth`
    const here = { server: `${brief.url}/auth` }
    const interact = { start: ['redirect'] }
    const paying = () => [outgoing(node)]
    const raw = (body, headers = {}) => request(auth, { method: 'POST', headers: { ...client.headers('POST', auth, { body }), ...headers }, body })
    const revokedToken = async () => {
      const one = await tokenAtOnce(node, client, INCOMING)
      assert.equal((await client.call('DELETE', one.manage, { token: one.value })).status, 204)
      return client.call('POST', one.manage, { token: one.value })
    }
    const atOnce = async () => {
      const { continue: more } = (await client.grant(node, { access: [INCOMING] })).json()
      return { more, go: (json) => client.call('POST', more.uri, { token: more.access_token.value, json }) }
    }
    const token = await tokenAtOnce(node, client, INCOMING)
    const pending = await ask(holder, client, paying())
    const gone = await ask(holder, client, paying())
    assert.equal((await gone.cancel()).status, 204)
    const used = await agreed(holder, client, paying())

    await provoke(
      'gnap.md',
      {
        '400 invalid_request WHY': async () => [
          [client.grant(node, {}), { why: 'an access_token or a subject must be asked for' }],
          [client.grant(node, { access: paying() }), { why: 'this access needs an interaction: member "interact" is missing' }],
          [
            client.grant(node, { access: [{ type: 'incoming-payment', actions: ['list-all'] }], interact }),
            { why: 'an item that a person must agree to needs an identifier' }
          ],
          [
            client.grant(node, { access: [outgoing(node, { identifier: `${node.url}/nobody` })], interact }),
            { why: 'member "identifier" is not a wallet address of this server' }
          ],
          [client.call('POST', auth, { json: { client: 'alice' } }), { why: 'member "client" must be a wallet address' }],
          [raw('{"client":'), { why: 'the body is not JSON: see byte 10' }],
          [pending.go({ interact_ref: 5 }), { why: 'member "interact_ref" must be a string' }]
        ],
        '413 invalid_request WHY': async () => [
          [raw(`${'['.repeat(20)}${']'.repeat(20)}`), { why: 'the JSON text is too large or too deep at byte 16' }]
        ],
        '415 invalid_request WHY': async () => [[raw('{}', { 'content-type': 'text/plain' }), { why: 'the body must be application/json' }]],
        '401 invalid_client WHY': async () => {
          const mismatch = { why: 'the signature is not that of the key over this request' }
          return [
            [thief.grant(node, { access: [INCOMING] }), mismatch],
            [thief.call('POST', pending.more.uri, { token: pending.more.access_token.value }), mismatch],
            [thief.call('DELETE', pending.more.uri, { token: pending.more.access_token.value }), mismatch],
            [thief.call('POST', token.manage, { token: token.value }), mismatch],
            [thief.call('DELETE', token.manage, { token: token.value }), mismatch],
            [
              request(auth, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ client: client.address }) }),
              { why: 'there is no Signature-Input' }
            ]
          ]
        },
        '429 too_many_attempts more requests than allowed': async () => [
          [limited(() => client.grant(scarce, { access: [INCOMING] }))]
        ],
        '400 invalid_client WHY': async () => [
          [stranger.grant(node, { access: [INCOMING] }), { why: 'could not find key in list of client keys' }],
          [nowhere.grant(node, { access: [INCOMING] }), { why: "the client's jwks.json could not be fetched" }],
          [byKey.grant(node, { access: paying(), interact }), { why: 'a person is asked for a client with a wallet address only' }],
          [
            client.call('POST', auth, { json: { client: { jwk: { ...byKey.jwk, crv: 'X25519' } } } }),
            { why: "the client's jwk can't be used: crv must be Ed25519" }
          ],
          [stranger.call('POST', token.manage, { token: token.value }), { why: 'could not find key in list of client keys' }]
        ],
        "400 invalid_client the client's wallet address must answer with a document that has a publicName": async () => [
          [nameless.grant(node, { access: paying(), interact })]
        ],
        '429 too_many_attempts this client has too many grants that nobody has decided on': async () => {
          const access = [outgoing(brief)]
          let r
          do r = await client.grant(brief, { access, interact })
          while (r.status === 200)
          return [[r]]
        },
        '401 invalid_continuation there is no such grant, or its continuation token is another': async () => [
          [client.call('POST', pending.more.uri, { token: 'x', json: {} })],
          [client.call('POST', pending.more.uri, { json: {} })],
          [client.call('DELETE', `${auth}/continue/${randomUUID()}`, { token: pending.more.access_token.value })],
          [client.call('POST', `${auth}/continue/x`, { token: 'x' })]
        ],
        '401 invalid_continuation there is nothing to continue': async () => [[gone.go({})], [gone.go({ interact_ref: 'x' })]],
        '401 invalid_continuation the interaction was not finished in time': async () => {
          const late = await until('a grant that may wait', async () => {
            const r = await client.grant(brief, { access: [outgoing(brief)], interact })
            return r.status === 200 && r.json().continue
          })
          const go = () => client.call('POST', late.uri, { token: late.access_token.value, json: {} })
          return [[await until('the time to be over', async () => { const r = await go(); return r.status === 401 && r }), here]]
        },
        '404 invalid_continuation the interact_ref does not belong to this grant': async () => [
          [pending.go({ interact_ref: 'guess' })],
          [(await atOnce()).go({ interact_ref: 'guess' })]
        ],
        '401 request_denied the interact_ref was used before': async () => {
          const again = await ask(holder, client, paying())
          const { interact_ref } = await again.decide('accept')
          assert.equal((await again.go({ interact_ref })).status, 200)
          return [[again.go({ interact_ref })]]
        },
        "401 request_denied this grant can't be polled: it goes on with its interact_ref": async () => [[pending.go(undefined)], [pending.go({})]],
        '401 request_denied this grant has given all that it has': async () => [
          [(await atOnce()).go(undefined)],
          [client.call('POST', used.more.uri, { token: used.more.access_token.value })]
        ],
        '401 user_denied the holder of the wallet has declined': async () => {
          const [called, polled] = [await ask(holder, client, paying()), await ask(holder, client, paying(), { finish: false })]
          assert.equal((await called.decide('reject')).result, 'grant_rejected')
          await polled.decide('reject')
          return [[called.go({})], [called.go({ interact_ref: 'x' })], [polled.go(undefined)]]
        },
        '400 too_fast wait before asking again': async () => [[(await ask(holder, client, paying(), { finish: false })).go(undefined)]],
        '401 invalid_client the request must carry its access token': async () => [
          [client.call('POST', token.manage)],
          [client.call('DELETE', token.manage)]
        ],
        '404 invalid_rotation there is no such token, or the one that was sent is another': async () => [
          [client.call('POST', token.manage, { token: 'x' })],
          [client.call('POST', `${auth}/token/${randomUUID()}`, { token: token.value })],
          [client.call('DELETE', `${auth}/token/x`, { token: token.value })]
        ],
        '404 invalid_rotation the token was rotated or revoked, or its grant has ended': async () => [[revokedToken()]],
        '503 request_denied the server is busy: try again later': async () => {
          await node.stop()
          await node.serve({ FLORIN_FAILPOINT: 'writer.before_apply:*:error' })
          return [
            [client.grant(node, { access: [INCOMING] })],
            [client.call('POST', token.manage, { token: token.value })],
            [pending.cancel()]
          ]
        },
        '500 request_denied the server has failed': async () => {
          // A key that was damaged in the store.
          await node.stop()
          await node.serve()
          const r = await byKey.grant(node, { access: [INCOMING] })
          const { access_token: given, continue: more } = r.json()
          const set = (to) => sql(node, `UPDATE gnap_grant SET jwk = '${to}' WHERE jwk <> ''`)
          await set('{}')
          const answers = [
            await byKey.call('POST', given.manage, { token: given.value }),
            await byKey.call('DELETE', more.uri, { token: more.access_token.value })
          ]
          await set(JSON.stringify(byKey.jwk))
          return answers.map((a) => [a])
        }
      },
      auth
    )
  }
}
