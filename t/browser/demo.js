// The demo's overview: three nodes on one page, which follows a payment by itself.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { run } from '../scenario/lib/node.js'
import { everybody } from './lib/access.js'
import { browser, tab } from './lib/browser.js'
import { startDemo } from './lib/demo.js'

export const maxMs = 400000

export const tests = {
  'the overview of the demo follows a payment': async (t) => {
    const { url, port, dir, out, pay } = await startDemo(t)
    const chromium = await browser(t)
    const page = await tab(chromium, { allowed: [url] })
    await page.goto(url, { waitUntil: 'load' })
    const card = (name) => page.locator(`section[aria-labelledby="${name}"]`)
    await card('alice').getByText('990.00 USD').waitFor()
    await card('bob').getByText('9.05 EUR').first().waitFor()
    await card('connector').getByText('0.05 EUR').waitFor()
    // What has arrived is not "PROCESSING".
    await card('bob').locator('.badge.good:text-is("received")').first().waitFor()
    await card('alice').locator('.badge:text("paid")').first().waitFor()
    assert.doesNotMatch(await page.innerText('main'), /PROCESSING|COMPLETED|PENDING/)
    assert.equal(await card('alice').locator('.amount.big data').getAttribute('title'), '99000 of the smallest units')
    const opened = await page.evaluate(() => performance.timeOrigin)

    const arrived = (await pay('5.00')).deliveredAmount.value
    const bob = (Number(BigInt(arrived) + 905n) / 100).toFixed(2)
    await card('alice').getByText('985.00 USD').waitFor()
    await card('bob').getByText(`${bob} EUR`).first().waitFor()
    await card('connector').locator('svg.chart rect').first().waitFor()
    assert.equal(await page.evaluate(() => performance.timeOrigin), opened, 'the same page all the time')
    await everybody(page, 'demo')
    assert.deepEqual(page.faults, [])

    const spanish = await tab(chromium, { scripts: false, allowed: [url] })
    await spanish.context().addCookies([{ name: 'florin-language', value: 'es', url }])
    await spanish.goto(url)
    const said = await spanish.textContent('main')
    assert.match(said, /985,00 USD[^]*Enviado; llegaron 9,05 EUR[^]*pagado[^]*Paquetes en el último minuto: \d+[^]*nos debe[^]*Recibido/)
    assert.doesNotMatch(said, /\b(sent|paid|received|packets)\b/i)

    const plain = await tab(chromium, { scripts: false, allowed: [url] })
    await plain.goto(url)
    assert.match(await plain.textContent('main'), /985\.00 USD/)
    assert.equal(await plain.locator('noscript').count(), 1)
    for (const [name, path] of [['alice', '/wallet'], ['bob', '/wallet'], ['connector', '/console']]) {
      const link = plain.locator(`section[aria-labelledby="${name}"] a[href$="${path}"]`)
      assert.equal((await fetch(await link.getAttribute('href'), { redirect: 'manual' })).status < 400, true, name)
    }

    // The links that it ends with lead a newcomer to each kind of page.
    const links = [...out().matchAll(/^ {2}(http:\S+)$/gm)].map((m) => m[1])
    const [, alices, bobs, address, setup] = links
    const password = /the password "([^"]+)"/.exec(out())[1]
    const who = await tab(chromium)
    await who.goto(address)
    await who.fill('#payer', `$localhost:${port}/alice`)
    assert.ok(out().includes(`enter $localhost:${port}/alice`))
    await who.fill('#pay-amount', '1.00')
    await who.click('button:text("See what it costs")')
    await who.click('a.button.strong') // to alice's wallet, which asks her
    await who.fill('input[name=wallet]', 'alice')
    await who.fill('input[name=password]', password)
    await who.click('button.strong')
    await who.click('button[value=accept]')
    await who.waitForSelector('h1:text("Paid")')
    await who.goto(alices)
    assert.match(await who.innerText('.who'), /alice/)
    await who.goto(bobs)
    await who.fill('input[name=wallet]', 'bob')
    await who.fill('input[name=password]', password)
    await who.click('button.strong')
    await who.click('main >> text=Request')
    await who.fill('#amount', '2.00')
    await who.click('main button[type=submit]')
    await who.goto((await who.innerText('.copied .value')).trim())
    assert.match(await who.innerText('h1'), /2\.00 EUR for/)
    await who.goto(setup)
    const token = await run(['-C', join(dir, 'connector'), '--json', 'operator', 'token'])
    await who.fill('#setup', JSON.parse(token.stdout).setupToken)
    await who.click('main button[type=submit]')
    await who.waitForSelector('#password')
  }
}
