// Every list with a page of the largest rows that may be made: whole pages, and all of them.

import assert from 'node:assert/strict'
import { usd } from './lib/answers.js'
import { Client } from './lib/client.js'
import { addHolder, agreed, Holder } from './lib/holder.js'

export const maxMs = 240000

const ROWS = 103 // a page of the largest size, and some
const metadata = (i) => ({ i: 1000 + i, x: 'y'.repeat(4096 - '{"i":1000,"x":""}'.length) })
const isWhole = (row) => assert.equal(JSON.stringify(row.metadata).length, 4096)

/** Walks an admin list page by page -> the items. */
async function all(node, path, size) {
  const items = []
  let cursor = null
  do {
    const query = `${path.includes('?') ? '&' : '?'}limit=${size}${cursor ? `&cursor=${cursor}` : ''}`
    const r = await node.admin('GET', path + query)
    assert.equal(r.status, 200, `${path}${query}: ${r.text().slice(0, 300)}`)
    const page = r.json()
    if (page.nextCursor) assert.equal(page.items.length, size)
    items.push(...page.items)
    cursor = page.nextCursor
    assert.ok(items.length < 20 * ROWS, path)
  } while (cursor)
  assert.equal(new Set(items.map((i) => i.id)).size, items.length, path)
  return items
}

/** The same of a list of Open Payments. */
async function allOf(client, token, url, wallet, size) {
  const items = []
  let cursor = null
  do {
    const query = `?wallet-address=${encodeURIComponent(wallet)}&first=${size}${cursor ? `&cursor=${cursor}` : ''}`
    const r = await client.call('GET', url + query, { token })
    assert.equal(r.status, 200, r.text().slice(0, 300))
    const { result, pagination } = r.json()
    items.push(...result)
    cursor = pagination.hasNextPage ? pagination.endCursor : null
    if (cursor) assert.equal(result.length, size)
    assert.ok(items.length <= ROWS)
  } while (cursor)
  assert.equal(new Set(items.map((i) => i.id)).size, items.length)
  return items
}

export const tests = {
  'payments with all the metadata that they may have': async (t) => {
    const node = await t.serving('wallet')
    await addHolder(node, 'alice', '--asset', 'USD')
    await node.ok('wallet', 'add', 'bob', '--asset', 'USD')
    await node.ok('deposit', 'alice', '1000.00')
    const alice = `${node.url}/alice`
    const client = await Client.published(t)
    const incoming = { type: 'incoming-payment', actions: ['create', 'list'] }
    const asked = (await client.grant(node, { access: [incoming] })).json().access_token.value
    const outgoing = { type: 'outgoing-payment', actions: ['create', 'list'], identifier: alice }
    const { token } = await agreed(new Holder(node), client, [outgoing])
    const receiver = (await node.ok('request', 'bob', '--expires', '24h')).url
    for (let i = 0; i < ROWS; i++) {
      const json = { walletAddress: alice, metadata: metadata(i) }
      const a = await client.call('POST', `${node.url}/op/incoming-payments`, { token: asked, json })
      assert.equal(a.status, 201, a.text())
      const pays = { ...json, incomingPayment: receiver, debitAmount: usd(1) }
      // each differs: the same request twice makes one payment
      const b = await client.call('POST', `${node.url}/op/outgoing-payments`, { token, json: pays })
      assert.equal(b.status, 201, b.text())
    }
    for (const size of [100, 40]) {
      for (const [kind, key] of [
        ['incoming', asked],
        ['outgoing', token]
      ]) {
        const rows = await allOf(client, key, `${node.url}/op/${kind}-payments`, alice, size)
        assert.equal(rows.length, ROWS)
        rows.forEach(isWhole)
        const own = await all(node, `/${kind}-payments?walletAddress=alice`, size)
        assert.equal(own.length, ROWS)
        own.forEach(isWhole)
      }
      assert.equal((await all(node, '/incoming-payments', size)).length, ROWS + 1)
      assert.equal((await all(node, '/payments', size)).length, 2 * ROWS + 1)
      assert.ok((await all(node, '/events?include=delivery', size)).length > 2 * ROWS)
    }
    // as the command line asks, which takes the node's own page size
    assert.equal((await node.cli('payment', 'list')).code, 0)
  },

  'grants with the longest receivers': async (t) => {
    const node = await t.serving('wallet')
    await addHolder(node, 'alice', '--asset', 'USD')
    // one client may not leave as many undecided
    const clients = [await Client.published(t), await Client.published(t)]
    const [head, tail] = ['https://x.example/', '/incoming-payments/']
    const long = (k) => `${head}${'a'.repeat(2048 - head.length - tail.length - 1)}${tail}${k}`
    const access = [1, 2, 3].map((k) => ({
      type: 'outgoing-payment',
      actions: ['create'],
      identifier: `${node.url}/alice`,
      limits: { receiver: long(k), interval: 'R/2025-01-01T00:00:00Z/P1M', debitAmount: usd(5) }
    }))
    for (let i = 0; i < ROWS; i++) {
      const r = await clients[i % 2].grant(node, { access, interact: { start: ['redirect'] } })
      assert.equal(r.status, 200, r.text())
    }
    for (const size of [100, 40]) {
      const rows = await all(node, '/grants', size)
      assert.equal(rows.length, ROWS)
      rows.forEach((r) => assert.deepEqual(r.access.map((a) => a.limits.receiver), [1, 2, 3].map(long)))
    }
  }
}
