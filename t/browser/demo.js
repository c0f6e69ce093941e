// The demo's overview: three nodes on one page, which follows a payment by itself.

import assert from 'node:assert/strict'
import { everybody } from './lib/access.js'
import { browser, tab } from './lib/browser.js'
import { startDemo } from './lib/demo.js'

export const maxMs = 400000

export const tests = {
  'the overview of the demo follows a payment': async (t) => {
    const { url, pay } = await startDemo(t)
    const chromium = await browser(t)
    const page = await tab(chromium, { allowed: [url] })
    await page.goto(url, { waitUntil: 'load' })
    const card = (name) => page.locator(`section[aria-labelledby="${name}"]`)
    await card('alice').getByText('990.00 USD').waitFor()
    await card('bob').getByText('9.05 EUR').first().waitFor()
    await card('connector').getByText('0.05 EUR').waitFor()
    const opened = await page.evaluate(() => performance.timeOrigin)

    const arrived = (await pay('5.00')).deliveredAmount.value
    const bob = (Number(BigInt(arrived) + 905n) / 100).toFixed(2)
    await card('alice').getByText('985.00 USD').waitFor()
    await card('bob').getByText(`${bob} EUR`).first().waitFor()
    await card('connector').locator('svg.chart rect').first().waitFor()
    assert.equal(await page.evaluate(() => performance.timeOrigin), opened, 'the same page all the time')
    await everybody(page, 'demo')
    assert.deepEqual(page.faults, [])

    const plain = await tab(chromium, { scripts: false, allowed: [url] })
    await plain.goto(url)
    assert.match(await plain.textContent('main'), /985\.00 USD/)
    assert.equal(await plain.locator('noscript').count(), 1)
    for (const [name, path] of [['alice', '/wallet'], ['bob', '/wallet'], ['connector', '/console']]) {
      const link = plain.locator(`section[aria-labelledby="${name}"] a[href$="${path}"]`)
      assert.equal((await fetch(await link.getAttribute('href'), { redirect: 'manual' })).status < 400, true, name)
    }
  }
}
