// The admin API under attack: amounts in every spelling but the one, bodies that are too long, too
// deep or of another kind, keys used twice, paths that try to be others.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { RawConnection, request } from './lib/http.js'
import { addPeer, books, changesNothing } from './lib/setups.js'

const MAX = (1n << 63n) - 1n
const usd = (value) => ({ value, assetCode: 'USD', assetScale: 2 })

async function operated(t) {
  const node = await t.serving('admin')
  await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
  await node.ok('deposit', 'alice', '100.00')
  await addPeer(node, 'sender', {})
  return node
}

/** A call whose body is exactly this text. */
function raw(node, method, path, text, headers = {}) {
  return request(`${node.adminUrl}/admin/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${node.adminToken()}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
      ...headers
    },
    body: text
  })
}

function isRefusal(r, what) {
  assert.ok(r.status >= 400 && r.status < 500, `${what}: ${r.status} ${r.text()}`)
  const { error } = r.json()
  assert.ok(error.code && error.description, what)
}

const deposits = '/wallet-addresses/alice/deposits'

export const tests = {
  'an amount is digits and nothing else': async (t) => {
    const node = await operated(t)
    const values = ['1e3', '+1', ' 1', '1 ', '01', '00', '-1', '-0', '1.0', '1,0', '0x10', '', '٣', '1\u0000', 'NaN', '1_000']
    values.push(String(MAX + 1n), String((1n << 64n) + 5n), '9'.repeat(400))
    const bodies = values.map((v) => JSON.stringify({ amount: usd(v) }))
    bodies.push('{"amount":{"value":1000,"assetCode":"USD","assetScale":2}}')
    bodies.push('{"amount":{"value":1e3,"assetCode":"USD","assetScale":2}}')
    bodies.push('{"amount":{"value":["1"],"assetCode":"USD","assetScale":2}}')
    bodies.push('{"amount":{"value":null,"assetCode":"USD","assetScale":2}}')
    bodies.push('{"amount":"1000"}', '{"amount":1000}', '{"amount":[]}', '{"amount":{}}')
    for (const scale of ['3', '"2"', '2.0', '-2', '258', '18446744073709551618', 'null']) {
      bodies.push(`{"amount":{"value":"1","assetCode":"USD","assetScale":${scale}}}`)
    }
    for (const code of ['EUR', 'usd', 'USD ', '', 'U\u0000SD']) {
      bodies.push(JSON.stringify({ amount: { value: '1', assetCode: code, assetScale: 2 } }))
    }
    bodies.push(JSON.stringify({ amount: { ...usd('1'), extra: 1 } }))
    bodies.push(JSON.stringify({ amount: usd('1'), extra: 1 }))
    bodies.push('{"amount":{"value":"1","value":"2","assetCode":"USD","assetScale":2}}')
    await changesNothing(node, async () => {
      for (const body of bodies) {
        for (const path of [deposits, '/wallet-addresses/alice/withdrawals', '/assets/USD/liquidity/deposits']) {
          isRefusal(await raw(node, 'POST', path, body), `${path} ${body}`)
        }
        const peer = `{"direction":"received",${body.slice(1)}`
        isRefusal(await raw(node, 'POST', '/peers/sender/settlements', peer), peer)
      }
      for (const value of ['0', String(MAX)]) {
        // Nothing, and what would pass the most that exists.
        const r = await raw(node, 'POST', deposits, JSON.stringify({ amount: usd(value) }))
        isRefusal(r, value)
      }
    })
  },

  'peers take no credit limit, cap or spread out of range': async (t) => {
    const node = await operated(t)
    await changesNothing(node, async () => {
      for (const body of [
        { creditLimit: usd('-1') },
        { creditLimit: usd(String(MAX + 1n)) },
        { creditLimit: { ...usd('1'), assetScale: 3 } },
        { maxPacketAmount: usd('1e3') },
        { spreadBps: -1 },
        { spreadBps: 10001 },
        { spreadBps: 1.5 },
        { spreadBps: '5' },
        { routes: ['test..x'] },
        { routes: [7] },
        { routes: 'test.x' },
        { routes: Array.from({ length: 2000 }, (_, i) => `test.r${i}`) },
        { incomingToken: '' },
        { incomingToken: 'a b' },
        { incomingToken: 'x'.repeat(2000) },
        { outgoingToken: 'line\r\nbreak: x' },
        { url: 'ftp://127.0.0.1/ilp' },
        { url: 'http://user:pw@127.0.0.1/ilp' },
        { url: `http://127.0.0.1/${'x'.repeat(3000)}` },
        { ilpAddress: 'test.other' },
        { parent: true },
        { name: 'other' }
      ]) {
        isRefusal(await raw(node, 'PATCH', '/peers/sender', JSON.stringify(body)), JSON.stringify(body).slice(0, 80))
      }
    })
  },

  'one idempotency key is one effect, and no other body': async (t) => {
    const node = await operated(t)
    const key = { 'idempotency-key': randomUUID() }
    const body = JSON.stringify({ amount: usd('500') })
    const all = await Promise.all(Array.from({ length: 32 }, () => raw(node, 'POST', deposits, body, key)))
    for (const r of all) assert.deepEqual([r.status, r.text()], [all[0].status, all[0].text()])
    assert.equal(all[0].status, 201)
    assert.equal(await node.balance('alice'), 10500n)
    await changesNothing(node, async () => {
      for (const [path, other] of [
        [deposits, JSON.stringify({ amount: usd('501') })],
        ['/wallet-addresses/alice/withdrawals', body],
        ['/assets/USD/liquidity/deposits', body]
      ]) {
        assert.equal((await raw(node, 'POST', path, other, key)).status, 409, path)
      }
      for (const bad of ['x', '', '00000000', `${randomUUID()}0`, randomUUID().replaceAll('-', '')]) {
        isRefusal(await raw(node, 'POST', deposits, body, { 'idempotency-key': bad }), `key "${bad}"`)
      }
      const without = await request(`${node.adminUrl}/admin/v1${deposits}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${node.adminToken()}`, 'content-type': 'application/json' },
        body
      })
      isRefusal(without, 'no key where money moves')
    })
    // A refusal used nothing up: the same key serves once the body is good.
    const fresh = { 'idempotency-key': randomUUID() }
    const much = JSON.stringify({ amount: usd('999999999') })
    assert.equal((await raw(node, 'POST', '/wallet-addresses/alice/withdrawals', much, fresh)).status, 422)
    await node.ok('deposit', 'alice', '9999999.99')
    assert.equal((await raw(node, 'POST', '/wallet-addresses/alice/withdrawals', much, fresh)).status, 201)
  },

  'names, texts and bodies have an end': async (t) => {
    const node = await operated(t)
    await changesNothing(node, async () => {
      for (const name of ['a'.repeat(64), 'a'.repeat(60000), 'á', 'a/b', 'a b', '', '-a', 'A', '..', 'auth', 'a\u0000b']) {
        isRefusal(await raw(node, 'POST', '/wallet-addresses', JSON.stringify({ name, assetCode: 'USD' })), name.slice(0, 70))
      }
      const long = { name: 'carol', assetCode: 'USD', publicName: 'x'.repeat(129) }
      isRefusal(await raw(node, 'POST', '/wallet-addresses', JSON.stringify(long)), 'publicName')
      isRefusal(await raw(node, 'POST', '/wallet-addresses', JSON.stringify({ ...long, publicName: 'a\nb' })), 'line break')
      const deep = (n) => '{"a":'.repeat(n) + '1' + '}'.repeat(n)
      for (const body of [
        deep(17),
        deep(5000),
        '['.repeat(60000),
        '{"name":"x","assetCode":"USD","metadata":' + '[1,'.repeat(3000) + '1' + ']'.repeat(3000) + '}',
        `{"name":"${'\\u0000'.repeat(10)}","assetCode":"USD"}`,
        '{"name":"\ud800","assetCode":"USD"}',
        '\ufeff{"name":"x","assetCode":"USD"}',
        '{"name":"x","assetCode":"USD"} ,',
        '{"name":"x","assetCode":"USD"}{}',
        "{'name':'x'}",
        'null',
        '""',
        '1'
      ]) {
        isRefusal(await raw(node, 'POST', '/wallet-addresses', body), body.slice(0, 60))
      }
      const bytes = Buffer.concat([Buffer.from('{"name":"x","assetCode":"USD","publicName":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')])
      isRefusal(await raw(node, 'POST', '/wallet-addresses', bytes), 'not UTF-8')
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonx', '']) {
        const r = await raw(node, 'POST', '/wallet-addresses', '{"name":"x","assetCode":"USD"}', { 'content-type': type })
        assert.equal(r.status, 415, `"${type}": ${r.status}`)
      }
      const large = await raw(node, 'POST', '/wallet-addresses', JSON.stringify({ name: 'x'.repeat(200000) }))
      assert.equal(large.status, 413)
    })
  },

  'ids, cursors and queries that are nonsense are refused': async (t) => {
    const node = await operated(t)
    const before = await books(node)
    for (const [method, path] of [
      ['GET', '/payments/nothing'],
      ['GET', `/payments/${randomUUID()}`],
      ['GET', '/payments/%27%20OR%201=1--'],
      ['GET', `/quotes/${randomUUID()}`],
      ['POST', `/doubts/${randomUUID()}/release`],
      ['GET', '/wallet-addresses/nobody/balance'],
      ['GET', '/payments?limit=0'],
      ['GET', '/payments?limit=-1'],
      ['GET', '/payments?limit=1e1'],
      ['GET', '/payments?limit=99999999999999999999'],
      ['GET', '/payments?cursor=%00'],
      ['GET', '/payments?cursor=../../x'],
      ['GET', '/payments?limit=1&limit=2'],
      ['GET', '/routes/explain'],
      ['GET', '/routes/explain?destination=test..x'],
      ['GET', '/receivers/resolve?pointer='],
      ['DELETE', '/peers/nobody'],
      ['PATCH', '/peers/nobody'],
      ['GET', '/outgoing-payments?walletAddress=nobody']
    ]) {
      const body = method === 'GET' || method === 'DELETE' ? undefined : '{}'
      isRefusal(await raw(node, method, path, body), `${method} ${path}`)
    }
    assert.deepEqual(await books(node), before)
  },

  'no spelling of a path leads past the token': async (t) => {
    const node = await operated(t)
    const paths = ['/admin/v1/assets', '//admin/v1/assets', '/admin//v1/assets', '/admin/v1/./assets']
    paths.push('/health/../admin/v1/assets', '/admin/v1/x/../assets', '/admin/v1/..;/v1/assets', '/health/..;/admin/v1/assets')
    paths.push('/%61dmin/v1/assets', '/admin%2fv1%2fassets', '/health%2f..%2fadmin/v1/assets', '/health/%2e%2e/admin/v1/assets')
    paths.push('/ADMIN/v1/assets', '/admin/v1/assets/', '/admin/v1/assets%00', '/admin/v1/assets;x=1', '/admin/v1/assets%3f', '\\admin\\v1\\assets')
    for (const path of paths) {
      const c = await RawConnection.open(node.adminPort)
      c.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${node.adminPort}\r\n\r\n`)
      const { status, body } = await c.answer()
      c.destroy()
      assert.ok([400, 401, 404].includes(status), `${path}: ${status} ${body}`)
      assert.ok(!body.toString().includes('"items"'), path)
    }
  }
}
