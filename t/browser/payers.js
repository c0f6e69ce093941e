// What payers see: the page of a wallet address, and the page of a payment that somebody asked for.

import assert from 'node:assert/strict'
import { pay, twoNodes } from '../scenario/lib/setups.js'
import { everybody } from './lib/access.js'
import { browser, tab } from './lib/browser.js'
import { guarded } from './lib/headers.js'
import { hostile, staysInert } from './lib/hostile.js'

export const maxMs = 400000

const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

/** What an Accept gets at an address: [status, media type]. */
async function typeOf(url, accept) {
  const r = await fetch(url, { headers: accept ? { accept } : {} })
  await r.arrayBuffer()
  return [r.status, r.headers.get('content-type').split(';')[0], /accept/i.test(r.headers.get('vary') ?? '')]
}

async function negotiates(node, request) {
  for (const [accept, type] of [
    [null, 'application/json'],
    ['*/*', 'application/json'],
    ['application/json', 'application/json'],
    ['application/json, text/plain, */*', 'application/json'],
    ['application/json, text/html;q=0.9', 'application/json'],
    [HTML.accept, 'text/html'],
    ['text/html', 'text/html']
  ]) {
    for (const url of [`${node.url}/bob`, request.url]) assert.deepEqual(await typeOf(url, accept), [200, type, true], `${url} ${accept}`)
  }
  assert.deepEqual(await typeOf(`${node.url}/bob`, 'application/spsp4+json'), [200, 'application/spsp4+json', true])
}

async function sameNotFound(node) {
  await node.ok('wallet', 'add', 'gone', '--asset', 'USD')
  await node.ok('wallet', 'close', 'gone')
  const texts = []
  for (const name of ['gone', 'never-was']) {
    const r = await fetch(`${node.url}/${name}`, { headers: HTML })
    assert.equal(r.status, 404)
    guarded(r.headers)
    texts.push((await r.text()).replaceAll(name, 'NAME').replace(/data-now="\d+"/, ''))
  }
  assert.equal(texts[0], texts[1], 'a closed address and one that never was look the same')
}

export const tests = {
  'the pages of an address and of a request': async (t) => {
    const { a, b } = await twoNodes(t)
    const request = await b.ok('request', 'bob', '10.00', '--description', 'Two jars of honey', '--expires', '1h')
    await negotiates(b, request)
    await sameNotFound(b)
    const chromium = await browser(t)
    const page = await tab(chromium, { allowed: [b.url], permissions: ['clipboard-read', 'clipboard-write'] })

    let answer = await page.goto(`${b.url}/bob`)
    guarded(answer.headers(), { scripts: true })
    await page.click('button.copy >> nth=0')
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `$${b.url.slice(7)}/bob`)
    await everybody(page, 'landing')
    await page.fill('input#amount', '12.5')
    await page.click('button:text("Show the code")')
    assert.match(await page.innerText('main'), /invitation to pay 12\.50 USD/)
    await page.goto(`${b.url}/bob?amount=1.234`)
    assert.match(await page.innerText('main'), /no amount of USD/)
    await everybody(page, 'landing-bad-amount')

    answer = await page.goto(request.url)
    guarded(answer.headers(), { scripts: true })
    assert.match(await page.innerText('main'), /10\.00 USD for bob[\s\S]*Two jars of honey[\s\S]*Waiting/)
    assert.match(await page.innerText('[data-countdown]'), /^in \d+:\d\d|in 1 h|in 59:/)
    await everybody(page, 'request')
    assert.equal((await pay(a, 'alice', request.url, '--deliver', '4.00')).code, 0)
    await page.waitForSelector('text=4.00 USD of 10.00 USD')
    assert.equal((await pay(a, 'alice', request.url, '--deliver', '6.00')).code, 0)
    await page.waitForSelector('h1:text("Paid")')
    await page.waitForFunction(() => /Paid.*10\.00 USD arrived/.test(document.getElementById('say').textContent.replace(/\s+/g, ' ')))
    await everybody(page, 'request-paid')

    const plain = await tab(chromium, { scripts: false })
    await plain.goto(request.url)
    assert.match(await plain.innerText('h1'), /Paid/)
    assert.equal(await plain.locator('button.copy:visible, button[data-print]:visible').count(), 0)
    assert.deepEqual(page.faults, [])
  }
}
