// Takes docs/screenshots/*.png: see t/browser/shots.

import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { pay, twoNodes } from '../../scenario/lib/setups.js'
import { storedGrant } from '../../scenario/lib/stored_grant.js'
import { browser, PHONE, tab } from '../lib/browser.js'

export const maxMs = 300000

const PASSWORD = 'correct horse battery'
const WINDOW = { width: 900, height: 640 }
const file = (name) => fileURLToPath(new URL(`../../../docs/screenshots/${name}.png`, import.meta.url))

async function signIn(page, wallet) {
  await page.fill('input[name=wallet]', wallet)
  await page.fill('input[name=password]', PASSWORD)
  await page.click('button.strong')
  await page.waitForURL((url) => !url.pathname.startsWith('/wallet/login'))
}

export const tests = {
  'pictures for docs/screenshots': async (t) => {
    const { a, b } = await twoNodes(t)
    for (const [node, name, words] of [[a, 'alice', 'Alice Example'], [b, 'bob', 'Bob’s Honey']]) {
      const r = await node.admin('PATCH', `/wallet-addresses/${name}`, { publicName: words, password: PASSWORD })
      assert.equal(r.status, 200, r.text())
    }
    const chromium = await browser(t)
    const page = await tab(chromium, { viewport: WINDOW, colorScheme: 'light' })
    const take = (name) => page.screenshot({ path: file(name) })
    const request = await b.ok('request', 'bob', '12.50', '--description', 'Two jars of honey', '--expires', '1h')
    await page.goto(`${b.url}/bob`)
    await page.waitForSelector('button.copy:visible')
    await take('landing')
    await page.goto(request.url)
    assert.equal((await pay(a, 'alice', request.url, '--deliver', '5.00')).code, 0)
    await page.waitForSelector('text=5.00 USD of 12.50 USD')
    await take('request')
    await page.emulateMedia({ colorScheme: 'dark' })
    await take('request-dark')
    await page.emulateMedia({ colorScheme: 'light' })
    assert.equal((await pay(a, 'alice', request.url, '--deliver', '7.50')).code, 0)
    await page.waitForSelector('h1:text("Paid")')
    await take('receipt')

    await page.goto(`${b.url}/bob?amount=3.00`)
    await page.fill('#payer', `$${a.url.slice(7)}/alice`)
    await page.click('button:text("See what it costs")')
    await page.waitForSelector('h1:text("from your wallet")')
    await take('pay')

    const grant = await storedGrant(a, {
      client: 'https://shop.example/till',
      clientName: 'The Corner Shop',
      access: [{ type: 'outgoing-payment', actions: ['create', 'read'], wallet: 'alice', limits: { debitAmount: { value: '8000', assetCode: 'USD', assetScale: 2 }, interval: 'R11/2026-01-01T00:00:00Z/P1M' } }]
    })
    await page.goto(`${a.url}${grant.path}`)
    await signIn(page, 'alice')
    await page.waitForSelector('button[value=accept]')
    await take('consent')
    for (const [path, name] of [['/wallet', 'wallet'], ['/wallet/send', 'send'], ['/wallet/payments', 'payments']]) {
      await page.goto(`${a.url}${path}`)
      await take(name)
    }
    await page.setViewportSize(PHONE)
    await page.goto(`${a.url}/wallet`)
    await take('wallet-phone')
  }
}
