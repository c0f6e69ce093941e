// Keys of wallets' clients: every form of adding, the key document, revoking; the node's identity;
// signatures checked by `inspect signature`.

import assert from 'node:assert/strict'
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID, sign, verify } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './lib/node.js'
import { request } from './lib/http.js'
import { receivingNode } from './lib/setups.js'
import { vectors } from './lib/vectors.js'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

async function keysOf(node, path = '/alice/jwks.json') {
  const r = await request(`${node.url}${path}`, { headers: { accept: 'application/json' } })
  assert.equal(r.status, 200, path)
  assert.match(r.headers['content-type'], /^application\/json/)
  assert.match(r.headers['cache-control'], /no-cache|no-store/)
  assert.equal(r.headers['access-control-allow-origin'], '*')
  const body = r.json()
  assert.deepEqual(Object.keys(body), ['keys'])
  for (const key of body.keys) {
    assert.equal(key.alg, 'EdDSA')
    assert.equal(key.kty, 'OKP')
    assert.equal(key.crv, 'Ed25519')
    assert.match(key.x, /^[A-Za-z0-9_-]{43}$/)
    assert.ok(!('d' in key))
  }
  return body.keys
}

/** A new pair -> {jwk, raw, pem, privateKey}; the JWK as the extension makes it, without alg. */
function pair(kid) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const { kty, crv, x } = publicKey.export({ format: 'jwk' })
  return {
    jwk: { kty, crv, x, kid },
    raw: Buffer.from(x, 'base64url'),
    pem: publicKey.export({ format: 'pem', type: 'spki' }),
    privatePem: privateKey.export({ format: 'pem', type: 'pkcs8' }),
    privateKey
  }
}

async function add(t, node, text, ...options) {
  const file = join(t.dir, `key-${Math.random().toString(36).slice(2)}`)
  writeFileSync(file, text)
  return node.cli('key', 'add', 'alice', '--jwk', file, '--json', ...options)
}

const base64 = (value) => Buffer.from(value).toString('base64')

/** A request as a client signs it, in the form of the vectors. */
function signedRequest(key, kid, { method = 'GET', uri = 'https://a.example/op/quotes', body } = {}) {
  const headers = { authorization: 'GNAP token' }
  const covered = ['@method', '@target-uri', 'authorization']
  if (body !== undefined) {
    headers['content-digest'] = `sha-512=:${createHash('sha512').update(body).digest('base64')}:`
    headers['content-length'] = String(Buffer.byteLength(body))
    headers['content-type'] = 'application/json'
    covered.push('content-digest', 'content-length', 'content-type')
  }
  const created = Math.floor(Date.now() / 1000)
  const parameters = `(${covered.map((c) => `"${c}"`).join(' ')});keyid="${kid}";created=${created}`
  const value = (c) => (c === '@method' ? method : c === '@target-uri' ? uri : headers[c])
  const base = [...covered.map((c) => `"${c}": ${value(c)}`), `"@signature-params": ${parameters}`].join('\n')
  headers['signature-input'] = `sig1=${parameters}`
  headers.signature = `sig1=:${sign(null, Buffer.from(base), key).toString('base64')}:`
  return { method, target_uri: uri, headers, body_utf8: body ?? null }
}

export const tests = {
  'a key in every form in which people have it': async (t) => {
    const { node } = await receivingNode(t)
    assert.deepEqual(await keysOf(node), [])
    const [jwk, extension, pem, hex, raw, url] = ['k-jwk', 'k-ext', '', '', '', ''].map(pair)
    for (const [text, kid, ...options] of [
      [JSON.stringify(jwk.jwk), 'k-jwk'],
      [base64(JSON.stringify(extension.jwk)), 'k-ext'],
      [pem.pem, 'k-pem', '--kid', 'k-pem'],
      [hex.raw.toString('hex'), 'k-hex', '--kid', 'k-hex'],
      [raw.raw.toString('base64'), 'k-raw', '--kid', 'k-raw'],
      [url.raw.toString('base64url'), null]
    ]) {
      const r = await add(t, node, text, ...options)
      assert.equal(r.code, 0, r.stderr)
      const key = JSON.parse(r.stdout)
      assert.match(key.id, UUID)
      assert.equal(key.kid, kid ?? key.thumbprint)
      assert.equal(key.revokedAt, null)
      assert.equal(key.jwk.alg, 'EdDSA')
    }
    const keys = await keysOf(node)
    const wanted = [jwk, extension, pem, hex, raw, url].map((p) => p.raw.toString('base64url'))
    assert.deepEqual(keys.map((k) => k.x), wanted)
    assert.deepEqual(keys.slice(0, 5).map((k) => k.kid), ['k-jwk', 'k-ext', 'k-pem', 'k-hex', 'k-raw'])
    assert.deepEqual(await keysOf(node, '/ALICE/jwks.json'), keys)
    // the same key again is the same; another one under its kid is not
    assert.equal((await add(t, node, JSON.stringify(jwk.jwk))).code, 0)
    assert.equal((await add(t, node, JSON.stringify(pair('k-jwk').jwk))).code, 1)
    assert.equal((await keysOf(node)).length, 6)
  },

  'the keys of all wallets are one list, and are revoked from it': async (t) => {
    const { node } = await receivingNode(t)
    const one = pair('same')
    for (const [wallet, key] of [['alice', one], ['bob', one], ['alice', pair('phone')], ['bob', pair('till')], ['alice', pair('old')]]) {
      const r = await node.admin('POST', `/wallet-addresses/${wallet}/keys`, { jwk: key.jwk })
      assert.equal(r.status, 201)
      assert.equal(r.json().walletAddress, wallet)
      assert.equal(r.json().state, 'ACTIVE')
    }
    await node.ok('key', 'revoke', 'alice', 'old')
    const all = (await node.admin('GET', '/keys')).json().items
    assert.deepEqual(all.map((k) => `${k.walletAddress} ${k.kid} ${k.state}`),
      ['alice old REVOKED', 'bob till ACTIVE', 'alice phone ACTIVE', 'bob same ACTIVE', 'alice same ACTIVE'])
    const alices = (await node.admin('GET', '/wallet-addresses/alice/keys')).json().items
    assert.deepEqual(all.filter((k) => k.walletAddress === 'alice').reverse(), alices)
    for (const [query, fits] of [
      ['', () => true],
      ['&state=ACTIVE', (k) => k.state === 'ACTIVE'],
      ['&state=REVOKED', (k) => k.state === 'REVOKED'],
      ['&walletAddress=bob', (k) => k.walletAddress === 'bob'],
      ['&walletAddress=alice&state=ACTIVE', (k) => k.walletAddress === 'alice' && k.state === 'ACTIVE'],
      ['&kid=same', (k) => k.kid === 'same'],
      ['&kid=same&walletAddress=bob', (k) => k.kid === 'same' && k.walletAddress === 'bob'],
      ['&kid=same&state=REVOKED', () => false],
      ['&kid=Same', () => false]
    ]) {
      const got = []
      for (let cursor = ''; cursor !== null; ) {
        const page = (await node.admin('GET', `/keys?limit=2${query}${cursor && `&cursor=${cursor}`}`)).json()
        got.push(...page.items)
        cursor = page.nextCursor
      }
      assert.deepEqual(got, all.filter(fits), query)
    }
    assert.deepEqual((await node.ok('key', 'list')).items, all)
    assert.deepEqual((await node.ok('key', 'list', '--kid', 'same', '--state', 'ACTIVE')).items, all.filter((k) => k.kid === 'same'))
    assert.deepEqual((await node.ok('key', 'list', 'bob', '--state', 'ACTIVE')).items, all.filter((k) => k.walletAddress === 'bob'))
    for (const [query, status, field] of [['state=active', 400, 'state'], ['cursor=x', 400, 'cursor'], ['limit=0', 400, 'limit'], ['walletAddress=nobody', 404, 'walletAddress']]) {
      const r = await node.admin('GET', `/keys?${query}`)
      assert.equal(r.status, status, query)
      assert.equal(r.json().error.details.field, field, query)
    }
    // Revoked by its id, whichever wallet it is of; one that was changed meanwhile is not.
    const till = all.find((k) => k.kid === 'till')
    const shown = await node.admin('GET', `/keys/${till.id}`)
    assert.deepEqual(shown.json(), till)
    assert.equal((await node.admin('DELETE', `/keys/${till.id}`, undefined, { 'if-match': '"other"' })).status, 412)
    const gone = await node.admin('DELETE', `/keys/${till.id}`, undefined, { 'if-match': shown.headers.etag })
    assert.equal(gone.status, 200)
    assert.equal(gone.json().state, 'REVOKED')
    assert.equal((await node.admin('DELETE', `/keys/${till.id}`, undefined, { 'if-match': shown.headers.etag })).status, 412)
    assert.deepEqual((await keysOf(node, '/bob/jwks.json')).map((k) => k.kid), ['same'])
    for (const id of [randomUUID(), 'x', 'till']) {
      assert.equal((await node.admin('GET', `/keys/${id}`)).status, 404, id)
      assert.equal((await node.admin('DELETE', `/keys/${id}`)).status, 404, id)
    }
  },

  'what is no key, or a private one, is refused': async (t) => {
    const { node } = await receivingNode(t)
    const p = pair('k')
    const secret = { ...p.jwk, d: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }
    const cases = [JSON.stringify(secret), base64(JSON.stringify(secret)), p.privatePem, 'hello', '', '{}',
      '0'.repeat(64), JSON.stringify({ ...p.jwk, crv: 'X25519' })]
    for (const { jwk } of vectors('httpsig').invalid_jwks) {
      if (jwk.kid) cases.push(JSON.stringify(jwk)) // without a kid it is a key that may be added
    }
    for (const text of cases) {
      const r = await add(t, node, text)
      assert.notEqual(r.code, 0, text)
      assert.match(r.stderr, /^florin: [^\n]+\n$/)
    }
    assert.deepEqual(await keysOf(node), [])
    for (const body of [{}, { jwk: p.jwk, key: 'x' }, { jwk: 'x' }, { jwk: p.jwk, kid: 'other' }, { key: 5 }]) {
      const r = await node.admin('POST', '/wallet-addresses/alice/keys', body)
      assert.equal(r.status, 400, JSON.stringify(body))
    }
    assert.equal((await node.admin('POST', '/wallet-addresses/nobody/keys', { jwk: p.jwk })).status, 404)
  },

  'revoking takes a key away at once, and its kid is free again': async (t) => {
    const { node } = await receivingNode(t)
    const p = pair('0f3c1c52-7a1e-4b44-9f0e-6e0a2c5d1b77')
    assert.equal((await add(t, node, JSON.stringify(p.jwk))).code, 0)
    const other = pair('with blanks/and%25')
    assert.equal((await add(t, node, JSON.stringify(other.jwk))).code, 0)
    const gone = await node.cli('key', 'revoke', 'alice', p.jwk.kid, '--json')
    assert.equal(gone.code, 0, gone.stderr)
    assert.ok(JSON.parse(gone.stdout).revokedAt)
    assert.deepEqual((await keysOf(node)).map((k) => k.kid), ['with blanks/and%25'])
    assert.equal((await node.cli('key', 'revoke', 'alice', p.jwk.kid)).code, 1)
    assert.equal((await node.cli('key', 'revoke', 'alice', JSON.parse(gone.stdout).id)).code, 0)
    assert.equal((await node.cli('key', 'revoke', 'bob', 'with blanks/and%25')).code, 1)
    assert.equal((await add(t, node, JSON.stringify(pair(p.jwk.kid).jwk))).code, 0)
    const list = await node.ok('key', 'list', 'alice', '--json')
    assert.deepEqual(list.items.map((k) => !!k.revokedAt), [true, false, false])
  },

  'unknown and closed wallets have no key document': async (t) => {
    const { node } = await receivingNode(t)
    await node.ok('wallet', 'add', 'gone', '--asset', 'USD')
    await keysOf(node, '/gone/jwks.json')
    await node.ok('wallet', 'close', 'gone')
    for (const path of ['/gone/jwks.json', '/nobody/jwks.json', '/auth/jwks.json', '/a..b/jwks.json',
      '/.well-known/pay/jwks.json', '/alice/did.json']) {
      assert.equal((await request(`${node.url}${path}`)).status, 404, path)
    }
  },

  'the root wallet has its key document too': async (t) => {
    const { node } = await receivingNode(t, { env: { FLORIN_SERVER_ROOT_WALLET: 'bob' } })
    const p = pair('k')
    await node.admin('POST', '/wallet-addresses/bob/keys', { key: base64(JSON.stringify(p.jwk)) })
    assert.deepEqual((await keysOf(node, '/.well-known/pay/jwks.json')).map((k) => k.kid), ['k'])
  },

  'generate shows the private half once, and it signs': async (t) => {
    const { node } = await receivingNode(t)
    const made = await node.ok('key', 'generate', 'alice', '--json')
    const file = join(t.dir, 'private.pem')
    await node.ok('key', 'generate', 'alice', '--kid', 'filed', '--out', file)
    assert.equal(statSync(file).mode & 0o777, 0o600)
    const published = (await node.ok('key', 'list', 'alice')).items.length
    assert.notEqual((await node.cli('key', 'generate', 'alice', '--out', file)).code, 0, 'never overwritten')
    assert.equal((await node.ok('key', 'list', 'alice')).items.length, published, 'nothing is published')
    const unused = `${file}.unused`
    assert.notEqual((await node.cli('key', 'generate', 'nobody', '--out', unused)).code, 0)
    assert.equal(existsSync(unused), false, 'what was not published leaves no file')
    const keys = await keysOf(node)
    for (const [kid, privatePem] of [[made.kid, made.privateKey], ['filed', readFileSync(file, 'utf8')]]) {
      const key = keys.find((k) => k.kid === kid)
      const signature = sign(null, Buffer.from('x'), createPrivateKey(privatePem))
      assert.ok(verify(null, Buffer.from('x'), createPublicKey({ key, format: 'jwk' }), signature))
    }
    assert.equal(made.privateJwk.x, made.jwk.x)
    // the node has never seen it
    const d = Buffer.from(made.privateJwk.d, 'base64url')
    const stored = readFileSync(join(node.dir, 'florin.db'))
    assert.ok(!stored.includes(d) && !node.log.includes(made.privateJwk.d))
  },

  'the node is a client of its own, and stays who it is': async (t) => {
    const { node } = await receivingNode(t)
    const r = await request(`${node.url}/node`, { headers: { accept: 'application/json' } })
    assert.equal(r.status, 200)
    const doc = r.json()
    assert.equal(doc.id, `${node.url}/node`)
    assert.ok(doc.publicName)
    assert.equal(doc.authServer, `${node.url}/auth`)
    assert.equal(doc.resourceServer, `${node.url}/op`)
    const [key, ...more] = await keysOf(node, '/node/jwks.json')
    assert.match(key.kid, UUID)
    assert.deepEqual(more, [])
    const listed = (await node.admin('GET', '/node/keys')).json()
    assert.deepEqual(listed.items.map((k) => k.kid), [key.kid])
    // too young to be replaced
    const again = await node.cli('key', 'rotate')
    assert.equal(again.code, 1)
    await node.stop()
    await node.serve()
    assert.deepEqual(await keysOf(node, '/node/jwks.json'), [key])
  },

  'inspect signature': async (t) => {
    const p = pair('k-1')
    const jwks = join(t.dir, 'jwks.json')
    writeFileSync(jwks, JSON.stringify({ keys: [p.jwk] }))
    const good = signedRequest(p.privateKey, 'k-1', { method: 'POST', body: '{"ä":1}' })
    const lines = [
      good,
      signedRequest(p.privateKey, 'k-1'),
      { ...good, body_utf8: '{"bc":1}' },
      { ...good, target_uri: 'https://a.example/op/quotes/' },
      signedRequest(p.privateKey, 'k-2'),
      'x'
    ]
    const input = lines.map((l) => (l === 'x' ? l : JSON.stringify(l))).join('\n') + '\n'
    for (const profile of ['strict', 'compat']) {
      const r = await run(['inspect', 'signature', '--jwks', jwks, '--now', String(Math.floor(Date.now() / 1000)),
        '--profile', profile], { input })
      assert.equal(r.code, 0, r.stderr)
      assert.deepEqual(r.stdout.trimEnd().split('\n').map((l) => JSON.parse(l)), [
        { valid: true, keyid: 'k-1' },
        { valid: true, keyid: 'k-1' },
        { valid: false, reason: 'content_digest_mismatch' },
        { valid: false, reason: 'signature_mismatch' },
        { valid: false, reason: 'unknown_keyid' },
        { error: 'malformed' }
      ])
    }
    for (const options of [[], ['--jwks', '/nowhere'], ['--jwks', jwks, '--profile', 'lax'],
      ['--jwks', jwks, '--now', 'x']]) {
      assert.equal((await run(['inspect', 'signature', ...options])).code, 2, options.join(' '))
    }
  }
}
