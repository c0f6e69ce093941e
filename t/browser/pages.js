// The account holder's pages as a person meets them: Chromium, no scripts, light and dark, a phone.

import assert from 'node:assert/strict'
import http from 'node:http'
import { run } from '../scenario/lib/node.js'
import { everybody } from './lib/access.js'
import { browser, PHONE, tab as open } from './lib/browser.js'
import { grantState, storedGrant } from '../scenario/lib/stored_grant.js'

export const maxMs = 240000

const PASSWORD = 'correct horse battery'
const tab = (b, options) => open(b, { scripts: false, ...options })
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
  await page.click('button.strong')
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
    const page = await tab(await browser(t), { scripts: true })
    const look = (name) => everybody(page, name)
    const limited = await ask(node, shop, { ...budget, receiver: 'https://bank.example/op/incoming-payments/016fb9c5-5e0c-7c0e-9d2f-0123456789ab' })
    await page.goto(`${node.url}${limited.path}`)
    await look('login')
    await page.fill('input[name=wallet]', 'alice')
    await page.fill('input[name=password]', 'wrong')
    await page.click('button.strong')
    await look('login-wrong')
    await signIn(page)
    await page.waitForSelector('button[value=reject]')
    await look('consent')
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
    await page.goto(`${node.url}/wallet`)
    await look('home')
    await page.goto(`${node.url}/auth/interact/x/y`)
    await look('nothing')
    await page.goto(`${node.url}/static/components`)
    await page.waitForSelector('button.copy:visible')
    await look('components')
    assert.deepEqual(page.faults, [])
  },

  'light and dark are a choice, kept without scripts': async (t) => {
    const node = await provider(t)
    const page = await tab(await browser(t), { colorScheme: 'light' })
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
