// Every page of the operator's console, as the program's own table of pages lists them: for everybody, in light and dark, at a
// desk and on a phone; its charts with scripts and without; and what an operator does by keyboard alone.

import assert from 'node:assert/strict'
import { until } from '../scenario/lib/http.js'
import { Operator } from '../scenario/lib/operator.js'
import { storedGrant } from '../scenario/lib/stored_grant.js'
import { pay, twoNodes } from '../scenario/lib/setups.js'
import { everybody } from './lib/access.js'
import { browser } from './lib/browser.js'
import { host, signedIn } from './lib/console.js'
import { guarded } from './lib/headers.js'

export const maxMs = 480000

const HISTORY_MS = 30000 // the node looks every 10 s

/** A node on which each page has something to show. -> {node, ann, fill}: fill says what stands for {id} and the like. */
async function busyNode(t) {
  const h = await host(t)
  h.open = true
  const { a: node, pointer } = await twoNodes(t)
  await node.ok('asset', 'deposit', 'USD', '250.00')
  await node.ok('asset', 'set', 'USD', '--fee-bps', '10')
  const endpoint = (await node.admin('POST', '/webhook-endpoints', { url: h.url })).json()
  node.secrets.add('the secret of an endpoint', endpoint.secret)
  for (const amount of ['12.00', '3.50', '0.25']) await pay(node, 'alice', pointer, '--send', amount)
  await pay(node, 'alice', `${pointer}-gone`, '--send', '1.00')
  await node.ok('request', 'alice', '5.00', '--description', 'Two jars of honey')
  const grant = await storedGrant(node, {
    client: 'https://shop.example/till',
    clientName: 'The Corner Shop',
    access: [{ type: 'outgoing-payment', actions: ['create', 'read'], wallet: 'alice', limits: { debitAmount: { value: '8000', assetCode: 'USD', assetScale: 2 }, interval: 'R11/2026-01-01T00:00:00Z/P1M' } }]
  })
  const ann = new Operator(node)
  await ann.setUp('ann')
  await ann.act('/console/backups', 'backup.make')
  const first = async (path) => (await node.admin('GET', path)).json().items[0].id
  const event = await first('/events')
  const fill = {
    '/console/payments/{id}': [await first('/outgoing-payments'), await first('/incoming-payments')],
    '/console/peers/{id}': ['b'],
    '/console/assets/{id}': ['USD'],
    '/console/wallets/{id}': ['alice'],
    '/console/grants/{id}': [await first('/grants').catch(() => grant.id)],
    '/console/events/{id}': [event],
    '/console/webhooks/{id}': [endpoint.id],
    '/console/webhooks/{id}/deliveries': [endpoint.id],
    '/console/webhooks/{id}/deliveries/{event}': [[endpoint.id, event]],
    '/console/rates/history': ['?from=USD&to=EUR', '?from=EUR&to=GBP&span=day', ''],
    '/console': ['', '?span=day'],
    '/console/routes': ['?destination=test.bobs.bob'],
    '/console/payments': ['', '?state=nonsense']
  }
  return { node, ann, fill }
}

/** The addresses of a pattern: each thing that stands for its parameters. */
function addresses(pattern, fill) {
  const all = fill[pattern] ?? ['']
  return all.map((one) => {
    let at = 0
    const path = pattern.replace(/\{\w+\}/g, () => [].concat(one)[at++] ?? assert.fail(`nothing is known to stand in ${pattern}`))
    return at === 0 ? path + one : path
  })
}

/** The patterns that the program itself lists. */
const patterns = (page) => page.locator('tbody tr td:nth-child(2)').allInnerTexts()

export const tests = {
  'every page of the console, for everybody': async (t) => {
    const { node, ann, fill } = await busyNode(t)
    await until('history', async () => (await node.admin('GET', '/activity/history')).json().items.some((i) => i.completed > 0), HISTORY_MS)
    const b = await browser(t)
    const page = await signedIn(t, b, ann)
    await page.see('/console/pages')
    const all = await patterns(page)
    assert.ok(all.includes('/console') && all.includes('/console/webhooks/{id}') && all.length >= 25, all.join(' '))
    assert.deepEqual(Object.keys(fill).filter((p) => !all.includes(p)), [], 'patterns that are no page any more')
    const wrong = []
    let n = 0
    for (const pattern of [...all, '/console/login', '/console/setup']) {
      for (const path of addresses(pattern, fill)) {
        const answer = await page.goto(`${node.adminUrl}${path}`)
        assert.ok(answer.status() < 500 && answer.status() !== 404, `${path}: ${answer.status()}`)
        guarded(answer.headers(), { scripts: !/login|setup/.test(pattern) })
        await page.evaluate(() => document.querySelectorAll('main details').forEach((fold) => (fold.open = true)))
        await everybody(page, `console-${String(++n).padStart(2, '0')}${path.replace(/\?.*|[0-9a-f]{8}-[0-9a-f-]+/g, '').replaceAll('/', '-').replace('-console', '')}`).catch((e) => wrong.push(e.message))
      }
    }
    assert.deepEqual(wrong, [])
    assert.deepEqual(page.faults, [])
  }
}
