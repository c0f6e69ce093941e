// HTTP message signatures and the library that the published clients sign with: what it signs, Florin
// accepts; what Florin signs, it accepts; and the form that the Web Monetization extension has in Firefox,
// which does not show a request's body to scripts, so that no digest is made.

import assert from 'node:assert/strict'
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import http from 'node:http'
import { createRequire } from 'node:module'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { addHolder, Holder } from '../scenario/lib/holder.js'
import { request, sleep, until } from '../scenario/lib/http.js'
import { run } from '../scenario/lib/node.js'

const { createHeaders, createSignatureHeaders, validateSignature, validateSignatureHeaders } = createRequire(import.meta.url)(
  '@interledger/http-signature-utils'
)

const usd = (value) => ({ value: String(value), assetCode: 'USD', assetScale: 2 })

async function wallets(t, env = {}) {
  const node = await t.serving('wallet', { env })
  await addHolder(node, 'alice', '--asset', 'USD', '--name', 'Alice')
  await node.ok('wallet', 'add', 'bob', '--asset', 'EUR')
  await node.ok('deposit', 'alice', '100.00')
  await node.ok('asset', 'deposit', 'EUR', '1000.00')
  return node
}

/** The key as the account holder pastes it: base64 of a JWK without `alg`. */
async function pastedKey(node) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const { kty, crv, x } = publicKey.export({ format: 'jwk' })
  const kid = randomUUID()
  const key = Buffer.from(JSON.stringify({ kty, crv, x, kid })).toString('base64')
  const added = await node.admin('POST', '/wallet-addresses/alice/keys', { key })
  assert.equal(added.status, 201, added.text())
  return { keyId: kid, privateKey, jwk: { kty, crv, x, kid, alg: 'EdDSA' } }
}

/**
 * A client of the library: call(method, url, {token, json}). With `bodyHidden` the library sees no body, as
 * in Firefox: nothing but method, target and token is signed.
 */
function clientOf({ keyId, privateKey }, { bodyHidden = false } = {}) {
  const sign = async (method, url, { token, json } = {}) => {
    const body = json && JSON.stringify(json)
    const headers = token ? { authorization: `GNAP ${token}` } : {}
    if (body && bodyHidden) headers['content-type'] = 'application/json'
    const seen = { method, url, headers, body }
    const made = bodyHidden
      ? await createSignatureHeaders({ request: { ...seen, body: undefined }, privateKey, keyId })
      : await createHeaders({ request: seen, privateKey, keyId })
    return { method, url, headers: { ...headers, ...made }, body }
  }
  const call = async (method, url, options) => {
    const { headers, body } = await sign(method, url, options)
    return request(url, { method, headers, body })
  }
  return { sign, call }
}

const quote = { type: 'quote', actions: ['create', 'read'] }
const incoming = { type: 'incoming-payment', actions: ['create', 'read', 'list', 'complete'] }

async function is(status, answer) {
  const r = await answer
  assert.equal(r.status, status, r.text())
  return r.body.length ? r.json() : null
}

/** Another wallet's server: it records each request, gives a token, and then refuses. */
async function otherServer(t) {
  const seen = []
  const server = http.createServer((req, res) => {
    const chunks = []
    req.on('data', (c) => chunks.push(c))
    req.on('end', () => {
      const base = `http://127.0.0.1:${server.address().port}`
      seen.push({ method: req.method, url: `${base}${req.url}`, headers: req.headers, body: Buffer.concat(chunks).toString() || undefined })
      const document = { id: `${base}/bob`, assetCode: 'USD', assetScale: 2, authServer: `${base}/auth`, resourceServer: `${base}/op` }
      const grant = {
        access_token: { value: 'T0K', manage: `${base}/auth/token/1`, access: [incoming] },
        continue: { access_token: { value: 'C' }, uri: `${base}/auth/continue/1` }
      }
      const body = req.url === '/bob' ? document : req.url === '/auth' ? grant : null
      res.writeHead(body ? 200 : 400, { 'content-type': 'application/json' })
      res.end(JSON.stringify(body ?? { error: { code: 'no', description: 'no' } }))
    })
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  t.defer(() => new Promise((done) => (server.closeAllConnections(), server.close(done))))
  return { seen, url: `http://127.0.0.1:${server.address().port}/bob` }
}

/** Connecting, paying and leaving, in the extension's order, with its client. */
async function extension(node, client) {
  const get = (path) => is(200, request(`${node.url}${path}`, { headers: { accept: 'application/json' } }))
  const alice = await get('/alice')
  const limits = { debitAmount: usd(500), interval: `R/${new Date().toISOString()}/P1M` }
  const access = [
    { type: 'quote', actions: ['create'] },
    { type: 'outgoing-payment', actions: ['create', 'read'], identifier: alice.id, limits }
  ]
  const finish = { method: 'redirect', uri: 'https://webmonetization.org/welcome', nonce: randomUUID() }
  const asked = await is(200, client.call('POST', alice.authServer, {
    json: { access_token: { access }, client: alice.id, interact: { start: ['redirect'], finish } } }))
  const { interact_ref } = await new Holder(node).decide(asked.interact.redirect)
  const more = asked.continue.access_token.value
  const given = await is(200, client.call('POST', asked.continue.uri, { token: more, json: { interact_ref } }))
  let { value: token, manage } = given.access_token
  const spent = () => is(200, client.call('GET', `${alice.resourceServer}/outgoing-payment-grant`, { token }))
  assert.deepEqual(await spent(), { spentDebitAmount: null, spentReceiveAmount: null })

  const bob = await get('/bob')
  const theirs = await is(200, client.call('POST', bob.authServer, {
    json: { access_token: { access: [{ type: 'incoming-payment', actions: ['create'], identifier: bob.id }] }, client: alice.id } }))
  const page = await is(201, client.call('POST', `${bob.resourceServer}/incoming-payments`, {
    token: theirs.access_token.value,
    json: { walletAddress: bob.id, expiresAt: new Date(Date.now() + 600000).toISOString(), metadata: { source: 'Web Monetization' } } }))
  await is(204, client.call('DELETE', theirs.continue.uri, { token: theirs.continue.access_token.value }))

  const ask = (debitAmount) => client.call('POST', `${alice.resourceServer}/quotes`, {
    token, json: { method: 'ilp', walletAddress: alice.id, receiver: page.id, debitAmount } })
  const small = await ask(usd(1))
  assert.equal(small.status, 400)
  assert.match(small.json().error.description, /non-positive receive amount/)
  const least = small.json().error.details.minSendAmount
  await is(201, ask(least))
  const pay = (n) => client.call('POST', `${alice.resourceServer}/outgoing-payments`, {
    token, json: { walletAddress: alice.id, incomingPayment: page.id, debitAmount: usd(100), metadata: { source: 'Web Monetization', n } } })
  for (let n = 0; n < 2; n++) {
    const payment = await is(201, pay(n))
    await until('the payment', async () => (await is(200, client.call('GET', payment.id, { token }))).sentAmount.value === '100')
  }
  // The token has expired: it is rotated, as only then the extension does.
  await sleep(2100)
  const late = await pay(2)
  assert.deepEqual([late.status, late.json().error.description], [403, 'Inactive Token'])
  ;({ value: token, manage } = (await is(200, client.call('POST', manage, { token }))).access_token)
  await is(201, pay(3))
  assert.deepEqual((await spent()).spentDebitAmount, usd(300))
  await is(204, client.call('DELETE', asked.continue.uri, { token: more }))
  assert.equal((await pay(4)).status, 403)
}

const SHORT = { FLORIN_AUTH_TOKEN_LIFETIME_S: '2' }

export const tests = {
  'what http-signature-utils signs is good, in both profiles': async (t) => {
    for (const profile of ['strict', 'compat']) {
      const node = await wallets(t, { FLORIN_AUTH_SIGNATURE_PROFILE: profile })
      const key = await pastedKey(node)
      const client = clientOf(key)
      const alice = `${node.url}/alice`
      const grant = await is(200, client.call('POST', `${node.url}/auth`, {
        json: { client: alice, access_token: { access: [incoming, quote] } } }))
      const token = grant.access_token.value
      const url = `${node.url}/op/incoming-payments`
      const made = await is(201, client.call('POST', url, { token, json: { walletAddress: alice, metadata: { note: 'ä €' } } }))
      await is(200, client.call('GET', made.id, { token }))
      await is(200, client.call('GET', `${url}?wallet-address=${encodeURIComponent(alice)}`, { token }))
      await is(200, client.call('POST', `${made.id}/complete`, { token }))
      const rotated = await is(200, client.call('POST', grant.access_token.manage, { token }))
      await is(204, client.call('DELETE', rotated.access_token.manage, { token: rotated.access_token.value }))
      await is(204, client.call('DELETE', grant.continue.uri, { token: grant.continue.access_token.value }))

      const jwks = join(t.dir, 'jwks.json')
      writeFileSync(jwks, JSON.stringify({ keys: [key.jwk] }))
      const lines = [
        await client.sign('POST', url, { token: 'x', json: { a: 1 } }),
        await client.sign('GET', url, { token: 'x' }),
        await client.sign('POST', url, { json: { a: 1 } })
      ].map(({ method, url: target_uri, headers, body }) => JSON.stringify({ method, target_uri, headers, body_utf8: body ?? null }))
      const r = await run(['inspect', 'signature', '--jwks', jwks, '--now', String(Math.floor(Date.now() / 1000)), '--profile', profile],
        { input: `${lines.join('\n')}\n` })
      assert.equal(r.code, 0, r.stderr)
      for (const line of r.stdout.trimEnd().split('\n')) assert.deepEqual(JSON.parse(line), { valid: true, keyid: key.keyId })
      await node.stop()
    }
  },

  'what Florin signs, http-signature-utils finds good': async (t) => {
    const node = await wallets(t)
    const other = await otherServer(t)
    const paid = await node.cli('pay', 'alice', other.url, '--send', '1.00', '--yes')
    assert.notEqual(paid.code, 0, 'it refuses to make an incoming payment')
    const { keys } = await is(200, request(`${node.url}/node/jwks.json`))
    const signed = other.seen.filter((r) => r.headers.signature)
    assert.deepEqual(signed.slice(0, 2).map((r) => [r.method, new URL(r.url).pathname]), [['POST', '/auth'], ['POST', '/op/incoming-payments']])
    for (const r of signed) {
      const key = keys.find((k) => r.headers['signature-input'].includes(`keyid="${k.kid}"`))
      assert.ok(key, r.headers['signature-input'])
      assert.ok(validateSignatureHeaders(r), JSON.stringify(r.headers))
      assert.equal(await validateSignature(key, r), true)
      assert.equal(await validateSignature(key, { ...r, url: `${r.url}x` }), false)
      assert.equal(await validateSignature(key, { ...r, body: `${r.body} ` }), false)
    }
    assert.equal(signed[1].headers.authorization, 'GNAP T0K')
  },

  'the extension in Chromium: nothing is left unsigned': async (t) => {
    const node = await wallets(t, SHORT)
    await extension(node, clientOf(await pastedKey(node)))
    assert.ok(!node.log.includes('body_not_covered'))
  },

  'the extension in Firefox, with require_content_digest = warn': async (t) => {
    const node = await wallets(t, { ...SHORT, FLORIN_AUTH_REQUIRE_CONTENT_DIGEST: 'warn' })
    await extension(node, clientOf(await pastedKey(node), { bodyHidden: true }))
    assert.match(node.log, /level=warn event=signature path=\/op\/outgoing-payments result=body_not_covered/)
  },

  'the extension in Firefox, by default: its requests with a body are refused, and told why': async (t) => {
    const node = await wallets(t)
    const client = clientOf(await pastedKey(node), { bodyHidden: true })
    const json = { client: `${node.url}/alice`, access_token: { access: [quote] } }
    const r = await client.call('POST', `${node.url}/auth`, { json })
    assert.equal(r.status, 401)
    assert.deepEqual(r.json().error, {
      code: 'invalid_client',
      description: 'the signature does not cover content-digest, and there is a body'
    })
    // A digest that is there is checked in each setting.
    await node.stop()
    await node.serve({ FLORIN_AUTH_REQUIRE_CONTENT_DIGEST: 'warn' })
    const made = await client.sign('POST', `${node.url}/auth`, { json })
    await is(200, request(made.url, made))
    const wrong = await request(made.url, { ...made, headers: { ...made.headers, 'content-digest': 'sha-256=:AAAA:' } })
    assert.equal(wrong.status, 401, wrong.text())
  }
}
