// The operator's console as an operator uses it: with scripts and without.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { codeOf, Operator, PASSWORD } from '../scenario/lib/operator.js'
import { until } from '../scenario/lib/http.js'
import { pay, twoNodes } from '../scenario/lib/setups.js'
import { browser, tab } from './lib/browser.js'
import { host, signedIn } from './lib/console.js'

export const maxMs = 300000

export const tests = {
  'set up, sign out, sign in, by a browser without scripts': async (t) => {
    const node = await t.serving('console')
    const page = await tab(await browser(t), { scripts: false, allowed: [node.adminUrl] })
    const { setupToken, setupPath } = await node.ok('operator', 'token', 'ann')
    node.secrets.add('a set-up token', setupToken)
    await page.goto(`${node.adminUrl}/`)
    await page.click('text=Set up with a token')
    assert.equal(new URL(page.url()).pathname, setupPath)
    await page.fill('#setup', setupToken)
    await page.click('main button[type=submit]')
    const secret = await page.getAttribute('button[data-copy]', 'data-copy')
    node.secrets.add('the secret of the codes', secret)
    await page.fill('#password', PASSWORD)
    await page.fill('#again', `${PASSWORD}!`)
    await page.fill('#code', codeOf(secret))
    await page.click('main button[type=submit]')
    assert.match(await page.innerText('#again-problem'), /not the same/)
    await page.fill('#password', PASSWORD)
    await page.fill('#again', PASSWORD)
    await page.fill('#code', codeOf(secret))
    await page.click('main button[type=submit]')
    await page.waitForURL('**/console/checklist')
    await page.click('text=Sign out')
    await page.waitForURL('**/console/login')
    await page.goto(`${node.adminUrl}/console/ledger?x=1`)
    await page.fill('#name', 'ann')
    await page.fill('#password', PASSWORD)
    await page.fill('#code', codeOf(secret, 1))
    await page.keyboard.press('Enter')
    await page.waitForURL('**/console/ledger?x=1')
    assert.deepEqual(page.faults, [])
  },

  'two operators become peers by a link': async (t) => {
    const [west, east] = [await t.serving('west'), await t.serving('east', { env: { FLORIN_ILP_ADDRESS: 'test.east' } })]
    const [ann, bea] = [new Operator(west), new Operator(east)]
    await ann.setUp('ann')
    await bea.setUp('bea')
    const b = await browser(t)
    const a = await signedIn(t, b, ann)
    await a.see('/console/peers')
    await a.act('peer.invite', { name: 'east', assetCode: 'USD', creditLimit: '50.00' })
    const link = await a.getAttribute('dd button[data-copy*="#"]', 'data-copy')
    west.secrets.add('an invitation', link.split('#')[1])
    const e = await signedIn(t, b, bea, { scripts: false })
    await e.see('/console/peers')
    await e.act('peer.preview', { url: link })
    assert.match(await e.innerText('main'), /50\.00\s+USD/)
    await e.act('peer.accept', { name: 'West' })
    assert.match(await e.innerText('main [aria-invalid=true] + .hint'), /a name begins/)
    await e.act('peer.accept', { name: 'west', creditLimit: '20.00' })
    assert.equal(await e.innerText('h1'), 'west')
    await e.act('peer.test')
    assert.match(await e.innerText('main'), /Answers\s+yes/)
    const made = (await west.admin('GET', '/peers/east')).json()
    assert.equal(made.state, 'active')
    await a.see('/console/peers/east')
    // What is destroyed is named first.
    await a.act('peer.disable', { confirm: 'West' })
    assert.match(await a.innerText('main'), /Type it exactly/)
    await a.act('peer.disable', { confirm: 'east' })
    assert.match(await a.innerText('[role=status].success'), /Disable/)
    assert.equal((await west.admin('GET', '/peers/east')).json().state, 'disabled')
    assert.deepEqual([...a.faults, ...e.faults], [])
  },

  'redeliver an event, export a ledger that sums to zero, follow the overview': async (t) => {
    const h = await host(t)
    const env = { FLORIN_WEBHOOKS_URL: h.url, FLORIN_WEBHOOKS_SECRET: 'a-secret-of-the-host-of-32-bytes!' }
    const { a: node, pointer } = await twoNodes(t, { env })
    await node.ok('asset', 'deposit', 'USD', '250.00')
    await pay(node, 'alice', pointer, '--send', '12.00')
    await pay(node, 'alice', `${pointer}-gone`, '--send', '1.00')
    const ann = new Operator(node)
    await ann.setUp('ann')
    const b = await browser(t)
    const page = await signedIn(t, b, ann)

    await page.see('/console/events?state=PENDING') // one that waits for no other of its object
    await page.click('tbody a >> nth=0')
    const id = page.url().split('/').at(-1)
    h.open = true
    await page.act('event.redeliver')
    assert.match(await page.innerText('[role=status].success'), /Deliver again/)
    await until('the event', () => h.taken.includes(id))

    await page.see('/console/ledger')
    assert.match(await page.innerText('main'), /together\s+\d+\s+0\.00 USD/)
    const [file] = await Promise.all([page.waitForEvent('download'), page.click('text=Download as CSV')])
    const lines = readFileSync(await file.path(), 'utf8').trimEnd().split(/\r?\n/).map((l) => l.split(','))
    const at = (name) => lines[0].indexOf(name)
    const sums = {}
    for (const l of lines.slice(1)) {
      if (l[at('kind')] === 'total') continue
      sums[l[at('assetCode')]] = (sums[l[at('assetCode')]] ?? 0n) + BigInt(l[at('amount')])
    }
    assert.ok('USD' in sums && lines.some((l) => l[at('kind')] === 'total'))
    for (const sum of Object.values(sums)) assert.equal(sum, 0n)

    // The overview follows, without being loaded again.
    await page.see('/console')
    await page.evaluate(() => (globalThis.mark = 1))
    const before = await page.innerText('main')
    await pay(node, 'alice', pointer, '--send', '3.00')
    await page.waitForFunction((text) => document.querySelector('main').innerText !== text, before)
    assert.equal(await page.evaluate(() => globalThis.mark), 1)
    assert.deepEqual(page.faults, [])
  },

  'the lines of a request; copies are said; a list as JSON; types are ticked; what ends is typed first': async (t) => {
    const node = await t.serving('logs')
    await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
    await node.ok('request', 'alice', '5.00')
    const ann = new Operator(node)
    await ann.setUp('ann')
    const wrong = await new Operator(node).signIn('ann', 'not her password', '000000')
    const id = wrong.headers['x-request-id']
    const page = await signedIn(t, await browser(t), ann)

    await page.see('/console')
    await page.click('text=Log: console_login')
    assert.match(page.url(), /\/console\/logs\?level=warn&text=/)
    await page.click(`tbody a[href$="${id}"] >> nth=0`)
    assert.equal(page.url(), `${node.adminUrl}/console/logs?requestId=${id}`)
    const lines = await page.locator('tbody pre').allInnerTexts()
    assert.equal(lines.length, 2)
    for (const line of lines) assert.ok(line.endsWith(`request=${id}`), line)
    await page.click('tbody .copied button >> nth=0')
    await page.waitForFunction(() => document.getElementById('say').textContent === 'Copied')
    assert.equal(await page.locator('tbody .copied button').first().getAttribute('data-copy'), id)
    const [file] = await Promise.all([page.waitForEvent('download'), page.click('text=As JSON')])
    assert.deepEqual(JSON.parse(readFileSync(await file.path(), 'utf8')), (await node.admin('GET', `/logs?requestId=${id}`)).json().items)
    // The filter stands in the address; a list without anything says what to do.
    await page.selectOption('#filter-level', 'error')
    await page.click('text=Show')
    assert.match(page.url(), new RegExp(`requestId=${id}&level=error`))
    assert.match(await page.innerText('main'), /Nothing matches/)
    await page.click('text=Show all')
    assert.equal(page.url(), `${node.adminUrl}/console/logs`)

    await page.see('/console/webhooks')
    await page.act('webhook.add', { url: 'http://127.0.0.1:9/hook', 'types.grant.revoked': 'yes', 'types.peer.down': 'yes' })
    node.secrets.add('the secret of an endpoint', await page.getAttribute('button[data-copy]:not([data-copy^="http"])', 'data-copy'))
    const endpoint = (await node.admin('GET', '/webhook-endpoints')).json().items.find((e) => e.url?.endsWith('/hook'))
    assert.deepEqual(endpoint.types, ['grant.revoked', 'peer.down'])
    await page.see(`/console/webhooks/${endpoint.id}`)
    await page.act('webhook.set', { 'types.grant.revoked': '', 'types.peer.down': '' })
    assert.equal((await node.admin('GET', `/webhook-endpoints/${endpoint.id}`)).json().types, null)

    const asked = (await node.admin('GET', '/incoming-payments')).json().items[0].id
    const state = async () => (await node.admin('GET', `/payments/${asked}`)).json().state
    await page.see(`/console/payments/${asked}`)
    await page.act('incoming.cancel', { confirm: 'Cancel' })
    assert.match(await page.innerText('main'), /Type it exactly/)
    assert.equal(await state(), 'PENDING')
    await page.act('incoming.cancel', { confirm: 'cancel' })
    assert.equal(await state(), 'EXPIRED')
    assert.deepEqual(page.faults, [])
  }
}
