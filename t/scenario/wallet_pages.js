// The account holder's pages, as a browser without scripts uses them.

import assert from 'node:assert/strict'
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { askAs } from './lib/cash.js'
import { Client } from './lib/client.js'
import { Device } from './lib/device.js'
import { agreed, Holder, PASSWORD } from './lib/holder.js'
import { request, sleep, until } from './lib/http.js'
import { forms, Visitor, words } from './lib/pages.js'
import { run } from './lib/node.js'
import { twoNodes } from './lib/setups.js'

export const maxMs = 120000

/** Adds a wallet, or sets the password of one that is there. */
async function holder(node, wallet, ...more) {
  const known = await node.admin('PATCH', `/wallet-addresses/${wallet}`, { password: PASSWORD })
  if (known.status === 200) return
  const r = await run(['-C', node.dir, 'wallet', 'add', wallet, '--asset', 'USD', '--password-stdin', ...more], {
    env: node.env,
    input: `${PASSWORD}\n`
  })
  assert.equal(r.code, 0, r.stderr)
}

async function signedIn(node, wallet) {
  const v = new Visitor(node)
  const r = await v.signIn(wallet, PASSWORD)
  assert.equal(r.status, 303, r.text())
  return v
}

/** alice (1000.00 USD) and carol of one node, signed in. */
async function people(a) {
  await holder(a, 'alice')
  await holder(a, 'carol', '--name', 'Carol Example')
  return { a, carolUrl: `${a.url}/carol`, alice: await signedIn(a, 'alice'), carol: await signedIn(a, 'carol') }
}

const PATIENT = { FLORIN_QUOTES_LIFETIME_S: '300' } // no price ends while a slow machine works

async function provider(t, env = PATIENT) {
  const node = await t.serving('wallet', { env })
  await holder(node, 'alice')
  await node.ok('deposit', 'alice', '1000.00')
  return people(node)
}

const ok = async (v, path) => {
  const r = await v.get(path)
  assert.equal(r.status, 200, `${path}: ${r.text()}`)
  return r.text()
}

/** From the form to the page with the price. */
async function price(v, fields) {
  const form = await ok(v, '/wallet/send')
  return v.submitTo(form, '/wallet/send', fields)
}

/** Pays -> the path of the payment's page. */
async function send(v, fields) {
  const shown = await price(v, fields)
  assert.equal(shown.status, 200, shown.text())
  const r = await v.submitTo(shown.text(), '/wallet/pay')
  assert.equal(r.status, 303, r.text())
  return r.headers.location
}

const finished = (v, path, state = 'COMPLETED') =>
  until(`${path} is ${state}`, async () => (await ok(v, path)).includes(`<code>${state}</code>`))

const PAGES = ['', '/passkeys', '/send', '/request', '/payments', '/apps', '/keys', '/settings', '/notices', '/deposit', '/withdraw', '/monetization', '/name?wallet=alice', '/close?wallet=alice']

/** As RFC 4180 says. */
function table(csv) {
  const rows = csv.trim().split('\r\n')
  return rows.map((row) => [...row.matchAll(/"((?:[^"]|"")*)"/g)].map(([, cell]) => cell.replaceAll('""', '"')))
}

export const tests = {
  'a holder names an address for others, and adds some as far as the operator allows': async (t) => {
    const { a, alice, carol } = await provider(t, { FLORIN_ACCOUNTS_ADDRESSES_PER_USER: '2' })
    const page = await ok(alice, '/wallet/name?wallet=alice')
    const named = (publicName) => alice.submitTo(page, '/wallet/name', { publicName })
    const long = await named('x'.repeat(129))
    assert.equal(long.status, 400)
    assert.match(long.text(), /id="publicName-problem"/)
    assert.equal((await named('bell\u0007')).status, 400)
    const shown = async () => (await a.admin('GET', '/wallet-addresses/alice')).json().publicName
    assert.equal((await named('Alice & <b>Sons</b>')).status, 303)
    assert.equal(await shown(), 'Alice & <b>Sons</b>')
    assert.match((await a.admin('GET', '/wallet-addresses/alice')).status === 200 && await ok(alice, '/wallet'), /Alice &amp; &lt;b&gt;Sons/)
    assert.equal((await named('')).status, 303)

    const form = await ok(alice, '/wallet/new')
    const add = (v, fields) => v.submitTo(form, '/wallet/new', { name: 'tips', asset: 'EUR', publicName: 'Tips', ...fields })
    for (const [fields, status, problem] of [
      [{ name: 'Big' }, 400, 'name'],
      [{ name: '' }, 400, 'name'],
      [{ name: 'op' }, 400, 'name'],
      [{ name: 'carol' }, 409, 'name'],
      [{ asset: 'QQQ' }, 400, 'asset'],
      [{ publicName: 'x'.repeat(129) }, 400, 'publicName']
    ]) {
      const r = await add(alice, fields)
      assert.equal(r.status, status, JSON.stringify(fields))
      assert.match(r.text(), new RegExp(`id="${problem}-problem"`))
    }
    // Of two at once one finds room.
    const both = await Promise.all([add(alice), add(alice, { name: 'rent' })])
    assert.deepEqual(both.map((r) => r.status).sort(), [303, 409])
    const mine = (await a.ok('wallet', 'list')).items.filter((w) => w.user === 'alice')
    assert.equal(mine.length, 2)
    assert.deepEqual([mine[1].assetCode ?? mine[1].asset?.code, mine[1].publicName], ['EUR', 'Tips'])
    assert.match(words(await ok(alice, '/wallet/new')), /as many addresses as one person may have/)
    assert.doesNotMatch(await ok(alice, '/wallet'), /href="\/wallet\/new"/)
    assert.match(await ok(carol, '/wallet'), /href="\/wallet\/new"/)
  },

  'what happened is told, once, to who wants to know': async (t) => {
    const { a, alice, carol, carolUrl } = await provider(t)
    const told = async (v) => words(await ok(v, '/wallet/notices'))
    const unread = async (v) => Number(/data-newest="\d+">(\d+)</.exec(await ok(v, '/wallet/send'))?.[1] ?? 0)
    assert.match(await told(alice), /new Somebody signed in from a new browser/)
    assert.equal(await unread(alice), 2)
    const seen = (await ok(alice, '/wallet/notices'))
    assert.equal((await alice.submitTo(seen, '/wallet/notices/seen')).status, 303)
    assert.equal(await unread(alice), 0)
    await send(alice, { wallet: 'alice', to: carolUrl, amount: '1.00' })
    assert.equal(await unread(alice), 0, 'what one did oneself')
    assert.match(await told(carol), /1\.00 USD arrived in carol/)
    assert.equal(await unread(carol), 2)
    const link = /href="(\/wallet\/payments\/[^"]+)"/.exec(await ok(carol, '/wallet/notices'))[1]
    await ok(carol, link)
    // What she sends back.
    const request = (await a.admin('GET', '/incoming-payments')).json().items.at(0)
    await a.ok('payment', 'refund', request.id, '0.40', '--yes')
    assert.match(await told(alice), /0\.40 USD was sent back to alice/)
    const paid = (await a.admin('GET', '/outgoing-payments?walletAddress=alice')).json().items.at(0)
    assert.ok((await ok(alice, '/wallet/notices')).includes(`href="/wallet/payments/${paid.id}"`), 'it leads to her payment')
    assert.doesNotMatch(await told(carol), /sent back/)
    // A passkey tells of a new browser as the password does, and of one that is known nothing.
    const phone = new Device(a)
    assert.equal((await phone.enrol(alice, PASSWORD)).status, 303)
    const newBrowser = new Visitor(a)
    const keyed = async () => {
      const before = await unread(alice)
      const form = forms((await newBrowser.get('/wallet/login/passkey')).text()).find((f) => 'credential' in f.fields)
      assert.equal((await newBrowser.post(form.action, { ...form.fields, ...phone.signed(form['data-challenge']) })).headers.location, '/wallet')
      return (await unread(alice)) - before
    }
    assert.equal(await keyed(), 1)
    assert.match(await told(alice), /new Somebody signed in from a new browser/)
    assert.equal(await keyed(), 0)
    // No more of that, and still of the rest.
    const settings = forms(await ok(carol, '/wallet/settings')).find((f) => f.action === '/wallet/settings/notices')
    assert.deepEqual(Object.keys(settings.fields).sort(), ['account', 'apps', 'cash', 'failed', 'keys', 'received', 'token'])
    const { received, ...rest } = settings.fields
    assert.equal((await carol.post(settings.action, rest)).headers.location, '/wallet/settings?done=notices')
    await send(alice, { wallet: 'alice', to: carolUrl, amount: '1.00' })
    assert.equal(await unread(carol), 2)
    const kept = forms(await ok(carol, '/wallet/settings')).find((f) => f.action === '/wallet/settings/notices')
    assert.equal(kept.fields.received, undefined)
    await askAs(a, 'carol', 'deposit', { amount: '2.00' })
    const again = await signedIn(a, 'carol')
    await a.ok('cash', 'refuse', (await a.ok('cash', 'list')).items[0].id)
    const all = await told(again)
    assert.match(all, /Your deposit of 2\.00 USD to carol was refused.*Somebody signed in.*The password was changed/)
    // Each has their own.
    assert.doesNotMatch(await told(alice), /carol/)
    const { token } = forms(await ok(alice, '/wallet/send'))[0].fields
    for (const [path, fields, status] of [['/wallet/notices/seen', { newest: 'x', token }, 400], ['/wallet/notices/seen', { newest: '1' }, 403], ['/wallet/settings/notices', {}, 403]])
      assert.equal((await alice.post(path, fields)).status, status, path)
    assert.equal((await alice.get('/wallet/notices?before=x')).status, 400)
    assert.equal((await a.audit()).code, 0)
  },

  'every page is the holder’s alone': async (t) => {
    const { a, alice, carol, carolUrl } = await provider(t)
    const stranger = new Visitor(a)
    for (const page of PAGES) {
      const html = await ok(alice, `/wallet${page}`)
      assert.equal(html.match(/<h1/g).length, 1, page)
      assert.doesNotMatch(html, /<script>|\bon[a-z]+="|style="/i, page)
      const away = await stranger.get(`/wallet${page}`)
      assert.equal(away.status, 303, page)
      assert.match(away.headers.location, /^\/wallet\/login/, page)
    }
    const policy = (await alice.get('/wallet')).headers['content-security-policy']
    assert.match(policy, /default-src 'none'; script-src 'self'; connect-src 'self'/)
    assert.doesNotMatch(policy, /unsafe|\*/)
    // Somebody else's things are not there: payment, request, key, wallet, quote.
    const payment = await send(alice, { wallet: 'alice', to: carolUrl, amount: '1.00' })
    const asked = await alice.submitTo(await ok(alice, '/wallet/request'), '/wallet/request', { wallet: 'alice', amount: '2.00' })
    assert.equal(asked.status, 303, asked.text())
    const request = asked.headers.location
    const quote = forms((await price(alice, { wallet: 'alice', to: carolUrl, amount: '1.00' })).text()).find(
      (f) => f.action === '/wallet/pay'
    )
    const { token } = forms(await ok(carol, '/wallet/send'))[0].fields
    for (const path of [payment, request, '/wallet/close?wallet=alice', '/wallet/name?wallet=alice', '/wallet/new', '/wallet/keys?wallet=alice', '/wallet/payments?wallet=alice',
      `/wallet/payments.csv?wallet=alice`, `/wallet/apps?wallet=alice`, `/wallet/payments/${randomUUID()}`, '/wallet/payments/x',
      `/wallet/apps/${randomUUID()}`, `${payment}/live`]) {
      assert.equal((await carol.get(path)).status, 404, path)
    }
    for (const [path, fields] of [
      ['/wallet/pay', { ...quote.fields }],
      [`${payment}/cancel`, {}],
      [`${request}/complete`, {}],
      ['/wallet/send', { wallet: 'alice', to: carolUrl, amount: '1.00' }],
      ['/wallet/request', { wallet: 'alice' }],
      ['/wallet/keys', { wallet: 'alice', key: 'x' }],
      ['/wallet/close', { wallet: 'alice', name: 'alice' }],
      ['/wallet/name', { wallet: 'alice', publicName: 'Mallory' }],
      ['/wallet/new', { name: 'mallory', asset: 'USD', publicName: '' }],
      [`/wallet/apps/${randomUUID()}/revoke`, {}]
    ]) {
      assert.equal((await carol.post(path, { ...fields, token })).status, 404, path)
      assert.equal((await carol.post(path, { ...fields, token: 'A'.repeat(43) })).status, 403, `${path}: another token`)
      assert.equal((await stranger.post(path, { ...fields, token })).status, 303, `${path}: nobody`)
      assert.equal((await carol.post(path, { ...fields, token }, { 'sec-fetch-site': 'cross-site' })).status, 403, `${path}: from elsewhere`)
    }
    assert.equal(await a.balance('alice'), 99900n)
    assert.equal(await a.balance('carol'), 100n)
  },

  'a price is paid once, and not when it is over': async (t) => {
    const { a, alice, carolUrl } = await provider(t)
    const shown = (await price(alice, { wallet: 'alice', to: ` ${carolUrl} `, amount: '10.00', message: 'for the tea' })).text()
    assert.match(words(shown), /To Carol Example .*Arrives 10\.00 USD.*Fee none.*Total 10\.00 USD.*for the tea/)
    assert.equal(await a.balance('alice'), 100000n, 'a price costs nothing')
    const [first, second] = await Promise.all([alice.submitTo(shown, '/wallet/pay'), alice.submitTo(shown, '/wallet/pay')])
    assert.deepEqual([first.status, second.status], [303, 303])
    assert.equal(first.headers.location, second.headers.location)
    const third = await alice.submitTo(shown, '/wallet/pay')
    assert.equal(third.headers.location, first.headers.location)
    assert.equal(await a.balance('alice'), 99000n)
    const page = words(await ok(alice, first.headers.location))
    assert.match(page, /Carol Example completed .*Sent 10\.00 USD.*You wrote .*for the tea/)
    // Over and over a price is asked for: the newest counts, and none holds money.
    for (let i = 0; i < 3; i++) {
      assert.equal((await price(alice, { wallet: 'alice', to: carolUrl, amount: '900.00' })).status, 200)
    }
  },

  'a price that is over pays nothing': async (t) => {
    const { a, alice, carolUrl } = await provider(t, { FLORIN_QUOTES_LIFETIME_S: '1' })
    const late = (await price(alice, { wallet: 'alice', to: carolUrl, amount: '5.00' })).text()
    await sleep(1200)
    let refused = await alice.submitTo(late, '/wallet/pay')
    assert.match(words(refused.text()), /Nothing was paid The price has expired/)
    assert.equal(await a.balance('alice'), 100000n)
    // What was typed is still there, and leads to another price.
    const paid = await until('a new price is paid in time', async () => {
      const again = await alice.submitTo(refused.text(), '/wallet/send')
      const r = await alice.submitTo(again.text(), '/wallet/pay')
      if (r.status !== 303) refused = r
      return r.status === 303 && r
    })
    await finished(alice, paid.headers.location)
    assert.equal(await a.balance('alice'), 99500n)
  },

  'what is wrong stands beside its field, and what was typed stays': async (t) => {
    const { a, alice, carolUrl } = await provider(t)
    const cases = [
      [{ to: '' }, 'to', /Enter a payment pointer/],
      [{ to: 'no pointer' }, 'to', /./],
      [{ to: `${a.url}/nobody` }, 'to', /./],
      [{ to: `${a.url}/alice` }, 'to', /can't pay itself/],
      [{ amount: '' }, 'amount', /Enter an amount/],
      [{ amount: '0' }, 'amount', /above zero/],
      [{ amount: '-1' }, 'amount', /above zero/],
      [{ amount: '1,000' }, 'amount', /read in two ways/],
      [{ amount: '1e3' }, 'amount', /above zero/],
      [{ amount: '1.001' }, 'amount', /above zero/],
      [{ amount: '99999999999999999999' }, 'amount', /above zero/],
      [{ amount: '1000.01' }, 'amount', /the wallet has 1000\.00 USD/],
      [{ amount: '1.005', side: 'deliver' }, 'amount', /above zero/],
      [{ message: 'x'.repeat(2001) }, 'message', /at most 2000 bytes/],
      [{ over: '3d' }, '', /choose from what the form offers/],
      [{ side: 'both' }, '', /choose from what the form offers/]
    ]
    for (const [fields, name, problem] of cases) {
      const typed = { wallet: 'alice', to: carolUrl, amount: '1.00', ...fields }
      const r = await price(alice, typed)
      const what = JSON.stringify(fields).slice(0, 60)
      assert.ok(r.status >= 400 && r.status < 500, `${what}: ${r.status}`)
      const id = name ? ` id="${name}-problem"` : ''
      const said = new RegExp(`<p class="problem" role="alert"${id}>([^<]*)</p>`).exec(r.text())
      assert.ok(said && problem.test(said[1].replaceAll('&#39;', "'")), `${what}: ${said?.[1]}`)
      const kept = forms(r.text()).find((f) => f.action === '/wallet/send').fields
      for (const field of ['to', 'amount']) assert.equal(kept[field], typed[field], what)
    }
    const filled = await ok(alice, `/wallet/send?${new URLSearchParams({ to: '"><b>', amount: '3', side: 'deliver' })}`)
    assert.equal(forms(filled).find((f) => f.action === '/wallet/send').fields.to, '"><b>')
    assert.equal(await a.balance('alice'), 100000n)
  },

  'money goes to another provider, and can be stopped on its way': async (t) => {
    const { a: node, b, pointer: bob } = await twoNodes(t, { env: PATIENT })
    const { alice } = await people(node)
    const known = await alice.get(`/wallet/resolve?${new URLSearchParams({ to: bob })}`)
    assert.deepEqual([known.json().known, known.json().assetCode], [true, 'USD'])
    assert.equal((await alice.get(`/wallet/resolve?${new URLSearchParams({ to: `${b.url}/nobody` })}`)).json().known, false)
    const path = await send(alice, { wallet: 'alice', to: bob, amount: '7.25', side: 'deliver' })
    await finished(alice, path)
    assert.equal(await b.balance('bob'), 725n)
    // A request of another wallet, paid as it asks; its page shows what came.
    const request = (await b.ok('request', 'bob', '3.00')).url
    await finished(alice, await send(alice, { wallet: 'alice', to: request, amount: '' }))
    assert.equal(await b.balance('bob'), 1025n)
    const again = /href="(\/wallet\/send\?[^"]*)"/.exec(await ok(alice, path))[1].replaceAll('&amp;', '&')
    const form = forms(await ok(alice, again)).find((f) => f.action === '/wallet/send').fields
    assert.deepEqual([form.to, form.amount, form.side], [bob, '7.25', 'deliver'])
    // Little by little, until it is stopped.
    const slow = await send(alice, { wallet: 'alice', to: bob, amount: '60.00', over: '1h' })
    const page = await until('something of it has gone', async () => {
      const html = await ok(alice, slow)
      return /Sent (?!nothing)/.test(words(html)) && html
    })
    assert.match(page, /http-equiv="refresh"/)
    const stopped = await alice.submitTo(page, `${slow}/cancel`)
    assert.equal(stopped.status, 303)
    await finished(alice, slow, 'CANCELLED')
    const got = await until('a part has arrived', async () => {
      const now = await b.balance('bob')
      return now > 1025n && now
    })
    assert.ok(got < 7025n, `${got}`)
    assert.equal((await alice.submitTo(page, `${slow}/cancel`)).status, 303, 'to stop it again shows it')
  },

  'a request is passed on, paid, given back': async (t) => {
    const { a, alice, carol, carolUrl } = await provider(t)
    const wrong = await carol.submitTo(await ok(carol, '/wallet/request'), '/wallet/request', { wallet: 'carol', amount: 'ten', description: 'tea' })
    assert.equal(wrong.status, 400)
    assert.equal(forms(wrong.text()).find((f) => f.action === '/wallet/request').fields.description, 'tea')
    const made = await carol.submitTo(await ok(carol, '/wallet/request'), '/wallet/request', {
      wallet: 'carol',
      amount: '12.00',
      description: '=cmd|tea & <cake>'
    })
    const page = await ok(carol, made.headers.location)
    const url = new RegExp(`${a.url}/op/incoming-payments/[0-9a-f-]+`).exec(page)[0]
    assert.match(words(page), /=cmd\|tea & <cake> waits for a payer/)
    assert.match(page, /<svg class="qr"/)
    await finished(alice, await send(alice, { wallet: 'alice', to: url, amount: '' }))
    assert.match(words(await ok(carol, made.headers.location)), /completed .*Received 12\.00 USD/)
    const back = /href="(\/wallet\/send\?[^"]*payer[^"]*)"/.exec(await ok(carol, made.headers.location))[1].replaceAll('&amp;', '&')
    const form = forms(await ok(carol, back)).find((f) => f.action === '/wallet/send').fields
    assert.equal(form.amount, '12.00')
    const refund = await send(carol, { ...form, amount: '5.00' })
    await finished(carol, refund)
    assert.equal(await a.balance('carol'), 700n)
    // Another one is closed before anybody pays.
    const second = await carol.submitTo(await ok(carol, '/wallet/request'), '/wallet/request', { wallet: 'carol' })
    const open = await ok(carol, second.headers.location)
    assert.equal((await carol.submitTo(open, `${second.headers.location}/complete`)).status, 303)
    assert.match(words(await ok(carol, second.headers.location)), /closed/)
    assert.ok(!(await ok(carol, second.headers.location)).includes('/complete'))
    assert.ok(carolUrl)
  },

  'the list is filtered, and its files hold exactly what is': async (t) => {
    const { a, alice, carol, carolUrl } = await provider(t)
    for (let i = 1; i <= 28; i++) await a.ok('pay', 'alice', carolUrl, '--send', `${i}.00`, '--yes')
    await send(alice, { wallet: 'alice', to: carolUrl, amount: '0.50' })
    await carol.submitTo(await ok(carol, '/wallet/request'), '/wallet/request', { wallet: 'carol', amount: '1.00', description: '=1+1"x' })
    const links = (html) => [...html.matchAll(/href="(\/wallet\/payments\/[0-9a-f-]{36})"/g)].map(([, path]) => path.slice(-36))
    const older = (html) => /href="(\/wallet\/payments\?[^"]*after=[^"]*)"/.exec(html)?.[1].replaceAll('&amp;', '&')
    const walk = async (v, path) => {
      const ids = []
      for (let next = path, pages = 0; next; pages++) {
        assert.ok(pages < 10)
        const html = await ok(v, next)
        ids.push(...links(html))
        next = older(html)
      }
      return ids
    }
    const all = await walk(alice, '/wallet/payments')
    assert.equal(all.length, 29, 'each payment has a page')
    assert.equal(new Set(all).size, 29)
    assert.match(words(await ok(alice, '/wallet/payments?type=moved')), /Deposit put in .*\+ ?1000\.00 USD/)
    const today = new Date().toISOString().slice(0, 10)
    for (const [v, query, count] of [
      [alice, '', 29],
      [alice, 'type=sent', 29],
      [alice, 'type=received', 0],
      [alice, 'status=completed', 29],
      [alice, 'status=failed', 0],
      [alice, `from=${today}`, 29],
      [alice, 'to=2020-01-01', 0],
      [alice, `from=2020-01-01&to=${today}&wallet=alice&type=sent`, 29],
      [alice, 'text=carol+example', 29],
      [alice, 'text=carol+nobody', 0],
      [carol, '', 29],
      [carol, 'type=request', 1],
      [carol, 'type=all', 30],
      [carol, 'text=%3D1%2B1', 0],
      [carol, 'text=%3D1%2B1&type=all', 1]
    ]) {
      const ids = await walk(v, `/wallet/payments?${query}`)
      assert.equal(ids.length, count, query)
      const csv = await v.get(`/wallet/payments.csv?${query}`)
      assert.match(csv.headers['content-type'], /^text\/csv/)
      assert.match(csv.headers['content-disposition'], /attachment/)
      const [head, ...rows] = table(csv.text())
      const payments = rows.filter((r) => r[head.indexOf('type')] !== 'deposit')
      assert.deepEqual(payments.map((r) => r[head.indexOf('id')]), ids, query)
      const json = (await v.get(`/wallet/payments.json?${query}`)).json()
      assert.deepEqual(json.map((r) => r.id), rows.map((r) => r[head.indexOf('id')]), query)
    }
    const [moved] = (await alice.get('/wallet/payments.json?type=moved')).json()
    assert.deepEqual([moved.type, moved.amount, moved.currency, moved.wallet], ['deposit', '1000.00', 'USD', 'alice'])
    const [head, row] = table((await carol.get('/wallet/payments.csv?type=request')).text())
    assert.equal(row[head.indexOf('description')], `'=1+1"x`, 'no formula')
    assert.equal((await carol.get('/wallet/payments.json?type=request')).json()[0].description, '=1+1"x')
    for (const query of ['type=x', 'status=x', 'from=x', 'to=2026-13-01']) {
      assert.equal((await alice.get(`/wallet/payments?${query}`)).status, 400, query)
      assert.equal((await alice.get(`/wallet/payments.csv?${query}`)).status, 400, query)
    }
    assert.equal((await alice.get('/wallet/payments?after=x')).status, 400)
  },

  'an app is seen with what it spent, and revoked at once': async (t) => {
    const { a, alice, carol, carolUrl } = await provider(t)
    const client = await Client.published(t)
    const usd = (value) => ({ value, assetCode: 'USD', assetScale: 2 })
    const at = new Holder(a, 'alice')
    const access = [
      { type: 'outgoing-payment', actions: ['create', 'read'], identifier: `${a.url}/alice`, limits: { debitAmount: usd('2000') } },
      { type: 'quote', actions: ['create', 'read'] }
    ]
    const grant = await agreed(at, client, access)
    const incoming = (await a.ok('request', 'carol', '5.00')).url
    const quote = await client.call('POST', `${a.url}/op/quotes`, {
      token: grant.token,
      json: { walletAddress: `${a.url}/alice`, receiver: incoming, method: 'ilp' }
    })
    assert.equal(quote.status, 201, quote.text())
    const paid = await client.call('POST', `${a.url}/op/outgoing-payments`, {
      token: grant.token,
      json: { walletAddress: `${a.url}/alice`, quoteId: quote.json().id }
    })
    assert.equal(paid.status, 201, paid.text())
    const list = await ok(alice, '/wallet/apps')
    const path = /href="(\/wallet\/apps\/[0-9a-f-]+)"/.exec(list)[1]
    assert.match(words(list), /make payments from this wallet.*Up to 20\.00 USD in total.*Used 5\.00 USD of the limit, left 15\.00 USD/)
    const page = await ok(alice, path)
    assert.match(words(page), /What it paid .*5\.00 USD/)
    assert.equal((await carol.get(path)).status, 404)
    const { token } = forms(await ok(carol, '/wallet/send'))[0].fields
    assert.equal((await carol.post(`${path}/revoke`, { token })).status, 404)
    assert.equal((await alice.submitTo(page, `${path}/revoke`)).status, 303)
    const after = await client.call('POST', `${a.url}/op/quotes`, {
      token: grant.token,
      json: { walletAddress: `${a.url}/alice`, receiver: incoming, method: 'ilp' }
    })
    assert.ok(after.status === 401 || after.status === 403, `${after.status}`)
    assert.match(words(await ok(alice, path)), /revoked/)
    assert.ok(carolUrl)
  },

  'one address begins two visits a second': async (t) => {
    const node = await t.serving('wallet')
    await node.ok('wallet', 'add', 'bob', '--asset', 'USD')
    // Of so many at once some come too soon, however slow this machine is; nobody listens where they lead.
    const MANY = 60
    const visit = (localAddress) =>
      request(`${node.url}/bob/pay`, {
        method: 'POST', localAddress, headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ payer: 'http://127.0.0.1:9/alice', amount: '1' }).toString()
      })
    const began = Date.now()
    const answers = await Promise.all(Array.from({ length: MANY }, () => visit('127.0.0.1')))
    const seconds = (Date.now() - began) / 1000
    const refused = answers.filter((r) => r.status === 429)
    const passed = MANY - refused.length
    assert.ok(passed >= 2 && passed <= 2 + 2 * Math.ceil(seconds), `${passed} in ${seconds} s`)
    assert.ok(refused.length > 0)
    for (const r of refused) {
      assert.equal(r.headers['retry-after'], '2')
      assert.match(words(r.text()), /Too many tries in a moment/)
      assert.match(r.text(), /value="http:\/\/127\.0\.0\.1:9\/alice"/, 'what was typed stays')
    }
    assert.notEqual((await visit('127.0.0.2')).status, 429, 'somebody else')
    await sleep(1100)
    assert.notEqual((await visit('127.0.0.1')).status, 429, 'a moment later')
  },

  'keys are pasted in any form, published and revoked': async (t) => {
    const { a, alice, carol } = await provider(t)
    const published = async () => (await (await fetch(`${a.url}/alice/jwks.json`)).json()).keys
    const pair = () => generateKeyPairSync('ed25519')
    const { publicKey, privateKey } = pair()
    const jwk = publicKey.export({ format: 'jwk' })
    const paste = async (key, page = '/wallet/keys') => alice.submitTo(await ok(alice, page), '/wallet/keys', { key })
    const forms4 = [
      publicKey.export({ format: 'pem', type: 'spki' }).replaceAll('\n', '\r\n'),
      JSON.stringify({ ...pair().publicKey.export({ format: 'jwk' }), kid: 'mine', alg: 'EdDSA', use: 'sig' }, null, 2).replaceAll('\n', '\r\n'),
      Buffer.from(JSON.stringify({ ...pair().publicKey.export({ format: 'jwk' }), kid: 'extension' })).toString('base64'),
      Buffer.from(pair().publicKey.export({ format: 'jwk' }).x, 'base64url').toString('hex')
    ]
    for (const [i, text] of forms4.entries()) {
      const r = await paste(text, i % 2 ? '/wallet/monetization' : '/wallet/keys')
      assert.equal(r.status, 303, `${text}: ${words(r.text())}`)
    }
    assert.equal((await published()).length, 4)
    assert.ok((await published()).some((k) => k.x === jwk.x))
    // Never a private one, and it is not shown again.
    for (const secret of [JSON.stringify(privateKey.export({ format: 'jwk' })), privateKey.export({ format: 'pem', type: 'pkcs8' }).replaceAll('\n', '\r\n')]) {
      const r = await paste(secret)
      assert.equal(r.status, 403, r.text())
      assert.match(words(r.text()), /private/i)
      const { d } = privateKey.export({ format: 'jwk' })
      assert.ok(!r.text().includes(d) && !r.text().includes('MC4CAQAw'))
    }
    const junk = await paste('<b>no key</b>')
    assert.equal(junk.status, 400)
    assert.equal(forms(junk.text()).find((f) => f.action === '/wallet/keys').fields.key, '<b>no key</b>')
    const clash = await paste(JSON.stringify({ ...pair().publicKey.export({ format: 'jwk' }), kid: 'mine' }))
    assert.equal(clash.status, 409)
    const list = await ok(alice, '/wallet/keys')
    assert.match(words(list), /never used/)
    const revoke = /action="(\/wallet\/keys\/[0-9a-f-]+\/revoke)"/.exec(list)[1]
    const { token } = forms(await ok(carol, '/wallet/keys'))[0].fields
    assert.equal((await carol.post(revoke, { token, wallet: 'carol' })).status, 404, 'with another wallet')
    assert.equal((await alice.submitTo(list, revoke)).status, 303)
    assert.equal((await published()).length, 3)
  },

  'settings: password, sessions, the end of an address': async (t) => {
    const { a, alice, carolUrl } = await provider(t)
    const other = await signedIn(a, 'alice')
    const third = await signedIn(a, 'alice')
    const page = await ok(alice, '/wallet/settings')
    const policy = (await alice.get('/wallet/settings')).headers['content-security-policy']
    assert.doesNotMatch(policy, /script-src/, 'no script where a password is typed')
    assert.doesNotMatch(page, /<script/)
    assert.equal(words(page).match(/Another browser/g).length, 2)
    assert.equal((await alice.submitTo(page, '/wallet/settings/sessions')).status, 303)
    assert.equal([await other.get('/wallet'), await third.get('/wallet')].filter((r) => r.status === 200).length, 1, 'one of them')
    const change = async (fields) => alice.submitTo(await ok(alice, '/wallet/settings'), '/wallet/settings/password', fields)
    const NEW = 'a new and longer one'
    assert.equal((await change({ present: PASSWORD, new: '', repeated: '' })).status, 400)
    assert.equal((await change({ present: PASSWORD, new: NEW, repeated: 'another' })).status, 400)
    const wrong = await change({ present: 'wrong', new: NEW, repeated: NEW })
    assert.equal(wrong.status, 403)
    assert.ok(!wrong.text().includes(NEW))
    assert.equal((await change({ present: PASSWORD, new: NEW, repeated: NEW })).status, 303)
    assert.equal((await alice.get('/wallet')).status, 200, 'this session goes on')
    assert.deepEqual([(await other.get('/wallet')).status, (await third.get('/wallet')).status], [303, 303])
    assert.equal((await new Visitor(a).signIn('alice', PASSWORD)).status, 403)
    assert.equal((await new Visitor(a).signIn('alice', NEW)).status, 303)
    assert.ok(!a.log.includes(NEW))
    // Passkeys: whatever is no answer of a device is refused.
    const list = await ok(alice, '/wallet/passkeys')
    assert.doesNotMatch(list, /<script|data-challenge/, 'no script where a password is typed, and nothing to sign before it')
    const unproved = await alice.submitTo(list, '/wallet/passkeys/new', { password: PASSWORD })
    assert.equal(unproved.status, 403, 'the password that was')
    assert.match(words(unproved.text()), /This is not your password/)
    assert.doesNotMatch(unproved.text(), /data-challenge/)
    assert.equal((await alice.post('/wallet/passkeys/new', { token: 'A'.repeat(43), password: NEW })).status, 403)
    assert.equal((await alice.get('/wallet/passkeys/new')).headers.location, '/wallet/passkeys')
    const proved = await alice.submitTo(list, '/wallet/passkeys/new', { password: NEW })
    assert.equal(proved.status, 200)
    const site = proved.text()
    const asked = /data-challenge="([^"]+)"/.exec(site)[1]
    const said = (more) => Buffer.from(JSON.stringify({ type: 'webauthn.create', challenge: asked, origin: a.url, ...more })).toString('base64url')
    for (const fields of [
      { clientData: '', authData: '' },
      { clientData: '!', authData: '!' },
      { clientData: said(), authData: '' },
      { clientData: said(), authData: Buffer.alloc(200, 0xff).toString('base64url') },
      { clientData: said({ challenge: 'x' }), authData: Buffer.alloc(37).toString('base64url') },
      { clientData: said({ type: 'webauthn.get' }), authData: Buffer.alloc(5000).toString('base64url') }
    ]) {
      const r = await alice.submitTo(site, '/wallet/passkeys', { name: 'phone', ...fields })
      assert.equal(r.status, 400, JSON.stringify(fields).slice(0, 80))
      const login = await third.post('/wallet/login/passkey', { credential: 'AAAA', signature: 'AAAA', ...fields })
      assert.equal(login.status, 403)
    }
    assert.equal((await alice.submitTo(site, '/wallet/passkeys', { name: '' })).status, 400)
    assert.equal((await alice.post('/wallet/passkeys/remove', { token: forms(site)[0].fields.token, passkey: '1' })).status, 303)
    assert.equal((await alice.post('/wallet/passkeys/remove', { token: forms(site)[0].fields.token, passkey: 'x' })).status, 404)
    // Times, for this browser.
    const zone = async (name) => alice.submitTo(await ok(alice, '/wallet/settings'), '/wallet/settings/zone', { zone: name })
    assert.equal((await zone('Asia/Tokyo')).status, 303)
    assert.match(await ok(alice, '/wallet'), /<html[^>]* data-zone="Asia\/Tokyo"/)
    assert.equal((await zone('Moon/Base')).status, 400)
    assert.equal((await zone('')).status, 303)
    assert.match(await ok(alice, '/wallet'), /<html[^>]* data-zone=""/)
    // The end, with the name typed; a second time changes nothing.
    const close = await ok(alice, '/wallet/close?wallet=alice')
    assert.equal((await alice.submitTo(close, '/wallet/close', { name: 'alise' })).status, 400)
    assert.equal((await alice.submitTo(close, '/wallet/close', { name: 'alice' })).status, 303)
    const day = (await a.admin('GET', '/wallet-addresses/alice')).json()
    assert.equal(day.status, 'inactive')
    assert.equal((await alice.submitTo(close, '/wallet/close', { name: 'alice' })).status, 303)
    assert.equal((await a.admin('GET', '/wallet-addresses/alice')).json().inactiveAt, day.inactiveAt)
    assert.match(words(await ok(alice, '/wallet')), /takes no new payments/)
    await finished(alice, await send(alice, { wallet: 'alice', to: carolUrl, amount: '1.00' }))
    const again = await ok(alice, '/wallet/close?wallet=alice')
    assert.equal((await alice.submitTo(again, '/wallet/close', { end: 'open' })).status, 303)
    assert.equal((await a.admin('GET', '/wallet-addresses/alice')).json().status, 'active')
  }
}
