// The books by the admin API: accounts, the journal page by page, and as a file that sums to zero.

import assert from 'node:assert/strict'
import { ok, usd } from './lib/answers.js'
import { request, until } from './lib/http.js'
import { payingNode } from './lib/setups.js'
import { storedGrant } from './lib/stored_grant.js'

/** Every item of a list, `limit` at a time. */
async function all(node, path, limit) {
  const items = []
  for (let cursor = null, pages = 0; pages < 1000; pages++) {
    const page = await ok(node.admin('GET', `${path}${path.includes('?') ? '&' : '?'}limit=${limit}${cursor ? `&cursor=${cursor}` : ''}`))
    items.push(...page.items)
    cursor = page.nextCursor
    if (!cursor) return items
  }
  throw new Error('a list without an end')
}

async function exported(node, format) {
  const r = await node.admin('GET', `/ledger/export${format ? `?format=${format}` : ''}`)
  assert.equal(r.status, 200, r.text())
  const lines = r.text().trimEnd().split('\n')
  if (format === 'jsonl') return { lines: lines.map((l) => JSON.parse(l)), type: r.headers['content-type'] }
  const names = lines.shift().split(',')
  return {
    lines: lines.map((l) => Object.fromEntries(l.split(',').map((v, i) => [names[i], v]))),
    type: r.headers['content-type']
  }
}

const sums = (lines, key, member) => {
  const out = new Map()
  for (const l of lines) out.set(String(l[key]), (out.get(String(l[key])) ?? 0n) + BigInt(l[member]))
  return out
}

export const tests = {
  'accounts, transfers and the export say the same, and sum to zero': async (t) => {
    const { node, pointer } = await payingNode(t)
    await node.ok('wallet', 'add', 'bob', '--asset', 'EUR')
    await node.ok('asset', 'deposit', 'EUR', '1000.00')
    const deposits = Array.from({ length: 110 }, (_, i) => ({ amount: usd(i + 1) }))
    await Promise.all(deposits.map((d) => ok(node.admin('POST', '/wallet-addresses/alice/deposits', d), 201)))
    for (const to of [pointer, `${node.url}/bob`]) {
      const q = await ok(node.admin('POST', '/quotes', { walletAddress: 'alice', receiver: to, debitAmount: usd(1000) }), 201)
      const { id } = await ok(node.admin('POST', '/outgoing-payments', { quoteId: q.id }), 201)
      await until('its end', async () => (await node.ok('payment', 'show', id)).state === 'COMPLETED')
    }
    await ok(node.admin('POST', '/wallet-addresses/alice/withdrawals', { amount: usd(77), timeoutSeconds: 600 }), 201)

    const accounts = await all(node, '/ledger/accounts', 7)
    assert.deepEqual(accounts, await all(node, '/ledger/accounts', 100))
    const alice = accounts.find((a) => a.account === 'wallet:alice')
    assert.equal(alice.debitsPending.value, '77')
    assert.equal(BigInt(alice.balance.value), BigInt(alice.creditsPosted.value) - BigInt(alice.debitsPosted.value))
    for (const code of ['USD', 'EUR']) {
      const own = accounts.filter((a) => a.balance.assetCode === code)
      assert.deepEqual(own, await all(node, `/ledger/accounts?assetCode=${code}`, 3))
      for (const [plus, minus] of [['creditsPosted', 'debitsPosted'], ['creditsPending', 'debitsPending']]) {
        // Accounts of payments that are over are not listed: they hold nothing, but money went through them.
        const sum = own.reduce((n, a) => n + BigInt(a[plus].value) - BigInt(a[minus].value), 0n)
        assert.equal(sum, 0n, `${code} ${plus}`)
      }
    }
    assert.deepEqual((await all(node, '/ledger/accounts?kind=wallet', 100)).map((a) => a.account).sort(), ['wallet:alice', 'wallet:bob'])

    const transfers = await all(node, '/ledger/transfers', 60)
    assert.ok(transfers.length > 100, `${transfers.length}`)
    assert.deepEqual(transfers.map((x) => x.id), transfers.map((_, i) => i + 1), 'in order, each once')
    const back = await all(node, '/ledger/transfers?order=desc', 70)
    assert.deepEqual(back.reverse(), transfers)
    const ofAlice = await all(node, `/ledger/transfers?account=${alice.id}`, 50)
    assert.deepEqual(ofAlice, transfers.filter((x) => [x.debit, x.credit].includes('wallet:alice')))

    for (const format of [undefined, 'csv', 'jsonl']) {
      const { lines, type } = await exported(node, format)
      assert.match(type, format === 'jsonl' ? /^application\/jsonl/ : /^text\/csv/)
      const totals = lines.filter((l) => l.kind === 'total')
      const entries = lines.filter((l) => l.kind !== 'total')
      assert.deepEqual(totals.map((l) => [l.assetCode, l.amount]).sort(), [['EUR', '0'], ['USD', '0']])
      assert.equal(lines.at(-1).kind, 'total', 'it is whole')
      assert.equal(entries.length, 2 * transfers.length)
      for (const member of ['amount', 'pending']) {
        assert.deepEqual([...sums(entries, 'assetCode', member).values()], [0n, 0n])
        assert.ok([...sums(entries, 'transfer', member).values()].every((n) => n === 0n))
      }
      const balances = sums(entries, 'account', 'amount')
      for (const a of accounts) assert.equal(balances.get(String(a.id)) ?? 0n, BigInt(a.balance.value), a.account)
      assert.equal(sums(entries, 'accountName', 'pending').get('wallet:alice'), -77n)
    }
    assert.equal((await request(`${node.adminUrl}/admin/v1/ledger/export`)).status, 401)

    const wrong = [
      ['/ledger/accounts?kind=purse', 400, 'kind'],
      ['/ledger/accounts?assetCode=NONE', 400, 'assetCode'],
      ['/ledger/accounts?cursor=x', 400, 'cursor'],
      ['/ledger/accounts?cursor=99999', 400, 'cursor'],
      ['/ledger/transfers?order=up', 400, 'order'],
      ['/ledger/transfers?account=alice', 400, 'account'],
      ['/ledger/transfers?cursor=-1', 400, 'cursor'],
      ['/ledger/export?format=xlsx', 400, 'format']
    ]
    for (const [path, status, field] of wrong) {
      const r = await node.admin('GET', path)
      assert.deepEqual([r.status, r.json().error.details.field], [status, field], `${path}: ${r.text()}`)
    }
    assert.equal((await node.cli('audit')).code, 0)

    // ---- clients ----
    assert.deepEqual(await all(node, '/clients', 2), [])
    const access = [{ type: 'incoming-payment', actions: ['create'] }]
    for (const client of ['https://b.example/x', 'https://a.example/x', 'https://a.example/x', 'https://c.example/x']) {
      await storedGrant(node, { client, clientName: client.includes('a.') ? 'A shop' : undefined, access })
    }
    const clients = await all(node, '/clients', 2)
    assert.deepEqual(clients.map((c) => [c.client, c.grants]), [['https://a.example/x', 2], ['https://b.example/x', 1], ['https://c.example/x', 1]])
    assert.ok(clients.every((c) => !Number.isNaN(Date.parse(c.newestGrantAt)) && c.issued <= c.grants))
  }
}
