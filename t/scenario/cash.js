// Deposits and withdrawals that an account holder asks for, and the operator's answers.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { ok, refused, usd } from './lib/answers.js'
import { ask } from './lib/cash.js'
import { PASSWORD } from './lib/holder.js'
import { sleep } from './lib/http.js'
import { run } from './lib/node.js'
import { forms, Visitor, words } from './lib/pages.js'

export const maxMs = 120000

async function holder(node, wallet) {
  const r = await run(['-C', node.dir, 'wallet', 'add', wallet, '--asset', 'USD', '--password-stdin'], {
    env: node.env,
    input: `${PASSWORD}\n`
  })
  assert.equal(r.code, 0, r.stderr)
  const v = new Visitor(node)
  assert.equal((await v.signIn(wallet, PASSWORD)).status, 303)
  return v
}

async function provider(t, env = {}) {
  const node = await t.serving('wallet', { env })
  const alice = await holder(node, 'alice')
  await node.ok('deposit', 'alice', '10.00')
  return { node, alice }
}

const list = async (node, query = '') => (await ok(node.admin('GET', `/cash-requests${query}`))).items
const newest = async (node) => (await list(node))[0]
const answer = (node, id, how, body = {}, headers) => node.admin('POST', `/cash-requests/${id}/${how}`, body, headers)

export const tests = {
  'asked for, answered once, and seen by both': async (t) => {
    const { node, alice } = await provider(t)
    assert.equal((await ask(alice, 'deposit', { amount: '5.00' })).status, 303)
    const deposit = await newest(node)
    assert.deepEqual(
      [deposit.type, deposit.walletAddress, deposit.amount, deposit.note, deposit.state, deposit.answer, deposit.endedAt],
      ['deposit', 'alice', usd(500), 'bank account 12', 'PENDING', null, null]
    )
    assert.equal(await node.balance('alice'), 1000n, 'nothing moves before the approval')
    assert.match(words((await alice.get('/wallet/deposit')).text()), /Deposit to alice waits for an answer bank account 12/)

    const key = { 'idempotency-key': randomUUID() }
    await refused(answer(node, deposit.id, 'approve', {}, { 'idempotency-key': '' }), 400, 'malformed', 'Idempotency-Key')
    const approved = await ok(answer(node, deposit.id, 'approve', { answer: 'thank you' }, key))
    assert.deepEqual([approved.state, approved.answer], ['APPROVED', 'thank you'])
    assert.deepEqual(await ok(answer(node, deposit.id, 'approve', { answer: 'thank you' }, key)), approved, 'the same again')
    await refused(answer(node, deposit.id, 'approve', { answer: 'no' }, key), 409, 'conflict', 'Idempotency-Key')
    await refused(answer(node, deposit.id, 'approve'), 409, 'wrong_state', undefined)
    await refused(answer(node, deposit.id, 'refuse'), 409, 'wrong_state', undefined)
    assert.equal(await node.balance('alice'), 1500n)
    assert.match(words((await alice.get('/wallet/deposit')).text()), /Deposit to alice put in .*Answer: thank you/)
    assert.match(words((await alice.get('/wallet/payments')).text()), /5\.00 USD/)

    assert.equal((await ask(alice, 'withdraw', { amount: '12.00' })).status, 303)
    const out = await newest(node)
    assert.deepEqual([out.type, out.amount, out.state], ['withdrawal', usd(1200), 'PENDING'])
    assert.equal(await node.balance('alice'), 300n, 'it is set aside')
    assert.match(words((await alice.get('/wallet')).text()), /12\.00 USD more is set aside to be paid out/)
    const short = await ask(alice, 'withdraw', { amount: '3.01' })
    assert.equal(short.status, 422)
    assert.match(words(short.text()), /does not have so much/)
    await ok(answer(node, out.id, 'approve'))
    assert.equal(await node.balance('alice'), 300n)

    assert.equal((await ask(alice, 'withdraw', { amount: '3.00' })).status, 303)
    const no = await newest(node)
    await ok(answer(node, no.id, 'refuse', { answer: 'no such account' }))
    assert.equal(await node.balance('alice'), 300n, 'it is back in full')
    await refused(answer(node, no.id, 'approve'), 409, 'wrong_state', undefined)
    assert.match(words((await alice.get('/wallet/withdraw')).text()), /Withdrawal from alice was refused .*Answer: no such account/)
    await refused(answer(node, randomUUID(), 'approve'), 404, 'not_found', undefined)
    // A wallet without room for it: the answer is right, the moment is not.
    assert.equal((await ask(alice, 'deposit', { amount: '92233720368547758.07' })).status, 303)
    const full = await newest(node)
    await refused(answer(node, full.id, 'approve'), 409, 'wrong_state', undefined)
    assert.equal((await ok(answer(node, full.id, 'refuse'))).state, 'REFUSED')
    await refused(answer(node, no.id, 'refuse', { answer: 'x'.repeat(201) }), 400, 'too_big', 'answer')
    await refused(node.admin('GET', '/cash-requests?state=GONE'), 400, 'malformed', 'state')
    assert.deepEqual((await list(node)).map((r) => r.state), ['REFUSED', 'REFUSED', 'APPROVED', 'APPROVED'])
    assert.deepEqual(await list(node, '?state=PENDING'), [])
    assert.equal((await node.audit()).code, 0)
  },

  'one of two answers at once counts, and one form asks once': async (t) => {
    const { node, alice } = await provider(t)
    const form = (await alice.get('/wallet/deposit')).text()
    const twice = await Promise.all([1, 2].map(() => alice.submitTo(form, '/wallet/deposit', { amount: '1.00' })))
    assert.deepEqual(twice.map((r) => r.status), [303, 303])
    assert.equal((await list(node)).length, 1)
    const changed = await alice.submitTo(form, '/wallet/deposit', { amount: '2.00' })
    assert.equal(changed.status, 409)
    assert.match(words(changed.text()), /That form was used before/)
    assert.equal((await list(node)).length, 1)
    const { id } = await newest(node)
    const answers = await Promise.all(['approve', 'approve', 'refuse', 'approve', 'refuse'].map((how) => answer(node, id, how)))
    assert.deepEqual(answers.map((r) => r.status).sort(), [200, 409, 409, 409, 409])
    const { state } = await newest(node)
    assert.equal(await node.balance('alice'), state === 'APPROVED' ? 1100n : 1000n)

    // Withdrawn by the holder while the operator answers.
    await ask(alice, 'withdraw', { amount: '4.00' })
    const out = await newest(node)
    const page = (await alice.get('/wallet/withdraw')).text()
    const cancel = forms(page).find((f) => f.action === `/wallet/cash/${out.id}/cancel`)
    const before = await node.balance('alice')
    const [back, posted] = await Promise.all([alice.post(cancel.action, cancel.fields), answer(node, out.id, 'approve')])
    const end = (await newest(node)).state
    assert.deepEqual([back.status, posted.status], end === 'CANCELLED' ? [303, 409] : [409, 200])
    assert.equal(await node.balance('alice'), end === 'CANCELLED' ? before + 400n : before)
    assert.equal((await node.audit()).code, 0)
  },

  'taken back, somebody else’s, too many, wrong': async (t) => {
    const { node, alice } = await provider(t)
    const carol = await holder(node, 'carol')
    await ask(alice, 'withdraw', { amount: '4.00' })
    const { id } = await newest(node)
    const { token } = forms((await carol.get('/wallet/deposit')).text()).find((f) => f.action === '/wallet/deposit').fields
    assert.equal((await carol.post(`/wallet/cash/${id}/cancel`, { token })).status, 404)
    assert.equal((await carol.post('/wallet/withdraw', { token, id: randomUUID(), wallet: 'alice', amount: '1', note: 'mine' })).status, 404)
    assert.equal((await carol.post('/wallet/deposit', { token, id: 'x', wallet: 'carol', amount: '1' })).status, 400)
    assert.equal((await carol.post('/wallet/deposit', { token: 'x', id: randomUUID(), wallet: 'carol', amount: '1' })).status, 403)
    assert.equal((await new Visitor(node).post('/wallet/deposit', { token, id, wallet: 'carol', amount: '1' })).status, 303)
    // The id of somebody else's request.
    assert.equal((await carol.post('/wallet/deposit', { token, id, wallet: 'carol', amount: '1' })).status, 409)
    assert.equal(await node.balance('alice'), 600n)
    for (let i = 0; i < 2; i++) {
      const html = (await alice.get('/wallet/withdraw')).text()
      const cancel = forms(html).find((f) => f.action === `/wallet/cash/${id}/cancel`)
      if (i === 0) assert.equal((await alice.post(cancel.action, cancel.fields)).status, 303)
      else assert.equal(cancel, undefined, 'it can be taken back once')
    }
    const own = forms((await alice.get('/wallet/deposit')).text()).find((f) => f.action === '/wallet/deposit').fields
    assert.equal((await alice.post(`/wallet/cash/${id}/cancel`, { token: own.token })).status, 303, 'two presses are one')
    assert.equal(await node.balance('alice'), 1000n)
    for (const [page, fields, problem] of [
      ['deposit', { amount: '' }, /Enter an amount/],
      ['deposit', { amount: '0' }, /above zero/],
      ['deposit', { amount: '1.001' }, /above zero/],
      ['deposit', { amount: '99999999999999999999' }, /above zero/],
      ['deposit', { amount: '1', note: 'x'.repeat(201) }, /at most 200 bytes/],
      ['withdraw', { amount: '1', note: '' }, /Say where the money shall go/]
    ]) {
      const r = await ask(alice, page, fields)
      assert.equal(r.status, 400, page)
      assert.match(words(r.text()), problem)
    }
    for (let i = 0; i < 5; i++) assert.equal((await ask(alice, 'deposit', { amount: '1.00' })).status, 303)
    const more = await ask(alice, 'deposit', { amount: '1.00' })
    assert.match(words(more.text()), /as much as this wallet answers at a time/)
    assert.equal((await list(node, '?state=PENDING')).length, 5)
    assert.equal((await list(node, '?limit=2')).length, 2)
    assert.equal((await node.audit()).code, 0)
  },

  'a developer’s node may give to try things out; a headless one has no such pages': async (t) => {
    const { node, alice } = await provider(t, { FLORIN_ACCOUNTS_FAUCET: '20' })
    assert.match(words((await alice.get('/wallet/deposit')).text()), /up to 20 in a wallet’s own currency/)
    const r = await ask(alice, 'deposit', { amount: '20.00', note: '' })
    assert.match(r.headers.location, /done=moved$/)
    assert.equal((await newest(node)).state, 'APPROVED')
    assert.equal(await node.balance('alice'), 3000n)
    await ask(alice, 'deposit', { amount: '20.01' })
    assert.equal((await newest(node)).state, 'PENDING')
    await ask(alice, 'withdraw', { amount: '1.00' })
    assert.equal((await newest(node)).state, 'PENDING', 'nothing is paid out by itself')
    assert.equal((await node.audit()).code, 0)
    await node.stop()
    await node.serve({ FLORIN_ACCOUNTS_MODE: 'headless' })
    for (const path of ['/wallet/deposit', '/wallet/withdraw', '/wallet/cash/live']) assert.equal((await alice.get(path)).status, 404, path)
    const { token } = forms((await alice.get('/wallet/request')).text()).find((f) => f.action === '/wallet/request').fields
    assert.equal((await alice.post('/wallet/deposit', { token, id: randomUUID(), wallet: 'alice', amount: '1' })).status, 404)
    assert.doesNotMatch((await alice.get('/wallet')).text(), /wallet\/deposit/)
    await node.stop()
    const refusal = await run(['-C', node.dir, 'check'], { env: { ...node.env, FLORIN_SERVER_DEV: 'no', FLORIN_SERVER_PUBLIC_URL: 'https://a.example' } })
    assert.notEqual(refusal.code, 0)
    assert.match(refusal.stderr, /\[accounts\] faucet/)
  },

  'killed while it is answered, all of it happened or nothing': async (t) => {
    const { node, alice } = await provider(t)
    let nth = 1 // commit after the start: where one was met, the next is likely to be
    for (const [kind, place] of [
      ['deposit', 'before_commit'],
      ['deposit', 'after_commit'],
      ['withdraw', 'before_commit'],
      ['withdraw', 'after_commit']
    ]) {
      // The commits of the node's start come first. Where one was hit that was ours and another one's, or
      // none, what is asked for next is answered at another one.
      let met = false
      for (let made = 0, id; made < 15 && !met; nth = met ? nth : (nth % 12) + 1) {
        if (!id) {
          await ask(alice, kind, { amount: '1.00' })
          id = (await newest(node)).id
          made++
        }
        const before = await node.balance('alice')
        await node.stop()
        const up = await node.serve({ FLORIN_FAILPOINT: `writer.${place}:${nth}:kill` }).then(() => true, () => false)
        if (!up) {
          await node.serve()
          continue
        }
        await sleep(300)
        const r = await answer(node, id, 'approve').catch(() => null)
        await node.kill()
        await node.serve()
        const { state } = (await list(node)).find((x) => x.id === id)
        const moved = kind === 'deposit' && state === 'APPROVED' ? 100n : 0n
        assert.equal(await node.balance('alice'), before + moved)
        assert.equal((await node.audit()).code, 0)
        met = r === null && (state === 'APPROVED') === (place === 'after_commit')
        if (met && state === 'PENDING') await ok(answer(node, id, 'approve'))
        if (state !== 'PENDING') {
          await refused(answer(node, id, 'approve'), 409, 'wrong_state', undefined)
          id = null
        }
      }
      assert.ok(met, `${kind}: it died ${place}`)
    }
  }
}
