// Withdrawals in one and in two phases, from wallets, pools and peers.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { ok, refused, usd } from './lib/answers.js'
import { until } from './lib/http.js'
import { addPeer } from './lib/setups.js'

export const maxMs = 60000

export const tests = {
  'what an incoming payment brought is taken out once': async (t) => {
    const node = await t.serving('wallet')
    for (const name of ['alice', 'bob']) await node.ok('wallet', 'add', name, '--asset', 'USD')
    await node.ok('deposit', 'alice', '10.00')
    await node.ok('deposit', 'bob', '10.00')
    const { id } = await node.ok('request', 'bob', '3.00')
    const path = `/incoming-payments/${id}/withdrawals`
    const take = (amount, headers, more = {}) => node.admin('POST', path, { amount: usd(amount), ...more }, headers)
    // Nothing came yet, whatever else the wallet holds.
    await refused(take(1), 422, 'insufficient', 'amount')
    await node.ok('pay', 'alice', `${node.url}/op/incoming-payments/${id}`, '--deliver', '2.00', '--yes')
    const key = { 'idempotency-key': randomUUID() }
    const first = await ok(take(50, key), 201)
    assert.deepEqual([first.state, first.account, first.amount, first.balance], ['POSTED', 'wallet:bob', usd(50), usd(1150)])
    assert.deepEqual(await ok(take(50, key), 201), first, 'the same again')
    await refused(take(51, key), 409, 'conflict', 'Idempotency-Key')
    await refused(take(151), 422, 'insufficient', 'amount')
    await refused(take(0), 400, 'bad_amount', 'amount')
    await refused(take(1, { 'idempotency-key': '' }), 400, 'malformed', 'Idempotency-Key')
    // What is set aside counts, and what is given back does not.
    const held = await ok(take(150, {}, { timeoutSeconds: 600 }), 201)
    await refused(take(1), 422, 'insufficient', 'amount')
    await ok(node.admin('POST', `/withdrawals/${held.id}/void`, {}))
    const brief = await ok(take(150, {}, { timeoutSeconds: 1 }), 201)
    await until('its end', async () => (await ok(node.admin('GET', `/withdrawals/${brief.id}`))).state === 'EXPIRED')
    let gone
    await until('the money', async () => (gone = await take(150, {}, { timeoutSeconds: 600 })).status === 201)
    await ok(node.admin('POST', `/withdrawals/${gone.json().id}/post`, {}))
    await refused(take(1), 422, 'insufficient', 'amount')
    // What comes later is there again; at once, no more than there is.
    await node.ok('pay', 'alice', `${node.url}/op/incoming-payments/${id}`, '--deliver', '1.00', '--yes')
    const answers = await Promise.all(Array.from({ length: 12 }, () => take(30)))
    assert.equal(answers.filter((r) => r.status === 201).length, 3)
    assert.equal(await node.balance('bob'), 1300n - 50n - 150n - 90n)
    await refused(node.admin('POST', `/incoming-payments/${randomUUID()}/withdrawals`, { amount: usd(1) }), 404, 'not_found', undefined)
    assert.equal((await node.audit()).code, 0)
    assert.equal((await node.stop()).code, 0)
  },

  'two phases: set aside, then gone, given back, or given back by time': async (t) => {
    const node = await t.serving('wallet')
    await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
    await node.ok('deposit', 'alice', '10.00')
    await node.ok('asset', 'deposit', 'USD', '10.00')
    await addPeer(node, 'acme', { creditLimit: '5.00' })
    const places = {
      '/wallet-addresses/alice/withdrawals': 'wallet:alice',
      '/assets/USD/liquidity/withdrawals': 'pool:USD',
      '/peers/acme/liquidity/withdrawals': 'peer:acme'
    }
    const end = (w, what, headers) => node.admin('POST', `/withdrawals/${w.id}/${what}`, {}, headers)
    const get = (w) => ok(node.admin('GET', `/withdrawals/${w.id}`))
    const left = async () => [
      (await ok(node.admin('GET', '/wallet-addresses/alice/balance'))).balance.value,
      (await ok(node.admin('GET', '/assets/USD'))).liquidity.value,
      (await ok(node.admin('GET', '/peers/acme'))).balance.value
    ].map(Number)
    for (const [path, account] of Object.entries(places)) {
      const begin = (amount, timeoutSeconds, headers, more = {}) =>
        node.admin('POST', path, { amount: usd(amount), timeoutSeconds, ...more }, headers)
      const before = await left()
      const headers = { 'idempotency-key': randomUUID() }
      const w = await ok(begin(300, 600, headers), 201)
      assert.deepEqual([w.id, w.account, w.amount, w.state, w.endedAt], [headers['idempotency-key'], account, usd(300), 'PENDING', null])
      assert.equal(Date.parse(w.expiresAt) - Date.parse(w.createdAt), 600000)
      assert.deepEqual(await ok(begin(300, 600, headers), 201), w, 'the same again')
      await refused(begin(301, 600, headers), 409, 'conflict', 'Idempotency-Key')
      // What is set aside is not there for others.
      await refused(begin(800, 600), 422, 'insufficient', 'amount')
      await refused(begin(0, 600), 400, 'bad_amount', 'amount')
      await refused(begin(1, -1), 400, 'malformed', 'timeoutSeconds')
      await refused(begin(1, 1, {}, { id: 'x' }), 400, 'malformed', 'id')
      await refused(begin(1, 600, {}, { id: w.id }), 409, 'conflict', 'Idempotency-Key')
      const posting = { 'idempotency-key': randomUUID() }
      const gone = await ok(end(w, 'post', posting))
      assert.deepEqual([gone.state, gone.id], ['POSTED', w.id])
      assert.ok(gone.endedAt)
      assert.deepEqual(await ok(end(w, 'post', posting)), gone, 'the same again')
      await refused(end(w, 'post'), 409, 'wrong_state')
      await refused(end(w, 'void'), 409, 'wrong_state')
      assert.deepEqual(await get(w), gone)

      const id = randomUUID()
      const unsent = await ok(begin(100, 600, {}, { id }), 201)
      assert.equal(unsent.id, id)
      assert.equal((await ok(end(unsent, 'void'))).state, 'VOID')
      await refused(end(unsent, 'post'), 409, 'wrong_state')
      const late = await ok(begin(200, 1), 201)
      await until('its time', async () => (await get(late)).state === 'EXPIRED')
      await refused(end(late, 'post'), 409, 'expired')
      await until('it is given back', async () => (await get(late)).endedAt !== null)
      await refused(end(late, 'void'), 409, 'expired')

      const once = await ok(begin(50, 0), 201)
      assert.deepEqual([once.state, once.expiresAt], ['POSTED', null])
      await refused(end(once, 'post'), 404, 'not_found')
      const index = Object.keys(places).indexOf(path)
      const after = await left()
      assert.equal(after[index], before[index] - 350)
    }
    await refused(end({ id: 'x' }, 'post'), 404, 'not_found')
    const keyless = await node.admin('POST', '/assets/USD/liquidity/withdrawals', { amount: usd(1) }, { 'idempotency-key': '' })
    assert.equal(keyless.status, 400, keyless.text())

    // A wallet's answer tells what it has; what is set aside has left the balance.
    const w = await ok(node.admin('POST', '/wallet-addresses/alice/withdrawals', { amount: usd(400), timeoutSeconds: 600 }), 201)
    assert.deepEqual([w.wallet, w.balance, w.pending], ['alice', usd(250), usd(400)])
    const balance = await ok(node.admin('GET', '/wallet-addresses/alice/balance'))
    assert.deepEqual([balance.balance, balance.pending], [usd(250), usd(400)])
    await refused(node.admin('PATCH', '/wallet-addresses/alice', { status: 'closed' }), 409, 'wrong_state', 'status')
    const { items, nextCursor } = await ok(node.admin('GET', '/withdrawals?limit=2'))
    assert.deepEqual(items.map((i) => i.state), ['PENDING', 'EXPIRED'])
    assert.equal((await ok(node.admin('GET', `/withdrawals?cursor=${nextCursor}`))).items.length, 8)

    // It outlives the process, and its time passes while there is none.
    const short = await ok(node.admin('POST', '/wallet-addresses/alice/withdrawals', { amount: usd(10), timeoutSeconds: 1 }), 201)
    await node.kill()
    await until('its time', () => Date.now() > Date.parse(short.expiresAt))
    assert.equal((await node.cli('audit')).code, 0)
    await node.serve()
    assert.equal((await get(w)).state, 'PENDING')
    assert.equal((await get(short)).state, 'EXPIRED')
    assert.equal((await ok(end(w, 'post'))).state, 'POSTED')
    await until('it is given back', async () => (await get(short)).endedAt !== null)
    assert.deepEqual((await left())[0], 250)
    assert.equal((await node.cli('audit')).code, 0)
  }
}
