// Signed requests of which one thing is wrong, over HTTP, in profile `strict`: none is accepted, and
// none makes the server fail. MUTATIONS=100000 in the environment is the long run.

import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { Client } from './lib/client.js'
import { request, until } from './lib/http.js'
import { KeptConnection } from './lib/keepalive.js'

const MUTATIONS = Number(process.env.MUTATIONS ?? 3000)
const SEED = Number(process.env.SEED ?? randomInt(2 ** 31))
const CONNECTIONS = 24
const FRESH_S = 20 // a request is signed anew after this, since it must be wrong in one thing only

export const maxMs = 120000 + MUTATIONS * 10

/** Numbers below n from a seed, the same each time. */
function numbers(seed) {
  let state = seed >>> 0
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0
    let x = Math.imul(state ^ (state >>> 15), state | 1)
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61)
    return ((x ^ (x >>> 14)) >>> 0) % n
  }
}

/** The bytes of a request, and where the value of each part stands: {bytes, parts: {name: [from, to]}}. */
function bytesOf({ method, target, host, headers, body }) {
  const parts = {}
  let bytes = Buffer.alloc(0)
  const put = (text, name) => {
    const piece = Buffer.from(text)
    if (name) parts[name] = [bytes.length, bytes.length + piece.length]
    bytes = Buffer.concat([bytes, piece])
  }
  put(method, '@method')
  put(' ')
  put(target, '@target-uri')
  put(` HTTP/1.1\r\nHost: ${host}\r\n`)
  for (const [name, value] of Object.entries(headers)) {
    put(`${name}: `)
    put(value, name)
    put('\r\n')
  }
  put('\r\n')
  if (body) put(body, 'body')
  return { bytes, parts }
}

async function setup(t) {
  const node = await t.serving('wallet', {
    env: {
      FLORIN_AUTH_SIGNATURE_PROFILE: 'strict',
      FLORIN_LIMITS_REQUESTS_PER_ADDRESS_PER_S: '0',
      FLORIN_LIMITS_REQUESTS_PER_KEY_PER_S: '0',
      FLORIN_LIMITS_CONNECTIONS_PER_ADDRESS: '4096',
      FLORIN_SERVER_LOG_LEVEL: 'warn'
    }
  })
  await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
  await node.ok('wallet', 'add', 'bob', '--asset', 'USD')
  await node.ok('deposit', 'alice', '10.00')
  // A client whose keys are this node's own: nothing is fetched, and each refusal is the signature's.
  const client = new Client(`${node.url}/alice`)
  const added = await node.admin('POST', '/wallet-addresses/alice/keys', { jwk: client.jwk })
  assert.equal(added.status, 201, added.text())
  const receiver = (await node.ok('request', 'bob')).url
  const access = [
    { type: 'incoming-payment', actions: ['create', 'list'] },
    { type: 'quote', actions: ['create'] }
  ]
  const grant = (await client.grant(node, { access })).json()
  const alice = `${node.url}/alice`
  const token = grant.access_token.value
  const kinds = [
    { method: 'POST', path: '/op/incoming-payments', token, json: { walletAddress: alice, metadata: { note: 'order 7' } }, status: 201 },
    { method: 'GET', path: `/op/incoming-payments?wallet-address=${encodeURIComponent(alice)}&first=5`, token, status: 200 },
    { method: 'POST', path: '/op/quotes', token, status: 201,
      json: { walletAddress: alice, receiver, method: 'ilp', debitAmount: { value: '10', assetCode: 'USD', assetScale: 2 } } },
    { method: 'POST', path: '/auth', status: 200, json: { client: client.address, access_token: { access } } },
    // The last, since it ends the grant.
    { method: 'DELETE', path: new URL(grant.continue.uri).pathname, token: grant.continue.access_token.value, status: 204 }
  ]
  return { node, client, kinds }
}

/** A kind's request, signed now. `options` go to the client. */
function signed(node, client, { method, path, token, json }, options = {}) {
  const body = json && JSON.stringify(json)
  const headers = client.headers(method, `${node.url}${path}`, { token, body, ...options })
  return bytesOf({ method, target: path, host: new URL(node.url).host, headers, body })
}

const required = ({ token, json }) => ['@method', '@target-uri', ...(token ? ['authorization'] : []), ...(json ? ['content-digest'] : [])]
const present = (kind) => [...required(kind), ...(kind.json ? ['content-length', 'content-type'] : [])]

/** Each of what may be wrong: (node, client, kind, next) -> {bytes, about, alone}. */
function faults(node, client) {
  const stranger = new Client(client.address, client.kid)
  const now = () => Math.floor(Date.now() / 1000)
  const whole = (about) => (bytes) => ({ bytes: bytes.bytes, about })
  const kept = new Map()
  const fresh = (kind) => {
    const known = kept.get(kind)
    if (known && Date.now() - known.at < FRESH_S * 1000) return known.request
    const made = signed(node, client, kind)
    kept.set(kind, { at: Date.now(), request: made })
    return made
  }
  const byte = (names) => (kind, next) => {
    const { bytes, parts } = fresh(kind)
    const there = names.filter((n) => parts[n])
    if (!there.length) return null
    const name = there[next(there.length)]
    const [from, to] = parts[name]
    const at = from + next(to - from)
    const to8 = (bytes[at] + 1 + next(255)) % 256
    const changed = Buffer.from(bytes)
    changed[at] = to8
    // Lengths, blanks and ends of lines decide where a request ends: such a one has a connection of its
    // own, which the server may close without an answer.
    const alone = name === 'content-length' || (name !== 'body' && to8 <= 0x20)
    return { bytes: changed, about: `byte ${at - from} of ${name}: ${bytes[at]} to ${to8}`, alone, unknownMethod: name === '@method' }
  }
  const covered = ['@method', '@target-uri', 'authorization', 'content-digest', 'content-length', 'content-type', 'body']
  return [
    ['a byte of a covered value', byte(covered)],
    ['a byte of a covered value', byte(['@target-uri', 'authorization', 'content-digest', 'content-type', 'body'])],
    ['a byte of Signature', byte(['signature'])],
    ['a byte of Signature-Input', byte(['signature-input'])],
    ['a byte of Signature-Input', byte(['signature-input'])],
    ['a component is missing', (kind, next) => {
      const names = required(kind)
      const without = names[next(names.length)]
      return whole(`without ${without}`)(signed(node, client, kind, { covered: present(kind).filter((n) => n !== without) }))
    }],
    ['another key', (kind) => whole('another key')(signed(node, stranger, kind))],
    ['created long ago', (kind, next) => {
      const ago = 301 + next(1000000)
      return whole(`${ago} s ago`)(signed(node, client, kind, { created: now() - ago }))
    }],
    ['created in the future', (kind, next) => {
      const ahead = 180 + next(1000000)
      return whole(`${ahead} s ahead`)(signed(node, client, kind, { created: now() + ahead }))
    }]
  ]
}

export const tests = {
  [`${MUTATIONS} requests that are wrong in one thing`]: async (t) => {
    const { node, client, kinds } = await setup(t)
    const wrong = faults(node, client)
    const next = numbers(SEED)
    const isGood = async (kind) => {
      const line = new KeptConnection(node.port)
      const { status, body } = await line.send(signed(node, client, kind).bytes)
      line.close()
      assert.equal(status, kind.status, `${kind.method} ${kind.path}: ${body}`)
    }
    for (const kind of kinds.slice(0, -1)) await isGood(kind)

    const count = new Map()
    const statuses = new Map()
    const problems = []
    let left = MUTATIONS
    const begun = Date.now()
    const work = async () => {
      const line = new KeptConnection(node.port)
      while (left-- > 0 && problems.length < 10) {
        const kind = kinds[next(kinds.length)]
        const [name, make] = wrong[next(wrong.length)]
        const made = make(kind, next)
        if (!made) {
          left++
          continue
        }
        const { status, body } = await line.send(made.bytes, made)
        count.set(name, (count.get(name) ?? 0) + 1)
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
        // 501 is HTTP's answer to a method that nobody knows.
        const refused = (status >= 400 && status < 500) || (status === 0 && made.alone) || (status === 501 && made.unknownMethod)
        if (!refused) problems.push(`${kind.method} ${kind.path}, ${made.about}: ${status} ${body}`)
      }
      line.close()
    }
    await Promise.all(Array.from({ length: CONNECTIONS }, work))
    const seconds = ((Date.now() - begun) / 1000).toFixed(1)
    if (!node.child) problems.push(`the server has ended: ${JSON.stringify(await node.exited)}`)
    assert.equal(problems.join('\n'), '', `SEED=${SEED}`)
    for (const kind of kinds) await isGood(kind)
    if (process.env.MUTATIONS) {
      console.log(`seed ${SEED}, ${seconds} s`)
      for (const [name, n] of count) console.log(`${name}: ${n}`)
      for (const [status, n] of [...statuses].sort()) console.log(`status ${status}: ${n}`)
    }
    assert.equal((await request(`${node.url}/health`)).status, 200)
  },

  'a nonce is good once': async (t) => {
    const { node, client, kinds } = await setup(t)
    const other = new Client(client.address)
    await node.admin('POST', '/wallet-addresses/alice/keys', { jwk: other.jwk })
    const [create, list, , grant] = kinds
    const url = (kind) => `${node.url}${kind.path}`
    const send = (kind, options, by = client) => by.call(kind.method, url(kind), { token: kind.token, json: kind.json, ...options })
    const is = async (answer, status, text = '') => {
      const r = await answer
      assert.equal(r.status, status, r.text())
      assert.ok(r.text().includes(text), r.text())
    }
    const used = 'Signature validation error: the nonce was used before'
    await is(send(create, { nonce: 'n1' }), 201)
    await is(send(create, { nonce: 'n1' }), 401, used)
    // Also in another second, for another request, and at the authorization server.
    await is(send(list, { nonce: 'n1', created: Math.floor(Date.now() / 1000) - 5 }), 401, used)
    await is(send(grant, { nonce: 'n1' }), 401, 'the nonce was used before')
    await is(send(list, { nonce: 'n2' }), 200)
    await is(send(list, { nonce: 'n2' }), 401, used)
    await is(send(list, { nonce: 'n1' }, other), 200)
    // One that was signed badly has used nothing.
    const headers = client.headers('GET', url(list), { token: list.token, nonce: 'n3' })
    headers.signature = headers.signature.replace(/:.{4}/, ':AAAA')
    await is(request(url(list), { headers }), 401, 'Signature validation error')
    const good = client.headers('GET', url(list), { token: list.token, nonce: 'n3' })
    const answers = await Promise.all(Array.from({ length: 20 }, () => request(url(list), { headers: good })))
    assert.deepEqual(answers.map((r) => r.status).sort(), [200, ...Array(19).fill(401)])
    await node.stop()
    await node.serve()
    await is(request(url(list), { headers: good }), 401, used)
    await is(send(list), 200)
    await is(send(list), 200)
  },

  'no key may ask for more than its share': async (t) => {
    const { node, client, kinds } = await setup(t)
    const other = new Client(client.address)
    await node.admin('POST', '/wallet-addresses/alice/keys', { jwk: other.jwk })
    const thief = new Client(client.address, client.kid)
    await node.stop()
    await node.serve({ FLORIN_LIMITS_REQUESTS_PER_KEY_PER_S: '1' })
    const [, list, , grant] = kinds
    const send = (kind, by = client) => by.call(kind.method, `${node.url}${kind.path}`, { token: kind.token, json: kind.json })
    const limited = (kind) =>
      until('the limit', async () => {
        // More at once than a second's share, however slow the machine is.
        const answers = await Promise.all(Array.from({ length: 10 }, () => send(kind)))
        for (const r of answers) assert.ok([kind.status, 429].includes(r.status), r.text())
        return answers.find((r) => r.status === 429)
      })
    for (const [kind, code] of [[list, 'too_many_requests'], [grant, 'too_many_attempts']]) {
      const r = await limited(kind)
      assert.deepEqual(r.json(), { error: { code, description: 'more requests than allowed' } })
      assert.equal(r.headers['retry-after'], '1')
    }
    assert.match(await node.metrics(), /http_requests_limited_total [1-9]/)
    assert.equal((await send(list, other)).status, 200, 'another key has its own share')
    // Who does not have the key uses up nothing of its share: all are refused, and it still comes through.
    await until('a share', async () => {
      const wrong = await Promise.all(Array.from({ length: 10 }, () => send(list, thief)))
      assert.ok(wrong.every((r) => r.status === 401))
      return (await send(list)).status === 200
    })
  }
}
