// Every body and every parameter of the admin API, as /admin/v1/openapi.json has them, with each member in turn
// wrong: of another type, missing, too long, below zero, beyond what fits. Each is refused by a 4xx that
// names the member, nothing has changed, and nothing is a 5xx. A new call is covered by its description.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import http from 'node:http'
import { join } from 'node:path'
import { usd } from './lib/answers.js'
import { request } from './lib/http.js'
import { addPeer } from './lib/setups.js'

export const maxMs = 300000
const LONG = 'x'.repeat(40000)
const RAW = (text) => ({ raw: text }) // a JSON text that JSON.stringify does not write

/** What a member may be, so that all but the wrong one is right: by schema and name, else by its type. */
const GOOD = {
  name: 'fresh', code: 'CHF', scale: 2, assetCode: 'USD', user: 'alice', password: 'correct horse battery', ilpAddress: 'test.fresh',
  url: 'http://127.0.0.1:9/x', outgoingToken: 'a-token-out', incomingToken: 'a-token-in', secret: 'a-secret-of-an-endpoint', type: 'sending',
  types: ['key.added'], routes: ['test.fresh.a'], direction: 'received', destination: 'test.somebody', pair: 'USD/EUR', from: 'USD', to: 'EUR', by: 'x',
  walletAddress: 'alice', receiver: 'http://127.0.0.1:9/nobody', expiresAt: '2026-01-02T03:04:05.678Z',
  status: 'active', additionalProperties: [{ key: 'a', value: 'b', visible: true }], engineUrl: 'http://127.0.0.1:9/x',
  'DoubtRelease.to': 'peer', 'Reconcile.received': usd(0), 'InvitationAccept.url': 'http://127.0.0.1:9/ilp/invitations#token',
  'UrlOnly.url': 'http://127.0.0.1:9/ilp/invitations#token', 'SpreadNew.direction': 'in', 'ReceiverId.id': 'http://127.0.0.1:9/nobody',
  basisPoints: 5, watchSeconds: 5, file: 'relative/path', 'BackupNew.file': '/proc/nowhere/copy.db', graceSeconds: 5, overMs: 1000, expiresInS: 100
}

// Members of which only one may be given, or that switch something off: left out of the right body.
const LEFT_OUT = new Set(['clear', 'receiveAmount', 'jwk', 'seed', 'addIncomingToken', 'revokeIncomingToken', 'parent', 'child', 'engine', 'expiresAt'])

// Balances, which may be below zero.
const SIGNED = new Set(['settleThreshold', 'settleTo'])

class Api {
  /** good: what is right at this node alone, by the member's name. */
  constructor(document, good) {
    this.document = document
    this.known = { ...GOOD, ...good }
  }

  schema(s) {
    return s.$ref ? this.document.components.schemas[s.$ref.split('/').at(-1)] : s
  }

  typeOf(s) {
    if (s.$ref) return s.$ref.endsWith('/Amount') ? 'amount' : 'object'
    if (s.anyOf) return this.typeOf(s.anyOf[0])
    return s.enum ? 'enum' : s.format ?? s.type
  }

  good(name, member, s) {
    const known = this.known[`${name}.${member}`] ?? this.known[member]
    if (known !== undefined) return known
    if (s.anyOf) return this.good(name, member, s.anyOf[0])
    if (s.enum) return s.enum[0]
    switch (this.typeOf(s)) {
      case 'amount': return name === 'AssetNew' ? { ...usd(1), assetCode: 'CHF' } : usd(1)
      case 'uuid': return randomUUID()
      case 'date-time': return '2027-01-02T03:04:05.678Z'
      case 'integer': return 1
      case 'boolean': return false
      case 'array': return []
      case 'object': return {}
      default: return 'x'
    }
  }

  body(name, schema) {
    const all = {}
    for (const [member, s] of Object.entries(schema.properties ?? {})) {
      if (!LEFT_OUT.has(member) || schema.required?.includes(member)) all[member] = this.good(name, member, s)
    }
    return all
  }
}

const HUGE = '123456789012345678901234567890'
// What is no JSON, or none that is read: the refusal says where in the text.
const UNREADABLE = new RegExp(`\\\\u0000|\\\\ud800|1e400|[:[]${HUGE}`)
/** What is wrong for a member of a type: values, with whether a too large body may be told first. */
function wrongs(type, s) {
  const others = { string: ['x'], number: [7, 1.5, RAW('1e400')], boolean: [true], array: [[]], object: [{}] }
  const not = (...kinds) => Object.entries(others).filter(([k]) => !kinds.includes(k)).flatMap(([, v]) => v)
  switch (type) {
    case 'amount': {
      const amount = (more) => ({ ...usd(1), ...more })
      return [
        ...not('object'), {}, { value: '1' }, amount({ value: 1 }), amount({ value: '-1' }), amount({ value: '1.5' }), amount({ value: '' }),
        amount({ value: '01' }), amount({ value: '+1' }), amount({ value: '1e3' }), amount({ value: ' 1' }), amount({ value: null }),
        amount({ value: '9223372036854775808' }), amount({ value: HUGE }), amount({ value: 'x'.repeat(3000) }), amount({ assetCode: 7 }),
        amount({ assetCode: 'ZZZ' }), amount({ assetCode: '' }), amount({ assetCode: LONG }), amount({ assetScale: 3 }), amount({ assetScale: -1 }),
        amount({ assetScale: '2' }), amount({ assetScale: 1.5 }), amount({ assetScale: RAW(HUGE) }), amount({ else: 1 })
      ]
    }
    case 'integer': return [...not('number'), '7', -1, 1.5, RAW(HUGE), RAW('-9223372036854775808'), RAW('1e3'), RAW('1e400'), 2 ** 53 + 2]
    case 'boolean': return [...not('boolean'), 'true', 0]
    case 'enum': return [...not('string'), 'else', '', s.enum ? s.enum[0].toUpperCase() + 'x' : 'X', LONG]
    case 'uuid': case 'date-time': return [...not('string'), 'x', '', LONG]
    case 'array': return [...not('array'), [7], [null], [LONG], Array(20000).fill('x')]
    case 'object': return not('object')
    default: return [...not('string'), LONG, 'a\u0000b', 'a\u0007b', RAW('"\\ud800"')]
  }
}

/** JSON with RAW texts in it. */
function json(value) {
  const raws = []
  const text = JSON.stringify(value, (k, v) => {
    if (v === null || typeof v !== 'object' || typeof v.raw !== 'string' || Object.keys(v).length !== 1) return v
    raws.push(v.raw)
    return `@raw${raws.length - 1}@`
  })
  return text.replace(/"@raw(\d+)@"/g, (_, i) => raws[Number(i)])
}

const agent = new http.Agent({ keepAlive: true })
const raw = (node, method, path, text) =>
  request(`${node.adminUrl}/admin/v1${path}`, {
    agent,
    method: method.toUpperCase(),
    headers: { authorization: `Bearer ${node.adminToken()}`, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: text
  })

/** A hash of all that the store holds, but for its clock and what goes on by itself. */
function state(node) {
  return new Promise((done, fail) => {
    const args = ['-cmd', '.timeout 10000', join(node.dir, 'florin.db'), '.dump']
    execFile('sqlite3', args, { maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error) return fail(new Error(stderr))
      const passing = /^INSERT INTO (meta|delivery|webhook_endpoint|signature_nonce|history|rate_history) /
      const lines = stdout.split('\n').filter((l) => !passing.test(l))
      done(createHash('sha256').update(lines.join('\n')).digest('hex'))
    })
  })
}

async function setUp(t) {
  const node = await t.serving('bodies')
  await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
  await node.ok('wallet', 'add', 'bob', '--asset', 'USD')
  await node.ok('deposit', 'alice', '100.00')
  await node.ok('asset', 'deposit', 'USD', '100.00')
  await addPeer(node, 'acme', { creditLimit: '100.00' })
  const id = async (path, body) => (await node.admin('POST', path, body)).json().id
  const incoming = await id('/incoming-payments', { walletAddress: 'alice' })
  const quote = await id('/quotes', { walletAddress: 'alice', receiver: `${node.url}/bob`, debitAmount: usd(100) })
  const outgoing = await id('/outgoing-payments', { quoteId: quote })
  const withdrawal = await id('/wallet-addresses/alice/withdrawals', { amount: usd(1), timeoutSeconds: 3600 })
  const endpoint = await id('/webhook-endpoints', { url: 'http://127.0.0.1:9/x', secret: GOOD.secret, enabled: false })
  const event = (await node.admin('GET', '/events')).json().items[0].id
  const ids = {
    assets: 'USD', 'wallet-addresses': 'alice', peers: 'acme', 'incoming-payments': incoming, 'outgoing-payments': outgoing,
    quotes: quote, withdrawals: withdrawal, 'webhook-endpoints': endpoint, events: event
  }
  const at = (pattern) => pattern.replace('/admin/v1', '').replace(/\/([a-z-]+)\/\{id\}/, (_, kind) => `/${kind}/${ids[kind] ?? randomUUID()}`).replace(/\{\w+\}/g, () => randomUUID())
  return { node, at }
}

// Parameters without which nothing else is looked at.
const RIGHT = { from: 'USD', to: 'EUR' }

// Objects that there are none of here: a 404 may come before what is wrong with the body.
const NONE = ['/admin/v1/doubts/{id}/release', '/admin/v1/peers/{id}/settlements/{settlement}/end', '/admin/v1/webhook-endpoints/{id}/deliveries/{event}/redeliver', '/admin/v1/grants/{id}/revoke']

export const tests = {
  'each member of each body, wrong in each way': async (t) => {
    const { node, at } = await setUp(t)
    const api = new Api((await node.admin('GET', '/openapi.json')).json(), { walletAddressUrl: `${node.url}/alice` })
    const problems = []
    let tried = 0
    for (const [pattern, operations] of Object.entries(api.document.paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        const s = operation.requestBody?.content['application/json'].schema
        if (!s) continue
        const schema = api.schema(s)
        const name = s.$ref?.split('/').at(-1) ?? ''
        const good = api.body(name, schema)
        const path = at(pattern)
        const before = await state(node)
        const send = async (text, field, what) => {
          if (problems.some((p) => p.about === `${method} ${pattern} ${field}`)) return // one for each is enough
          tried++
          const r = await raw(node, method, path, text)
          const error = r.status >= 400 && r.status < 500 ? r.json().error : null
          const named = error?.details?.field ?? ''
          const missing = r.status === 404 && NONE.includes(pattern)
          const unreadable = field === null || text.length > 65536
          if (!error || (!missing && !unreadable && named !== field && !named.startsWith(`${field}.`)))
            problems.push({ about: `${method} ${pattern} ${field}`, text: `${method.toUpperCase()} ${path} ${what}: ${r.status} ${r.text().slice(0, 300)}` })
        }
        for (const [member, m] of Object.entries(schema.properties ?? {})) {
          const type = api.typeOf(m)
          for (const value of wrongs(type, m)) {
            if (SIGNED.has(member) && value?.value === '-1') continue
            const text = json({ ...good, [member]: value })
            await send(text, UNREADABLE.test(text) ? null : member, `${member} = ${json(value).slice(0, 80)}`)
          }
          if (schema.required?.includes(member)) {
            const { [member]: _, ...rest } = good
            await send(json(rest), member, `without ${member}`)
            if (!m.anyOf) await send(json({ ...good, [member]: null }), member, `${member} = null`)
          }
        }
        await send(json({ ...good, zzz: 1 }), 'zzz', 'with a member that there is not')
        for (const text of ['', '[]', '7', '"x"', 'null', '{', '{"a":1,"a":2}', `{"x":"${'y'.repeat(70000)}"}`, '[['.repeat(40)])
          if (text !== '' || schema.required?.length) await send(text, null, `the body ${text.slice(0, 20)}`)
        if ((await state(node)) !== before) problems.push({ text: `${method.toUpperCase()} ${path}: something has changed` })
      }
    }
    assert.equal(problems.length, 0, `${problems.length} of ${tried}:\n${problems.map((p) => p.text).join('\n')}`)
    assert.ok(tried > 1500, `${tried} were tried`)
    assert.equal((await node.stop()).code, 0)
  },

  'each parameter, wrong in each way': async (t) => {
    const { node, at } = await setUp(t)
    const { paths } = (await node.admin('GET', '/openapi.json')).json()
    const problems = []
    for (const [pattern, operations] of Object.entries(paths)) {
      const path = at(pattern)
      for (const [method, operation] of Object.entries(operations)) {
        for (const p of operation.parameters.filter((p) => p.in === 'query')) {
          const strict = p.schema.type === 'integer' || p.schema.enum || p.schema.format || p.name === 'cursor'
          const values = strict ? ['x', '', '-1', '1.5', ' 1', '18446744073709551616', LONG.slice(0, 1000)] : ['', LONG.slice(0, 1000), '\u0007', '%']
          const others = operation.parameters.filter((o) => o.in === 'query' && o !== p && o.name in RIGHT)
          const rest = others.map((o) => `&${o.name}=${RIGHT[o.name]}`).join('')
          for (const value of values) {
            const r = await node.admin(method.toUpperCase(), `${path}?${p.name}=${encodeURIComponent(value)}${rest}`)
            const field = r.status >= 400 ? r.json().error?.details?.field : undefined
            // A cursor may be any text where it is a name or a number of the list.
            const fine = strict && p.name !== 'cursor' ? r.status === 400 && field === p.name : r.status < 500
            if (!fine) problems.push(`${method.toUpperCase()} ${path}?${p.name}=${value.slice(0, 20)}: ${r.status} ${r.text().slice(0, 200)}`)
          }
        }
      }
    }
    assert.equal(problems.length, 0, `${problems.length}:\n${problems.slice(0, 60).join('\n')}`)
  }
}
