// Signing in and consent as a person meets them: Chromium, with scripts and without, light and dark, a phone.

import assert from 'node:assert/strict'
import http from 'node:http'
import { Client } from '../scenario/lib/client.js'
import { agreed, Holder } from '../scenario/lib/holder.js'
import { grantState, sql, storedGrant } from '../scenario/lib/stored_grant.js'
import { everybody, keep } from './lib/access.js'
import { browser, PHONE, tab } from './lib/browser.js'
import { answerLogin, clientsPage, holder, PASSWORD, provider as plain, signIn, usd } from './lib/people.js'

export const maxMs = 240000

const bare = (b, options) => tab(b, { scripts: false, ...options })

/** alice (with savings) and bob; alice holds 50.00. */
async function provider(t) {
  const node = await plain(t)
  await holder(node, 'savings', '--user', 'alice')
  await holder(node, 'bob', '--name', 'Bob Example')
  return node
}

const budget = { debitAmount: usd('800000'), interval: 'R11/2026-01-01T00:00:00Z/P1M' }
const small = { debitAmount: usd('8000') }

function ask(node, finish, limits, more = {}) {
  const access = [
    { type: 'outgoing-payment', actions: ['create', 'read'], wallet: 'alice', limits },
    { type: 'quote', actions: ['create'], wallet: 'alice' }
  ]
  return storedGrant(node, {
    client: 'https://shop.example/till',
    clientName: 'The Corner Shop',
    access,
    finish: finish && { uri: finish.uri, nonce: 'n' },
    ...more
  })
}

/** Every end that a request may find, in one browser. */
async function everyEnd(node, shop, b, options) {
  const page = await tab(b, options)
  const open = async (grant) => {
    await page.goto(`${node.url}${grant.path}`)
    if (await page.locator('input[name=wallet]').count()) await answerLogin(page)
    await page.waitForSelector('button[value=reject]')
  }
  /** The answer, and what the client is told. */
  const answer = async (decision) => {
    await page.click(`button[value=${decision}]`)
    await page.waitForURL(`${shop.uri}**`)
    return shop.seen.pop()
  }
  const over = (grant) => sql(node, `UPDATE grant_interaction SET expires_ms = created_ms WHERE grant_key = ${grant.key}`)
  const state = async (grant) => (await grantState(node, grant)).state

  const yes = await ask(node, shop, small)
  await open(yes)
  const text = await page.innerText('main')
  for (const part of ['shop.example', 'up to 80.00 USD in total', 'chosen by the client itself']) assert.ok(text.includes(part), `${part}\n${text}`)
  const size = async (value) => (await page.locator(`button[value=${value}]`).boundingBox()) ?? {}
  const [accept, reject] = [await size('accept'), await size('reject')]
  assert.deepEqual([accept.width, accept.height, accept.y], [reject.width, reject.height, reject.y], 'both answers weigh the same')
  const told = await answer('accept')
  assert.ok(told.interact_ref && told.hash)
  assert.equal(await state(yes), 'APPROVED')

  const no = await ask(node, shop, undefined)
  await open(no)
  assert.match(await page.innerText('main'), /any amount until you revoke it/)
  assert.deepEqual(await answer('reject'), { result: 'grant_rejected' }, 'without the password that accepting needs')
  assert.equal(await state(no), 'FINALIZED REJECTED')

  // Its time ends while the page is open: whatever is answered, nothing is granted, and everybody is told.
  for (const decision of ['accept', 'reject']) {
    const late = await ask(node, shop, small)
    await open(late)
    await over(late)
    assert.deepEqual(await answer(decision), { result: 'grant_invalid' })
    assert.notEqual(await state(late), 'APPROVED')
    const polled = await ask(node, null, small)
    await open(polled)
    await over(polled)
    await page.click(`button[value=${decision}]`)
    await page.waitForSelector('h1:text("This request is over")')
    assert.match(await page.innerText('main'), /expired[\s\S]*Nothing was changed/)
    assert.notEqual(await state(polled), 'APPROVED')
    await page.goBack() // and from the page that the browser has kept, too
    if (await page.locator('button[value=accept]').count()) {
      await page.click('button[value=accept]')
      await page.waitForSelector('h1:text("This request is over")')
    }
    assert.notEqual(await state(polled), 'APPROVED')
  }

  // Signed in as somebody else: to the login and back to the same request, which is answered once.
  const other = await ask(node, shop, small)
  await open(other)
  await page.click('text=Sign in as somebody else')
  assert.match(await page.innerText('main'), /You are signed in as alice/)
  await page.click('text=Stay alice and go back')
  await page.waitForSelector('button[value=accept]')
  await page.click('text=Sign in as somebody else')
  await answerLogin(page, 'bob')
  await page.waitForSelector('h1:text("for another wallet")')
  assert.equal(await page.locator('button[value=accept]').count(), 0)
  await page.click('text=Sign in as somebody else')
  assert.equal(await page.inputValue('input[name=wallet]'), 'alice')
  await answerLogin(page)
  await page.waitForURL(`${node.url}${other.path}`)
  assert.match(await page.innerText('main'), new RegExp(`You answer as alice[\\s\\S]*${node.url}/savings`))
  assert.equal(await state(other), 'PENDING')
  assert.ok((await answer('accept')).interact_ref)
  await page.goto(`${node.url}${other.path}`)
  await page.waitForURL(`${shop.uri}**`)
  assert.deepEqual(shop.seen.pop(), { result: 'grant_invalid' }, 'once')
  assert.deepEqual(page.faults, [])
}

export const tests = {
  'accepted, declined, expired while it is open, another account': async (t) => {
    const node = await provider(t)
    const shop = await clientsPage(t)
    const b = await browser(t)
    await everyEnd(node, shop, b, { scripts: true })
    await everyEnd(node, shop, b, { scripts: false, viewport: PHONE })
  },

  'the time for consent runs down without a script, and its end is seen': async (t) => {
    const node = await provider(t)
    const shop = await clientsPage(t)
    const b = await browser(t)
    for (const reducedMotion of ['no-preference', 'reduce']) {
      const page = await bare(b, { reducedMotion })
      const grant = await ask(node, shop, budget)
      await page.goto(`${node.url}${grant.path}`)
      await answerLogin(page)
      await page.waitForSelector('button[value=reject]')
      const counts = reducedMotion === 'no-preference'
      assert.equal(await page.locator('.countdown').isVisible(), counts)
      if (counts) {
        const left = () => page.evaluate(() => Number(getComputedStyle(document.querySelector('.left')).getPropertyValue('--left')))
        const first = await left()
        assert.ok(first > 100 && first <= 600, `${first} seconds`)
        while ((await left()) === first) await page.waitForTimeout(200)
        assert.ok((await left()) < first)
        await keep(page, 'consent-countdown')
      } else {
        assert.match(await page.innerText('.still'), /^in \d minutes?$/)
      }

      // Two seconds before its end, and then by itself.
      assert.equal(await page.locator('.over').isVisible(), false)
      assert.ok(await page.locator('button[value=accept]').isVisible())
      const ends = await page.evaluate(() => {
        const all = document.getAnimations()
        const end = all.find((a) => a.animationName === 'comes').effect.getTiming().delay
        for (const a of all) a.currentTime = end - 2000
        return end
      })
      assert.ok(ends > 100000 && ends <= 600000, `${ends} ms`)
      await page.waitForSelector('.over', { state: 'visible' })
      assert.match(await page.innerText('.over'), /time for this request is over/)
      for (const value of ['accept', 'reject']) assert.equal(await page.locator(`button[value=${value}]`).isVisible(), false)
      await keep(page, `consent-ran-out-${reducedMotion}`)
      await sql(node, `UPDATE grant_interaction SET expires_ms = created_ms WHERE grant_key = ${grant.key}`)
      await page.click('text=Go back to where you came from')
      await page.waitForURL(`${shop.uri}**`)
      assert.deepEqual(shop.seen.pop(), { result: 'grant_invalid' })
      assert.notEqual((await grantState(node, grant)).state, 'APPROVED')
      assert.deepEqual(page.faults, [])
    }
  },

  'consent says the next windows and the last day in the zone of its holder': async (t) => {
    const node = await provider(t)
    const page = await bare(await browser(t))
    await signIn(page, node)
    const limited = { ...budget, interval: 'R/2026-01-01T00:00:00Z/P1M' }
    const show = async () => {
      const grant = await ask(node, null, limited)
      await page.goto(`${node.url}${grant.path}`)
      return grant
    }
    await show()
    assert.equal(await page.locator('.windows li').count(), 3)
    assert.match(await page.innerText('.windows li'), /^1 \w+ \d+, 00:00 UTC \(\d+ \w+ ago\) to 1 \w+ \d+, 00:00 UTC$/)
    assert.match(await page.innerText('main'), /Times are in UTC: you can choose a zone in your settings/)
    await page.goto(`${node.url}/wallet/settings`)
    await page.selectOption('select[name=zone]', 'Asia/Kathmandu')
    await page.click('text=Keep the zone')
    const grant = await show()
    assert.match(await page.innerText('.windows li:nth-child(2)'), /^1 \w+ \d+, 05:45 UTC\+5:45 \(in \d+ \w+\) to 1 \w+ \d+, 05:45 UTC\+5:45$/)
    assert.doesNotMatch(await page.innerText('main'), /Times are in UTC/)
    assert.match(await page.innerText('#until-hint'), /Asia\/Kathmandu/)
    await page.fill('input[name=until]', '2099-12-31')
    await page.fill('input[name=password]', PASSWORD)
    await page.click('button[value=accept]')
    await page.waitForSelector('h1:text("Accepted")')
    const [{ ends_ms: ends }] = await sql(node, `SELECT ends_ms FROM gnap_grant WHERE key = ${grant.key}`)
    assert.equal(new Date(ends).toISOString(), '2099-12-31T18:15:00.000Z')
    assert.deepEqual(page.faults, [])
  },

  'revoked on the page of an app: over at once, with scripts and without': async (t) => {
    const node = await plain(t)
    const b = await browser(t)
    const shop = await Client.published(t)
    const access = [{ type: 'outgoing-payment', actions: ['create', 'read', 'list'], identifier: `${node.url}/alice`, limits: small }]
    for (const scripts of [true, false]) {
      const grant = await agreed(new Holder(node, 'alice'), shop, access)
      const list = () => shop.call('GET', `${node.url}/op/outgoing-payments?wallet-address=${encodeURIComponent(`${node.url}/alice`)}`, { token: grant.token })
      const page = await tab(b, { scripts, allowed: [node.url] })
      await signIn(page, node)
      await page.goto(`${node.url}/wallet/apps`)
      await page.click('main h3 a')
      const revoke = page.locator('button:text("Yes, revoke it")')
      assert.equal(await revoke.isVisible(), false, 'not by the first click')
      await page.click('summary:text("Revoke the access")')
      assert.equal((await list()).status, 200)
      await revoke.click()
      await page.waitForSelector('.badge:text("revoked")')
      assert.ok([401, 403].includes((await list()).status))
      assert.deepEqual(page.faults, [])
      await page.context().close()
    }
  },

  'everybody can read and hit everything': async (t) => {
    const node = await provider(t)
    const shop = await clientsPage(t)
    const page = await tab(await browser(t))
    const look = (name) => everybody(page, name)
    const limited = await ask(node, shop, { ...budget, receiver: 'https://bank.example/op/incoming-payments/016fb9c5-5e0c-7c0e-9d2f-0123456789ab' })
    await page.goto(`${node.url}${limited.path}`)
    await look('login')
    await page.fill('input[name=wallet]', 'alice')
    await page.fill('input[name=password]', 'wrong')
    await page.click('button.strong')
    await look('login-wrong')
    await answerLogin(page)
    await page.waitForSelector('button[value=reject]')
    await look('consent')
    await page.click('text=Sign in as somebody else')
    await look('login-again')
    const unlimited = await ask(node, shop, undefined, { subject: 'alice' })
    await page.goto(`${node.url}${unlimited.path}`)
    await look('consent-unlimited')
    const others = await ask(node, shop, undefined, {
      access: [{ type: 'outgoing-payment', actions: ['create'], wallet: 'bob', limits: { receiveAmount: usd('500') } }]
    })
    await page.goto(`${node.url}${others.path}`)
    await look('consent-other')
    const polled = await ask(node, null, { receiveAmount: usd('500') })
    await page.goto(`${node.url}${polled.path}`)
    await look('consent-receive')
    await page.click('button[value=accept]')
    await page.waitForSelector('h1:text("Accepted")')
    await look('accepted')
    await page.goto(`${node.url}${polled.path}`)
    await look('consent-over')
    assert.deepEqual(page.faults, [])
  },

  'light and dark are a choice; no page of ours in a frame': async (t) => {
    const node = await plain(t)
    const b = await browser(t)
    const page = await bare(b, { colorScheme: 'light' })
    await page.goto(`${node.url}/static/components`)
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    const light = await ground()
    await page.click('button[name=theme][value=dark]')
    assert.equal(new URL(page.url()).pathname, '/static/components')
    assert.notEqual(await ground(), light)
    await page.goto(`${node.url}/wallet/login`)
    assert.notEqual(await ground(), light)
    await page.click('button[name=theme][value=auto]')
    assert.equal(await ground(), light)

    const grant = await ask(node, null, small)
    const server = http.createServer((_, res) => {
      res.writeHead(200, { 'content-type': 'text/html' })
      res.end(`<iframe src="${node.url}${grant.path}"></iframe>`)
    })
    await new Promise((done) => server.listen(0, '127.0.0.1', done))
    t.defer(() => new Promise((done) => server.close(done) && server.closeAllConnections()))
    await page.goto(`http://127.0.0.1:${server.address().port}/`)
    for (const frame of page.frames()) assert.ok(!(await frame.content()).includes('password'), 'the frame stays empty')
  }
}
