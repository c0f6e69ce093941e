// Every page of the operator's console, as the program's own table of pages lists them: for everybody, in light and dark, at a
// desk and on a phone; its charts with scripts and without; and what an operator does by keyboard alone.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { until } from '../scenario/lib/http.js'
import { codeOf, Operator, PASSWORD } from '../scenario/lib/operator.js'
import { pay, twoNodes } from '../scenario/lib/setups.js'
import { everybody } from './lib/access.js'
import { browser, tab } from './lib/browser.js'
import { addresses, busyNode, host, moved, patterns, signedIn } from './lib/console.js'
import { guarded } from './lib/headers.js'
import { inOtherWords } from './lib/languages.js'

export const maxMs = 900000 // so many pages in so many looks; a minute where nobody else is at work

/** Runs in the page: how many pixels of its series' colours each chart's canvas has, and what stands beside it. */
function inkOf() {
  return [...document.querySelectorAll('[data-chart]')].map((box) => {
    const canvas = box.querySelector('canvas')
    const pixels = canvas?.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data ?? []
    const colours = [...box.querySelectorAll('svg [class^=series]')].map((e) => getComputedStyle(e).color.match(/\d+/g).map(Number))
    const isOf = (colour, i) => pixels[i + 3] > 200 && colour.every((c, k) => Math.abs(c - pixels[i + k]) < 24)
    let ink = 0
    for (let i = 0; i < pixels.length; i += 4) ink += colours.some((colour) => isOf(colour, i))
    return { ink, svgShown: box.querySelector('svg').getClientRects().length > 0, role: canvas?.getAttribute('role'), rows: box.querySelectorAll('tbody tr').length }
  })
}

const TABS_MAX = 150

/** Presses Tab until what has the focus is what is looked for, and shows that it has it. */
async function reach(page, selector) {
  for (let i = 0; i < TABS_MAX; i++) {
    const found = await page.evaluate((s) => document.activeElement.matches(s) && document.activeElement.matches(':focus-visible') && getComputedStyle(document.activeElement).outlineStyle !== 'none', selector)
    if (found) return
    await page.keyboard.press('Tab')
  }
  assert.fail(`${selector} is not to be reached by keyboard`)
}

async function type(page, selector, text) {
  await reach(page, selector)
  await page.keyboard.type(text)
}

/** Enter, on what is looked for or where the focus is; another page comes. */
async function enter(page, selector) {
  if (selector) await reach(page, selector)
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')])
}

/** Folds out the form of an act. */
async function unfold(page, act) {
  for (let i = 0; i < TABS_MAX; i++) {
    await reach(page, 'summary')
    const here = await page.evaluate((id) => document.activeElement.parentElement.querySelector(`form[id="${id}"]`) !== null, act)
    await page.keyboard.press(here ? 'Enter' : 'Tab')
    if (here) return
  }
}

/** Runs in the page: the tables that are wider than there is room for, and whether what moves sideways has its shade. */
function sideways() {
  const boxes = [...document.querySelectorAll('.scroll, .tabs')]
  const wider = boxes.filter((e) => e.scrollWidth > e.clientWidth && e.matches('.scroll'))
  return { wider: wider.map((e) => `${e.getAttribute('aria-label')}: ${e.scrollWidth} in ${e.clientWidth}`), bare: boxes.filter((e) => !getComputedStyle(e).backgroundImage.includes('gradient')).length }
}

export const tests = {
  'every page of the console, for everybody': async (t) => {
    const { node, ann, fill } = await busyNode(t)
    await moved(node)
    const b = await browser(t)
    const page = await signedIn(t, b, ann)
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
        const { wider, bare } = await page.evaluate(sideways)
        assert.equal(bare, 0, path)
        wrong.push(...wider.map((table) => `${path}: ${table}`))
        const name = `console-${String(++n).padStart(2, '0')}${path.replace(/\?.*|[0-9a-f]{8}-[0-9a-f-]+/g, '').replaceAll('/', '-').replace('-console', '')}`
        await everybody(page, name).catch((e) => wrong.push(e.message))
        await inOtherWords(page, name).catch((e) => wrong.push(e.message))
      }
    }
    assert.deepEqual(wrong, [])
    assert.deepEqual(page.faults, [])
  },

  'charts are drawn from their tables, by the library and without scripts': async (t) => {
    const { a: node, pointer } = await twoNodes(t)
    await node.ok('asset', 'deposit', 'USD', '250.00')
    await node.ok('asset', 'set', 'USD', '--fee-fixed', '0.05', '--fee-bps', '10')
    await node.ok('spread', 'set', '25', '--from', 'USD', '--to', 'EUR')
    for (const amount of ['12.00', '3.50']) await pay(node, 'alice', pointer, '--send', amount)
    const ann = new Operator(node)
    await ann.setUp('ann')
    await moved(node)
    const b = await browser(t)
    const page = await signedIn(t, b, ann)
    for (const path of ['/console', '/console/peers/b', '/console/assets/USD', '/console/rates/history?from=USD&to=EUR']) {
      await page.see(path)
      const charts = await page.evaluate(inkOf)
      assert.ok(charts.length > 0, `${path} has a chart`)
      for (const c of charts) assert.ok(c.ink > 3 && !c.svgShown && c.role === 'img' && c.rows >= 16, `${path}: ${JSON.stringify(c)}`)
    }

    // What is folded out and where the keyboard is stays so when the page follows.
    await page.see('/console')
    const fold = page.locator('.chart summary').first()
    await fold.focus()
    await page.keyboard.press('Enter')
    const before = await page.innerText('.tiles')
    await pay(node, 'alice', pointer, '--send', '1.00')
    await page.waitForFunction((text) => document.querySelector('.tiles').innerText !== text, before)
    assert.equal(await page.locator('.chart details').first().getAttribute('open'), '')
    assert.equal(await page.evaluate(() => document.activeElement === document.querySelector('.chart summary')), true)
    await until('the charts are drawn again', async () => (await page.evaluate(inkOf)).every((c) => c.ink > 3 && !c.svgShown))
    assert.deepEqual(page.faults, [])

    const bare = await signedIn(t, b, ann, { scripts: false })
    await bare.see('/console')
    const picture = bare.locator('.chart svg').first()
    assert.ok(await picture.isVisible())
    assert.ok((await picture.locator('rect').count()) > 0)
    assert.equal(await bare.locator('canvas').count(), 0)
    await bare.locator('.chart summary').first().click()
    assert.match(await bare.innerText('.chart table'), /Completed/)
  },

  'by keyboard alone: sign in, become peers by a link, redeliver, export': async (t) => {
    const h = await host(t)
    const env = { FLORIN_WEBHOOKS_URL: h.url, FLORIN_WEBHOOKS_SECRET: 'a-secret-of-the-host-of-32-bytes!' }
    const [west, east] = [await t.serving('west', { env }), await t.serving('east', { env: { FLORIN_ILP_ADDRESS: 'test.east' } })]
    await west.ok('wallet', 'add', 'alice', '--asset', 'USD')
    await west.ok('deposit', 'alice', '5.00')
    await west.ok('request', 'alice', '5.00')
    const b = await browser(t)
    const pages = []
    for (const node of [west, east]) {
      const ann = new Operator(node)
      await ann.setUp('ann')
      const page = await tab(b, { allowed: [node.adminUrl] })
      await page.goto(`${node.adminUrl}/console/peers`)
      await type(page, '#name', 'ann')
      await type(page, '#password', PASSWORD)
      await type(page, '#code', codeOf(ann.secret, 1))
      await enter(page)
      assert.equal(new URL(page.url()).pathname, '/console/peers')
      pages.push(page)
    }
    const [w, e] = pages

    await unfold(w, 'peer.invite')
    await type(w, '[id="peer.invite"] [name=name]', 'east')
    await type(w, '[id="peer.invite"] [name=assetCode]', 'USD')
    await type(w, '[id="peer.invite"] [name=creditLimit]', '50.00')
    await enter(w, '[id="peer.invite"] button')
    const link = await w.getAttribute('dd button[data-copy*="#"]', 'data-copy')
    west.secrets.add('an invitation', link.split('#')[1])
    await unfold(e, 'peer.preview')
    await type(e, '[id="peer.preview"] [name=url]', link)
    await enter(e)
    await type(e, '[id="peer.accept"] [name=name]', 'west')
    await enter(e)
    assert.equal(await e.innerText('h1'), 'west')
    assert.equal((await west.admin('GET', '/peers/east')).json().state, 'active')

    await w.goto(`${west.adminUrl}/console/events?state=PENDING`)
    await enter(w, 'tbody a')
    const id = w.url().split('/').at(-1)
    h.open = true
    await enter(w, '[id="event.redeliver"] button')
    await until('the event', () => h.taken.includes(id))

    await w.goto(`${west.adminUrl}/console/ledger`)
    await reach(w, 'a[href*="export"]')
    const [file] = await Promise.all([w.waitForEvent('download'), w.keyboard.press('Enter')])
    assert.match(readFileSync(await file.path(), 'utf8'), /total/)
    assert.deepEqual([...w.faults, ...e.faults], [])
  }
}
