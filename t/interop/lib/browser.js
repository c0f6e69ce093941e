// The account holder in front of a browser: Debian's Chromium.

import assert from 'node:assert/strict'
import http from 'node:http'
import { chromium } from 'playwright-core'

const STEP_MS = 30000
const ARGUMENTS = [
  ...['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-quic', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update']
]

/** A page of a browser that ends with the test; without scripts, where they are not asked for. */
export async function page(t, { scripts = false } = {}) {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium-headless-shell', args: ARGUMENTS })
  t.defer(() => browser.close())
  const context = await browser.newContext({ javaScriptEnabled: scripts, ignoreHTTPSErrors: true })
  context.setDefaultTimeout(STEP_MS)
  return context.newPage()
}

/** A client's own page on loopback, to which the wallet sends the browser back -> {uri, arrived()}. */
export async function finishPage(t) {
  const queries = []
  const server = http.createServer((req, res) => {
    const url = new URL(req.url, 'http://127.0.0.1')
    if (url.pathname === '/finish') queries.push(Object.fromEntries(url.searchParams))
    res.writeHead(200, { 'content-type': 'text/html' })
    res.end('<h1>back at the client</h1>')
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  t.defer(() => new Promise((done) => server.close(done) && server.closeAllConnections()))
  return {
    uri: `http://127.0.0.1:${server.address().port}/finish?kept=1`,
    arrived() {
      assert.equal(queries.length, 1, 'the browser came back once')
      return queries.pop()
    }
  }
}

/** Opens the interaction, signs in where asked, and clicks. -> the text of the consent page. */
export async function decide(tab, redirect, { wallet, password, decision = 'accept' }) {
  await tab.goto(redirect)
  if (await tab.locator('input[name=password]').count()) {
    if (await tab.locator('input[name=wallet]').count()) {
      await tab.fill('input[name=wallet]', wallet)
      await tab.fill('input[name=password]', password)
      await tab.click('button[type=submit]')
    }
  }
  const text = await tab.innerText('body')
  if (decision === 'accept' && (await tab.locator('input[name=password]').count())) {
    await tab.fill('input[name=password]', password)
  }
  await tab.click(`button[name=decision][value=${decision}]`)
  return text
}
