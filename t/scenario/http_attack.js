// The public listener under attack: paths and headers that mean two things, bodies that never end,
// more connections than there are.

import assert from 'node:assert/strict'
import { RawConnection, request, sleep, until } from './lib/http.js'
import { RECEIVED_TOKEN, receivingNode } from './lib/setups.js'

const SPSP = 'application/spsp4+json'

/** The statuses of all answers to these bytes, until the server closes or nothing more comes. */
async function answers(port, bytes) {
  const c = await RawConnection.open(port)
  c.write(bytes)
  const statuses = []
  for (;;) {
    const r = await Promise.race([c.answer(1500).catch(() => null), sleep(1500)])
    if (!r) break
    statuses.push(r.status)
  }
  const text = c.received.toString('latin1')
  c.destroy()
  return { statuses, text }
}

/** A node that serves a request like any other. */
async function isWell(node) {
  const r = await request(`${node.url}/alice`, { headers: { accept: SPSP } })
  assert.equal(r.status, 200)
}

export const tests = {
  'no spelling of a path leads elsewhere': async (t) => {
    const { node } = await receivingNode(t)
    const bad = ['/%2e%2e/alice', '/%2e/alice', '/x/%2e%2e/alice', '/alice/..', '/alice/.', '/..;/alice', '/alice;x', '/alice%00']
    bad.push('/alice%00.json', '/%00alice', '/alice%', '/alice%4', '/alice%zz', '//alice', '/alice//', '/alice%2f', '/alice%5c', '\\alice')
    bad.push('/alice%0d%0aX:1', '/alice%ff', '/static/../alice', '/static/%2e%2e/%2e%2e/etc/passwd', '/static/..%2f..%2fetc%2fpasswd', '/.well-known/pay/../../alice')
    bad.push('*', 'alice', 'http://127.0.0.1/alice', '//127.0.0.1/alice', '/metrics', '/admin/v1/assets', '/console', '/%61dmin/v1/assets')
    const ask = async (path) => {
      const head = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${node.port}\r\nAccept: ${SPSP}\r\n\r\n`
      const { statuses } = await answers(node.port, head)
      assert.ok(statuses.length === 1 && [400, 404].includes(statuses[0]), `${path}: ${statuses}`)
    }
    await Promise.all(bad.map(ask))
    await isWell(node)
  },

  'what a proxy could read as another request is refused, and nothing after it is served': async (t) => {
    const { node } = await receivingNode(t)
    const host = `Host: 127.0.0.1:${node.port}\r\n`
    const hidden = `GET /health HTTP/1.1\r\n${host}\r\n`
    const post = (head, body = '') => `POST /ilp HTTP/1.1\r\n${host}Authorization: Bearer ${RECEIVED_TOKEN}\r\n${head}\r\n${body}`
    for (const bytes of [
      post('Content-Length: 5\r\nContent-Length: 6\r\n', 'aaaaa'),
      post('Content-Length: 5\r\nContent-Length: 5\r\n', 'aaaaa'),
      post('Content-Length: 5, 5\r\n', 'aaaaa'),
      post('Content-Length: +5\r\n', 'aaaaa'),
      post('Content-Length: 0x5\r\n', 'aaaaa'),
      post('Content-Length: -1\r\n'),
      post('Content-Length: 99999999999999999999\r\n'),
      post('Transfer-Encoding: chunked\r\n', '0\r\n\r\n'),
      post('Transfer-Encoding: chunked\r\nContent-Length: 5\r\n', '0\r\n\r\n'),
      post('Transfer-Encoding: identity\r\nContent-Length: 5\r\n', 'aaaaa'),
      post('Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n', 'aaaaa'),
      post('Transfer-Encoding : chunked\r\nContent-Length: 5\r\n', '0\r\n\r\n'),
      post('Content-Length : 5\r\n', 'aaaaa'),
      post(' Content-Length: 5\r\n', 'aaaaa'),
      post('X: a\r\n Content-Length: 5\r\n', 'aaaaa'),
      post('X\u0000Y: a\r\nContent-Length: 5\r\n', 'aaaaa'),
      post('X: a\rContent-Length: 5\r\n', ''),
      `GET /alice HTTP/1.1\r\n\r\n`,
      `GET /alice HTTP/1.1\r\n${host}Host: other\r\n\r\n`,
      `GET /alice HTTP/1.1\r\n${host}Authorization: Bearer a\r\nAuthorization: Bearer ${RECEIVED_TOKEN}\r\n\r\n`,
      `get /alice HTTP/1.1\r\n${host}\r\n`,
      `CONNECT 127.0.0.1:80 HTTP/1.1\r\n${host}\r\n`,
      `TRACE /alice HTTP/1.1\r\n${host}\r\n`,
      `GET /alice HTTP/2.0\r\n${host}\r\n`,
      `GET /alice HTTP/1.1 x\r\n${host}\r\n`
    ]) {
      const { statuses, text } = await answers(node.port, bytes + hidden)
      assert.ok(statuses.length <= 1, `${JSON.stringify(bytes)}: ${statuses}`)
      assert.ok(!text.includes('"status":"ok"'), 'the hidden request was served')
      for (const s of statuses) assert.ok(s >= 400 && s < 500 || s === 501 || s === 505, `${JSON.stringify(bytes)}: ${s}`)
    }
    await isWell(node)
  },

  'many slow bodies and headers are cut, and others are served meanwhile': async (t) => {
    const env = { FLORIN_LIMITS_BODY_S: '2', FLORIN_LIMITS_HEADER_S: '2' }
    const { node } = await receivingNode(t, { env })
    const head = `POST /ilp HTTP/1.1\r\nHost: 127.0.0.1:${node.port}\r\nAuthorization: Bearer ${RECEIVED_TOKEN}\r\n`
    const bodies = `${head}Content-Type: application/octet-stream\r\nContent-Length: 5000\r\n\r\n`
    const slow = await Promise.all(Array.from({ length: 120 }, () => RawConnection.open(node.port)))
    slow.forEach((c, i) => c.write(i % 2 ? bodies : 'GET /alice HTTP/1.1\r\n'))
    const drip = setInterval(() => slow.forEach((c) => c.socket.destroyed || c.write('x')), 100)
    t.defer(() => clearInterval(drip))
    for (let i = 0; i < 10; i++) await isWell(node)
    await until('the slow ones to be cut', () => slow.every((c) => c.socket.destroyed), 20000)
    clearInterval(drip)
    const metrics = await node.metrics()
    const cut = (kind) => Number(new RegExp(`florin_http_deadlines_total\\{of="${kind}"\\} (\\d+)`).exec(metrics)[1])
    assert.ok(cut('body') >= 60 && cut('header') >= 60, metrics)
    await isWell(node)
  },

  'connections above the limit are refused, and the operator still gets in': async (t) => {
    const env = { FLORIN_LIMITS_CONNECTIONS: '40', FLORIN_LIMITS_CONNECTIONS_PER_ADDRESS: '40' }
    const { node } = await receivingNode(t, { env })
    const all = await Promise.all(Array.from({ length: 90 }, () => RawConnection.open(node.port).catch(() => null)))
    const open = all.filter(Boolean)
    const ask = `GET /alice HTTP/1.1\r\nHost: 127.0.0.1:${node.port}\r\nAccept: ${SPSP}\r\n\r\n`
    const served = (await Promise.all(open.map((c) => (c.write(ask), c.answer(8000).then(() => 1, () => 0))))).reduce((a, b) => a + b, 0)
    assert.ok(served > 0 && served <= 40, `${served} were served`)
    assert.ok(/florin_http_connections_refused_total [1-9]/.test(await node.metrics()), 'counted, and the admin listener answers')
    await node.ok('balance', 'alice')
    for (const c of open) c.destroy()
    await until('room', async () => (await request(`${node.url}/alice`, { headers: { accept: SPSP } }).catch(() => ({}))).status === 200)
  },

  'the limits of the configuration are those that count': async (t) => {
    const env = { FLORIN_LIMITS_JSON_BYTES: '2048', FLORIN_LIMITS_JSON_DEPTH: '6', FLORIN_LIMITS_JSON_TOKENS: '200', FLORIN_LIMITS_METADATA_BYTES: '64', FLORIN_LIMITS_HEADER_FIELDS: '12' }
    const { node } = await receivingNode(t, { env })
    const create = (metadata) => node.admin('POST', '/incoming-payments', { walletAddress: 'alice', metadata })
    assert.equal((await create({ x: 'y'.repeat(56) })).status, 201, '64 bytes')
    const large = await create({ x: 'y'.repeat(57) })
    assert.deepEqual([large.status, large.json().error.description], [413, '"metadata" has more than 64 bytes'])
    // Of bytes, of depth, of tokens: none of them is looked into.
    for (const body of [{ x: 'y'.repeat(2048) }, { x: [[[[[[1]]]]]] }, { x: Array(200).fill(1) }]) {
      assert.equal((await node.admin('POST', '/incoming-payments', body)).status, 413, JSON.stringify(body).slice(0, 40))
    }
    const get = (fields) => answers(node.port, `GET /alice HTTP/1.1\r\nHost: 127.0.0.1:${node.port}\r\nAccept: ${SPSP}\r\n${'X-A: 1\r\n'.repeat(fields - 2)}\r\n`)
    assert.deepEqual((await get(12)).statuses, [200])
    assert.deepEqual((await get(13)).statuses, [431])
  },
}
