// The account holder's pages as a person meets them: Chromium, no scripts, light and dark, a phone.

import assert from 'node:assert/strict'
import http from 'node:http'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { run } from '../scenario/lib/node.js'
import { grantState, storedGrant } from '../scenario/lib/stored_grant.js'

export const maxMs = 240000

const PASSWORD = 'correct horse battery'
const STEP_MS = 60000
const CONTRAST_MIN = 4.5 // WCAG 2.1 1.4.3, AA
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking']
const DESK = { width: 1100, height: 900 }
const PHONE = { width: 390, height: 844 }
const usd = (value) => ({ value, assetCode: 'USD', assetScale: 2 })

async function provider(t) {
  const node = await t.serving('wallet')
  for (const name of ['alice', 'bob']) {
    const words = ['wallet', 'add', name, '--asset', 'USD', '--name', `${name[0].toUpperCase()}${name.slice(1)} Example`]
    const r = await run(['-C', node.dir, ...words, '--password-stdin'], { input: `${PASSWORD}\n` })
    assert.equal(r.code, 0, r.stderr)
  }
  await node.ok('deposit', 'alice', '50.00')
  return node
}

async function browser(t) {
  const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGUMENTS })
  t.defer(() => b.close())
  return b
}

async function tab(b, options = {}) {
  const context = await b.newContext({ javaScriptEnabled: false, viewport: DESK, ...options })
  context.setDefaultTimeout(STEP_MS)
  return context.newPage()
}

/** A client's page on loopback, to which the wallet leads back. */
async function client(t) {
  const seen = []
  const server = http.createServer((req, res) => {
    const url = new URL(req.url, 'http://127.0.0.1')
    if (url.pathname === '/finish') seen.push(Object.fromEntries(url.searchParams))
    res.writeHead(200, { 'content-type': 'text/html' })
    res.end('<h1>back at the client</h1>')
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  t.defer(() => new Promise((done) => server.close(done) && server.closeAllConnections()))
  return { uri: `http://127.0.0.1:${server.address().port}/finish`, url: server.address().port, seen }
}

const budget = { debitAmount: usd('8000'), interval: 'R11/2026-01-01T00:00:00Z/P1M' }

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

async function signIn(page, wallet = 'alice') {
  await page.fill('input[name=wallet]', wallet)
  await page.fill('input[name=password]', PASSWORD)
  await page.click('button[type=submit]')
}

// ---- what a page must be for everybody ----

/** Runs in the page: text that is hard to read, fields without a name, things that stick out. */
function inspect(contrastMin) {
  const parse = (c) => {
    const [r, g, b, a = 1] = c.match(/[\d.]+/g).map(Number)
    return { r, g, b, a }
  }
  const light = ({ r, g, b }) => {
    const [x, y, z] = [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4))
    return 0.2126 * x + 0.7152 * y + 0.0722 * z
  }
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor)
      if (c.a === 1) return c
    }
    return { r: 255, g: 255, b: 255 }
  }
  const found = []
  for (const e of document.body.querySelectorAll('*')) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())
    if (!own || e.matches('.skip')) continue
    const [a, b] = [light(parse(getComputedStyle(e).color)), light(ground(e))]
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
    if (ratio < contrastMin) found.push(`contrast ${ratio.toFixed(2)}: ${e.textContent.trim().slice(0, 40)}`)
  }
  for (const e of document.querySelectorAll('input:not([type=hidden]), select, textarea')) {
    if (!e.labels?.length) found.push(`no label: ${e.name}`)
    if (e.getBoundingClientRect().height < 40) found.push(`too small to hit: ${e.name}`)
  }
  for (const e of document.querySelectorAll('button, a.button')) {
    if (!e.textContent.trim()) found.push('a button without words')
    if (e.getBoundingClientRect().height < 40) found.push(`too small to hit: ${e.textContent}`)
  }
  if (!document.documentElement.lang) found.push('no language')
  if (document.querySelectorAll('h1').length !== 1) found.push('not one heading')
  if (document.documentElement.scrollWidth > innerWidth) found.push(`wider than the window by ${document.documentElement.scrollWidth - innerWidth}`)
  return found
}

async function look(page, name) {
  assert.deepEqual(await page.evaluate(inspect, CONTRAST_MIN), [], name)
  if (process.env.BROWSER_SHOTS) {
    await page.screenshot({ path: join(process.env.BROWSER_SHOTS, `${name}.png`), fullPage: true })
  }
}

export const tests = {
  'sign in, read, accept': async (t) => {
    const node = await provider(t)
    const shop = await client(t)
    const grant = await ask(node, shop, budget)
    const page = await tab(await browser(t))
    await page.goto(`${node.url}${grant.path}`)
    await signIn(page)
    const text = await page.innerText('main')
    for (const part of ['shop.example', 'up to 80.00 USD each month', 'chosen by the client itself', 'less than the limit']) {
      assert.ok(text.includes(part), `${part}\n${text}`)
    }
    const size = async (value) => (await page.locator(`button[value=${value}]`).boundingBox()) ?? {}
    const [yes, no] = [await size('accept'), await size('reject')]
    assert.deepEqual([yes.width, yes.height, yes.y], [no.width, no.height, no.y], 'both answers weigh the same')
    await page.click('button[value=accept]')
    await page.waitForURL(`${shop.uri}**`)
    assert.equal(shop.seen.length, 1)
    assert.ok(shop.seen[0].interact_ref && shop.seen[0].hash)
    assert.equal((await grantState(node, grant)).state, 'APPROVED')
  },

  'sign in, read, decline': async (t) => {
    const node = await provider(t)
    const shop = await client(t)
    const grant = await ask(node, shop, undefined)
    const page = await tab(await browser(t), { viewport: PHONE })
    await page.goto(`${node.url}${grant.path}`)
    await signIn(page)
    assert.match(await page.innerText('main'), /any amount until you revoke it/)
    await page.click('button[value=reject]') // without the password that accepting needs
    await page.waitForURL(`${shop.uri}**`)
    assert.deepEqual(shop.seen, [{ result: 'grant_rejected' }])
    assert.equal((await grantState(node, grant)).state, 'FINALIZED REJECTED')
  },

  'by the keyboard alone': async (t) => {
    const node = await provider(t)
    const shop = await client(t)
    const grant = await ask(node, shop, { debitAmount: usd('100') })
    const page = await tab(await browser(t))
    await page.goto(`${node.url}${grant.path}`)
    await page.focus('input[name=wallet]')
    await page.keyboard.type('alice')
    await page.keyboard.press('Tab')
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press('Enter')
    await page.waitForSelector('button[value=reject]')
    await page.focus('button[value=accept]')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.waitForURL(`${shop.uri}**`)
    assert.deepEqual(shop.seen, [{ result: 'grant_rejected' }])
  },

  'everybody can read and hit everything': async (t) => {
    const node = await provider(t)
    const shop = await client(t)
    const b = await browser(t)
    for (const [look1, options] of [
      ['light', { colorScheme: 'light' }],
      ['dark', { colorScheme: 'dark' }],
      ['phone', { colorScheme: 'light', viewport: PHONE }],
      ['phone-dark', { colorScheme: 'dark', viewport: PHONE }]
    ]) {
      const page = await tab(b, options)
      const limited = await ask(node, shop, { ...budget, receiver: 'https://bank.example/op/incoming-payments/016fb9c5-5e0c-7c0e-9d2f-0123456789ab' })
      await page.goto(`${node.url}${limited.path}`)
      await look(page, `${look1}-login`)
      await page.fill('input[name=wallet]', 'alice')
      await page.fill('input[name=password]', 'wrong')
      await page.click('button[type=submit]')
      await look(page, `${look1}-login-wrong`)
      await signIn(page)
      await look(page, `${look1}-consent`)
      const unlimited = await ask(node, shop, undefined, { subject: 'alice' })
      await page.goto(`${node.url}${unlimited.path}`)
      await look(page, `${look1}-consent-unlimited`)
      const others = await ask(node, shop, undefined, {
        access: [{ type: 'outgoing-payment', actions: ['create'], wallet: 'bob', limits: { receiveAmount: usd('500') } }]
      })
      await page.goto(`${node.url}${others.path}`)
      await look(page, `${look1}-consent-other`)
      const polled = await ask(node, null, { receiveAmount: usd('500') })
      await page.goto(`${node.url}${polled.path}`)
      await look(page, `${look1}-consent-receive`)
      await page.click('button[value=accept]')
      await page.waitForSelector('h1:text("Accepted")')
      await look(page, `${look1}-accepted`)
      await page.goto(`${node.url}/wallet`)
      await look(page, `${look1}-home`)
      await page.goto(`${node.url}/auth/interact/x/y`)
      await look(page, `${look1}-nothing`)
      await page.context().close()
    }
  },

  'no page of ours in a frame': async (t) => {
    const node = await provider(t)
    const grant = await ask(node, null, budget)
    const server = http.createServer((_, res) => {
      res.writeHead(200, { 'content-type': 'text/html' })
      res.end(`<iframe src="${node.url}${grant.path}"></iframe>`)
    })
    await new Promise((done) => server.listen(0, '127.0.0.1', done))
    t.defer(() => new Promise((done) => server.close(done) && server.closeAllConnections()))
    const page = await tab(await browser(t))
    await page.goto(`http://127.0.0.1:${server.address().port}/`)
    for (const frame of page.frames()) assert.ok(!(await frame.content()).includes('password'), 'the frame stays empty')
  }
}
