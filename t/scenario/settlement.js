// Settlement: what moved elsewhere is recorded; what is due is ordered at engines and what they received is
// credited, each once, whatever fails; engines speak to each other through the packets of their nodes.

import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { usd } from './lib/answers.js'
import { Engine } from './lib/engine.js'
import { request, until } from './lib/http.js'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as ilp from './lib/ilp.js'
import { prepare } from './lib/link.js'
import { peerNodes } from './lib/node.js'
import { addPeer, units } from './lib/setups.js'

export const maxMs = 120000

const TOKEN = 'token-of-the-settlement-engine'

async function engine(t, options = {}) {
  const e = await new Engine({ token: TOKEN, ...options }).listen()
  t.defer(() => e.close())
  return e
}

const settlements = async (node, peer) => (await node.ok('peer', 'settlements', peer)).items
const idOf = async (node, peer) => (await node.ok('peer', 'show', peer)).id

async function withEngine(node, peer, url, ...options) {
  return node.ok('peer', 'settlement', peer, '--engine-url', url, '--engine-token', TOKEN, ...options)
}

async function ended(node, peer, count = 1) {
  await until(`the settlements with ${peer} to end`, async () => {
    const items = await settlements(node, peer)
    return items.length >= count && items.every((s) => s.state !== 'ORDERED')
  })
  return settlements(node, peer)
}

// What the engine does at the first calls for one order, and how it ends.
const FAULTS = {
  none: [],
  fails: [500],
  busy: [503, 429],
  drops: ['drop'],
  loses: ['lost'],
  'loses-twice': ['lost', 'lost'],
  hangs: ['hang'],
  redirects: [302],
  unauthorized: [401],
  conflict: [409],
  refuses: [400]
}

export const tests = {
  'recorded by hand: once, with its reference, and listed': async (t) => {
    const node = await t.serving('hand')
    await addPeer(node, 'acme', { creditLimit: '100.00' })
    const id = randomUUID()
    for (let i = 0; i < 2; i++) {
      const s = await node.ok('peer', 'settle', 'acme', '12.50', '--reference', 'IBAN 7, 26 Nov', '--id', id)
      assert.deepEqual([s.id, s.direction, s.state, s.reference], [id, 'received', 'DONE', 'IBAN 7, 26 Nov'])
    }
    const other = await node.cli('peer', 'settle', 'acme', '12.51', '--reference', 'IBAN 7, 26 Nov', '--id', id)
    assert.equal(other.code, 1, 'the same id for something else')
    await node.ok('peer', 'settle', 'acme', '2.50', '--direction', 'paid', '--reference', 'cheque')
    await node.ok('peer', 'settle', 'acme', '1.00', '--direction', 'received')
    assert.equal(await node.peerBalance('acme'), 1100n)
    assert.equal((await node.cli('peer', 'settle', 'acme', '1.00', '--direction', 'up')).code, 2)
    const over = await node.cli('peer', 'settle', 'acme', '200.00', '--direction', 'paid')
    assert.equal(over.code, 1, 'beyond the credit limit')
    const noEngine = await node.cli('peer', 'settle', 'acme', '1.00', '--direction', 'paid', '--engine')
    assert.match(noEngine.stderr, /no settlement engine/)
    const items = await settlements(node, 'acme')
    assert.deepEqual(
      items.map((s) => [s.direction, s.amount.value, s.reference]),
      [['received', '100', null], ['sent', '250', 'cheque'], ['received', '1250', 'IBAN 7, 26 Nov']]
    )
    const page = (await node.admin('GET', '/peers/acme/settlements?limit=2')).json()
    const rest = (await node.admin('GET', `/peers/acme/settlements?limit=2&cursor=${page.nextCursor}`)).json()
    assert.deepEqual([...page.items, ...rest.items], items)
    assert.equal((await node.admin('GET', '/peers/nobody/settlements')).status, 404)
  },

  'terms: checked, kept, cleared': async (t) => {
    const node = await t.serving('terms')
    await addPeer(node, 'acme', { creditLimit: '100.00' })
    const patch = async (body) => (await node.admin('PATCH', '/peers/acme/settlement-terms', body)).status
    const bad = [
      { settleThreshold: usd(5), settleTo: usd(5) },
      { settleTo: usd(1), settleThreshold: usd(0) },
      { settleThreshold: { ...usd(5), assetCode: 'EUR' } },
      { settleThreshold: usd('--5') },
      { settleThreshold: '5' },
      { claimThreshold: usd(-1) },
      { engineUrl: 'ftp://127.0.0.1' },
      { engineUrl: 'http://127.0.0.1/?a=b' },
      { engineUrl: '' },
      { engineUrl: 7 },
      { engineToken: 'with a blank' },
      { engineToken: '' },
      { surprise: 1 }
    ]
    for (const body of bad) assert.match(String(await patch(body)), /^4/, JSON.stringify(body))
    const none = await node.ok('peer', 'settlement', 'acme')
    assert.deepEqual([none.settleThreshold, none.settleTo, none.engineUrl, none.engineToken], [null, null, null, false])
    const set = await node.ok(
      ...['peer', 'settlement', 'acme', '--settle-threshold', '-20.00', '--settle-to', '-90.00'],
      ...['--claim-threshold', '95.00']
    )
    assert.deepEqual([set.settleThreshold, set.settleTo, set.claimThreshold], [usd(-2000), usd(-9000), usd(9500)])
    assert.equal(set.due, 'sent', 'nothing was paid in advance yet')
    await node.ok('peer', 'settle', 'acme', '90.00', '--direction', 'paid')
    const paid = await node.ok('peer', 'settlement', 'acme', '--claim-threshold', 'none')
    assert.deepEqual([paid.due, paid.claimThreshold, paid.settleTo], [null, null, usd(-9000)])
    const events = (await node.ok('event', 'list')).items.filter((e) => e.type === 'settlement.due')
    assert.deepEqual(events.map((e) => [e.data.direction, e.data.amount.value]), [['sent', '9000']])
  },

  'orders: each is settled once, whatever the engine does': async (t) => {
    const fault = ({ kind, account }, nth) => (kind === 'settlements' ? FAULTS[names.get(account)]?.[nth] : undefined)
    const names = new Map()
    const e = await engine(t, { fault })
    const node = await t.serving('orders', { env: { FLORIN_LIMITS_SETTLEMENT_TIMEOUT_S: '1' } })
    for (const name of Object.keys(FAULTS)) {
      await addPeer(node, name, { creditLimit: '100.00' })
      names.set(await idOf(node, name), name)
      await node.ok('peer', 'settle', name, '30.00')
      await withEngine(node, name, `${e.url}/`, '--settle-threshold', '10.00', '--settle-to', '5.00')
    }
    for (const [id, name] of names) {
      const [s] = await ended(node, name, 2)
      const refused = name === 'refuses'
      assert.deepEqual([s.direction, s.amount.value, s.state], ['sent', '2500', refused ? 'REFUSED' : 'DONE'], name)
      assert.equal(e.settled(id), refused ? 0n : 2500n, name)
      assert.equal(await node.peerBalance(name), refused ? 3000n : 500n, name)
      const calls = e.calls.filter((c) => c.kind === 'settlements' && c.account === id)
      assert.deepEqual([...new Set(calls.map((c) => c.key))], [s.id], `${name}: one key`)
      assert.deepEqual([...new Set(calls.map((c) => c.body.toString()))], ['{"amount":"2500","scale":2}'], name)
      assert.equal(calls.length, refused ? 1 : FAULTS[name].length + 1, name)
      assert.equal(s.error, refused ? 'status 400' : null, name)
    }
    assert.equal(e.orders.size, Object.keys(FAULTS).length - 1)
    // The engine forgot the account: it is told of it again, and the order goes through.
    e.accounts.clear()
    await node.ok('peer', 'settle', 'none', '1.00', '--direction', 'paid', '--engine')
    assert.equal((await ended(node, 'none', 3))[0].state, 'DONE')
    assert.equal(e.settled([...names].find(([, n]) => n === 'none')[0]), 2600n)
    // Another engine, then none: accounts are closed where they were.
    const [first] = [...names].find(([, n]) => n === 'fails')
    const next = await engine(t)
    await node.ok('peer', 'settlement', 'fails', '--engine-url', next.url)
    await until('the new engine to know it', () => next.accounts.has(first))
    await node.ok('peer', 'settlement', 'fails', '--engine-url', 'none')
    await until('both to forget it', () => !next.accounts.has(first) && !e.accounts.has(first))
    assert.deepEqual([...e.problems, ...next.problems], [])
  },

  'orders: a refusal takes back what nobody can have taken, and nothing else': async (t) => {
    // What the engine does first, and whether the order may have been taken then.
    const firsts = { nothing: [undefined, false], drop: ['drop', true], lost: ['lost', true], hang: ['hang', true],
      five: [500, true], busy: [503, true], many: [429, false] }
    const names = new Map()
    const fault = ({ kind, account }, nth) => {
      const first = firsts[names.get(account)]
      if (kind !== 'settlements' || !first) return undefined
      return nth === 0 && first[0] !== undefined ? first[0] : 400
    }
    const e = await engine(t, { fault })
    const node = await t.serving('refusals', { env: { FLORIN_LIMITS_SETTLEMENT_TIMEOUT_S: '1' } })
    for (const name of [...Object.keys(firsts), 'gone']) {
      await addPeer(node, name, { creditLimit: '100.00' })
      names.set(await idOf(node, name), name)
      await node.ok('peer', 'settle', name, '30.00')
    }
    // One whose engine could not be reached at all: nothing was sent.
    const gone = await engine(t)
    await withEngine(node, 'gone', gone.url)
    await until('it to know the account', () => gone.accounts.size === 1)
    await gone.close()
    await node.ok('peer', 'settle', 'gone', '25.00', '--direction', 'paid', '--engine')
    for (const name of Object.keys(firsts)) {
      await withEngine(node, name, `${e.url}/`, '--settle-threshold', '10.00', '--settle-to', '5.00')
    }
    for (const [name, [, maybe]] of Object.entries(firsts)) {
      await until(`the refusal of ${name}`, () => e.calls.some((c) => names.get(c.account) === name && c.kind === 'settlements' && (name === 'nothing' || e.calls.filter((d) => d.key === c.key).length >= 2)))
      await until(`the books of ${name}`, async () => {
        const [s] = await settlements(node, name)
        return s.error !== null && (maybe ? s.state === 'ORDERED' : s.state === 'REFUSED')
      })
      assert.equal(await node.peerBalance(name), maybe ? 500n : 3000n, name)
    }
    gone.fault = ({ kind }) => (kind === 'settlements' ? 400 : undefined)
    await gone.restart()
    await until('the refusal of gone', async () => (await settlements(node, 'gone'))[0].state === 'REFUSED', 60000)
    assert.equal(await node.peerBalance('gone'), 3000n)
  },

  'orders: a kill, a stop and a new engine lose nothing and repeat nothing': async (t) => {
    let hangs = true
    const e = await engine(t, { fault: ({ kind }) => (kind === 'settlements' && hangs ? 'hang' : undefined) })
    const node = await t.serving('killed', { env: { FLORIN_LIMITS_SETTLEMENT_TIMEOUT_S: '20' } })
    await addPeer(node, 'acme', { creditLimit: '100.00' })
    const id = await idOf(node, 'acme')
    await withEngine(node, 'acme', e.url)
    const settle = (amount) => node.ok('peer', 'settle', 'acme', amount, '--direction', 'paid', '--engine')
    const called = (n) => until(`${n} calls`, () => e.calls.filter((c) => c.kind === 'settlements').length >= n)
    await settle('1.00')
    await called(1)
    await node.kill() // in the middle of the call
    await node.serve()
    await called(2)
    await node.stop() // the same, politely
    hangs = false
    await e.restart()
    await node.serve({ FLORIN_FAILPOINT: 'settle.after_call:1:kill' }) // the engine took it, and that is not kept
    await node.exited
    assert.equal(e.settled(id), 100n)
    await node.serve()
    await ended(node, 'acme')
    assert.equal(e.settled(id), 100n)
    // One that is never answered is ended by a person, either way.
    hangs = true
    const end = (id, as) => node.cli('peer', 'settle-end', 'acme', id, '--as', as)
    await node.ok('peer', 'settlement', 'acme', '--engine-url', 'http://127.0.0.1:9') // nobody is there
    const [stuck, paid] = [await settle('5.00'), await settle('6.00')]
    for (const [{ id }, as] of [[stuck, 'refused'], [paid, 'paid']]) {
      await until('it to be ended', async () => (await end(id, as)).code === 0)
      assert.equal((await end(id, as)).code, 1, 'once')
    }
    assert.equal((await end(randomUUID(), 'paid')).code, 1)
    assert.deepEqual((await settlements(node, 'acme')).slice(0, 2).map((s) => s.state), ['DONE', 'REFUSED'])
    assert.equal(await node.peerBalance('acme'), -700n)
    hangs = false
    await node.ok('peer', 'settlement', 'acme', '--engine-url', e.url)
    await until('the account to be opened again', () => e.calls.filter((c) => c.kind === 'open').length > 1 && e.accounts.has(id))
    await e.close() // no engine at all
    await settle('2.00')
    await until('an attempt that fails', async () => (await settlements(node, 'acme'))[0].attempts > 0)
    await e.restart().catch(() => e.listen(e.port))
    await ended(node, 'acme', 4)
    assert.equal(e.settled(id), 300n)
    assert.equal(e.orders.size, 2)
    assert.equal(await node.peerBalance('acme'), -900n)
    assert.deepEqual(e.problems, [])
  },

  'orders: an end that the store refuses for a moment is written all the same': async (t) => {
    const e = await engine(t, {})
    const node = await t.serving('refused', { env: { FLORIN_FAILPOINT: 'settle.before_end:2:error' } })
    await addPeer(node, 'acme', { creditLimit: '100.00' })
    const id = await idOf(node, 'acme')
    await withEngine(node, 'acme', e.url)
    await until('the account', () => e.accounts.has(id))
    await node.ok('peer', 'settle', 'acme', '1.00', '--direction', 'paid', '--engine')
    await ended(node, 'acme')
    assert.equal(e.settled(id), 100n)
    assert.match(node.log, /event=engine_call_end result=store_unavailable/)
    assert.equal(e.calls.filter((c) => c.kind === 'settlements').length, 1, 'it was called once')
  },

  'what an engine received: once for each key, and to the last digit': async (t) => {
    const node = await t.serving('receives')
    await addPeer(node, 'acme', {})
    await addPeer(node, 'other', {})
    const e = new Engine({ token: TOKEN })
    const id = await idOf(node, 'acme')
    const tell = (key, quantity, headers) => e.tell(node, id, key, quantity, headers)
    assert.equal((await tell('k', { amount: '1', scale: 2 })).status, 401, 'no engine, no token')
    await withEngine(node, 'acme', 'http://127.0.0.1:9')
    await withEngine(node, 'other', 'http://127.0.0.1:9', '--engine-token', 'token-of-another-engine')

    const first = await tell('k1', { amount: '12345', scale: 3 })
    assert.equal(first.status, 201)
    const { id: settlement, ...said } = first.json()
    assert.deepEqual(said, {
      ...{ amount: '12345', scale: 3 },
      ...{ credited: { amount: '1234', scale: 2 }, leftover: { amount: '5', scale: 3 } }
    })
    for (const body of ['{"amount":"12345","scale":3}', '{ "scale": 3, "amount": "12345" }']) {
      const again = await tell('k1', body)
      assert.deepEqual([again.status, again.text()], [201, first.text()])
    }
    for (const changed of [{ amount: '12346', scale: 3 }, { amount: '12345', scale: 2 }]) {
      assert.equal((await tell('k1', changed)).status, 409)
    }
    assert.equal((await tell('k2', { amount: '5', scale: 3 })).json().credited.amount, '1')
    assert.equal(await node.peerBalance('acme'), 1235n)
    // many at once under one key
    const burst = await Promise.all(Array.from({ length: 16 }, () => tell('k3', { amount: '100', scale: 2 })))
    assert.deepEqual(burst.map((r) => r.status), Array(16).fill(201))
    assert.equal(new Set(burst.map((r) => r.text())).size, 1)
    // a death before the answer, and a restart, forget nothing
    await node.kill()
    await node.serve({ FLORIN_FAILPOINT: 'http.before_reply:1:kill' })
    await assert.rejects(tell('k4', { amount: '300', scale: 2 }))
    await node.exited
    await node.serve()
    const late = await tell('k4', { amount: '300', scale: 2 })
    assert.deepEqual([late.status, late.json().credited.amount], [201, '300'])
    assert.equal((await tell('k1', { amount: '12345', scale: 3 })).text(), first.text())
    assert.equal((await tell('k3', { amount: '1', scale: 2 })).status, 409)
    assert.equal(await node.peerBalance('acme'), 1635n)

    const bad = [
      [undefined, { amount: '1', scale: 2 }],
      ['x'.repeat(256), { amount: '1', scale: 2 }],
      ['b', { amount: 1, scale: 2 }],
      ['b', { amount: '-1', scale: 2 }],
      ['b', { amount: '01', scale: 2 }],
      ['b', { amount: '1.5', scale: 2 }],
      ['b', { amount: '', scale: 2 }],
      ['b', { amount: '9'.repeat(301), scale: 2 }],
      ['b', { amount: '1', scale: 256 }],
      ['b', { amount: '1', scale: -1 }],
      ['b', { amount: '1', scale: '2' }],
      ['b', { amount: '1' }],
      ['b', '{"amount":'],
      ['b', '[]']
    ]
    for (const [key, body] of bad) assert.equal((await tell(key, body)).status, 400, JSON.stringify(body).slice(0, 60))
    const much = await tell('b', { amount: '9223372036854775808', scale: 2 })
    assert.match(String(much.status), /^4/)
    assert.equal((await tell('b', { amount: '0', scale: 2 })).status, 201, 'what was refused was not kept')
    // who may say so
    const as = async (account, authorization) =>
      (await e.tell(node, account, randomUUID(), { amount: '1', scale: 2 }, { authorization })).status
    const basic = (s) => `Basic ${Buffer.from(s).toString('base64')}`
    assert.equal(await as(id, basic(`engine:${TOKEN}`)), 201, 'a URL with the token as its password')
    for (const wrong of ['', 'Bearer x', `Bearer ${node.adminToken()}`, 'Bearer token-of-another-engine', basic(TOKEN), basic('a:b'), 'Basic ?']) {
      assert.equal(await as(id, wrong), 401, wrong)
    }
    assert.equal(await as(randomUUID(), `Bearer ${TOKEN}`), 404)
    assert.equal(await as(await idOf(node, 'other'), `Bearer ${TOKEN}`), 401)
    assert.equal((await node.admin('POST', `/../settlement/accounts/${id}/settlements`, {})).status, 404)
    const listed = (await settlements(node, 'acme')).find((s) => s.id === settlement)
    assert.deepEqual([listed.engineKey, listed.quantity], ['k1', { amount: '12345', scale: 3 }])
    assert.equal(await node.peerBalance('acme'), 1636n)
  },

  'two nodes and their engines: what one owes the other gets, and messages both ways': async (t) => {
    const [a, b] = [await t.serving('a'), await t.serving('b')]
    const limits = ['--credit-limit', '1000.00']
    await peerNodes(a, b, 'USD', { aLimits: limits, bLimits: limits })
    await a.ok('wallet', 'add', 'alice', '--asset', 'USD')
    await b.ok('wallet', 'add', 'bob', '--asset', 'USD')
    await a.ok('deposit', 'alice', '500.00')
    // The first answer of either is lost.
    const lost = ({ kind }, nth) => (kind === 'settlements' && nth === 0 ? 'lost' : undefined)
    const [ea, eb] = [await engine(t, { fault: lost }), await engine(t)]
    const [bAtA, aAtB] = [await idOf(a, 'b'), await idOf(b, 'a')]
    ea.pays(eb, b, aAtB)
    await withEngine(a, 'b', ea.url, '--settle-threshold', '100.00', '--settle-to', '10.00')
    await withEngine(b, 'a', eb.url, '--claim-threshold', '500.00')

    await a.ok('pay', 'alice', `${b.url}/bob`, '--send', '120.00', '--yes')
    await ended(a, 'b')
    await until('the settlement to arrive', async () => (await b.peerBalance('a')) === -(await a.peerBalance('b')))
    assert.equal(await a.peerBalance('b'), 1000n)
    assert.equal(ea.settled(bAtA), 11000n)
    assert.deepEqual((await settlements(b, 'a')).map((s) => [s.direction, s.amount.value]), [['received', '11000']])
    const events = (await a.ok('event', 'list')).items.filter((e) => e.type.startsWith('settlement.'))
    assert.deepEqual(events.map((e) => [e.type, e.data.direction, e.data.engine]), [['settlement.due', 'sent', true]])

    eb.onMessage = ({ body }) => ({ status: 201, body: Buffer.concat([Buffer.from('re: '), body]) })
    const said = await ea.say(a, bAtA, Buffer.from('my address is r1'))
    assert.deepEqual([said.status, said.text()], [201, 're: my address is r1'])
    assert.equal(said.headers['content-type'], 'application/octet-stream')
    const big = Buffer.alloc(30000, 7)
    assert.ok((await ea.say(a, bAtA, big)).body.subarray(4).equals(big))
    const back = await eb.say(b, aAtB, Buffer.from([0, 255]))
    assert.deepEqual([back.status, back.text()], [201, 'pong'])
    eb.onMessage = () => ({ status: 400, body: Buffer.from('what?') })
    assert.equal((await ea.say(a, bAtA, Buffer.from('x'))).status, 502)
    assert.equal((await ea.say(a, bAtA, Buffer.alloc(32768))).status, 413)
    assert.equal((await ea.say(a, bAtA, Buffer.from('x'), { authorization: 'Bearer no' })).status, 401)
    assert.equal((await ea.say(a, bAtA, Buffer.from('x'), { 'content-type': 'text/plain' })).status, 415)
    await eb.close()
    assert.equal((await ea.say(a, bAtA, Buffer.from('x'))).status, 502)
    assert.deepEqual([...ea.problems, ...eb.problems], [])
  },

  'a statement: both sides have the same lines, and what is in doubt ends by them': async (t) => {
    const env = { FLORIN_ILP_MAX_HOLD_S: '2', FLORIN_ILP_MIN_MESSAGE_WINDOW_MS: '200' }
    const [a, b] = [await t.serving('a', { env }), await t.serving('b', { env })]
    const limits = ['--credit-limit', '1000.00', '--max-packet', '1.00']
    await peerNodes(a, b, 'USD', { aLimits: limits, bLimits: limits })
    await a.ok('wallet', 'add', 'alice', '--asset', 'USD')
    await b.ok('wallet', 'add', 'bob', '--asset', 'USD')
    await a.ok('deposit', 'alice', '500.00')
    const csv = async (node, peer, ...days) => {
      const r = await node.cli('peer', 'statement', peer, ...days)
      assert.equal(r.code, 0, r.stderr)
      return r.stdout
    }
    const [us, them] = [a.address, b.address]
    const today = (await csv(a, 'b')).split('\n')[1] && new Date().toISOString().slice(0, 10)
    assert.equal(await csv(a, 'b'), await csv(b, 'a'), 'before anything happened')

    await a.ok('pay', 'alice', `${b.url}/bob`, '--send', '12.00', '--yes')
    await b.ok('pay', 'bob', `${a.url}/alice`, '--send', '3.50', '--yes')
    await a.ok('peer', 'settle', 'b', '5.00', '--direction', 'paid', '--reference', 'wire 1')
    await b.ok('peer', 'settle', 'a', '5.00', '--reference', 'wire 1')
    const lines = await csv(a, 'b')
    assert.equal(lines, await csv(b, 'a'))
    if (new Date().toISOString().slice(0, 10) === today) {
      const day = (item, from, to, amount) => `${today},${item},${from},${to},${amount},USD`
      assert.deepEqual(lines.trim().split('\n'), [
        'date,item,from,to,amount,asset',
        `,opening,${us},${them},0.00,USD`,
        ...[day('packets', us, them, '12.00'), day('packets', them, us, '3.50'), day('settlements', us, them, '5.00')],
        ...[day('packets_total', us, them, '12.00'), day('packets_total', them, us, '3.50')],
        ...[day('settlements_total', us, them, '5.00'), day('settlements_total', them, us, '0.00')],
        day('closing', us, them, '3.50'),
        ...[day('packets_ever', us, them, '12.00'), day('packets_ever', them, us, '3.50')]
      ])
      assert.match(await csv(a, 'b', '--from', today, '--to', today), /closing,test\.a,test\.b,3\.50/)
    }
    assert.match(await csv(a, 'b', '--to', '2020-01-01'), /closing,test\.a,test\.b,0\.00/)
    const headers = { accept: 'text/csv' }
    const [ofA, ofB] = [await a.admin('GET', '/peers/b/statement', undefined, headers), await b.admin('GET', '/peers/a/statement', undefined, headers)]
    assert.deepEqual([ofA.status, ofA.headers['content-type']], [200, 'text/csv; charset=utf-8'])
    assert.equal(ofA.text(), ofB.text())
    assert.equal(ofA.text().replaceAll('\r\n', '\n'), lines)
    for (const bad of ['from=2026-02-30', 'from=x', 'to=2026-1-1', 'from=2026-11-02&to=2026-11-01', 'from=1969-12-31']) {
      assert.equal((await a.admin('GET', `/peers/b/statement?${bad}`)).status, 400, bad)
    }

    // b dies with Fulfills that nobody saw: its books have more than alice's node's.
    await b.stop()
    await b.serve({ FLORIN_FAILPOINT: 'http.before_reply:25:kill' })
    const quote = await a.admin('POST', '/quotes', { walletAddress: 'alice', receiver: `${b.url}/bob`, debitAmount: usd(10000) })
    const payment = (await a.admin('POST', '/outgoing-payments', { quoteId: quote.json().id })).json()
    assert.equal((await b.exited).signal, 'SIGKILL')
    await b.serve()
    await until('the payment to end', async () => {
      const { state } = (await a.admin('GET', `/outgoing-payments/${payment.id}`)).json()
      const { pending } = await a.ok('peer', 'show', 'b')
      return ['COMPLETED', 'FAILED'].includes(state) && pending.value === '0'
    }, 60000)
    const open = async (node) => (await node.ok('doubt', 'list')).items.reduce((sum, d) => sum + units(d.amount), 0n)
    const gap = async () => -(await b.peerBalance('a')) - (await a.peerBalance('b'))
    const before = await gap()
    assert.ok(before >= 0n && before <= (await open(a)), `${before} of ${await open(a)}`)
    assert.ok((await open(b)) >= before, 'what b claims, and a has not, is listed by b')
    assert.match(await csv(a, 'b'), /in_doubt,test\.a,test\.b,/)
    assert.match(await csv(b, 'a'), /in_doubt,test\.a,test\.b,/)
    const file = async (node, peer) => {
      const path = join(t.dir, `statement-of-${node.name}`)
      writeFileSync(path, await csv(node, peer))
      return path
    }
    const wrong = await a.cli('doubt', 'reconcile', 'b', '--received', '999.00')
    assert.deepEqual([wrong.code, /in doubt/.test(wrong.stderr)], [1, true])
    assert.equal((await a.cli('doubt', 'reconcile', 'b', '--received', '1.00')).code, 1, 'older figures')
    assert.equal((await a.cli('doubt', 'reconcile', 'b')).code, 2)
    const done = await a.ok('doubt', 'reconcile', 'b', '--statement', await file(b, 'a'))
    assert.equal(units(done.admitted), before)
    await b.ok('doubt', 'reconcile', 'a', '--statement', await file(a, 'b'))
    assert.deepEqual([await gap(), await open(a), await open(b)], [0n, 0n, 0n])
    assert.equal(await csv(a, 'b'), await csv(b, 'a'))
  },

  'packets to peer.settle: their rules': async (t) => {
    const e = await engine(t)
    const node = await t.serving('packets', { env: { FLORIN_LIMITS_SETTLEMENT_TIMEOUT_S: '15' } })
    await addPeer(node, 'acme', { token: 'token-acme' })
    const link = t.link(node, 'token-acme')
    const condition = ilp.sha256(Buffer.alloc(32))
    const ofTheRfc = createHash('sha256').digest()
    const send = (fields) => link.send(prepare({ destination: 'peer.settle', condition, data: Buffer.from('hi'), ...fields }))
    const code = async (fields) => (await send(fields)).code
    assert.equal(await code({}), 'F02', 'no engine')
    await withEngine(node, 'acme', e.url)
    await until('the engine to know the account', () => e.accounts.size === 1)
    for (const c of [condition, ofTheRfc]) {
      const reply = await send({ condition: c })
      assert.deepEqual([reply.type, reply.data.toString()], [ilp.FULFILL, 'pong'])
      assert.ok(reply.fulfillment.equals(Buffer.alloc(32)))
    }
    assert.equal(await code({ amount: 1n }), 'F03')
    assert.equal(await code({ condition: Buffer.alloc(32, 1) }), 'F00')
    assert.equal(await code({ destination: 'peer.settle.more' }), 'F01')
    e.onMessage = () => ({ status: 422, body: Buffer.from('no such ledger') })
    const refused = await send({})
    assert.deepEqual([refused.code, refused.triggeredBy, refused.data.toString()], ['F00', 'peer.settle', 'no such ledger'])
    e.onMessage = () => ({ status: 500, body: Buffer.alloc(0) })
    assert.equal(await code({}), 'T00')
    // Four of a peer's messages wait for its engine at a time; others have theirs.
    let release
    const waits = new Promise((resolve) => (release = resolve))
    await addPeer(node, 'other', { token: 'token-other' })
    await withEngine(node, 'other', e.url)
    await until('the engine to know both', () => e.accounts.size === 2)
    const acme = await idOf(node, 'acme')
    e.onMessage = () => ({ status: 201, body: Buffer.from('pong') })
    e.fault = async ({ kind, account }) => void (kind === 'messages' && account === acme && (await waits))
    const before = e.calls.filter((c) => c.kind === 'messages').length
    const many = Array.from({ length: 4 }, () => send({}))
    await until('all to be with the engine', () => e.calls.filter((c) => c.kind === 'messages').length === before + 4)
    assert.equal(await code({}), 'T03', 'one too many')
    const theirs = await t.link(node, 'token-other').send(prepare({ destination: 'peer.settle', condition, data: Buffer.from('hi') }))
    assert.equal(theirs.type, ilp.FULFILL, 'another peer is not concerned')
    release()
    assert.ok((await Promise.all(many)).every((r) => r.type === ilp.FULFILL))
    assert.equal((await send({})).type, ilp.FULFILL, 'there is room again')
    e.fault = () => undefined
    // What is left between the two is settled while a peer drains, and nothing else goes.
    e.onMessage = () => ({ status: 201, body: Buffer.from('pong') })
    await node.ok('peer', 'set', 'acme', '--state', 'draining')
    assert.equal((await send({})).type, ilp.FULFILL)
    assert.equal(await code({ destination: 'peer.config', data: Buffer.alloc(0) }), 'T03')
    await node.ok('peer', 'set', 'acme', '--state', 'active')
    await e.close()
    const gone = await send({})
    assert.deepEqual([gone.code, gone.triggeredBy], ['T00', 'peer.settle'])
  }
}
