// The public listener's reading side: SPSP, the wallet document, negotiation, health, metrics.

import assert from 'node:assert/strict'
import { RawConnection, request } from './lib/http.js'
import { isAddress } from './lib/ilp.js'
import { receivingNode } from './lib/setups.js'

const SPSP = 'application/spsp4+json'

function get(node, path, accept, method = 'GET') {
  return request(`${node.url}${path}`, { method, headers: accept === undefined ? {} : { accept } })
}

const kind = (r) => (r.headers['content-type'] ?? '').split(';')[0]

export const tests = {
  'SPSP gives an address and a secret, fresh for each query': async (t) => {
    const { node } = await receivingNode(t)
    const seen = new Set()
    for (let i = 0; i < 5; i++) {
      const r = await get(node, '/alice', SPSP)
      assert.equal(r.status, 200)
      assert.equal(kind(r), SPSP)
      assert.match(r.headers['cache-control'], /no-cache|no-store|max-age/)
      const { destination_account: address, shared_secret: secret } = r.json()
      assert.ok(isAddress(address) && address.startsWith('test.wallet.alice.'), address)
      assert.match(secret, /^[A-Za-z0-9+/]{43}=$/, 'standard base64 with padding')
      assert.equal(Buffer.from(secret, 'base64').length, 32)
      assert.notEqual(address.split('.').pop().length, 24, 'a token of 24 characters confuses old clients')
      seen.add(address).add(secret)
    }
    assert.equal(seen.size, 10)
  },

  'the wallet document': async (t) => {
    const { node } = await receivingNode(t)
    const r = await get(node, '/alice', 'application/json')
    assert.equal(r.status, 200)
    assert.equal(kind(r), 'application/json')
    assert.deepEqual(r.json(), {
      id: `${node.url}/alice`,
      publicName: 'Alice Example',
      assetCode: 'USD',
      assetScale: 2,
      authServer: `${node.url}/auth`,
      resourceServer: `${node.url}/op`
    })
  },

  'negotiation follows Accept with its q-values': async (t) => {
    const { node } = await receivingNode(t)
    for (const [accept, expected] of [
      [undefined, 'application/json'],
      ['*/*', 'application/json'],
      ['application/json', 'application/json'],
      [SPSP, SPSP],
      ['application/spsp+json', /^application\/spsp4?\+json$/],
      [`${SPSP}, application/json`, SPSP],
      [`${SPSP};q=0.5, application/json`, 'application/json'],
      [`application/json;q=0.1, ${SPSP};q=0.2`, SPSP],
      [`${SPSP};q=0, */*`, 'application/json'],
      ['application/ilp-stream+json, application/spsp4+json', SPSP],
      ['APPLICATION/SPSP4+JSON', SPSP],
      ['text/html,application/xhtml+xml;q=0.9,*/*;q=0.8', /text\/html|application\/json/]
    ]) {
      const r = await get(node, '/alice', accept)
      assert.equal(r.status, 200, accept)
      if (expected instanceof RegExp) assert.match(kind(r), expected, accept)
      else assert.equal(kind(r), expected, accept)
      assert.match(r.headers.vary ?? '', /accept/i)
    }
    assert.equal((await get(node, '/alice', 'image/png')).status, 406)
  },

  'browsers of any origin may ask': async (t) => {
    const { node } = await receivingNode(t)
    const r = await request(`${node.url}/alice`, { headers: { accept: SPSP, origin: 'https://shop.example' } })
    assert.equal(r.headers['access-control-allow-origin'], '*')
    const preflight = await request(`${node.url}/alice`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://shop.example',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'web-monetization-id'
      }
    })
    assert.ok([200, 204].includes(preflight.status), `${preflight.status}`)
    assert.equal(preflight.headers['access-control-allow-origin'], '*')
    assert.match(preflight.headers['access-control-allow-headers'] ?? '', /web-monetization-id|\*/i)
  },

  'HEAD is GET without the body; other methods name what is allowed': async (t) => {
    const { node } = await receivingNode(t)
    const r = await get(node, '/alice', 'application/json', 'HEAD')
    assert.equal(r.status, 200)
    assert.equal(r.body.length, 0)
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const refused = await get(node, '/alice', undefined, method)
      assert.ok([405, 411].includes(refused.status), `${method}: ${refused.status}`)
      if (refused.status === 405) assert.match(refused.headers.allow, /GET/)
    }
  },

  'unknown and closed wallets are 404': async (t) => {
    const { node } = await receivingNode(t)
    const r = await get(node, '/nobody', SPSP)
    assert.equal(r.status, 404)
    assert.equal(r.json().id, 'InvalidReceiverError')
    assert.equal((await get(node, '/nobody', 'application/json')).status, 404)
    await node.ok('wallet', 'close', 'bob')
    assert.equal((await get(node, '/bob', SPSP)).status, 404)
    // As typed: an URL parser would tidy some of these up.
    for (const path of ['/alice/x', '/alice//', '//alice', '/alice%00', '/a%6cice%2f', '/../alice', '/./alice', '/auth/x', '/op']) {
      const c = await RawConnection.open(node.port)
      c.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${node.port}\r\nAccept: ${SPSP}\r\n\r\n`)
      const { status } = await c.answer()
      c.destroy()
      assert.ok([400, 404].includes(status), `${path}: ${status}`)
    }
    assert.equal((await get(node, '/alice/', SPSP)).status, 200, 'one trailing slash is dropped')
    assert.equal((await get(node, '/auth', SPSP)).status, 405)
    assert.equal((await get(node, '/alic%65', SPSP)).status, 200, 'an escaped letter is that letter')
    assert.equal((await get(node, '/Alice', 'application/json')).json().id, `${node.url}/alice`, 'in any case')
  },

  '/.well-known/pay is the only wallet, or the one that was named': async (t) => {
    const node = await t.serving('root')
    assert.equal((await get(node, '/.well-known/pay', SPSP)).status, 404, 'no wallet yet')
    await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
    let r = await get(node, '/.well-known/pay', SPSP)
    assert.match(r.json().destination_account, /^test\.root\.alice\./)
    await node.ok('wallet', 'add', 'bob', '--asset', 'EUR')
    assert.equal((await get(node, '/.well-known/pay', SPSP)).status, 404, 'two wallets, none named')
    await node.stop()
    await node.serve({ FLORIN_SERVER_ROOT_WALLET: 'bob' })
    r = await get(node, '/.well-known/pay', SPSP)
    assert.match(r.json().destination_account, /^test\.root\.bob\./)
    const pointer = await node.ok('resolve', `$127.0.0.1:${node.port}`)
    assert.equal(pointer.local, true)
  },

  'health says ok and that this is a development node': async (t) => {
    const { node } = await receivingNode(t)
    for (const url of [node.url, node.adminUrl]) {
      const r = await request(`${url}/health`)
      assert.equal(r.status, 200)
      assert.equal(r.json().status, 'ok')
      assert.equal(r.json().dev, true)
    }
  },

  'metrics are Prometheus text on the admin listener only': async (t) => {
    const { node, link } = await receivingNode(t)
    await link.post(Buffer.from('0c', 'hex'))
    const r = await request(`${node.adminUrl}/metrics`)
    assert.equal(r.status, 200)
    assert.equal(kind(r), 'text/plain')
    const lines = r.text().trimEnd().split('\n')
    assert.ok(lines.some((l) => /^florin_/.test(l)))
    for (const l of lines) assert.match(l, /^(# (HELP|TYPE) \S+ .+|[a-zA-Z_:][\w:]*(\{[^}]*\})? -?[0-9.e+]+)$/)
    assert.equal((await request(`${node.url}/metrics`)).status, 404)
  },

  'metrics count requests, replies, refusals and connections': async (t) => {
    const { node } = await receivingNode(t)
    const value = async (name) => {
      const line = (await node.metrics()).split('\n').find((l) => l.startsWith(`${name} `))
      assert.ok(line, name)
      return Number(line.split(' ')[1])
    }
    const names = {
      requests: 'florin_http_requests_total',
      malformed: 'florin_http_requests_malformed_total',
      ok: 'florin_http_replies_total{status="2xx"}',
      refused: 'florin_http_replies_total{status="4xx"}',
      accepted: 'florin_http_connections_total'
    }
    const before = {}
    for (const [key, name] of Object.entries(names)) before[key] = await value(name)
    for (let i = 0; i < 3; i++) await get(node, '/alice', SPSP)
    for (let i = 0; i < 2; i++) await get(node, '/nobody', SPSP)
    await get(node, '/alice%00')
    for (const [key, atLeast] of Object.entries({ requests: 6, malformed: 1, ok: 3, refused: 3, accepted: 6 })) {
      const grown = (await value(names[key])) - before[key]
      assert.ok(grown >= atLeast, `${names[key]} grew by ${grown}`)
    }
    assert.ok((await value('florin_http_connections')) >= 1, 'this very connection')
    await value('florin_http_deadlines_total{of="body"}')
  },

  'the admin API needs its token and stays on its listener': async (t) => {
    const { node } = await receivingNode(t)
    for (const authorization of [undefined, 'Bearer x', `Basic ${node.adminToken()}`, `Bearer ${node.adminToken()}x`]) {
      const r = await request(`${node.adminUrl}/admin/v1/assets`, { headers: authorization ? { authorization } : {} })
      assert.equal(r.status, 401)
      assert.equal(r.json().error.code, 'unauthorized')
    }
    const authorization = `Bearer ${node.adminToken()}`
    assert.equal((await request(`${node.url}/admin/v1/assets`, { headers: { authorization } })).status, 404)
    assert.equal((await request(`${node.adminUrl}/alice`, { headers: { accept: SPSP } })).status, 404)
  },

  'the admin API names what is wrong with a body': async (t) => {
    const { node } = await receivingNode(t)
    const post = (body, type = 'application/json') =>
      request(`${node.adminUrl}/admin/v1/wallet-addresses`, {
        method: 'POST',
        headers: { authorization: `Bearer ${node.adminToken()}`, 'content-type': type },
        body
      })
    for (const [body, field] of [
      ['', null],
      ['{', null],
      ['[]', null],
      ['"x"', null],
      ['{"name":"x","assetCode":"USD","extra":1}', 'extra'],
      ['{"assetCode":"USD"}', 'name'],
      ['{"name":7,"assetCode":"USD"}', 'name'],
      ['{"name":"x"}', 'assetCode'],
      ['{"name":"x","name":"y","assetCode":"USD"}', null],
      ['['.repeat(100) + ']'.repeat(100), null],
      ['{"name":"x\u0000","assetCode":"USD"}', null]
    ]) {
      const r = await post(body)
      assert.ok(r.status === 400 || r.status === 413, `${body}: ${r.status} ${r.text()}`)
      const { error } = r.json()
      assert.ok(error.code && error.description)
      if (field) assert.ok(JSON.stringify(error).includes(field), r.text())
    }
    const big = JSON.stringify({ name: 'x'.repeat(70000), assetCode: 'USD' })
    assert.equal((await post(big)).status, 413)
    assert.equal((await node.ok('wallet', 'list')).items.length, 2)
  },

  'requests that hide another are refused': async (t) => {
    const { node } = await receivingNode(t)
    const host = `Host: 127.0.0.1:${node.port}\r\n`
    for (const head of [
      `GET /alice HTTP/1.1\r\n${host}${host}\r\n`,
      `GET /alice HTTP/1.1\r\n${host}Authorization: a\r\nAuthorization: b\r\n\r\n`,
      `POST /ilp HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n`,
      `GET http://evil.example/alice HTTP/1.1\r\n${host}\r\n`,
      `GET /alice%00 HTTP/1.1\r\n${host}\r\n`,
      `GET /al\u0001ice HTTP/1.1\r\n${host}\r\n`
    ]) {
      const c = await RawConnection.open(node.port)
      c.write(`${head}GET /health HTTP/1.1\r\n${host}\r\n`)
      const { status } = await c.answer()
      assert.ok(status >= 400 && status < 600, `${head}: ${status}`)
      await c.closed
      assert.ok(!c.received.toString().includes('"status"'), 'the hidden request was not served')
      c.destroy()
    }
    const long = await request(`${node.url}/${'a'.repeat(20000)}`).catch((e) => ({ status: e.code }))
    assert.ok([400, 404, 414, 431, 'ECONNRESET', 'EPIPE'].includes(long.status), `${long.status}`)
  }
}
