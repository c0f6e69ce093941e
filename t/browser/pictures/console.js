// Takes docs/screenshots/console*.png, one of each page of the operator's console: see t/browser/shots.

import { fileURLToPath } from 'node:url'
import { addresses, busyNode, moved, patterns, signedIn } from '../lib/console.js'
import { browser, PHONE } from '../lib/browser.js'

export const maxMs = 300000

const WINDOW = { width: 1100, height: 760 }
const file = (name) => fileURLToPath(new URL(`../../../docs/screenshots/${name}.png`, import.meta.url))
const named = (pattern) => pattern.slice(1).replace(/\{\w+\}/g, 'one').replaceAll('/', '-')

export const tests = {
  'pictures of the console for docs/screenshots': async (t) => {
    const { node, ann, fill } = await busyNode(t)
    await moved(node)
    const page = await signedIn(t, await browser(t), ann, { viewport: WINDOW, colorScheme: 'light' })
    for (const pattern of await patterns(page)) {
      await page.see(addresses(pattern, fill)[0])
      await page.screenshot({ path: file(named(pattern)) })
    }
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.see('/console')
    await page.screenshot({ path: file('console-dark') })
    await page.setViewportSize(PHONE)
    await page.see('/console')
    await page.screenshot({ path: file('console-phone') })
  }
}
