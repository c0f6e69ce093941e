// ETag and If-Match of the admin API: who changes an object changes what they saw.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { usd } from './lib/answers.js'
import { addPeer } from './lib/setups.js'

export const maxMs = 120000

async function setUp(t) {
  const node = await t.serving('tags')
  await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
  await node.ok('deposit', 'alice', '100.00')
  await addPeer(node, 'acme', { creditLimit: '100.00' })
  return node
}

const match = (tag) => ({ 'if-match': tag })
async function tagOf(node, path) {
  const r = await node.admin('GET', path)
  assert.equal(r.status, 200, `${path}: ${r.text()}`)
  assert.match(r.headers.etag ?? '', /^"[0-9a-f]{32}"$/, path)
  return r.headers.etag
}

function says(r, what) {
  assert.equal(r.status, 412, `${what}: ${r.text()}`)
  const { code, description, details } = r.json().error
  assert.deepEqual([code, details.field], ['changed', 'If-Match'], what)
  assert.ok(description)
}

/** Every object that can be changed: its path, and changes of it that differ. */
async function objects(node) {
  const asked = await node.admin('POST', '/incoming-payments', { walletAddress: 'alice' })
  const hook = await node.admin('POST', '/webhook-endpoints', { url: 'http://127.0.0.1:9/x', secret: 'a-secret-of-an-endpoint' })
  return [
    ['/assets/USD', (n) => ({ feeBps: n })],
    ['/wallet-addresses/alice', (n) => ({ publicName: `Alice ${n}` })],
    ['/peers/acme', (n) => ({ spreadBps: n })],
    ['/peers/acme/settlement-terms', (n) => ({ claimThreshold: usd(n) })],
    [`/incoming-payments/${asked.json().id}`, (n) => ({ metadata: { n } })],
    [`/webhook-endpoints/${hook.json().id}`, (n) => ({ url: `http://127.0.0.1:9/${n}` })]
  ]
}

export const tests = {
  'a change is made where nobody has changed it since': async (t) => {
    const node = await setUp(t)
    const { paths } = (await node.admin('GET', '/openapi.json')).json()
    const all = await objects(node)
    const changeable = Object.keys(paths).filter((p) => paths[p].patch && paths[p].get)
    assert.equal(all.length, changeable.length, `of ${changeable}`)
    for (const [path, change] of all) {
      const first = await tagOf(node, path)
      assert.equal(await tagOf(node, path), first, 'it stays')
      says(await node.admin('PATCH', path, change(1), match(`"${'0'.repeat(32)}"`)), path)
      says(await node.admin('PATCH', path, change(1), match('x')), path)
      says(await node.admin('PATCH', path, change(1), match('')), path)
      assert.equal(await tagOf(node, path), first, `${path}: nothing changed`)
      const changed = await node.admin('PATCH', path, change(1), match(first))
      assert.equal(changed.status, 200, `${path}: ${changed.text()}`)
      const second = await tagOf(node, path)
      assert.notEqual(second, first, path)
      says(await node.admin('PATCH', path, change(2), match(first)), path)
      assert.equal(await tagOf(node, path), second)
      // One of a list; any that is there; none.
      assert.equal((await node.admin('PATCH', path, change(3), match(`${first}, "x",${second}`))).status, 200, path)
      assert.equal((await node.admin('PATCH', path, change(4), match('*'))).status, 200, path)
      assert.equal((await node.admin('PATCH', path, change(5))).status, 200, path)
      // A bad change is as bad with the right tag.
      assert.equal((await node.admin('PATCH', path, { else: 1 }, match(await tagOf(node, path)))).status, 400, path)
    }
  },

  'of many at once with the same tag one is made': async (t) => {
    const node = await setUp(t)
    for (const [path, change] of await objects(node)) {
      for (let round = 0; round < 3; round++) {
        const tag = await tagOf(node, path)
        const answers = await Promise.all(
          Array.from({ length: 24 }, (_, i) => node.admin('PATCH', path, change(100 * (round + 1) + i), i % 6 === 5 ? {} : match(tag)))
        )
        // Those without a condition are made whenever their turn comes; of the others at most one, before any of them.
        const conditional = answers.filter((_, i) => i % 6 !== 5).map((r) => r.status)
        assert.ok(conditional.filter((s) => s === 200).length <= 1, `${path}: ${conditional}`)
        assert.ok(conditional.every((s) => s === 200 || s === 412), `${path}: ${conditional}`)
        assert.ok(answers.every((r, i) => i % 6 !== 5 || r.status === 200), path)
      }
      const tag = await tagOf(node, path)
      const answers = await Promise.all(Array.from({ length: 24 }, (_, i) => node.admin('PATCH', path, change(1000 + i), match(tag))))
      assert.equal(answers.filter((r) => r.status === 200).length, 1, path)
      assert.equal(answers.filter((r) => r.status === 412).length, 23, path)
    }
  },

  'money that moves is no change; removing has its condition too': async (t) => {
    const node = await setUp(t)
    await node.ok('wallet', 'add', 'bob', '--asset', 'USD')
    const request = (await node.admin('POST', '/incoming-payments', { walletAddress: 'bob' })).json()
    const paths = ['/assets/USD', '/wallet-addresses/alice', '/peers/acme', '/peers/acme/settlement-terms', `/incoming-payments/${request.id}`]
    const before = await Promise.all(paths.map((p) => tagOf(node, p)))
    await node.ok('pay', 'alice', request.url, '--send', '1.00', '--yes')
    await node.ok('asset', 'deposit', 'USD', '5.00')
    await node.ok('peer', 'settle', 'acme', '1.00')
    assert.deepEqual(await Promise.all(paths.map((p) => tagOf(node, p))), before)
    // By name or by id it is the same object.
    const { id } = (await node.admin('GET', '/wallet-addresses/alice')).json()
    assert.equal(await tagOf(node, `/wallet-addresses/${id}`), before[1])
    const tag = await tagOf(node, '/peers/acme')
    assert.equal((await node.admin('PATCH', '/peers/acme', { spreadBps: 9 })).status, 200)
    says(await node.admin('DELETE', '/peers/acme', undefined, match(tag)), 'DELETE')
    assert.equal((await node.admin('DELETE', '/peers/acme', undefined, match(await tagOf(node, '/peers/acme')))).status, 200)
    // What is not there, and what has no tag.
    assert.equal((await node.admin('PATCH', '/peers/nobody', { spreadBps: 9 }, match('*'))).status, 404)
    says(await node.admin('DELETE', `/peers/invitations/${randomUUID()}`, undefined, match('*')), 'an invitation')
    says(await node.admin('PUT', '/spreads', { from: 'USD', to: 'EUR', basisPoints: 5 }, match('*')), 'PUT')
    assert.equal((await node.admin('GET', '/assets')).headers.etag, undefined, 'lists have none')
    assert.equal((await node.stop()).code, 0)
  }
}
