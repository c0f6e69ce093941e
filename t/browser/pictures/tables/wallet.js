// Whose wallet it is.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { askAs } from '../../../scenario/lib/cash.js'
import { Client } from '../../../scenario/lib/client.js'
import { agreed, Holder } from '../../../scenario/lib/holder.js'
import { until } from '../../../scenario/lib/http.js'
import { pay } from '../../../scenario/lib/setups.js'
import { answerLogin, holder, usd } from '../../lib/people.js'
import { speak } from '../../lib/languages.js'
import { neighbours } from '../../lib/neighbours.js'

export const title = 'The account holder'

/** A payment as the wallet's pages make it: it says who was paid. */
async function send(a, pointer, value) {
  const quote = await a.admin('POST', '/quotes', { walletAddress: 'alice', receiver: pointer, debitAmount: usd(value) })
  const metadata = { payee: { name: 'Bob’s Honey', address: pointer } }
  const made = await a.admin('POST', '/outgoing-payments', { quoteId: quote.json().id, metadata })
  assert.equal(made.status, 201, made.text())
  await until('it is paid', async () => (await a.admin('GET', `/outgoing-payments/${made.json().id}`)).json().state === 'COMPLETED')
}

export async function prepare(t, world) {
  const { a, b, pointer } = await neighbours(t)
  await holder(a, 'savings', '--user', 'alice', '--name', 'Savings')
  await a.ok('deposit', 'savings', '250.00')
  for (const value of ['240', '1800', '675']) await send(a, pointer, value)
  await b.ok('deposit', 'bob', '100.00')
  const request = await a.ok('request', 'alice', '9.00', '--description', 'Concert ticket')
  assert.equal((await pay(b, 'bob', request.url, '--deliver', '9.00')).code, 0)
  const shop = await Client.published(t, { publicName: 'The Corner Shop' })
  await agreed(new Holder(a, 'alice'), shop, [
    { type: 'outgoing-payment', actions: ['create', 'read'], identifier: `${a.url}/alice`, limits: { debitAmount: usd('8000'), interval: 'R11/2026-01-01T00:00:00Z/P1M' } }
  ])
  const refused = await askAs(a, 'alice', 'withdraw', { amount: '40.00', note: 'My account 12-3456' })
  await a.ok('cash', 'refuse', refused.id, '--answer', 'There is no such account')
  await a.ok('cash', 'approve', (await askAs(a, 'alice', 'deposit', { amount: '25.00', note: 'Transfer of 25 November' })).id)
  await askAs(a, 'alice', 'withdraw', { amount: '40.00', note: 'My account 12-3465' })
  const file = join(t.dir, 'key.jwk')
  writeFileSync(file, JSON.stringify(new Client(null, 'monetization-extension').jwk))
  await a.ok('key', 'add', 'alice', '--jwk', file)
  return { a, b, pointer, page: await world.tab() }
}

const at = (path) => (page, { a }) => page.goto(`${a.url}/wallet${path}`)

export const pictures = [
  ['login', ['light', 'phone'], 'Signing in', at('/login')],
  ['wallet', ['light', 'dark', 'phone'], 'The overview', async (page) => {
    await answerLogin(page)
    await page.waitForSelector('h1:text("Overview")')
    await page.waitForSelector('button.copy:visible')
  }],
  ['send', ['light', 'phone'], 'Sending: who it is is found while it is typed', async (page, here) => {
    await at('/send')(page, here)
    await page.fill('#to', here.pointer)
    await page.fill('#amount', '4.20')
    await page.fill('#message', 'For the honey')
    await page.waitForFunction(() => /Pays/.test(document.querySelector('[data-resolve]').textContent))
  }],
  ['price', ['light', 'dark', 'phone'], 'The price, which holds for a while', async (page) => {
    await page.click('main button[type=submit]')
    await page.waitForSelector('[data-confirm]')
  }],
  ['payment', ['light', 'phone'], 'A payment that has arrived', async (page) => {
    await page.click('[data-confirm]')
    await page.waitForSelector('.badge.good')
  }],
  ['ask', ['light'], 'Asking for a payment', at('/request')],
  ['asked', ['light'], 'What to pass on', async (page) => {
    await page.fill('#amount', '15.00')
    await page.fill('#description', 'Lunch on Friday')
    await page.click('main button[type=submit]')
    await page.waitForURL(/\/wallet\/payments\//)
  }],
  ['withdraw', ['light', 'dark', 'phone'], 'Money to be paid out: asked for, answered', at('/withdraw')],
  ['deposit', ['light'], 'Money to be brought in', at('/deposit')],
  ['payments', ['light', 'dark', 'phone'], 'Transactions, with their filters', at('/payments')],
  ['notices', ['light', 'dark', 'phone'], 'What happened, and what of it is new', at('/notices')],
  ['apps', ['light'], 'Connected apps', at('/apps')],
  ['app', ['light'], 'What an app may do, and the question before it may no more', async (page) => {
    await page.click('main h3 a')
    await page.click('summary:text("Revoke the access")')
  }],
  ['keys', ['light'], 'Keys', at('/keys')],
  ['monetization', ['light'], 'Web Monetization: the address and the key side by side', at('/monetization')],
  ['settings', ['light'], 'Settings', at('/settings')],
  ['passkeys', ['light'], 'Passkeys', at('/passkeys')],
  ['address-new', ['light'], 'Another address', at('/new')],
  ['address-name', ['light'], 'What others read beside an address', at('/name?wallet=savings')],
  ['close', ['light'], 'The end of an address', at('/close?wallet=savings')],
  ['wallet-es', ['light'], 'The overview in Spanish', async (page, here) => {
    await speak(page, 'es')
    await at('')(page, here)
    await speak(page, 'en')
  }],
  ['components', ['light', 'dark'], 'What all pages are made of', (page, { a }) => page.goto(`${a.url}/static/components`)]
]
