// The consent pages: what they show, who may decide, and how the browser leaves.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { usd } from './lib/answers.js'
import { Client } from './lib/client.js'
import { Device } from './lib/device.js'
import { request, sleep, until } from './lib/http.js'
import { run } from './lib/node.js'
import { forms, Visitor, words } from './lib/pages.js'
import { grantState, sql, storedGrant } from './lib/stored_grant.js'

const PASSWORD = 'correct horse battery'
const CLIENT = 'https://shop.example/till'
const FINISH = { uri: 'http://127.0.0.1:9/back?order=a%20b&result=x', nonce: 'client-nonce' }

const pay = (limits, more = {}) => ({
  type: 'outgoing-payment',
  actions: ['create', 'read'],
  wallet: 'alice',
  limits,
  ...more
})

async function addWallet(node, name, ...more) {
  const words = ['wallet', 'add', name, '--asset', 'USD', '--password-stdin', ...more]
  const r = await run(['-C', node.dir, ...words], { env: node.env, input: `${PASSWORD}\n` })
  assert.equal(r.code, 0, r.stderr)
}

async function provider(t, options) {
  const node = await t.serving('wallet', options)
  await addWallet(node, 'alice', '--name', 'Alice Example')
  await addWallet(node, 'bob')
  await node.ok('deposit', 'alice', '50.00')
  return node
}

/** Opens the page of an interaction and signs in there -> {visitor, page: the page after it}. */
async function open(node, grant, wallet = 'alice', visitor = new Visitor(node)) {
  const login = await visitor.get(grant.path)
  assert.equal(login.status, 200)
  const r = await visitor.submit(login.text(), { wallet, password: PASSWORD })
  assert.equal(r.status, 303)
  assert.equal(r.headers.location, grant.path)
  return { visitor, page: await visitor.get(grant.path) }
}

const query = (r) => Object.fromEntries(new URL(r.headers.location).searchParams)

function checkHash(node, grant, q, finish = FINISH) {
  const base = [finish.nonce, grant.serverNonce, q.interact_ref, `${node.url}/auth`].join('\n')
  assert.equal(q.hash, createHash('sha256').update(base).digest('base64'))
}

const ask = (node, access, more = {}) =>
  storedGrant(node, { client: CLIENT, clientName: 'The Shop', access, finish: FINISH, ...more })

/** What a signed client asks for, and the interaction that it is given. */
async function asked(node, client, { finish = FINISH, limits = { debitAmount: usd('100') } } = {}) {
  const r = await client.grant(node, {
    access: [{ type: 'outgoing-payment', actions: ['create', 'read'], identifier: `${node.url}/alice`, limits }],
    interact: { start: ['redirect'], ...(finish ? { finish: { method: 'redirect', ...finish } } : {}) }
  })
  assert.equal(r.status, 200, r.text())
  const { interact, continue: more } = r.json()
  assert.ok(interact.redirect.startsWith(`${node.url}/auth/interact/`))
  return {
    path: new URL(interact.redirect).pathname,
    serverNonce: interact.finish,
    go: (json) => client.call('POST', more.uri, { json, token: more.access_token.value })
  }
}

export const tests = {
  'from the request to the token, by the way back': async (t) => {
    const node = await provider(t)
    const client = await Client.published(t, { publicName: 'A <b>shop</b>' })
    const grant = await asked(node, client)
    const { visitor, page } = await open(node, grant)
    const text = words(page.text())
    assert.ok(text.includes('A <b>shop</b>') && text.includes(client.address), text)
    const q = query(await visitor.submit(page.text(), { decision: 'accept' }))
    checkHash(node, grant, q)
    assert.equal((await grant.go({ interact_ref: 'wrong' })).status, 404)
    const r = await grant.go({ interact_ref: q.interact_ref })
    assert.equal(r.status, 200, r.text())
    assert.equal(r.json().access_token.access[0].identifier, `${node.url}/alice`)
    assert.equal((await grant.go({ interact_ref: q.interact_ref })).status, 401, 'once')
    assert.equal(query(await visitor.submit(page.text(), { decision: 'accept' })).result, 'grant_invalid', 'the reference was used')
    const no = await asked(node, client)
    const second = await visitor.get(no.path)
    assert.equal(query(await visitor.submit(second.text(), { decision: 'reject' })).result, 'grant_rejected')
    assert.ok([401, 404].includes((await no.go({ interact_ref: 'x' })).status))
  },

  'from the request to the token, by polling': async (t) => {
    const node = await provider(t)
    const client = await Client.published(t)
    const grant = await asked(node, client, { finish: null })
    const { visitor, page } = await open(node, grant)
    const r = await visitor.submit(page.text(), { decision: 'accept' })
    assert.equal((await visitor.get(r.headers.location)).status, 202)
    const token = await until('the token', async () => {
      const answer = await grant.go()
      if (answer.status === 400) assert.equal(answer.json().error.code, 'too_fast')
      else assert.equal(answer.status, 200, answer.text())
      return answer.status === 200 && answer.json().access_token
    })
    assert.ok(token.value)
    const no = await asked(node, client, { finish: null })
    const second = await visitor.get(no.path)
    await visitor.submit(second.text(), { decision: 'reject' })
    await until('the no', async () => {
      const answer = await no.go()
      if (answer.status === 400) return false
      assert.equal(answer.status, 401, answer.text())
      return true
    })
  },

  'the page shows everything that is agreed to': async (t) => {
    const node = await provider(t)
    const start = new Date(Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth(), 1)).toISOString()
    const grant = await ask(node, [
      pay({
        debitAmount: usd('8000'),
        interval: `R5/${start}/P1M`,
        receiver: 'https://bank.example/op/incoming-payments/01'
      }),
      { type: 'quote', actions: ['create', 'read'], wallet: 'alice' }
    ])
    const { visitor, page } = await open(node, grant)
    assert.equal(page.status, 200)
    const text = words(page.text())
    for (const part of [
      'shop.example',
      'Verified: the request is signed with a key that is published at https://shop.example/till',
      'Not verified: the name “The Shop” was chosen by the client itself',
      'make payments from this wallet',
      'see the payments that it made',
      'ask what a payment would cost',
      'Alice Example',
      `${node.url}/alice`,
      'up to 80.00 USD each month',
      'only bank.example https://bank.example/op/incoming-payments/01',
      'Your wallet holds 50.00 USD, less than the limit of 80.00 USD',
      'The last one ends',
      'It ends'
    ]) {
      assert.ok(text.includes(part), `${part}\n${text}`)
    }
    const month = (k) => {
      const d = new Date(start)
      d.setUTCMonth(d.getUTCMonth() + k)
      return `1 ${d.toLocaleString('en', { month: 'long', timeZone: 'UTC' })} ${d.getUTCFullYear()}, 00:00 UTC`
    }
    const absolute = text.replaceAll(/ \((now|in \d+ \w+|\d+ \w+ ago)\)/g, '')
    for (let k = 0; k < 3; k++) assert.ok(absolute.includes(`${month(k)} to ${month(k + 1)}`), `${month(k)}\n${text}`)
    assert.doesNotMatch(page.text(), /<script|\bon[a-z]+=|style=|src=/i)
    assert.match(page.headers['content-security-policy'], /form-action 'self' http:\/\/127\.0\.0\.1:9;/)
    assert.match(page.headers['content-security-policy'], /frame-ancestors 'none'/)
    const [form] = forms(page.text())
    assert.deepEqual(form.buttons.map((b) => [b.name, b.value, b.class]), [
      ['decision', 'accept', 'button'],
      ['decision', 'reject', 'button']
    ])
    assert.ok(!('password' in form.fields), 'a limited grant needs no second password')
    const r = await visitor.submit(page.text(), { decision: 'accept' })
    assert.equal(r.status, 303)
    const q = query(r)
    assert.equal(q.order, 'a b')
    assert.ok(!('result' in q))
    checkHash(node, grant, q)
    assert.deepEqual(await grantState(node, grant), { state: 'APPROVED', ends_ms: null })
  },

  'declining': async (t) => {
    const node = await provider(t)
    const grant = await ask(node, [pay({ debitAmount: usd('100') })])
    const { visitor, page } = await open(node, grant)
    const r = await visitor.submit(page.text(), { decision: 'reject' })
    assert.equal(r.status, 303)
    assert.deepEqual(query(r), { order: 'a b', result: 'grant_rejected' })
    assert.equal((await grantState(node, grant)).state, 'FINALIZED REJECTED')
    // Once is once.
    assert.equal(query(await visitor.submit(page.text(), { decision: 'accept' })).result, 'grant_invalid')
    assert.equal(query(await visitor.get(grant.path)).result, 'grant_invalid')
    assert.equal((await grantState(node, grant)).state, 'FINALIZED REJECTED')
  },

  'a client that polls: the browser ends on a page of ours': async (t) => {
    const node = await provider(t)
    for (const [decision, word, state] of [
      ['accept', 'Accepted', 'APPROVED'],
      ['reject', 'Declined', 'FINALIZED REJECTED']
    ]) {
      const grant = await ask(node, [pay({ debitAmount: usd('100') })], { finish: undefined })
      const { visitor, page } = await open(node, grant)
      const r = await visitor.submit(page.text(), { decision })
      assert.equal(r.status, 303)
      const last = await visitor.get(r.headers.location)
      assert.equal(last.status, 202)
      assert.ok(words(last.text()).includes(word))
      assert.equal((await grantState(node, grant)).state, state)
      assert.equal((await visitor.get(grant.path)).status, 401)
      assert.equal((await new Visitor(node).get(r.headers.location)).status, 403, 'another browser')
    }
  },

  'without a limit: the words, and the password once more': async (t) => {
    const node = await provider(t)
    const grant = await ask(node, [pay(undefined)])
    const { visitor, page } = await open(node, grant)
    assert.match(words(page.text()), /any amount until you revoke it/)
    for (const password of ['', 'wrong']) {
      const r = await visitor.submit(page.text(), { decision: 'accept', password })
      assert.equal(r.status, 403)
      assert.match(words(r.text()), /The password is wrong/)
      assert.equal((await grantState(node, grant)).state, 'PENDING')
    }
    const r = await visitor.submit(page.text(), { decision: 'accept', password: PASSWORD })
    checkHash(node, grant, query(r))
    const other = await ask(node, [pay({ receiver: 'https://bank.example/x' })])
    const second = await visitor.get(other.path)
    assert.match(words(second.text()), /any amount until you revoke it/)
    assert.equal(query(await visitor.submit(second.text(), { decision: 'reject' })).result, 'grant_rejected', 'a no needs none')
  },

  'the holder allows less than was asked for, and much only with the password': async (t) => {
    const node = await provider(t)
    const grant = await ask(node, [pay({ debitAmount: usd('15000') })])
    const { visitor, page } = await open(node, grant)
    assert.match(words(page.text()), /less than the 150\.00 USD that are asked for/)
    for (const limit of ['150.01', '0', '0.00', '-1', '1e3', '1.001', 'ten']) {
      const r = await visitor.submit(page.text(), { decision: 'accept', limit0: limit, password: PASSWORD })
      assert.equal(r.status, 400, limit)
      assert.match(words(r.text()), /no more than was asked for/)
    }
    for (const limit of ['', '150.00', '100.01']) {
      assert.equal((await visitor.submit(page.text(), { decision: 'accept', limit0: limit })).status, 403, `${limit} needs the password`)
    }
    assert.equal((await grantState(node, grant)).state, 'PENDING')
    checkHash(node, grant, query(await visitor.submit(page.text(), { decision: 'accept', limit0: '99.50' })))
    const { items } = await node.ok('grant', 'list')
    assert.equal(items[0].access.find((a) => a.limits).limits.debitAmount.value, '9950')
    const much = await ask(node, [pay({ debitAmount: usd('15000') })])
    const second = await visitor.get(much.path)
    checkHash(node, much, query(await visitor.submit(second.text(), { decision: 'accept', password: PASSWORD })))

    // Much is what may leave the wallet in a month, in whatever way it is asked for.
    const btc = { value: '1', assetCode: 'BTC', assetScale: 8 }
    for (const [what, ...limits] of [
      ['a little each second', { debitAmount: usd('100'), interval: 'R/2026-01-01T00:00:00Z/PT1S' }],
      ['what arrives in another asset', { receiveAmount: btc }]
    ]) {
      const hidden = await ask(node, limits.map(pay))
      const form = await visitor.get(hidden.path)
      assert.equal((await visitor.submit(form.text(), { decision: 'accept' })).status, 403, `${what} needs the password`)
      assert.equal((await grantState(node, hidden)).state, 'PENDING')
      checkHash(node, hidden, query(await visitor.submit(form.text(), { decision: 'accept', password: PASSWORD })))
    }
  },

  'the holder sets a last day': async (t) => {
    const node = await provider(t)
    const grant = await ask(node, [pay({ debitAmount: usd('100') })])
    const { visitor, page } = await open(node, grant)
    for (const until of ['yesterday', '2020-01-01', '2027-02-30', '2027-2-3', '27-02-03', '2027-02-03x']) {
      const r = await visitor.submit(page.text(), { decision: 'accept', until })
      assert.equal(r.status, 400, until)
      assert.match(words(r.text()), /must be a day from today on/)
    }
    const r = await visitor.submit(page.text(), { decision: 'accept', until: '2096-02-29' })
    checkHash(node, grant, query(r))
    assert.deepEqual(await grantState(node, grant), { state: 'APPROVED', ends_ms: Date.UTC(2096, 2, 1) })
  },

  'only its holder can accept': async (t) => {
    const node = await provider(t)
    for (const decision of ['accept', 'reject']) {
      const grant = await ask(node, [pay({ debitAmount: usd('100') })])
      const { visitor, page } = await open(node, grant, 'bob')
      assert.equal(page.status, 403)
      assert.match(words(page.text()), /signed in as bob.*belongs to whoever holds alice, and only they can accept it/)
      assert.ok(!forms(page.text()).some((f) => f.buttons.some((b) => b.value === 'accept')))
      const r = await visitor.submit(page.text(), { token: forms(page.text())[0].fields.token, decision })
      assert.equal(query(r).result, 'grant_rejected', decision)
      assert.equal((await grantState(node, grant)).state, 'FINALIZED REJECTED')
    }
    // Or the browser signs in as the holder.
    const grant = await ask(node, [pay({ debitAmount: usd('100') })])
    const { visitor } = await open(node, grant, 'bob')
    await visitor.signIn('alice', PASSWORD)
    const page = await visitor.get(grant.path)
    checkHash(node, grant, query(await visitor.submit(page.text(), { decision: 'accept' })))
    const subject = await ask(node, [], { subject: 'alice' })
    assert.equal((await open(node, subject, 'bob')).page.status, 403)
    const own = await ask(node, [], { subject: 'alice' })
    const { visitor: v, page: p } = await open(node, own)
    assert.match(words(p.text()), /this wallet address is yours/)
    checkHash(node, own, query(await v.submit(p.text(), { decision: 'accept' })))
  },

  'another account: who signs in instead comes back to the same request': async (t) => {
    const node = await provider(t)
    await addWallet(node, 'savings', '--user', 'alice')
    const grant = await ask(node, [pay({ debitAmount: usd('100') })])
    const { visitor, page: wrong } = await open(node, grant, 'bob')
    assert.equal(wrong.status, 403)
    const link = /href="(\/wallet\/login\?[^"]*)"/.exec(wrong.text())[1].replaceAll('&amp;', '&')
    const login = await visitor.get(link)
    assert.match(words(login.text()), /signed in as bob/)
    assert.match(login.text(), new RegExp(`<a href="${grant.path}">Stay bob and go back`))
    const filled = forms(login.text()).find((f) => 'password' in f.fields)
    assert.equal(filled.fields.wallet, 'alice', 'the wallet that is asked for')
    // A wrong password ends nothing, and keeps the way back.
    const failed = await visitor.submit(login.text(), { wallet: 'alice', password: 'wrong' })
    assert.equal(failed.status, 403)
    assert.equal((await visitor.get('/wallet')).status, 200)
    const back = await visitor.submit(failed.text(), { wallet: 'alice', password: PASSWORD })
    assert.deepEqual([back.status, back.headers.location], [303, grant.path])
    const page = await visitor.get(back.headers.location)
    assert.equal(page.status, 200)
    assert.match(words(page.text()), new RegExp(`You answer as alice.*savings ${node.url}/savings`))
    assert.doesNotMatch(words(page.text()), new RegExp(`give the client this address.*${node.url}/bob`))
    assert.equal((await grantState(node, grant)).state, 'PENDING', 'nothing was answered by that')

    // There and back again: what another account's page carried decides nothing.
    const mine = { ...forms(page.text()).find((f) => 'shown' in f.fields).fields, decision: 'accept' }
    const bobs = { ...forms(wrong.text()).find((f) => 'shown' in f.fields).fields, decision: 'reject' }
    assert.equal((await visitor.post(grant.path, bobs)).status, 403, 'the session that was')
    await visitor.signIn('bob', PASSWORD, `/wallet/login?next=${grant.path}`)
    assert.equal((await visitor.post(grant.path, mine)).status, 403, 'the session that was')
    assert.equal((await grantState(node, grant)).state, 'PENDING')
    await visitor.signIn('alice', PASSWORD, `/wallet/login?next=${grant.path}`)
    assert.equal((await visitor.post(grant.path, mine)).status, 403, 'the same user, a later session')

    // It is still this browser's alone, exactly what was shown, and once.
    const other = new Visitor(node)
    await other.signIn('alice', PASSWORD)
    assert.equal((await other.get(grant.path)).status, 403, 'another browser')
    const shown = await visitor.get(grant.path)
    await sql(node, `UPDATE grant_access SET cap_amount = 9000 WHERE grant_key = ${grant.key}`)
    assert.equal((await visitor.submit(shown.text(), { decision: 'accept' })).headers.location, grant.path)
    assert.equal((await grantState(node, grant)).state, 'PENDING')
    const again = await visitor.get(grant.path)
    checkHash(node, grant, query(await visitor.submit(again.text(), { decision: 'accept' })))
    assert.equal((await grantState(node, grant)).state, 'APPROVED')
    await visitor.signIn('bob', PASSWORD)
    assert.equal(query(await visitor.get(grant.path)).result, 'grant_invalid', 'it was answered')

    // A passkey leads back as well; anywhere else it does not.
    const late = await ask(node, [pay({ debitAmount: usd('100') })])
    const keyed = await visitor.get(`/wallet/login/passkey?next=${late.path}`)
    assert.ok(keyed.text().includes(`name="next" value="${late.path}"`))
    assert.match(keyed.headers['content-security-policy'], /form-action 'self' http:\/\/127\.0\.0\.1:9;/)
    for (const next of ['//evil.example', 'https://evil.example/', '/wallet/../x', '/op']) {
      const html = (await visitor.get(`/wallet/login/passkey?next=${encodeURIComponent(next)}`)).text()
      assert.ok(html.includes('name="next" value=""'), next)
    }
    // It expires while somebody signs in: they come back to its end.
    const polled = await ask(node, [pay({ debitAmount: usd('100') })], { finish: undefined })
    const there = await visitor.get(`/wallet/login?next=${polled.path}`)
    await sql(node, `UPDATE grant_interaction SET expires_ms = created_ms WHERE grant_key = ${polled.key}`)
    const way = await visitor.submit(there.text(), { wallet: 'alice', password: PASSWORD })
    const over = await visitor.get(way.headers.location)
    assert.equal(over.status, 401)
    assert.match(words(over.text()), /This request is over/)
  },

  'a passkey instead of the password: for this choice, of this person, once': async (t) => {
    const node = await provider(t)
    const alices = new Visitor(node)
    await alices.signIn('alice', PASSWORD)
    const limits = { debitAmount: usd('50000') }
    const request = async (visitor = alices) => {
      const grant = await ask(node, [pay(limits)])
      const html = (await visitor.get(grant.path)).text()
      return { ...grant, html, fields: forms(html)[0].fields }
    }
    const offered = /formaction="[^"]*\/passkey"/
    const before = await request()
    assert.doesNotMatch(before.html, offered, 'nobody has one yet')
    assert.equal((await alices.post(`${before.path}/passkey`, before.fields)).headers.location, before.path)
    const device = new Device(node)
    assert.equal((await device.enrol(alices, PASSWORD)).status, 303)
    const bobs = new Visitor(node)
    await bobs.signIn('bob', PASSWORD)
    const other = new Device(node)
    assert.equal((await other.enrol(bobs, PASSWORD)).status, 303)

    /** The page on which a choice is signed -> {form, challenge, html, csp}. */
    const chosen = async (grant, choice = {}, visitor = alices) => {
      const page = await visitor.post(`${grant.path}/passkey`, { ...grant.fields, ...choice })
      assert.equal(page.status, 200, page.text())
      const form = forms(page.text()).find((f) => 'credential' in f.fields)
      return { form, challenge: form['data-challenge'], html: page.text(), csp: page.headers['content-security-policy'] }
    }
    const send = (grant, fields, headers, visitor = alices) => visitor.post(grant.path, fields, headers)
    const pending = async (grant, why) => assert.equal((await grantState(node, grant)).state, 'PENDING', why)

    // What is shown is what was chosen, and that is what the client gets.
    const grant = await request()
    assert.match(grant.html, offered)
    assert.doesNotMatch(grant.html, /<script|data-challenge/, 'no script where a password is typed')
    const page = await chosen(grant, { limit0: '250.00', until: '2099-12-31', password: PASSWORD })
    assert.match(words(page.html), /“The Shop” asks for access[^]*up to 250\.00 USD in total[^]*Ends 1 January 2100, 00:00 UTC/)
    assert.ok(!page.html.includes(PASSWORD) && !/type="password"/.test(page.html))
    assert.match(page.csp, /script-src 'self'; connect-src 'self'; [^]*form-action 'self' http:\/\/127\.0\.0\.1:9; [^]*frame-ancestors 'none'/)
    assert.equal(page.form['data-credentials'], device.id.toString('base64url'), 'hers alone')
    const good = { ...page.form.fields, ...device.signed(page.challenge) }
    const wrong = [
      [{ ...good, limit0: '500.00' }, 'a greater limit'],
      [{ ...good, limit0: '' }, 'as was asked'],
      [{ ...good, limit0: '249.99' }, 'another one, even a lower'],
      [{ ...good, until: '' }, 'another end'],
      [{ ...page.form.fields, ...device.signed(page.challenge, { flags: 0x01 }) }, 'nobody was verified']
    ]
    for (const [fields, why] of wrong) {
      const r = await send(grant, fields)
      assert.equal(r.status, 403, why)
      assert.match(words(r.text()), /Nothing was accepted/)
      await pending(grant, why)
    }
    // They count as tries of the password do.
    const waits = await until('tries are over', async () => {
      const r = await send(grant, wrong[0][0])
      return r.status === 429 && r
    })
    assert.match(waits.text(), /name="limit0"[^>]* value="500\.00"/, 'what was typed stays')
    await pending(grant)
    const again = await until('another try is free', async () => {
      const r = await send(grant, good)
      return r.status !== 429 && r
    })
    checkHash(node, grant, query(again))
    const { cap_amount: cap } = (await sql(node, `SELECT cap_amount FROM grant_access WHERE grant_key = ${grant.key}`))[0]
    assert.equal(Number(cap), 25000)
    // Sent twice it is the same way back; in another request it is nothing.
    const twice = await send(grant, good)
    assert.deepEqual([twice.status, twice.headers.location], [303, again.headers.location])
    assert.equal((await send(grant, good, {}, new Visitor(node))).headers.location, grant.path, 'to the login')

    const second = await request()
    const asked = await chosen(second)
    const refused = async (fields, why, options = {}) => {
      const r = await send(second, fields, options.headers, options.visitor)
      assert.equal(r.status, options.status ?? 403, why)
      await pending(second, why)
    }
    await refused({ ...asked.form.fields, credential: good.credential, clientData: good.clientData, authData: good.authData, signature: good.signature }, 'what was signed for the first')
    await refused({ ...asked.form.fields, ...other.signed(asked.challenge) }, "another account's passkey")
    const signIn = forms((await alices.get('/wallet/login/passkey')).text()).find((f) => 'credential' in f.fields)
    await refused({ ...asked.form.fields, ...device.signed(signIn['data-challenge']) }, 'signed to sign in')
    const login = await new Visitor(node).post('/wallet/login/passkey', { ...signIn.fields, ...device.signed(asked.challenge) })
    assert.equal(login.status, 403, 'and the other way round')
    const signed = { ...asked.form.fields, ...device.signed(asked.challenge) }
    await refused(signed, 'from elsewhere', { headers: { 'sec-fetch-site': 'cross-site' } })
    await refused({ ...signed, token: 'A'.repeat(43) }, 'another form')
    await refused(signed, 'nobody is signed in', { visitor: new Visitor(node), status: 303 })
    await refused(signed, 'another session', { visitor: bobs })
    assert.equal((await bobs.post(`${second.path}/passkey`, asked.form.fields)).status, 403)
    assert.equal((await alices.post(`${second.path}/passkey`, second.fields, { 'sec-fetch-site': 'cross-site' })).status, 403)
    assert.equal((await alices.get(`${second.path}/passkey`)).headers.location, second.path)
    // A device that counts backwards may be a copy.
    const copy = await chosen(second)
    device.count = 1
    await refused({ ...copy.form.fields, ...device.signed(copy.challenge) }, 'the count did not rise')
    device.count = 100
    // A passkey that was removed meanwhile, and one that signs for a smaller choice in another session.
    const last = await chosen(second)
    const yes = { ...last.form.fields, ...device.signed(last.challenge) }
    const list = (await alices.get('/wallet/passkeys')).text()
    assert.equal((await alices.submitTo(list, '/wallet/passkeys/remove')).status, 303)
    await refused(yes, 'removed')
    assert.equal(query(await alices.submitTo((await alices.get(second.path)).text(), second.path, { decision: 'reject' })).result, 'grant_rejected')
    // After its end there is nothing to sign.
    assert.equal((await device.enrol(alices, PASSWORD)).status, 303)
    const late = await request()
    const open = await chosen(late)
    await sql(node, `UPDATE grant_interaction SET expires_ms = created_ms WHERE grant_key = ${late.key}`)
    assert.equal(query(await send(late, { ...open.form.fields, ...device.signed(open.challenge) })).result, 'grant_invalid')
    assert.equal(query(await alices.post(`${late.path}/passkey`, late.fields)).result, 'grant_invalid')
    assert.notEqual((await grantState(node, late)).state, 'APPROVED')
  },

  'a decision is of this browser, this session and this page': async (t) => {
    const node = await provider(t)
    const grant = await ask(node, [pay({ debitAmount: usd('100') })])
    const { visitor, page } = await open(node, grant)
    const { fields } = forms(page.text())[0]
    const good = { ...fields, decision: 'accept' }
    assert.equal((await visitor.post(grant.path, good, { 'sec-fetch-site': 'cross-site' })).status, 403)
    assert.equal((await visitor.post(grant.path, good, { origin: 'https://evil.example' })).status, 403)
    assert.equal((await visitor.post(grant.path, { ...good, token: 'A'.repeat(43) })).status, 403)
    assert.equal((await visitor.post(grant.path, { ...good, decision: 'perhaps' })).status, 400)
    const other = new Visitor(node)
    assert.equal((await other.post(grant.path, good)).status, 303, 'nobody is signed in: to the login')
    await other.signIn('alice', PASSWORD)
    assert.equal((await other.post(grant.path, good)).status, 403, 'the same user, another session')
    assert.equal((await other.get(grant.path)).status, 403, 'another browser')
    // The same form for another interaction.
    const second = await ask(node, [pay({ debitAmount: usd('200') })])
    await visitor.get(second.path)
    assert.equal((await visitor.post(second.path, good)).status, 403)
    assert.equal((await grantState(node, grant)).state, 'PENDING')
    // Changed after it was shown.
    await sql(node, `UPDATE grant_access SET cap_amount = 99900 WHERE grant_key = ${grant.key}`)
    const changed = await visitor.post(grant.path, good)
    assert.equal(changed.headers.location, grant.path)
    assert.equal((await grantState(node, grant)).state, 'PENDING')
    const shown = await visitor.get(grant.path)
    assert.match(words(shown.text()), /up to 999\.00 USD/)
    checkHash(node, grant, query(await visitor.submit(shown.text(), { decision: 'accept', password: PASSWORD })))
  },

  'an accepted form may be sent again: the same way back': async (t) => {
    const node = await provider(t)
    const grant = await ask(node, [pay({ debitAmount: usd('100') })])
    const { visitor, page } = await open(node, grant)
    const first = await visitor.submit(page.text(), { decision: 'accept' })
    const again = await visitor.submit(page.text(), { decision: 'accept' })
    assert.equal(again.headers.location, first.headers.location)
    assert.equal(query(await visitor.submit(page.text(), { decision: 'reject' })).result, 'grant_invalid')
    assert.equal((await grantState(node, grant)).state, 'APPROVED')
    // A lowered one is another grant by then.
    const lowered = await ask(node, [pay({ debitAmount: usd('100') })])
    const html = (await visitor.get(lowered.path)).text()
    const [one, two] = [await visitor.submit(html, { decision: 'accept', limit0: '0.50' }), await visitor.submit(html, { decision: 'accept', limit0: '0.50' })]
    checkHash(node, lowered, query(one))
    assert.equal(two.headers.location, one.headers.location)
  },

  'a request that has expired, or is none': async (t) => {
    const node = await provider(t)
    const late = await ask(node, [pay({ debitAmount: usd('100') })], { lifeMs: -1 })
    assert.equal(query(await new Visitor(node).get(late.path)).result, 'grant_invalid')
    const polled = await ask(node, [pay({ debitAmount: usd('100') })], { lifeMs: -1, finish: undefined })
    assert.equal((await new Visitor(node).get(polled.path)).status, 401)
    const soon = await ask(node, [pay({ debitAmount: usd('100') })], { lifeMs: 15000 })
    const { visitor, page } = await open(node, soon)
    assert.equal(page.status, 200)
    await sleep(15100)
    assert.equal(query(await visitor.submit(page.text(), { decision: 'accept' })).result, 'grant_invalid')
    assert.notEqual((await grantState(node, soon)).state, 'APPROVED')
    const good = await ask(node, [pay({ debitAmount: usd('100') })])
    for (const path of [
      `/auth/interact/${good.id}/${'A'.repeat(43)}`,
      `/auth/interact/${late.id}/${good.nonce}`,
      `/auth/interact/x/${good.nonce}`,
      `/auth/interact/${good.id}/x`
    ]) {
      assert.equal((await new Visitor(node).get(path)).status, 404, path)
    }
    assert.equal((await request(`${node.url}${good.path}`, { method: 'DELETE' })).status, 405)
  },

  'what a client says is text and nothing else': async (t) => {
    const node = await provider(t)
    const hostile = [
      `<script>alert(1)</script>`,
      `"><img src=x onerror=alert(1)>`,
      `' onmouseover='alert(1)`,
      `{{token}}`,
      `&lt;b&gt;`,
      `\u202eevil`
    ]
    const { visitor } = await open(node, await ask(node, [pay({ debitAmount: usd('1') })]))
    for (const name of hostile) {
      const grant = await ask(node, [pay({ debitAmount: usd('1'), receiver: `https://bank.example/${name}` })], {
        clientName: name
      })
      const html = (await visitor.get(grant.path)).text()
      assert.doesNotMatch(html, /<script|<img|\bon[a-z]+='/, name)
      assert.ok(words(html).includes(name), `${name}\n${words(html)}`)
      assert.equal((html.match(/name="token"/g) ?? []).length, 1)
    }
  },

  'an identity provider outside': async (t) => {
    const secret = 's'.repeat(32)
    const env = { FLORIN_AUTH_CONSENT: 'http://127.0.0.1:9/idp?x=1', FLORIN_AUTH_IDP_SECRET: secret }
    const node = await provider(t, { env })
    const back = (grant, more = '', headers = { 'x-idp-secret': secret }, base = node.url) =>
      request(`${base}/auth/grant/${grant.id}/${grant.nonce}${more}`, { method: more ? 'POST' : 'GET', headers })
    const access = [pay({ debitAmount: usd('100') })]
    for (const base of [node.url, node.adminUrl]) {
      const grant = await ask(node, access)
      const visitor = new Visitor(node)
      const r = await visitor.get(grant.path)
      assert.equal(r.status, 303)
      const q = query(r)
      assert.ok(r.headers.location.startsWith('http://127.0.0.1:9/idp?x=1&'))
      assert.deepEqual(q, { x: '1', interactId: grant.id, nonce: grant.nonce, clientName: 'The Shop', clientUri: CLIENT })
      const details = (await back(grant, '', undefined, base)).json()
      assert.equal(details.grantId, grant.grant)
      assert.equal(details.state, 'PENDING')
      assert.deepEqual(details.access, [
        { type: 'outgoing-payment', actions: ['create', 'read'], identifier: `${node.url}/alice`, limits: { debitAmount: usd('100') } }
      ])
      assert.equal(query(await visitor.get(`${grant.path}/finish`)).result, 'grant_invalid', 'not decided')
      assert.equal((await back(grant, '/accept', undefined, base)).status, 202)
      assert.equal((await back(grant, '/reject', undefined, base)).status, 400)
      assert.equal((await new Visitor(node).get(`${grant.path}/finish`)).status, 403, 'another browser')
      checkHash(node, grant, query(await visitor.get(`${grant.path}/finish`)))
      assert.equal((await grantState(node, grant)).state, 'APPROVED')
    }
    const no = await ask(node, access)
    const visitor = new Visitor(node)
    await visitor.get(no.path)
    assert.equal((await back(no, '/reject')).status, 202)
    assert.equal(query(await visitor.get(`${no.path}/finish`)).result, 'grant_rejected')
    assert.equal((await back({ id: no.id, nonce: 'x' })).status, 404)
    for (const headers of [{}, { 'x-idp-secret': '' }, { 'x-idp-secret': `${secret}x` }]) {
      const r = await back(no, '', headers)
      assert.equal(r.status, 401)
      assert.equal(r.json().error.code, 'invalid_interaction')
    }
    let last
    for (let i = 0; i < 5 && last?.status !== 429; i++) last = await back(no, '', { 'x-idp-secret': 'wrong' })
    assert.equal(last.status, 429)
    assert.ok(Number(last.headers['retry-after']) >= 1)
  },

  'no provider, no back channel': async (t) => {
    for (const env of [
      {},
      { FLORIN_AUTH_IDP_SECRET: 's'.repeat(32) },
      { FLORIN_AUTH_CONSENT: 'http://127.0.0.1:9/idp', FLORIN_AUTH_IDP_SECRET: 's'.repeat(31) }
    ]) {
      const node = await provider(t, { env })
      assert.equal(node.log.includes('level=warn event=identity_provider'), !!env.FLORIN_AUTH_CONSENT)
      const grant = await ask(node, [pay({ debitAmount: usd('100') })])
      for (const base of [node.url, node.adminUrl]) {
        const headers = { 'x-idp-secret': env.FLORIN_AUTH_IDP_SECRET ?? '' }
        const r = await request(`${base}/auth/grant/${grant.id}/${grant.nonce}`, { headers })
        assert.equal(r.status, 404)
      }
      await node.stop()
    }
  }
}
