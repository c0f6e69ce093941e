// The operator's console in a browser: a page on which an operator is signed in, and a host that is told of events.

import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import http from 'node:http'
import { askAs } from '../../scenario/lib/cash.js'
import { until } from '../../scenario/lib/http.js'
import { Operator } from '../../scenario/lib/operator.js'
import { pay, twoNodes } from '../../scenario/lib/setups.js'
import { storedGrant } from '../../scenario/lib/stored_grant.js'
import { tab } from './browser.js'

const HISTORY_MS = 30000 // the node looks every 10 s

/** A host that takes no event until `open` says so. */
export async function host(t) {
  const h = { taken: [], open: false }
  const server = http.createServer((req, res) => {
    const parts = []
    req.on('data', (c) => parts.push(c))
    req.on('end', () => {
      if (h.open) h.taken.push(JSON.parse(Buffer.concat(parts)).id)
      res.writeHead(h.open ? 200 : 500).end()
    })
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  t.defer(() => new Promise((done) => server.close(done) && server.closeAllConnections()))
  h.url = `http://127.0.0.1:${server.address().port}/events`
  return h
}

/** A page of the node's console where `operator` is signed in. */
export async function signedIn(t, b, operator, options = {}) {
  const url = operator.florin.adminUrl
  const page = await tab(b, { allowed: [url], ...options })
  await page.context().addCookies([...operator.cookies].map(([name, value]) => ({ name, value, url: `${url}/console` })))
  page.see = async (path) => {
    await page.goto(`${url}${path}`)
    return page
  }
  /** Fills in and sends the form of an act on the page that is open. */
  page.act = async (name, fields = {}) => {
    const form = page.locator(`form[id="${name}"]`)
    const fold = page.locator('details', { has: form })
    if ((await fold.count()) > 0 && (await fold.getAttribute('open')) === null) await fold.locator('summary').click()
    for (const [field, value] of Object.entries(fields)) {
      const input = form.locator(`[name="${field}"]`)
      if ((await input.evaluate((e) => e.tagName)) === 'SELECT') await input.selectOption(value)
      else if ((await input.getAttribute('type')) === 'checkbox') await input.setChecked(value === 'yes')
      else await input.fill(value)
    }
    await Promise.all([page.waitForNavigation(), form.locator('button[type=submit]').click()])
  }
  return page
}

/** A node on which each page has something to show. -> {node, ann, fill}: fill says what stands for {id} and the like. */
export async function busyNode(t, make = twoNodes) {
  const h = await host(t)
  h.open = true
  const { a: node, pointer } = await make(t)
  await node.ok('asset', 'deposit', 'USD', '250.00')
  await node.ok('asset', 'set', 'USD', '--fee-fixed', '0.05', '--fee-bps', '10')
  await node.ok('spread', 'set', '25', '--from', 'USD', '--to', 'EUR')
  const endpoint = (await node.admin('POST', '/webhook-endpoints', { url: h.url })).json()
  node.secrets.add('the secret of an endpoint', endpoint.secret)
  for (const amount of ['12.00', '3.50', '0.25']) await pay(node, 'alice', pointer, '--send', amount, '--trace')
  await pay(node, 'alice', `${pointer}-gone`, '--send', '1.00')
  await node.ok('request', 'alice', '5.00', '--description', 'Two jars of honey')
  const grant = await storedGrant(node, {
    client: 'https://shop.example/till',
    clientName: 'The Corner Shop',
    access: [{ type: 'outgoing-payment', actions: ['create', 'read'], wallet: 'alice', limits: { debitAmount: { value: '8000', assetCode: 'USD', assetScale: 2 }, interval: 'R11/2026-01-01T00:00:00Z/P1M' } }]
  })
  const cash = await askAs(node, 'alice', 'withdraw', { amount: '5.00' })
  const ann = new Operator(node)
  await ann.setUp('ann')
  await ann.act('/console/backups', 'backup.make')
  for (const [wallet, kid] of [['alice', 'web-monetization'], ['alice', 'Corner-Shop'], ['alice', 'lost-phone']]) {
    const { publicKey } = generateKeyPairSync('ed25519')
    await node.admin('POST', `/wallet-addresses/${wallet}/keys`, { key: publicKey.export({ type: 'spki', format: 'pem' }), kid })
  }
  await node.ok('key', 'revoke', 'alice', 'lost-phone')
  const first = async (path) => (await node.admin('GET', path)).json().items[0].id
  const event = await first('/events')
  const fill = {
    '/console/payments/{id}': [await first('/outgoing-payments'), await first('/incoming-payments')],
    '/console/peers/{id}': [(await node.admin('GET', '/peers')).json().items[0].name],
    '/console/assets/{id}': ['USD'],
    '/console/wallets/{id}': ['alice'],
    '/console/keys/{id}': [await first('/keys?state=ACTIVE')],
    '/console/grants/{id}': [await first('/grants').catch(() => grant.id)],
    '/console/cash/{id}': [cash.id],
    '/console/events': ['', '?type=nonsense'],
    '/console/events/{id}': [event],
    '/console/webhooks/{id}': [endpoint.id],
    '/console/webhooks/{id}/deliveries': [endpoint.id],
    '/console/webhooks/{id}/deliveries/{event}': [[endpoint.id, event]],
    '/console/rates/history': ['?from=USD&to=EUR', '?from=EUR&to=GBP&span=day', ''],
    '/console': ['', '?span=day'],
    '/console/routes': ['?destination=test.bobs.bob'],
    '/console/logs': ['?level=warn', '?requestId=short'],
    '/console/payments': ['', '?state=nonsense']
  }
  return { node, ann, fill }
}

/** The addresses of a pattern: each thing that stands for its parameters. */
export function addresses(pattern, fill) {
  const all = fill[pattern] ?? ['']
  return all.map((one) => {
    let at = 0
    const path = pattern.replace(/\{\w+\}/g, () => [].concat(one)[at++] ?? assert.fail(`nothing is known to stand in ${pattern}`))
    return at === 0 ? path + one : path
  })
}

/** The patterns that the program itself lists, on its page of all pages. */
export async function patterns(page) {
  await page.see('/console/pages')
  return page.locator('tbody tr td:nth-child(2)').allInnerTexts()
}

/** Waits until the node has written down that payments moved. */
export async function moved(node) {
  await until('history', async () => (await node.admin('GET', '/activity/history')).json().items.some((i) => i.completed > 0), HISTORY_MS)
}
