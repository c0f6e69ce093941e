// Several servers of the host are told of events: each with its own secret, filter and order, and none
// waits for another.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { request, sleep, until } from './lib/http.js'
import { Hook, hookEnv } from './lib/hook.js'

export const maxMs = 120000
const CONFIGURED = '00000000-0000-7000-8000-000000000001'
const ANY = 'http://127.0.0.1:9/hook'

async function host(t, env = {}) {
  const node = await t.serving('host', { env })
  await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
  await node.ok('wallet', 'add', 'bob', '--asset', 'USD')
  await node.ok('deposit', 'alice', '1000.00')
  return node
}

/** A server of the host that the node is told to tell. -> {hook, id, path} */
async function endpoint(t, node, { answer, ...more } = {}) {
  const hook = await new Hook(answer, null).listen()
  t.defer(() => hook.close())
  const r = await node.admin('POST', '/webhook-endpoints', { url: hook.url, ...more })
  assert.equal(r.status, 201, r.text())
  hook.secret = more.secret ?? r.json().secret
  node.secrets.add('the secret of an endpoint', hook.secret)
  return { hook, id: r.json().id, path: `/webhook-endpoints/${r.json().id}` }
}

const payBob = (node) => node.ok('pay', 'alice', `${node.url}/bob`, '--send', '1.00', '--yes')
const get = async (node, path) => (await node.admin('GET', path)).json()
const patch = async (node, path, body) => {
  const r = await node.admin('PATCH', path, body)
  assert.equal(r.status, 200, r.text())
  return r.json()
}
const idsOf = (hook) => hook.taken().map((e) => e.id)
const deliveries = async (node, path, state) => (await get(node, `${path}/deliveries?limit=100${state ? `&state=${state}` : ''}`)).items

/** All events of the feed from one on. */
async function feed(node, after) {
  return (await get(node, `/events?limit=100${after ? `&after=${after}` : ''}`)).items
}

export const tests = {
  'each endpoint has its own secret, filter, order and fate': async (t) => {
    const first = await new Hook().listen()
    t.defer(() => first.close())
    const node = await host(t, hookEnv(first))
    await payBob(node)
    const newest = (await feed(node)).at(-1).id
    const all = await endpoint(t, node)
    const some = await endpoint(t, node, { types: ['outgoing_payment.completed'], secret: 'a-secret-that-the-host-chose' })
    const broken = await endpoint(t, node, { answer: () => 500 })
    await payBob(node)
    await payBob(node)
    // What happened before an endpoint was there is not told it; the one of the configuration gets all.
    const since = await feed(node, newest)
    await until('the events', () => idsOf(all.hook).length === since.length && idsOf(some.hook).length === 2)
    await until('the first one', async () => idsOf(first).length === (await feed(node)).length)
    assert.deepEqual(new Set(idsOf(all.hook)), new Set(since.map((e) => e.id)))
    assert.deepEqual(idsOf(some.hook), since.filter((e) => e.type === 'outgoing_payment.completed').map((e) => e.id))
    first.check()
    all.hook.check()
    for (const hook of [some.hook, broken.hook]) assert.deepEqual(hook.problems, [])
    for (const d of all.hook.deliveries) assert.equal(d.body, first.deliveries.find((x) => x.event.id === d.event.id).body)
    // The broken one has had only the first event of each resource, and holds nobody back.
    await until('its refusals', async () => (await deliveries(node, broken.path)).some((e) => e.delivery.status === 500))
    assert.ok(broken.hook.deliveries.every((d) => d.event.sequence === 1))
    const waiting = await deliveries(node, broken.path, 'WAITING')
    assert.ok(waiting.length > 0 && waiting.every((e) => e.sequence > 1))
    assert.deepEqual((await deliveries(node, all.path)).map((e) => e.delivery.state), since.map(() => 'DELIVERED'))
    assert.equal((await deliveries(node, all.path, 'PENDING')).length, 0)
    // The feed shows the deliveries to the endpoint of the configuration.
    assert.ok((await node.ok('event', 'list', '--limit', '100')).items.every((e) => e.delivery.state === 'DELIVERED'))
    const list = (await node.ok('webhook', 'list')).items
    assert.deepEqual(list.map((e) => [e.id, e.url, e.configured, e.types]), [
      [CONFIGURED, first.url, true, null],
      [all.id, all.hook.url, false, null],
      [some.id, some.hook.url, false, ['outgoing_payment.completed']],
      [broken.id, broken.hook.url, false, null]
    ])
    assert.ok(list.every((e) => !('secret' in e)))
    // Mended, it gets everything, in order.
    broken.hook.answer = () => 200
    await node.ok('webhook', 'redeliver', broken.id, broken.hook.deliveries[0].event.id)
    for (const e of await deliveries(node, broken.path, 'PENDING')) await node.ok('webhook', 'redeliver', broken.id, e.id)
    await until('the rest', () => idsOf(broken.hook).length === since.length, 30000)
    broken.hook.check()
    assert.equal((await node.stop()).code, 0)
  },

  'off and on, changed, told again, removed': async (t) => {
    const node = await host(t)
    const { hook, id, path } = await endpoint(t, node)
    await payBob(node)
    await until('the events', () => idsOf(hook).length === 4)
    // Off: nothing comes; on again: all of it, also after a restart.
    assert.equal((await node.ok('webhook', 'set', id, '--enabled', 'off')).enabled, false)
    await payBob(node)
    await sleep(500)
    assert.equal(idsOf(hook).length, 4)
    assert.equal((await node.stop()).code, 0)
    await node.serve()
    assert.equal((await node.ok('webhook', 'set', id, '--enabled', 'on')).enabled, true)
    await until('what happened meanwhile', () => idsOf(hook).length === 8)
    hook.check()
    // Told again: the same body.
    const again = hook.deliveries[0].event.id
    const r = await node.admin('POST', `${path}/deliveries/${again}/redeliver`, {})
    assert.equal(r.status, 200, r.text())
    await until('it again', () => hook.deliveries.filter((d) => d.event.id === again).length === 2)
    const [a, b] = hook.deliveries.filter((d) => d.event.id === again)
    assert.equal(a.body, b.body)
    // A new secret: the old one still verifies (the hook knows no other), and then the new one does.
    const secret = (await node.ok('webhook', 'secret', id)).secret
    node.secrets.add('the new secret', secret)
    assert.notEqual(secret, hook.secret)
    await payBob(node)
    await until('more events', () => idsOf(hook).length === 12)
    assert.equal(hook.deliveries.at(-1).signature.split('v1=').length, 3)
    hook.secret = secret
    await payBob(node)
    await until('more events', () => idsOf(hook).length === 16)
    hook.check()
    // Elsewhere, and of fewer types.
    const other = await new Hook(undefined, secret).listen()
    t.defer(() => other.close())
    assert.deepEqual((await patch(node, path, { url: other.url, types: ['incoming_payment.completed'] })).types, ['incoming_payment.completed'])
    await payBob(node)
    await until('the event', () => idsOf(other).length === 1)
    assert.equal(other.taken()[0].type, 'incoming_payment.completed')
    assert.equal((await patch(node, path, { types: null })).types, null)
    // Removed: nothing comes any more, and it is not there.
    await node.ok('webhook', 'remove', id)
    await payBob(node)
    await sleep(500)
    assert.deepEqual([idsOf(hook).length, idsOf(other).length], [16, 1])
    for (const [method, where] of [['GET', ''], ['PATCH', ''], ['DELETE', ''], ['GET', '/deliveries'], ['POST', '/secret'], ['GET', `/deliveries/${again}`]])
      assert.equal((await node.admin(method, path + where, method === 'GET' || method === 'DELETE' ? undefined : {})).status, 404, method + where)
    assert.equal((await node.stop()).code, 0)
  },

  'every event arrives at each although the node is killed': async (t) => {
    const node = await host(t)
    const [one, two] = [await endpoint(t, node), await endpoint(t, node)]
    for (let round = 0; round < 3; round++) {
      if (round > 0) await node.serve({ FLORIN_FAILPOINT: `hook.after_200:${round + 1}:kill` })
      for (let i = 0; i < 3 && node.child; i++) await node.cli('--json', 'pay', 'alice', `${node.url}/bob`, '--send', '1.00', '--yes')
      await node.kill()
    }
    await node.serve()
    const all = (await feed(node)).map((e) => e.id)
    await until('the events', () => [one, two].every(({ hook }) => idsOf(hook).length === all.length), 60000)
    for (const { hook } of [one, two]) {
      assert.deepEqual(new Set(idsOf(hook)), new Set(all))
      hook.check()
    }
  },

  'what is refused, and that no secret is told twice': async (t) => {
    const node = await host(t)
    const says = async (method, path, body, status, field, code) => {
      const before = await get(node, '/webhook-endpoints')
      const r = await node.admin(method, path, body)
      assert.equal(r.status, status, `${method} ${path} ${JSON.stringify(body)}: ${r.text()}`)
      if (field) assert.equal(r.json().error.details.field, field, r.text())
      if (code) assert.equal(r.json().error.code, code)
      assert.deepEqual(await get(node, '/webhook-endpoints'), before)
    }
    const { id, path } = await endpoint(t, node)
    const url = ANY
    for (const [body, field] of [
      [{}, 'url'], [{ url: '' }, 'url'], [{ url: 'x' }, 'url'], [{ url: 'ftp://a.example/x' }, 'url'], [{ url: 7 }, 'url'], [{ url: null }, 'url'],
      [{ url: `http://127.0.0.1/${'x'.repeat(2048)}` }, 'url'], [{ url: 'https://user:secret@a.example/' }, 'url'],
      [{ url, types: [] }, 'types'], [{ url, types: ['x'] }, 'types'], [{ url, types: [1] }, 'types'], [{ url, types: 'key.added' }, 'types'],
      [{ url, types: Array(100).fill('key.added') }, 'types'], [{ url, types: [null] }, 'types'],
      [{ url, enabled: 'yes' }, 'enabled'], [{ url, secret: 'short' }, 'secret'], [{ url, secret: 'x'.repeat(257) }, 'secret'],
      [{ url, secret: `${'x'.repeat(16)}  ${'y'.repeat(16)}` }, 'secret'], [{ url, secret: `${'x'.repeat(16)} ${'y'.repeat(16)} ${'z'.repeat(16)}` }, 'secret'],
      [{ url, secret: ` ${'x'.repeat(16)}` }, 'secret'], [{ url, else: 1 }, 'else']
    ]) {
      for (const [method, where] of [['POST', '/webhook-endpoints'], ['PATCH', path]]) {
        if (method === 'PATCH' && (body.url ?? null) === null) continue
        const r = await node.admin(method, where, body)
        assert.ok([400, 413, 422].includes(r.status), `${method} ${JSON.stringify(body)}: ${r.status} ${r.text()}`)
        assert.equal(r.json().error.details.field, field, r.text())
      }
    }
    assert.equal((await get(node, '/webhook-endpoints')).items.length, 2)
    for (const [method, where] of [['PATCH', ''], ['DELETE', ''], ['POST', '/secret']])
      await says(method, `/webhook-endpoints/${CONFIGURED}${where}`, method === 'DELETE' ? undefined : {}, 409, null, 'wrong_state')
    await says('POST', `${path}/deliveries/${randomUUID()}/redeliver`, {}, 404)
    await says('GET', `${path}/deliveries?state=DONE`, undefined, 400, 'state')
    await says('GET', `${path}/deliveries?cursor=x`, undefined, 400, 'cursor')
    await says('GET', `${path}/deliveries?cursor=${randomUUID()}`, undefined, 400, 'cursor')
    assert.equal((await request(`${node.adminUrl}/admin/v1/webhook-endpoints`)).status, 401)
    const key = { 'idempotency-key': randomUUID() }
    const made = (await node.admin('POST', '/webhook-endpoints', { url }, key)).json()
    node.secrets.add('the secret of an endpoint', made.secret)
    assert.match(made.secret, /^[\w-]{40,}$/)
    const twice = (await node.admin('POST', '/webhook-endpoints', { url }, key)).json()
    node.secrets.add('the secret of an endpoint', twice.secret)
    assert.notEqual(twice.secret, made.secret, 'the first answer is not kept')
    assert.ok(!('secret' in (await get(node, `/webhook-endpoints/${made.id}`))))
    assert.ok(!('secret' in (await patch(node, `/webhook-endpoints/${made.id}`, { secret: 'a-secret-that-is-not-shown' }))))
    // As many as there may be.
    let last
    for (let i = 0; i < 20; i++) {
      last = await node.admin('POST', '/webhook-endpoints', { url, secret: 'a-secret-of-many-endpoints' })
      if (last.status !== 201) break
    }
    assert.equal(last.status, 413, last.text())
    assert.equal((await get(node, '/webhook-endpoints')).items.length, 16)
    await node.ok('webhook', 'remove', id)
    assert.equal((await node.admin('POST', '/webhook-endpoints', { url, secret: 'a-secret-of-many-endpoints' })).status, 201)
    assert.equal((await node.stop()).code, 0)
  }
}
