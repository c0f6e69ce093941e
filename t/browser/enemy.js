// Providers, wallets and clients that are enemies, live: whatever they say in any member of any answer stays text on the pages
// of those who meet them, or is refused in words of ours.

import assert from 'node:assert/strict'
import { Client } from '../scenario/lib/client.js'
import { request } from '../scenario/lib/http.js'
import { Visitor } from '../scenario/lib/pages.js'
import { sql } from '../scenario/lib/stored_grant.js'
import { twoNodes } from '../scenario/lib/setups.js'
import { browser, tab } from './lib/browser.js'
import { guarded } from './lib/headers.js'
import { hostile, skeletons } from './lib/hostile.js'
import { answerLogin, holder, PASSWORD, usd } from './lib/people.js'
import { HostileProvider } from './lib/provider.js'

export const maxMs = 400000

const LIVE = 8 // of the 200 that are opened, with scripts
const AT_ONCE = 4

// Every member that we read, of each answer that we ask for.
const PAYERS = {
  wallet: ['id', 'publicName', 'assetCode', 'assetScale', 'authServer', 'resourceServer', '*'],
  grant: ['access_token.value', 'access_token.manage', 'access_token.expires_in', '*'],
  quote: ['id', 'debitAmount', 'debitAmount.value', 'debitAmount.assetCode', 'debitAmount.assetScale', 'expiresAt', '*'],
  consent: ['interact.redirect', 'interact.finish', 'continue.uri', 'continue.access_token.value', '*']
}
const RECEIVERS = {
  wallet: ['publicName', 'assetCode', 'assetScale', '*'],
  spsp: ['destination_account', 'shared_secret', '*'],
  public: ['authServer', 'receivedAmount', '*'],
  incoming: ['id', 'walletAddress', 'completed', 'receivedAmount', 'receivedAmount.value', 'incomingAmount', 'incomingAmount.value', 'incomingAmount.assetCode', 'expiresAt', 'createdAt', 'methods', '*']
}
const membersOf = (table) => Object.entries(table).flatMap(([of, members]) => members.map((member) => ({ of, member })))

// What is no text at all, far too much, or no number that there is.
const WRONG = [undefined, null, true, 2 ** 63, '', '-1', '18446744073709551616', {}, [[[]]], 'x'.repeat(300000), Array(20000).fill(7), '\ud800']

/** Runs `work` of each, a few at a time. */
async function each(items, work) {
  const waiting = [...items.entries()]
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) await work(next[1], next[0])
    })
  )
}

/**
 * Each hostile text as a provider's public name, and in turn in each other member that we read; then what is of the wrong type or
 * size in each. `show(spoil)` gives the page, {status, html}: it must be made as one of those that harmless values give, and a
 * refusal must be one. Chromium parses them all.
 */
async function staysInert(page, provider, table, show) {
  const texts = hostile(1000)
  const rest = membersOf(table).filter((m) => m.member !== 'publicName')
  const links = rest.filter((m) => /(^id|redirect)$/.test(m.member) && m.of !== 'quote')
  const spoils = texts.flatMap((value, i) => [
    { of: 'wallet', member: 'publicName', value },
    { ...rest[i % rest.length], value, as: i % 3 === 0 ? 400 : undefined },
    // An address is taken when it begins like one: a wallet's is shown, and where to go on is a link.
    { ...links[i % links.length], value: `${provider.url}/x?${value}` }
  ])
  for (const m of membersOf(table)) for (const value of WRONG) spoils.push({ ...m, value })
  const harmless = membersOf(table).flatMap((m) => ['Bob Example', 'EUR', '7', 7, `${provider.url}/x`].map((value) => ({ ...m, value })))
  const pages = async (list) => {
    const all = []
    // One after the other: what the provider says is the same for all who ask.
    for (const spoil of list) {
      provider.spoil = spoil
      const { status, html } = await show()
      assert.ok(status < 500 || status === 502 || status === 503, `${status} of ${JSON.stringify(spoil).slice(0, 200)}`)
      all.push(html)
    }
    provider.spoil = {}
    return (await skeletons(page, all)).map((s) => JSON.stringify(s))
  }
  const known = new Set(await pages([{}, ...harmless]))
  const made = await pages(spoils)
  made.forEach((s, i) => assert.ok(known.has(s), `${JSON.stringify(spoils[i]).slice(0, 200)} made another page\n${s}`))
  return known.size
}

export const tests = {
  'a payer whose provider is an enemy': async (t) => {
    const { b } = await twoNodes(t)
    const enemy = await new HostileProvider().listen(t)
    const page = await tab(await browser(t), { allowed: [b.url] })
    await page.goto(`${b.url}/bob`)
    let visits = 0
    const show = async () => {
      const n = visits++
      // An address begins two visits a second: each comes from one of its own.
      const localAddress = `127.${1 + Math.floor(n / 60000)}.${Math.floor(n / 250) % 250}.${1 + (n % 250)}`
      const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' }
      const r = await request(`${b.url}/bob/pay`, { method: 'POST', headers, localAddress, body: new URLSearchParams({ payer: `${enemy.url}/bob`, amount: '1' }).toString() })
      if (r.status !== 303) return { status: r.status, html: r.text() }
      const cookie = r.headers['set-cookie'].map((c) => c.split(';')[0]).join('; ')
      const shown = await request(new URL(r.headers.location, b.url).href, { headers: { accept: 'text/html', cookie } })
      assert.equal(shown.status, 200)
      assert.doesNotMatch(shown.text(), /href="(?!https?:\/\/|\/|#)/i)
      return { status: shown.status, html: shown.text() }
    }
    assert.ok((await staysInert(page, enemy, PAYERS, show)) > 1, 'some are shown, some refused')
    for (const what of Object.keys(PAYERS)) assert.ok(enemy.asked.get(what) > 50, what)

    // Opened, with scripts.
    for (const value of hostile(128).slice(0, LIVE)) {
      enemy.spoil = { of: 'wallet', member: 'publicName', value }
      await page.goto(`${b.url}/bob`)
      await page.fill('#payer', `${enemy.url}/bob`)
      await page.fill('#pay-amount', '1')
      await page.waitForTimeout(600) // as a person would: no more than two visits a second
      const [answer] = await Promise.all([page.waitForNavigation(), page.click('button:text("See what it costs")')])
      guarded(answer.headers(), { scripts: true })
      await page.waitForSelector('h1:text("from your wallet")')
      assert.equal(await page.evaluate(() => window.struck), undefined)
    }
    assert.deepEqual(page.faults, [])
  },

  'a receiver whose provider is an enemy': async (t) => {
    const { a, b } = await twoNodes(t)
    await holder(a, 'alice')
    const enemy = await new HostileProvider().listen(t)
    const connection = await b.spsp('bob')
    enemy.connection = () => connection
    const page = await tab(await browser(t), { allowed: [a.url] })
    const alice = new Visitor(a)
    await alice.signIn('alice', PASSWORD)
    const form = (await alice.get('/wallet/send')).text()
    const send = (to) => alice.submitTo(form, '/wallet/send', { to, amount: '1.00', side: 'send' })
    await page.goto(`${a.url}/wallet`)
    let n = 0
    const show = async () => {
      // As a wallet address, and as a request: by what is spoiled.
      const { of } = enemy.spoil
      const r = await send(of === 'wallet' || of === 'spsp' ? `${enemy.url}/bob` : `${enemy.url}/op/${++n}/incoming-payments/1`)
      return { status: r.status, html: r.text() }
    }
    assert.ok((await staysInert(page, enemy, RECEIVERS, show)) > 1)
    for (const what of Object.keys(RECEIVERS)) assert.ok(enemy.asked.get(what) > 20, `${what} ${enemy.asked.get(what)}`)

    // While it is typed, and when it is paid, with scripts.
    await page.fill('input[name=wallet]', 'alice')
    await page.fill('input[name=password]', PASSWORD)
    await page.click('main button[type=submit]')
    await page.waitForURL(`${a.url}/wallet`)
    for (const value of hostile(128).slice(0, LIVE)) {
      enemy.spoil = { of: 'wallet', member: 'publicName', value }
      await page.goto(`${a.url}/wallet/send`)
      await page.fill('#to', `${enemy.url}/bob`)
      await page.waitForFunction(() => /^Pays/.test(document.querySelector('[data-resolve]').textContent.trim()))
      assert.deepEqual(await page.locator('[data-resolve] *').evaluateAll((all) => all.map((e) => e.localName)), ['strong', 'bdi'])
      await page.fill('#amount', '1.00')
      await page.click('main button[type=submit]')
      await page.waitForSelector('[data-confirm]')
      assert.ok((await page.innerText('dd bdi')).length > 0)
      assert.equal(await page.evaluate(() => window.struck), undefined)
    }
    await page.click('[data-confirm]')
    await page.waitForURL(/\/wallet\/payments\//)
    await page.waitForSelector('.badge')
    await page.goto(`${a.url}/wallet/payments`)
    assert.equal(await page.evaluate(() => window.struck), undefined)
    assert.deepEqual(page.faults, [])
  },

  'a client that is an enemy': async (t) => {
    const { a } = await twoNodes(t)
    await holder(a, 'alice')
    const enemy = await new HostileProvider().listen(t)
    enemy.clients = new Map()
    const page = await tab(await browser(t), { allowed: [a.url] })
    const access = [{ type: 'outgoing-payment', actions: ['create'], identifier: `${a.url}/alice`, limits: { debitAmount: usd('100') } }]
    /** What it asks, under a name of its choice -> the page of it. */
    const asks = async (value, i) => {
      const client = new Client(`${enemy.url}/clients/${i}`)
      enemy.clients.set(`/clients/${i}`, { publicName: value, keys: [client.jwk] })
      const r = await client.grant(a, { access, interact: { start: ['redirect'] } })
      return r.status === 200 ? r.json().interact.redirect : null
    }
    const texts = hostile(128)
    const ways = []
    await each(['Bob Example', ...texts, ...WRONG], async (value, i) => (ways[i] = await asks(value, i)))
    assert.ok(ways.filter(Boolean).length > 150, `${ways.filter(Boolean).length} were taken`)
    await page.goto(ways[0])
    await answerLogin(page)
    await page.waitForSelector('button[value=accept]')
    const cookie = (await page.context().cookies()).map((c) => `${c.name}=${c.value}`).join('; ')
    const all = []
    await each(ways.filter(Boolean), async (way, i) => {
      const r = await request(way, { headers: { accept: 'text/html', cookie } })
      assert.equal(r.status, 200)
      guarded(r.headers)
      all[i] = r.text()
    })
    const made = (await skeletons(page, all)).map((s) => JSON.stringify(s))
    // With a name, or with none where it can't be shown.
    assert.ok(new Set(made).size <= 2, [...new Set(made)].join('\n'))
    for (const way of ways.slice(1, LIVE).filter(Boolean)) {
      await page.goto(way)
      await page.waitForSelector('button[value=accept]')
      assert.equal(await page.evaluate(() => window.struck), undefined)
    }
    // What was agreed to is named on the pages of apps as well, and its end in what the holder is told.
    await page.click('button[value=accept]')
    const [{ name }] = await sql(a, "SELECT client_name AS name FROM gnap_grant WHERE state = 'APPROVED'")
    assert.match(name, /</)
    await page.goto(`${a.url}/wallet/apps`)
    await page.click('main h3 a')
    assert.equal(await page.evaluate(() => window.struck), undefined)
    await page.click('summary:text("Revoke the access")')
    await page.click('button:text("Yes, revoke it")')
    await page.waitForSelector('.badge:text("revoked")')
    await page.goto(`${a.url}/wallet/notices`)
    await page.waitForSelector('nav [data-newest]')
    assert.ok((await page.locator('main bdi').allTextContents()).includes(name), 'the name as it is')
    assert.equal(await page.evaluate(() => window.struck), undefined)
    assert.deepEqual(page.faults, [])
  }
}
