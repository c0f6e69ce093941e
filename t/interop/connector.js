// ilp-connector as a neighbour: routes told both ways (CCP), addresses given both ways (ILDCP), and
// payments through it.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import { freePort, until } from '../scenario/lib/http.js'
import { pay } from '../scenario/lib/setups.js'
import { linkDetails, plugin } from './lib/npm.js'

const CREDIT = '1000.00'

/** Imported only here: it says much on standard output when it begins. */
function createApp(options) {
  return createRequire(import.meta.url)('ilp-connector').createApp({
    env: 'test',
    backend: 'one-to-one',
    spread: 0,
    routeBroadcastInterval: 1000,
    ...options
  })
}

function account(relation, p) {
  return {
    relation,
    plugin: p,
    assetCode: 'USD',
    assetScale: 2,
    balance: { maximum: '100000', minimum: '-100000' },
    sendRoutes: true,
    receiveRoutes: true
  }
}

/** The words of `peer add` for the connector's end of a link. */
function ends(link) {
  return [
    ...['--asset', 'USD', '--url', `http://127.0.0.1:${link.port}/`, '--credit-limit', CREDIT],
    ...['--outgoing-token', link.toPlugin, '--incoming-token', link.toNode, '--ccp', 'on']
  ]
}

async function listen(t, app) {
  t.defer(() => app.shutdown())
  await app.listen()
}

async function wallets(...nodes) {
  for (const node of nodes) await node.ok('wallet', 'add', 'w', '--asset', 'USD')
}

/** Money goes over, and comes out to the unit on the other side. */
async function sent(from, to, units) {
  const before = await to.balance('w')
  const { code, stderr } = await pay(from, 'w', `${to.url}/w`, '--send', (Number(units) / 100).toFixed(2))
  assert.equal(code, 0, stderr)
  assert.equal((await to.balance('w')) - before, units)
}

function leads(node, address, peer) {
  return until(`${node.name}: ${address} to go to ${peer}`, async () => {
    const e = await node.ok('route', 'explain', address)
    return e.peer === peer && e
  }, 60000)
}

function becomes(node, address) {
  return until(`${node.name} to be ${address}`, async () => (await node.ownAddress()) === address, 60000)
}

export const tests = {
  'ilp-connector between two nodes: routes, and payments both ways': async (t) => {
    const links = [await linkDetails(), await linkDetails()]
    const [a, b] = await Promise.all(['a', 'b'].map((name) => t.serving(name)))
    await wallets(a, b)
    await a.ok('deposit', 'w', '100.00')
    const app = createApp({
      ilpAddress: 'test.conn',
      accounts: {
        a: account('peer', plugin(t, links[0], `${a.url}/ilp`)),
        b: account('peer', plugin(t, links[1], `${b.url}/ilp`))
      }
    })
    // Ours are there first: the connector's first question would be asked again only after 30 s.
    await a.ok('peer', 'add', 'conn', '--ilp-address', 'test.conn', ...ends(links[0]))
    await b.ok('peer', 'add', 'conn', '--ilp-address', 'test.conn', ...ends(links[1]))
    await listen(t, app)
    const e = await leads(a, 'test.b.w.x', 'conn')
    assert.deepEqual(e.candidates.find((c) => c.chosen).path, ['test.conn', 'test.b'])
    await leads(b, 'test.a.w.x', 'conn')
    await sent(a, b, 1234n)
    await sent(b, a, 500n)
    assert.equal(await a.peerBalance('conn'), 1234n - 500n)
    assert.equal(await b.peerBalance('conn'), 500n - 1234n)
  },

  'ilp-connector over BTP, which dials one node and is dialed by the other: the same': async (t) => {
    const PluginBtp = createRequire(import.meta.url)('ilp-plugin-btp')
    const [a, b] = await Promise.all(['a', 'b'].map((name) => t.serving(name)))
    const [port, tokenA, tokenB] = [await freePort(), `token-${randomUUID()}`, `token-${randomUUID()}`]
    await wallets(a, b)
    await a.ok('deposit', 'w', '100.00')
    const common = ['--asset', 'USD', '--ilp-address', 'test.conn', '--credit-limit', CREDIT, '--ccp', 'on']
    await a.ok('peer', 'add', 'conn', '--url', 'btp:', '--incoming-token', tokenA, ...common)
    await b.ok(
      ...['peer', 'add', 'conn', '--url', `btp+ws://127.0.0.1:${port}/`, '--outgoing-token', tokenB],
      ...['--incoming-token', 'token-that-is-not-used', ...common]
    )
    const app = createApp({
      ilpAddress: 'test.conn',
      accounts: {
        a: account('peer', new PluginBtp({ server: `btp+ws://127.0.0.1:${a.port}/ilp/btp`, btpAccount: 'conn', btpToken: tokenA })),
        b: account('peer', new PluginBtp({ listener: { port, secret: tokenB } }))
      }
    })
    await listen(t, app)
    await leads(a, 'test.b.w.x', 'conn')
    await leads(b, 'test.a.w.x', 'conn')
    await sent(a, b, 1234n)
    await sent(b, a, 500n)
    assert.equal(await a.peerBalance('conn'), 1234n - 500n)
    assert.equal(await b.peerBalance('conn'), 500n - 1234n)
    for (const node of [a, b]) assert.equal((await node.ok('peer', 'show', 'conn')).link, 'btp')
  },

  'ilp-connector as our child and as our parent': async (t) => {
    const [up, down] = [await linkDetails(), await linkDetails()]
    const top = await t.serving('top')
    const leaf = await t.serving('leaf', { address: null })
    await wallets(top, leaf)
    await top.ok('deposit', 'w', '100.00')
    await top.ok('peer', 'add', 'conn', '--child', ...ends(up))
    await leaf.ok('peer', 'add', 'conn', '--parent', ...ends(down))
    const app = createApp({
      accounts: {
        top: account('parent', plugin(t, up, `${top.url}/ilp`)),
        leaf: account('child', plugin(t, down, `${leaf.url}/ilp`))
      }
    })
    await listen(t, app)
    await becomes(leaf, 'test.top.conn.leaf')
    assert.equal((await top.ok('route', 'explain', 'test.top.conn.leaf.w.x')).peer, 'conn')
    await sent(top, leaf, 4321n)
    await sent(leaf, top, 21n)
  }
}
