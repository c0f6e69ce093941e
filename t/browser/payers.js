// What payers see: the page of a wallet address, and the page of a payment that somebody asked for.

import assert from 'node:assert/strict'
import { run } from '../scenario/lib/node.js'
import { pay, twoNodes } from '../scenario/lib/setups.js'
import { everybody, keep } from './lib/access.js'
import { browser, tab } from './lib/browser.js'
import { guarded } from './lib/headers.js'
import { hostile, staysInert } from './lib/hostile.js'

export const maxMs = 540000

const PASSWORD = 'correct horse battery'

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
    texts.push((await r.text()).replaceAll(name, 'NAME').replace(/data-now="\d+"|[0-9a-z]{12}-[0-9a-z]{8}/g, ''))
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

    // The server itself: a page for people, nothing for programs.
    const program = await fetch(b.url, { headers: { accept: 'application/json' } })
    assert.deepEqual([program.status, (await program.json()).error.code], [404, 'not_found'])
    assert.equal((await fetch(b.url)).status, 404)
    guarded((await page.goto(b.url)).headers(), { scripts: true })
    for (const [to, words] of [
      ['Not A Name', /No wallet can have that name/],
      ['$', /no payment pointer/],
      ['javascript:alert(1)//', /no payment pointer/],
      [`${a.url}/alice`, /on another server/]
    ]) {
      await page.fill('#to', to)
      await page.click('button:text("Open their page")')
      assert.match(await page.innerText('#problem'), words, to)
    }
    assert.equal(await page.getAttribute('#problem a', 'href'), `${a.url}/alice`)
    await everybody(page, 'front-problem')
    for (const to of ['nobody', ' bob ', `${b.url}/bob`, `$${b.url.slice(7)}/bob`]) {
      await page.goto(b.url)
      await page.fill('#to', to)
      await page.click('button:text("Open their page")')
      assert.match(await page.innerText('h1'), to === 'nobody' ? /Nobody to pay here/ : /bob/)
    }

    let answer = await page.goto(`${b.url}/bob`)
    guarded(answer.headers(), { scripts: true })
    await page.click('button.copy >> nth=0')
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `$${b.url.slice(7)}/bob`)
    await everybody(page, 'landing')
    assert.equal(await page.locator('button[data-share]').isVisible(), false, 'Chromium on a desk shares nothing')
    await page.addInitScript(() => {
      navigator.share = async (what) => {
        globalThis.shared = what
      }
    })
    await page.fill('input#amount', '12.5')
    await page.click('button:text("Show the code")')
    assert.match(await page.innerText('main'), /invitation to pay 12\.50 USD/)
    assert.equal(await page.getAttribute('.lead .amount', 'title'), '1250 of the smallest units')
    await page.click('button[data-share]')
    assert.deepEqual(await page.evaluate(() => globalThis.shared), { title: 'bob', url: `${b.url}/bob?amount=12.50` })
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
    await page.waitForFunction(() => /Paid.*received 10\.00 USD/.test(document.getElementById('say').textContent.replace(/\s+/g, ' ')))
    await everybody(page, 'request-paid')
    await page.emulateMedia({ media: 'print' })
    assert.match(await page.innerText('main'), /Paid[\s\S]*Two jars of honey[\s\S]*10\.00 USD of 10\.00 USD[\s\S]*Asked for/)
    for (const not of ['.bottom', 'form', 'button', '.button', '.ago']) for (const e of await page.locator(not).all()) assert.equal(await e.isVisible(), false, `${not} on paper`)
    await keep(page, 'request-paid-print')
    await page.emulateMedia({ media: null })

    // Closed before all of it came is not paid.
    const closed = await b.ok('request', 'bob', '8.00')
    await page.goto(closed.url)
    assert.match(await page.innerText('main'), /Waiting for money nothing was received yet/)
    assert.equal((await pay(a, 'alice', closed.url, '--deliver', '3.00')).code, 0)
    await page.waitForSelector('text=received 3.00 USD of 8.00 USD so far')
    assert.equal((await b.admin('POST', `/incoming-payments/${closed.id}/complete`)).status, 200)
    await page.waitForSelector('.badge:text("Closed")')
    assert.match(await page.innerText('main'), /Closed received 3\.00 USD of 8\.00 USD; no more is taken/)
    assert.doesNotMatch(await page.innerText('main'), /Paid/)

    const plain = await tab(chromium, { scripts: false })
    await plain.goto(request.url)
    assert.match(await plain.innerText('h1'), /Paid/)
    assert.equal(await plain.locator('button.copy:visible, button[data-print]:visible').count(), 0)
    assert.deepEqual(page.faults, [])
  },

  'a stranger pays out of a wallet elsewhere': async (t) => {
    const { a, b } = await twoNodes(t)
    const set = await run(['-C', a.dir, 'wallet', 'set', 'alice', '--password-stdin'], { input: `${PASSWORD}\n` })
    assert.equal(set.code, 0, set.stderr)
    const chromium = await browser(t)
    const payer = `$${a.url.slice(7)}/alice`
    const ask = async (page, url, amount) => {
      await page.goto(url)
      await page.fill('#payer', payer)
      if (amount) await page.fill('#pay-amount', amount)
      await page.click('button:text("See what it costs")')
      await page.waitForSelector('h1:text("from your wallet")')
    }
    const decide = async (page, decision) => {
      await page.click('a.button.strong')
      await page.waitForSelector('input[name=wallet], button[name=decision]')
      if (await page.locator('input[name=wallet]').count()) {
        await page.fill('input[name=wallet]', 'alice')
        await page.fill('input[name=password]', PASSWORD)
        await page.click('button.strong')
      }
      assert.match(await page.innerText('main'), /only 127\.0\.0\.1:\d+\s+\S+\/op\/incoming-payments\//, 'to this one payment')
      await page.click(`button[value=${decision}]`)
    }

    // with scripts: everything that can be said against, then a payment
    const page = await tab(chromium, { allowed: [a.url, b.url] })
    await page.goto(`${b.url}/bob`)
    for (const [who, amount, words] of [
      ['bob@example', '1', /no payment pointer/],
      [`$${b.url.slice(7)}/bob`, '1', /of this provider/],
      [`${a.url}/nobody`, '1', /There is no wallet that can pay/],
      [payer, '1.234', /at most 2 digits/],
      [payer, '0', /above zero/]
    ]) {
      await page.fill('#payer', who)
      await page.fill('#pay-amount', amount)
      await page.click('button:text("See what it costs")')
      assert.match(await page.innerText('#problem'), words, who)
      assert.equal(await page.inputValue('#payer'), who)
    }
    await everybody(page, 'landing-problem')
    await ask(page, `${b.url}/bob?amount=2.50`)
    assert.match(await page.innerText('main'), /2\.50 USD[\s\S]*It allows this one payment/)
    await everybody(page, 'visit')
    const visit = page.url()
    await decide(page, 'accept')
    await page.waitForSelector('h1:text("Paid")')
    assert.equal(page.url(), visit)
    assert.match(await page.innerText('main'), /bob has received 2\.50 USD/)
    await everybody(page, 'visit-paid')
    assert.equal((await b.balance('bob')).toString(), '250')
    await page.goto(`${visit}/finish?interact_ref=x&hash=y`)
    assert.equal(page.url(), visit, 'what is over is not begun again')

    // nobody else sees it
    const other = await tab(chromium)
    assert.equal((await other.goto(visit)).status(), 404)

    // declined; and a way back that is not of this request
    await ask(page, `${b.url}/bob`, '1')
    const second = page.url()
    assert.equal((await page.goto(`${second}/finish?interact_ref=x&hash=y`)).status(), 400)
    await page.goto(second)
    await decide(page, 'reject')
    await page.waitForSelector('h1:text("Not paid")')
    assert.match(await page.innerText('main'), /declined/)
    await everybody(page, 'visit-declined')

    // without scripts, a request, and a node that starts anew in between
    const request = await b.ok('request', 'bob', '4.00', '--description', 'Honey')
    const plain = await tab(chromium, { scripts: false })
    await ask(plain, request.url)
    await b.stop()
    await b.serve()
    await decide(plain, 'accept')
    await plain.waitForURL(/\/pay\//)
    await plain.waitForSelector('h1:text("Paid")') // the browser asks again by itself
    assert.equal((await b.balance('bob')).toString(), '650')
    await plain.goto(request.url)
    assert.match(await plain.innerText('main'), /Paid/)
    assert.deepEqual(page.faults, [])
  }
}
