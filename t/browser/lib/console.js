// The operator's console in a browser: a page on which an operator is signed in, and a host that is told of events.

import http from 'node:http'
import { tab } from './browser.js'

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
      else await input.fill(value)
    }
    await Promise.all([page.waitForNavigation(), form.locator('button[type=submit]').click()])
  }
  return page
}
