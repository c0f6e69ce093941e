// What happened reaches the host: signed, at least once, in order for each resource, whatever the
// host or a kill does; and the feed says the same.

import assert from 'node:assert/strict'
import http from 'node:http'
import { randomUUID } from 'node:crypto'
import { freePort, request, sleep, until } from './lib/http.js'
import { Hook, hookEnv } from './lib/hook.js'

export const maxMs = 180000

async function node(t, hook, env = {}) {
  const n = await t.serving('host', { env: { ...(hook ? hookEnv(hook) : {}), ...env } })
  await n.ok('wallet', 'add', 'alice', '--asset', 'USD')
  await n.ok('wallet', 'add', 'bob', '--asset', 'USD')
  await n.ok('deposit', 'alice', '1000.00')
  return n
}

async function hooked(t, answer) {
  const hook = await new Hook(answer).listen()
  t.defer(() => hook.close())
  return hook
}

// four events: of the outgoing payment, and of the incoming payment that is made for it
const payBob = (n) => n.ok('pay', 'alice', `${n.url}/bob`, '--send', '1.00', '--yes')

async function feed(n) {
  const all = []
  for (let after = ''; ; after = `&after=${all.at(-1).id}`) {
    const r = await n.admin('GET', `/events?limit=3${after}`)
    assert.equal(r.status, 200)
    const { items, nextCursor } = r.json()
    all.push(...items)
    if (nextCursor === null) return all
    assert.equal(nextCursor, all.at(-1).id)
  }
}

/** A live follower: its events as they come. */
function follow(n, headers = {}) {
  const live = { events: [], ids: [], ended: false }
  live.ready = new Promise((ready, fail) => {
    const url = `${n.adminUrl}/admin/v1/events`
    const accept = { authorization: `Bearer ${n.adminToken()}`, accept: 'text/event-stream' }
    live.request = http.get(url, { headers: { ...accept, ...headers }, agent: false }, (res) => {
      live.status = res.statusCode
      let text = ''
      res.on('data', (c) => {
        text += c
        for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
          const fields = Object.fromEntries(text.slice(0, end).split('\n').map((l) => [l.slice(0, l.indexOf(':')), l.slice(l.indexOf(':') + 2)]))
          text = text.slice(end + 2)
          if (!fields.data) continue
          live.ids.push(fields.id)
          live.events.push({ ...JSON.parse(fields.data), named: fields.event })
        }
      })
      res.on('error', () => {})
      res.on('close', () => (live.ended = true))
      ready(live)
    })
    live.request.on('error', fail)
  })
  return live.ready
}

export const tests = {
  'webhook, feed and stream say the same': async (t) => {
    const hook = await hooked(t)
    const n = await node(t, hook)
    const live = await follow(n)
    assert.equal(live.status, 200)
    await payBob(n)
    await payBob(n)
    await until('the events', () => hook.taken().length >= 8 && live.events.length >= 8)
    const all = await feed(n)
    const payments = all.filter((e) => e.type.startsWith('outgoing_payment.'))
    assert.deepEqual(payments.map((e) => e.type), ['created', 'completed', 'created', 'completed'].map((x) => `outgoing_payment.${x}`))
    for (const e of payments) {
      const d = hook.deliveries.find((x) => x.event.id === e.id)
      assert.deepEqual(d.event, e)
      assert.deepEqual(live.events.find((x) => x.id === e.id), { ...e, named: e.type })
    }
    assert.deepEqual(payments[1].data.sentAmount, { value: '100', assetCode: 'USD', assetScale: 2 })
    assert.equal(payments[1].data.state, 'COMPLETED')
    // From any place on, and by the header that browsers send.
    const again = await follow(n, { 'last-event-id': payments[1].id })
    const rest = all.slice(all.findIndex((e) => e.id === payments[1].id) + 1)
    await until('the events', () => again.events.length >= rest.length)
    assert.deepEqual(again.ids, rest.map((e) => e.id))
    again.request.destroy()
    const { code } = await n.stop()
    assert.equal(code, 0)
    await until('the events', () => live.ended)
    hook.check()
  },

  'the feed of one type is exactly those of it': async (t) => {
    const hook = await hooked(t)
    const n = await node(t, hook)
    await payBob(n)
    await payBob(n)
    assert.notEqual((await n.cli('--json', 'pay', 'alice', `${n.url}/nobody`, '--send', '1.00', '--yes')).code, 0)
    await until('the events', async () => (await n.admin('GET', '/events?state=PENDING')).json().items.length === 0)
    const all = (await n.admin('GET', '/events?include=delivery')).json().items
    const [configured] = (await n.admin('GET', '/webhook-endpoints')).json().items
    for (const type of [...new Set(all.map((e) => e.type)), 'peer.down', 'grant.revoked']) {
      const fits = all.filter((e) => e.type === type)
      for (const path of ['/events?include=delivery&', `/webhook-endpoints/${configured.id}/deliveries?`]) {
        for (const order of ['asc', 'desc']) {
          const got = []
          for (let cursor = ''; cursor !== null; ) {
            const page = (await n.admin('GET', `${path}type=${type}&order=${order}&limit=1${cursor && `&cursor=${cursor}`}`)).json()
            got.push(...page.items)
            cursor = page.nextCursor
          }
          assert.deepEqual(order === 'asc' ? got : got.reverse(), fits, `${path}${type}`)
        }
      }
      assert.deepEqual((await n.admin('GET', `/events?type=${type}&state=PARKED`)).json().items, [])
      for (const e of fits) {
        const of = (await n.admin('GET', `/events?type=${type}&resource=${all.find((o) => o.id === e.id).data.id}`)).json().items
        assert.ok(of.some((o) => o.id === e.id) && of.every((o) => o.type === type), type)
      }
      assert.deepEqual((await n.ok('event', 'list', '--type', type)).items.map((e) => e.id), fits.map((e) => e.id))
    }
    assert.equal((await n.cli('event', 'list', '--type', 'payment')).code, 1)
  },

  'the feed refuses what it does not know': async (t) => {
    const n = await node(t, null)
    for (const [query, status] of [
      ['type=', 400], ['type=outgoing_payment', 400], ['type=OUTGOING_PAYMENT.CREATED', 400], ['type=x&state=PARKED', 400], ['after=x', 400], [`after=${randomUUID()}`, 404], ['state=DONE', 400], ['include=all', 400], ['resource=x', 400],
      [`state=PARKED&resource=${randomUUID()}`, 400], ['limit=0', 400]
    ]) {
      assert.equal((await n.admin('GET', `/events?${query}`)).status, status, query)
    }
    assert.equal((await n.admin('GET', `/events/${randomUUID()}`)).status, 404)
    assert.equal((await n.admin('POST', `/events/${randomUUID()}/redeliver`, {})).status, 404)
    assert.deepEqual((await n.admin('GET', '/events?type=key.lost')).json().error.details, { field: 'type' })
    const stream = { authorization: `Bearer ${n.adminToken()}`, accept: 'text/event-stream' }
    for (const name of ['type=key.added', 'state=PENDING', `resource=${randomUUID()}`]) {
      assert.equal((await request(`${n.adminUrl}/admin/v1/events?${name}`, { headers: stream })).status, 400, name)
    }
    assert.equal((await follow(n, { 'last-event-id': randomUUID() })).status, 404)
    assert.equal((await request(`${n.adminUrl}/admin/v1/events`)).status, 401)
  },

  'a host that refuses, hangs, redirects and drops gets each event in the end, in order': async (t) => {
    const first = [500, 302, null, 'hang']
    let turn = 0
    const hook = await hooked(t, async (event, nth) => {
      if (nth > 0) return 200
      const way = first[turn++ % first.length]
      if (way !== 'hang') return way
      await sleep(4000) // beyond the node's patience
      return 200
    })
    const n = await node(t, hook)
    for (let i = 0; i < 4; i++) await payBob(n)
    await until('the events', () => hook.taken().length >= 16 && hook.deliveries.every((d) => d.status !== undefined), 120000)
    hook.check()
    for (const e of hook.taken()) assert.ok(hook.deliveries.filter((d) => d.event.id === e.id).length >= 1)
    await until('the events', async () => (await n.ok('event', 'list')).items.every((e) => e.delivery.state === 'DELIVERED'))
  },

  'one event that is never taken holds back only its own resource': async (t) => {
    let poison = null
    const hook = await hooked(t, (event) => {
      poison ??= event.data.id
      return event.data.id === poison ? 500 : 200
    })
    const n = await node(t, hook)
    await payBob(n)
    await until('the events', () => poison !== null)
    for (let i = 0; i < 3; i++) await payBob(n)
    await until('the events', () => hook.taken().length >= 14)
    assert.ok(hook.deliveries.every((d) => d.event.data.id !== poison || d.event.sequence === 1))
    const waiting = (await n.ok('event', 'list', '--state', 'WAITING')).items
    assert.deepEqual(waiting.map((e) => e.data.id), [poison])
    hook.check()
  },

  'a host that is down for a while': async (t) => {
    const port = await freePort()
    const n = await node(t, { url: `http://127.0.0.1:${port}/hook` })
    await payBob(n)
    await sleep(1500)
    assert.equal((await n.ok('event', 'list', '--state', 'PENDING')).items.length, 2, 'the first of each resource')
    const hook = await new Hook().listen(port)
    t.defer(() => hook.close())
    await payBob(n)
    await until('the events', () => hook.taken().length >= 8, 30000)
    hook.check()
  },

  'each event arrives although the node is killed again and again': async (t) => {
    const hook = await hooked(t)
    const n = await node(t, hook)
    let paid = 0
    for (let round = 0; round < 5; round++) {
      const env = round % 2 ? { FLORIN_FAILPOINT: 'hook.after_200:2:kill' } : {}
      if (round > 0) await n.serve(env)
      for (let i = 0; i < 3 && n.child; i++) {
        const r = await n.cli('--json', 'pay', 'alice', `${n.url}/bob`, '--send', '1.00', '--yes')
        if (r.code === 0) paid++
      }
      if (round % 2) await Promise.race([n.exited, sleep(5000)])
      await n.kill()
    }
    await n.serve()
    await until('the events', async () => (await n.ok('event', 'list', '--limit', '100')).items.every((e) => e.delivery.state === 'DELIVERED'), 60000)
    const all = await feed(n)
    assert.ok(all.length >= 2 * paid && paid > 0)
    assert.deepEqual(new Set(hook.taken().map((e) => e.id)), new Set(all.map((e) => e.id)))
    assert.ok(hook.deliveries.length > all.length, 'a kill after the host took it sends it again')
    hook.check()
  },

  'asked for again, it comes again with the same id': async (t) => {
    const hook = await hooked(t)
    const n = await node(t, hook)
    await payBob(n)
    await until('the events', () => hook.taken().length >= 2)
    const id = hook.taken()[0].id
    await until('the events', async () => (await n.ok('event', 'list')).items.every((e) => e.delivery.state === 'DELIVERED'))
    await n.ok('event', 'redeliver', id)
    await until('the events', () => hook.deliveries.filter((d) => d.event.id === id).length === 2)
    const [a, b] = hook.deliveries.filter((d) => d.event.id === id)
    assert.equal(a.body, b.body)
  },

  'a webhook needs a secret, and an address that may be called': async (t) => {
    const n = await t.node('host')
    for (const [env, what] of [
      [{ FLORIN_WEBHOOKS_URL: 'http://127.0.0.1:1/x' }, /webhooks\] secret/],
      [{ FLORIN_WEBHOOKS_URL: 'https://127.0.0.1:1/x', FLORIN_WEBHOOKS_SECRET: 'x', FLORIN_SERVER_DEV: 'no', FLORIN_SERVER_PUBLIC_URL: 'https://a.example' }, /webhooks\] url/]
    ]) {
      await assert.rejects(n.serve(env), what)
    }
  }
}
