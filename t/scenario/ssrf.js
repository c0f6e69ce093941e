// Nobody makes this node call what it may not: every way to spell or reach a blocked address, at every place
// that takes an address.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { Client } from './lib/client.js'
import { Canary, fakeNames } from './lib/names.js'
import { request, until } from './lib/http.js'
import { serving } from './lib/server.js'

const STRICT = { FLORIN_SERVER_DEV: 'no', FLORIN_SERVER_PUBLIC_URL: 'https://wallet.example' }
const USD = { assetCode: 'USD', assetScale: 2 }
const CODES = ['blocked', 'malformed']

/** A refusal of the admin API: typed, and about that member. */
function refused(r, field, what) {
  assert.ok(r.status >= 400 && r.status < 500, `${what}: ${r.status} ${r.text()}`)
  const { error } = r.json()
  assert.ok(CODES.includes(error.code), `${what}: ${r.text()}`)
  assert.equal(error.details?.field, field, `${what}: ${r.text()}`)
}

const peer = (name, url) => ({
  ...{ name, assetCode: 'USD', ilpAddress: `test.${name}`, url },
  ...{ outgoingToken: 'token-out', incomingToken: `token-${name}` }
})

let count = 0

/** A signed request to a node whose public address may be another than the one it listens on. */
function signed(client, node, path, json, token) {
  const body = JSON.stringify(json)
  const headers = client.headers('POST', `${node.env.FLORIN_SERVER_PUBLIC_URL ?? node.url}${path}`, { body, token })
  return request(`${node.url}${path}`, { method: 'POST', headers, body })
}

const QUOTES = [{ type: 'quote', actions: ['create', 'read'] }]
const asPayment = (url) => `${url}/incoming-payments/${randomUUID()}`

/** A client of its own for each node, with a token for quotes: it sends its key, so nobody is called for it. */
async function quoter(node) {
  if (node.quoter) return node.quoter
  const client = new Client()
  const g = await signed(client, node, '/auth', { client: { jwk: client.jwk }, access_token: { access: QUOTES } })
  assert.equal(g.status, 200, g.text())
  const { value } = g.json().access_token
  node.secrets.add('an access token', value)
  const wallet = `${node.env.FLORIN_SERVER_PUBLIC_URL ?? node.url}/alice`
  node.quoter = (receiver) => {
    const json = { walletAddress: wallet, receiver, method: 'ilp', debitAmount: { value: '100', ...USD } }
    return signed(client, node, '/op/quotes', json, value)
  }
  return node.quoter
}

/** A wallet's server that says what it is told to: `said(path)` is its document, or null. */
async function saying(t, said) {
  return serving(t, (req, res) => {
    const document = said(req.url)
    res.writeHead(document ? 200 : 404, { 'content-type': 'application/json', connection: 'close' })
    res.end(JSON.stringify(document ?? {}))
  })
}

// The places that take an address. `policy`: who chooses it. `text(node, url, what)` hands over one that is written
// wrong and requires its refusal; `call(node, url)` one that is followed, and `blocked(answer, what)` requires that
// it was not. A new place is a row here.
const SITES = {
  'a new peer': {
    policy: 'operator',
    text: async (node, url, what) => refused(await node.admin('POST', '/peers', peer(`p${++count}`, url)), 'url', what),
    call: async (node, url) => {
      const name = `p${++count}`
      const added = await node.admin('POST', '/peers', peer(name, url))
      assert.equal(added.status, 201, added.text())
      return (await node.admin('POST', `/peers/${name}/test`, {})).json()
    },
    blocked: (r, what) => assert.match(r.error ?? '', /url leads to an address that this node may not call/, what)
  },
  'a changed peer': {
    policy: 'operator',
    text: async (node, url, what) => refused(await node.admin('PATCH', '/peers/fixed', { url }), 'url', what),
    call: async (node, url) => {
      const changed = await node.admin('PATCH', '/peers/fixed', { url })
      assert.equal(changed.status, 200, changed.text())
      return (await node.admin('POST', '/peers/fixed/test', {})).json()
    },
    blocked: (r, what) => assert.match(r.error ?? '', /url leads to an address that this node may not call/, what)
  },
  'a webhook endpoint': {
    policy: 'operator',
    text: async (node, url, what) => refused(await node.admin('POST', '/webhook-endpoints', { url }), 'url', what),
    call: async (node, url) => {
      const added = await node.admin('POST', '/webhook-endpoints', { url })
      if (added.status !== 201) return added
      const one = `/webhook-endpoints/${added.json().id}`
      assert.equal((await node.admin('POST', '/incoming-payments', { walletAddress: 'alice' })).status, 201)
      let delivery
      await until('an attempt', async () => {
        delivery = (await node.admin('GET', `${one}/deliveries`)).json().items[0]?.delivery
        return delivery?.error
      })
      assert.equal((await node.admin('DELETE', one)).status, 200)
      return delivery
    },
    blocked: (r, what) => assert.ok(r.error === 'blocked' || r.status === 422, `${what}: ${JSON.stringify(r)}`)
  },
  'a receiver that is resolved': {
    policy: 'foreign',
    text: async (node, url, what) => refused(await SITES['a receiver that is resolved'].call(node, url), 'pointer', what),
    call: (node, url) => node.admin('GET', `/receivers/resolve?pointer=${encodeURIComponent(url)}`),
    blocked: (r, what) => refused(r, 'pointer', what)
  },
  'the receiver of a quote': {
    policy: 'foreign',
    text: async (node, url, what) => refused(await SITES['the receiver of a quote'].call(node, url), 'receiver', what),
    call: (node, url) =>
      node.admin('POST', '/quotes', { walletAddress: 'alice', receiver: url, debitAmount: { value: '100', ...USD } }),
    blocked: (r, what) => refused(r, 'receiver', what)
  },
  'an incoming payment as the receiver of a quote': {
    policy: 'foreign',
    text: async (node, url, what) => refused(await SITES['the receiver of a quote'].call(node, asPayment(url)), 'receiver', what),
    call: (node, url) => SITES['the receiver of a quote'].call(node, asPayment(url)),
    blocked: (r, what) => refused(r, 'receiver', what)
  },
  "the receiver of a client's quote": {
    policy: 'foreign',
    text: async (node, url, what) => clientRefused(await (await quoter(node))(asPayment(url)), what),
    call: async (node, url) => (await quoter(node))(asPayment(url)),
    blocked: (r, what) => clientRefused(r, what)
  },
  'the keys of a client': {
    policy: 'foreign',
    text: async (node, url, what) => clientRefused(await SITES['the keys of a client'].call(node, url), what),
    call: (node, url) => signed(new Client(url), node, '/auth', { client: url, access_token: { access: QUOTES } }),
    blocked: (r, what) => clientRefused(r, what)
  }
}

/** A refusal that a client gets: 400, in the words of the specification. */
function clientRefused(r, what) {
  assert.equal(r.status, 400, `${what}: ${r.text()}`)
  const { code, description } = r.json().error
  assert.ok(['invalid_client', 'invalid_request', 'invalid_receiver'].includes(code), `${what}: ${r.text()}`)
  assert.ok(description, what)
}

// Addresses that come in the documents of servers which may be called: `say(url)` is what they hold, by path.
const TOLD = {
  'the authServer of an incoming payment': {
    path: '/op/incoming-payments/1',
    say: (url) => ({ receivedAmount: { value: '0', ...USD }, authServer: url })
  },
  'the authServer of a wallet address': {
    path: '/bob',
    say: (url, own) => ({ id: `${own}/bob`, publicName: 'Bob', ...USD, authServer: url, resourceServer: `${own}/op` })
  },
  'the resourceServer of a wallet address': {
    path: '/bob',
    say: (url, own) => ({ id: `${own}/bob`, publicName: 'Bob', ...USD, authServer: `${own}/auth`, resourceServer: url }),
    grants: true
  }
}

/** Hosts that a URL may not have, whoever gives it; the port is that of a listener. */
const SPELLINGS = [
  ...['127.0.0.1', '127.1', '127.0.1', '2130706433', '0x7f000001', '0x7f.0.0.1', '0177.0.0.1', '017700000001'],
  ...['[::1]', '[0:0:0:0:0:0:0:1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[64:ff9b::7f00:1]', '[2002:7f00:1::]'],
  ...['localhost', 'LOCALHOST', 'a.localhost', 'localhost.', '127.0.0.1.', '0.0.0.0', '0', '[::]', '10.0.0.1'],
  ...['169.254.169.254', '[fe80::1]', '[fe80::1%25lo]', '[fd00::1]', '192.168.0.1', '224.0.0.1', '255.255.255.255'],
  ...['user@127.0.0.1', 'wallet.example@127.0.0.1', '127%2e0.0.1', '%6cocalhost', '①27.0.0.1', 'wallet.example\\@127.0.0.1']
]

/** A node for strangers and operators, with the wallet alice and the peer `fixed`. */
async function strictNode(t, env = {}) {
  const node = await t.serving('strict', { env: { ...STRICT, ...env } })
  await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
  await node.ok('deposit', 'alice', '10.00')
  const added = await node.admin('POST', '/peers', peer('fixed', 'https://peer.example/ilp'))
  assert.equal(added.status, 201, added.text())
  return node
}

async function canary(t, host, port) {
  const c = await new Canary().listen(host, port)
  t.defer(() => c.close())
  return c
}

export const tests = {
  'no spelling of a blocked address is taken, anywhere': async (t) => {
    const trap = await canary(t, '127.0.0.1')
    const node = await strictNode(t)
    for (const [place, site] of Object.entries(SITES)) {
      for (const host of SPELLINGS) {
        for (const url of [`https://${host}:${trap.port}/x`, `https://${host}/x`, `http://${host}:${trap.port}/x`]) {
          await site.text(node, url, `${place}: ${url}`)
        }
      }
      for (const scheme of ['ftp', 'file', 'gopher', 'dict', 'ldap', 'unix']) {
        await site.text(node, `${scheme}://wallet.example/x`, `${place}: ${scheme}`)
      }
    }
    assert.equal(trap.connections, 0)
    assert.match(await node.metrics(), /^florin_outbound_connections_total 0$/m)
  },

  'a name that leads to a blocked address is not called, however it answers': async (t) => {
    const trap = await canary(t, '127.0.0.1')
    const open = [] // one for each place, at an address that [outbound] allow opens to the operator
    for (const _ of Object.keys(SITES)) open.push(await canary(t, '127.0.0.2'))
    const bad = `127.0.0.1/${trap.port}`
    const leads = {
      'loop.rebind.example': bad,
      'mapped.rebind.example': `::ffff:127.0.0.1/${trap.port}`,
      'six.rebind.example': `::1/${trap.port}`,
      'zero.rebind.example': `0.0.0.0/${trap.port}`,
      'any.rebind.example': `::/${trap.port}`,
      'several.rebind.example': `${bad}|::1/${trap.port}|0.0.0.0/${trap.port}`,
      'private.rebind.example': '10.0.0.1/443',
      'metadata.rebind.example': '169.254.169.254/80',
      'nat.rebind.example': '64:ff9b::7f00:1/443'
    }
    const names = { ...leads }
    // names of their own for each place: a name that turned once has turned for good
    for (const i of Object.keys(SITES).keys()) {
      const good = `127.0.0.2/${open[i].port}`
      names[`good${i}.rebind.example`] = good
      names[`turns${i}.rebind.example`] = `${good}>${bad}`
      names[`mixed${i}.rebind.example`] = `${bad}|${good}`
    }
    const node = await strictNode(t, { FLORIN_OUTBOUND_ALLOW: '127.0.0.2/32', ...(await fakeNames(t, names)) })
    for (const [i, [place, site]] of Object.entries(SITES).entries()) {
      for (const name of Object.keys(leads)) {
        const what = `${place}: ${name}`
        site.blocked(await site.call(node, `https://${name}/x`), what)
      }
      const answer = await site.call(node, `https://good${i}.rebind.example/x`)
      if (site.policy === 'operator') assert.ok(open[i].connections > 0, `${place}: the allowed address was not called`)
      else site.blocked(answer, `${place}: the list is the operator's`)
      for (let k = 0; k < 3; k++) {
        await site.call(node, `https://turns${i}.rebind.example/x`)
        await site.call(node, `https://mixed${i}.rebind.example/x`)
      }
      if (site.policy !== 'operator') assert.equal(open[i].connections, 0, place)
    }
    assert.equal(trap.connections, 0)
  },

  'the address of a feed is judged each time, and other servers are never asked': async (t) => {
    const trap = await canary(t, '127.0.0.1')
    const open = await canary(t, '127.0.0.2')
    const names = {
      'loop.rebind.example': `127.0.0.1/${trap.port}`,
      'good.rebind.example': `127.0.0.2/${open.port}`
    }
    const fake = await fakeNames(t, names)
    const env = (name) => ({
      ...{ ...STRICT, ...fake, FLORIN_OUTBOUND_ALLOW: '127.0.0.2/32' },
      FLORIN_RATES_URL: `https://${name}.rebind.example/rates`
    })
    const node = await t.node('feed', { env: env('loop') })
    await node.serve()
    const { error, reason } = (await node.admin('GET', '/rates/source')).json()
    assert.deepEqual([error, /\[outbound\] allow/.test(reason)], ['blocked', true])
    assert.equal((await node.stop()).code, 0)
    node.env = env('good')
    await node.serve()
    await until('the allowed address to be called', () => open.connections > 0)
    assert.equal(trap.connections, 0)
    node.env = { FLORIN_SERVER_DEV: 'no', FLORIN_SERVER_PUBLIC_URL: STRICT.FLORIN_SERVER_PUBLIC_URL }
  },

  'no spelling of a blocked address is taken from the configuration': async (t) => {
    const node = await t.node('configured')
    const secret = { FLORIN_WEBHOOKS_SECRET: 'a-secret-of-the-webhooks-of-this-test' }
    for (const [key, label] of [
      ['FLORIN_RATES_URL', '\\[rates\\] url'],
      ['FLORIN_WEBHOOKS_URL', '\\[webhooks\\] url']
    ]) {
      for (const host of SPELLINGS) {
        node.env = { ...STRICT, ...secret, [key]: `https://${host}:9/x` }
        const r = await node.cli('serve')
        assert.equal(r.code, 2, `${key} ${host}: ${r.code} ${r.stderr}`)
        assert.match(r.stderr, new RegExp(`^florin: (${label}|${key}): `, 'm'), `${key} ${host}`)
      }
    }
    node.env = {}
  },

  'the address of the webhooks is judged each time': async (t) => {
    const trap = await canary(t, '127.0.0.1')
    const open = await canary(t, '127.0.0.2')
    const names = {
      'loop.rebind.example': `127.0.0.1/${trap.port}`,
      'good.rebind.example': `127.0.0.2/${open.port}`
    }
    const env = (name) => ({
      FLORIN_WEBHOOKS_URL: `https://${name}.rebind.example/hook`,
      FLORIN_WEBHOOKS_SECRET: 'a-secret-of-the-webhooks-of-this-test'
    })
    const node = await strictNode(t, { FLORIN_OUTBOUND_ALLOW: '127.0.0.2/32', ...(await fakeNames(t, names)), ...env('loop') })
    const asked = await node.admin('POST', '/incoming-payments', { walletAddress: 'alice' })
    assert.equal(asked.status, 201, asked.text())
    await until('an event that was not taken', () => /event=event_not_taken .*blocked/.test(node.log))
    assert.equal(trap.connections, 0)
    assert.equal((await node.stop()).code, 0)
    await node.serve(env('good'))
    await until('the allowed address to be called', () => open.connections > 0)
    assert.equal(trap.connections, 0)
  },

  'a development node calls loopback, but never what is nobody or everybody': async (t) => {
    const node = await t.serving('dev')
    await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
    await node.ok('deposit', 'alice', '10.00')
    assert.equal((await node.admin('POST', '/peers', peer('fixed', 'http://127.0.0.1:9/ilp'))).status, 201)
    const hosts = ['0.0.0.0', '0', '0x0', '[::]', '[::ffff:0.0.0.0]', '169.254.169.254', '[fe80::1]', '224.0.0.1', '[ff02::1]']
    for (const [place, site] of Object.entries(SITES)) {
      // One for each: a peer or an endpoint that was made stays, and is called again.
      const trap = await canary(t, '0.0.0.0')
      for (const host of hosts) {
        const url = `http://${host}:${trap.port}/x`
        site.blocked(await site.call(node, url), `${place}: ${url}`)
      }
      assert.equal(trap.connections, 0, place)
      await site.call(node, `http://127.0.0.1:${trap.port}/x`)
      assert.ok(trap.connections > 0, `${place}: the test sees connections`)
    }
  },

  'what a server tells to call is judged too': async (t) => {
    const trap = await canary(t, '0.0.0.0')
    const node = await t.serving('dev')
    await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
    await node.ok('deposit', 'alice', '10.00')
    const hosts = ['0.0.0.0', '0', '[::]', '[::ffff:0.0.0.0]', '169.254.169.254', '224.0.0.1', 'user@127.0.0.1']
    for (const [place, { path, say, grants }] of Object.entries(TOLD)) {
      let told = null
      let asked = 0
      const own = await saying(t, (at) => {
        asked++
        if (grants && at === '/auth') {
          const token = { value: `of-the-test-${randomUUID()}`, manage: `${own}/auth/token/1`, access: [] }
          return { access_token: token, continue: { uri: `${own}/auth/continue/1`, access_token: { value: 'x'.repeat(20) } } }
        }
        return at === path ? say(told, own) : null
      })
      const site = SITES['the receiver of a quote']
      for (const host of hosts) {
        told = `http://${host}:${trap.port}/x`
        const before = asked
        const answer = await site.call(node, `${own}${path}`)
        assert.ok(answer.status >= 400, `${place}: ${told}: ${answer.status} ${answer.text()}`)
        assert.ok(asked > before, `${place}: the test's server was asked`)
        assert.equal(trap.connections, 0, `${place}: ${told}`)
      }
      told = `http://127.0.0.1:${trap.port}/x`
      await site.call(node, `${own}${path}`)
      assert.ok(trap.connections > 0, `${place}: the test sees connections`)
      trap.connections = 0
    }
  },

  'a redirect is not followed': async (t) => {
    const trap = await canary(t, '127.0.0.1')
    const redirecting = await serving(t, (req, res) => {
      res.writeHead(307, { location: `http://127.0.0.1:${trap.port}/x` })
      res.end()
    })
    const node = await t.serving('dev')
    await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
    await node.ok('deposit', 'alice', '10.00')
    assert.equal((await node.admin('POST', '/peers', peer('fixed', 'http://127.0.0.1:9/ilp'))).status, 201)
    for (const site of Object.values(SITES)) await site.call(node, `${redirecting}/x`)
    assert.equal(trap.connections, 0)
  }
}
