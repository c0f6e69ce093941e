// Every page that the program's table of routes has, for everybody: with something on it, with nothing on it, and gone.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { askAs } from '../scenario/lib/cash.js'
import { Client } from '../scenario/lib/client.js'
import { agreed, Holder } from '../scenario/lib/holder.js'
import { ROOT } from '../scenario/lib/node.js'
import { storedGrant } from '../scenario/lib/stored_grant.js'
import { everybody } from './lib/access.js'
import { browser, tab } from './lib/browser.js'
import { allMarked, inOtherWords, speak } from './lib/languages.js'
import { holder, provider, signIn, usd } from './lib/people.js'

export const maxMs = 540000

// What answers a GET and is no page, or leads to another one.
const NO_PAGES = [
  '/auth/grant/{id}/{nonce}', // of the provider outside, who is none here
  '/favicon.ico', '/robots.txt', '/static/{file}', '/{wallet}/pay/{id}/events', '/{wallet}/pay/{id}/finish',
  '/op/incoming-payments/{id}/events', '/wallet/live', '/wallet/cash/live', '/wallet/notices/live', '/wallet/passkeys/new', '/wallet/resolve', '/wallet/payments.csv',
  '/wallet/payments.json', '/wallet/payments/{id}/live'
]
// Pages that need more than one node, a device or an answer: [file, the look that it takes].
const ELSEWHERE = {
  '/{wallet}/pay/{id}': ['payers.js', 'visit-paid'],
  '/auth/interact/{id}/{nonce}/finish': ['pages.js', 'accepted'],
  '/auth/interact/{id}/{nonce}': ['pages.js', 'consent'],
  '/auth/interact/{id}/{nonce}/passkey': ['wallet.js', 'consent-passkey'], // of its POST
  '/wallet/passkeys': ['wallet.js', 'wallet-passkeys']
}

// What makers of pages look at.
const ENGLISH = ['/static/components']

const routes = () => [...readFileSync(join(ROOT, 'src/web/web_routes.c'), 'utf8').matchAll(/\{HTTP_GET, "([^"]+)"/g)].map((m) => m[1])

function looksAt([file, name]) {
  const text = readFileSync(join(dirname(fileURLToPath(import.meta.url)), file), 'utf8')
  assert.ok(text.includes(`everybody(page, '${name}')`) || text.includes(`look('${name}')`), `${file} no longer looks at ${name}`)
}

const paid = async (node) => (await node.admin('GET', '/outgoing-payments?walletAddress=alice')).json().items[0]

/** alice with two wallets, payments, a request, an app and a key. -> the path of each route */
async function filled(t, node) {
  await holder(node, 'savings', '--user', 'alice')
  for (const amount of ['1.00', '2.00']) await node.ok('pay', 'alice', `${node.url}/carol`, '--send', amount, '--yes')
  await node.ok('pay', 'carol', `${node.url}/alice`, '--send', '0.50', '--yes')
  const { id } = await paid(node)
  const request = await node.ok('request', 'alice', '3.00', '--description', 'Tea & cake')
  const shop = await Client.published(t, { publicName: 'The Corner Shop' })
  await agreed(new Holder(node, 'alice'), shop, [
    { type: 'outgoing-payment', actions: ['create', 'read'], identifier: `${node.url}/alice`, limits: { debitAmount: usd('8000'), interval: 'R11/2026-01-01T00:00:00Z/P1M' } }
  ])
  const file = join(t.dir, 'key.jwk')
  writeFileSync(file, JSON.stringify(new Client().jwk))
  await node.ok('key', 'add', 'alice', '--jwk', file)
  const grant = (await node.ok('grant', 'list')).items[0].id
  for (const [page, how] of [['withdraw', 'refuse'], ['withdraw', null], ['deposit', 'approve']]) {
    const asked = await askAs(node, 'alice', page, { amount: '1.00' })
    if (how) await node.ok('cash', how, asked.id, '--answer', 'Tea & cake')
  }
  return {
    '/': '/',
    '/static/components': '/static/components',
    '/wallet': '/wallet',
    '/wallet/login': '/wallet/login?next=/wallet/send',
    '/wallet/login/passkey': '/wallet/login/passkey?next=/wallet/send',
    '/wallet/send': `/wallet/send?to=${encodeURIComponent(request.url)}`,
    '/wallet/request': '/wallet/request',
    '/wallet/deposit': '/wallet/deposit',
    '/wallet/withdraw': '/wallet/withdraw',
    '/wallet/payments': '/wallet/payments',
    '/wallet/payments/{id}': `/wallet/payments/${id}`,
    '/wallet/notices': '/wallet/notices',
    '/wallet/apps': '/wallet/apps',
    '/wallet/apps/{id}': `/wallet/apps/${grant}`,
    '/wallet/keys': '/wallet/keys',
    '/wallet/monetization': '/wallet/monetization',
    '/wallet/settings': '/wallet/settings',
    '/wallet/name': '/wallet/name?wallet=alice',
    '/wallet/new': '/wallet/new',
    '/wallet/close': '/wallet/close?wallet=alice'
  }
}

async function look(page, node, path, name) {
  await page.goto(`${node.url}${path}`)
  for (const fold of await page.locator('main summary').all()) await fold.click()
  await everybody(page, name)
  if (!ENGLISH.includes(path)) await inOtherWords(page, name)
}

export const tests = {
  'every page of the table': async (t) => {
    const node = await provider(t)
    const paths = await filled(t, node)
    const all = routes()
    assert.ok(all.length > 30, 'the table was found')
    const known = new Set([...NO_PAGES, ...Object.keys(ELSEWHERE), ...Object.keys(paths)])
    assert.deepEqual(all.filter((r) => !known.has(r)), [], 'routes at which nobody looks')
    assert.deepEqual([...known].filter((r) => !all.includes(r)), [], 'routes that are no more')
    Object.values(ELSEWHERE).forEach(looksAt)

    const page = await tab(await browser(t), { allowed: [node.url] })
    await signIn(page, node)
    const cookie = (await page.context().cookies()).map((c) => `${c.name}=${c.value}`).join('; ')
    const { id } = await paid(node)
    for (const route of NO_PAGES.filter((r) => !r.includes('{nonce}') && !r.includes('{wallet}') && !r.startsWith('/op/'))) {
      const path = route.replace('{id}', id).replace('{file}', 'florin.css')
      const r = await fetch(`${node.url}${path}`, { headers: { cookie, accept: 'text/html' }, redirect: 'manual', signal: AbortSignal.timeout(20000) })
      await r.body?.cancel()
      assert.ok(r.status === 303 || (r.status === 200 && !/html/.test(r.headers.get('content-type'))), `${path} is a page: ${r.status}`)
    }
    for (const [route, path] of Object.entries(paths)) await look(page, node, path, `page${route.replace(/[^a-z]+/g, '-')}`)

    // With what was typed wrong.
    await page.goto(`${node.url}/wallet/send`)
    await page.fill('#to', 'nobody')
    await page.fill('#amount', 'ten')
    await page.click('main button[type=submit]')
    await page.waitForSelector('.problem')
    await everybody(page, 'send-problem')
    await speak(page, 'en-x-marks')
    await page.click('main button[type=submit]')
    await page.waitForSelector('.problem:text("⟦")')
    await allMarked(page, 'send-problem')
    await speak(page, 'en')
    await page.goto(`${node.url}/wallet/withdraw`)
    await page.fill('#amount', 'ten')
    await page.fill('#note', 'account 12')
    await page.click('main button[type=submit]')
    await page.waitForSelector('.problem')
    await everybody(page, 'withdraw-problem')
    await page.goto(`${node.url}/wallet/request`)
    await page.fill('#amount', '3.00')
    await page.fill('#description', 'Tea & cake')
    await page.click('main button[type=submit]')
    await page.waitForURL(/\/wallet\/payments\//)
    await everybody(page, 'requested')
    assert.deepEqual(page.faults, [])
  },

  'pages with nothing on them, with much, and gone': async (t) => {
    const node = await provider(t)
    const page = await tab(await browser(t), { allowed: [node.url] })
    await look(page, node, '/never-was', 'landing-gone')
    await look(page, node, '/auth/interact/x/y', 'consent-gone')
    await signIn(page, node, 'carol')
    for (const path of ['', '/payments', '/apps', '/keys', '/passkeys', '/deposit', '/notices']) await look(page, node, `/wallet${path}`, `empty${path.replace('/', '-')}`)
    await look(page, node, '/wallet/payments?text=tea', 'payments-none-fits')
    await look(page, node, `/wallet/payments/${crypto.randomUUID()}`, 'payment-gone')

    // Long names everywhere: nothing sticks out of its window.
    const long = 'Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenauszahlungsstelle'
    const name = 'a'.repeat(60)
    await holder(node, name, '--user', 'alice', '--name', long)
    assert.equal((await node.admin('PATCH', '/wallet-addresses/carol', { publicName: long })).status, 200)
    await node.ok('deposit', name, '90000000000000.00')
    await node.ok('pay', name, `${node.url}/carol`, '--send', '80000000000000.01', '--yes')
    const grant = await storedGrant(node, {
      client: `https://${'shop.'.repeat(20)}example/${'till'.repeat(20)}`,
      clientName: long,
      access: [{ type: 'outgoing-payment', actions: ['create', 'read'], wallet: name, limits: { debitAmount: usd('8000000000000000') } }]
    })
    await page.context().clearCookies()
    await signIn(page, node)
    for (const [path, what] of [[grant.path, 'consent'], [`/${name}`, 'landing'], ['/wallet', 'home'], ['/wallet/payments', 'payments'], ['/wallet/send', 'send'], [`/wallet/keys?wallet=${name}`, 'keys']])
      await look(page, node, path, `long-${what}`)
    assert.deepEqual(page.faults, [])
  }
}
