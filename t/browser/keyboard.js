// Each flow by Tab, Enter, Space and typing alone: no pointer touches a page here.

import assert from 'node:assert/strict'
import { Client } from '../scenario/lib/client.js'
import { ask, Holder } from '../scenario/lib/holder.js'
import { browser, tab } from './lib/browser.js'
import { clientsPage, PASSWORD, provider, usd } from './lib/people.js'

export const maxMs = 240000

const STOPS_MAX = 80 // what one page has to offer, about twice

/** Presses Tab until what matches has the focus, which must be seen. */
async function to(page, selector) {
  for (let i = 0; i < STOPS_MAX; i++) {
    await page.keyboard.press('Tab')
    const seen = await page.evaluate((s) => {
      const e = document.activeElement
      return e?.matches(s) ? getComputedStyle(e).outlineStyle : null
    }, selector)
    if (seen === null) continue
    assert.notEqual(seen, 'none', `the focus on ${selector} can be seen`)
    return
  }
  throw new Error(`Tab leads nowhere to ${selector} on ${page.url()}`)
}

async function type(page, selector, text) {
  await to(page, selector)
  await page.keyboard.type(text)
}

/** Presses a key that leads to another page. */
async function go(page, key, selector) {
  if (selector) await to(page, selector)
  await Promise.all([page.waitForNavigation(), page.keyboard.press(key)])
}

export const tests = {
  'every flow by the keyboard, with scripts and without': async (t) => {
    const node = await provider(t)
    const shop = await Client.published(t, { publicName: 'The Corner Shop' })
    const access = [{ type: 'outgoing-payment', actions: ['create', 'read'], identifier: `${node.url}/alice`, limits: { debitAmount: usd('2000') } }]
    const back = await clientsPage(t)
    const b = await browser(t)
    for (const scripts of [true, false]) {
      const page = await tab(b, { scripts, allowed: [node.url, new URL(back.uri).origin] })
      const main = () => page.innerText('main')
      // sign in
      await page.goto(`${node.url}/wallet`)
      await type(page, '#wallet', 'alice')
      await type(page, '#password', PASSWORD)
      await go(page, 'Enter')
      // past the navigation, into the page
      await to(page, 'a.skip')
      await page.keyboard.press('Enter')
      await to(page, 'main *')
      // send
      await page.goto(`${node.url}/wallet`)
      await go(page, 'Enter', 'nav a[href="/wallet/send"]')
      await type(page, '#to', `${node.url}/carol`)
      await type(page, '#amount', '1.50')
      await go(page, 'Space', 'main button[type=submit]')
      await go(page, 'Space', '[data-confirm]')
      assert.match(await main(), /completed/)
      // request
      await go(page, 'Enter', 'nav a[href="/wallet/request"]')
      await type(page, '#amount', '2.00')
      await type(page, '#description', 'Tea')
      await go(page, 'Enter', 'main button[type=submit]')
      assert.match(await main(), /2\.00 USD/)
      // withdraw, and take it back
      await page.goto(`${node.url}/wallet`)
      await go(page, 'Enter', 'main a[href^="/wallet/withdraw"]')
      await type(page, '#amount', '1.00')
      await type(page, '#note', 'account 12')
      await go(page, 'Enter', 'main button[type=submit]')
      assert.match(await main(), /waits for an answer/)
      await to(page, '.sure > summary')
      await page.keyboard.press('Space')
      await go(page, 'Enter', '.sure button')
      assert.match(await main(), /taken back/)
      // consent
      const asked = await ask(new Holder(node, 'alice'), shop, access, { finish: back.uri })
      await page.goto(asked.redirect)
      await type(page, 'input[name=limit0]', '10.00')
      await to(page, 'button[value=accept]')
      await go(page, 'Space')
      const reference = new URL(page.url()).searchParams.get('interact_ref')
      const given = await asked.go({ interact_ref: reference })
      assert.equal(given.json().access_token.access[0].limits.debitAmount.value, '1000')
      // revoke
      await page.goto(`${node.url}/wallet`)
      await go(page, 'Enter', 'nav a[href="/wallet/apps"]')
      await go(page, 'Enter', 'main h3 a')
      await to(page, '.sure > summary')
      await page.keyboard.press('Space')
      await go(page, 'Enter', '.sure button')
      assert.match(await page.innerText('main .badge'), /revoked/)
      // and out
      await go(page, 'Enter', 'nav a[href="/wallet"]')
      await go(page, 'Enter', 'form[action="/wallet/logout"] button')
      assert.match(page.url(), /\/wallet\/login/)
      assert.deepEqual(page.faults, [])
      await page.context().close()
    }
  }
}
