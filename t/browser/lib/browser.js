// Chromium for the tests of pages, on every listener.

import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'

const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking']
export const STEP_MS = 60000
export const DESK = { width: 1100, height: 900 }
export const PHONE = { width: 390, height: 844 }
/** Each page is looked at in these. */
export const LOOKS = [
  ['light', { colorScheme: 'light', viewport: DESK }],
  ['dark', { colorScheme: 'dark', viewport: DESK }],
  ['phone', { colorScheme: 'light', viewport: PHONE }],
  ['phone-dark', { colorScheme: 'dark', viewport: PHONE }]
]

export const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

export async function browser(t) {
  const b = await chromium.launch({ executablePath: '/usr/bin/chromium-headless-shell', args: ARGUMENTS })
  t.defer(() => b.close())
  return b
}

/**
 * A page in a context of its own. `allowed`: origins that it may ask; a request to any other, an error of a script and a
 * breach of the policy are kept in page.faults. `scripts: false` switches scripts off.
 */
export async function tab(b, { scripts = true, allowed = [], ...options } = {}) {
  const context = await b.newContext({ javaScriptEnabled: scripts, viewport: DESK, ...options })
  context.setDefaultTimeout(STEP_MS)
  const page = await context.newPage()
  page.faults = []
  page.on('pageerror', (e) => page.faults.push(`script: ${e.message}`))
  page.on('console', (m) => {
    if (m.type() === 'error' && /Content.Security.Policy|Refused to/.test(m.text())) page.faults.push(`policy: ${m.text()}`)
  })
  page.on('dialog', (d) => {
    page.faults.push(`dialog: ${d.message()}`)
    d.dismiss()
  })
  page.on('request', (r) => {
    const origin = new URL(r.url()).origin
    if (allowed.length && !allowed.includes(origin)) page.faults.push(`request to ${origin}`)
  })
  return page
}
