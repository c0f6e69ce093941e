// What a page must be for everybody: axe-core's rules, and some of our own.

import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AXE, LOOKS } from './browser.js'

const TARGET_MIN = 40 // pixels of what a finger must hit
const COLOURS = ['color-contrast', 'link-in-text-block'] // rules whose outcome a scheme can change

/** Runs in the page: fields without a name, things that stick out or are too small. */
function inspect(targetMin) {
  const found = []
  const shown = (e) => e.getClientRects().length > 0
  for (const e of document.querySelectorAll('input:not([type=hidden]), select, textarea')) {
    if (!shown(e)) continue
    if (!e.labels?.length) found.push(`no label: ${e.name}`)
    const box = (e.matches('[type=checkbox], [type=radio]') ? (e.closest('label') ?? e) : e).getBoundingClientRect()
    if (box.height < targetMin) found.push(`too small to hit: ${e.name}`)
  }
  for (const e of document.querySelectorAll('button, a.button, nav a')) {
    if (!shown(e)) continue
    if (!e.textContent.trim()) found.push('a button without words')
    if (e.getBoundingClientRect().height < targetMin) found.push(`too small to hit: ${e.textContent.trim()}`)
  }
  if (!document.documentElement.lang) found.push('no language')
  if (document.querySelectorAll('h1').length !== 1) found.push('not one heading')
  const wider = document.documentElement.scrollWidth - innerWidth
  if (wider > 0) found.push(`wider than the window by ${wider}`)
  return found
}

/** Runs in the page: takes away the shades of what can be moved sideways, as axe says nothing of the contrast over them. */
function plain() {
  if (document.adoptedStyleSheets.length) return
  const sheet = new CSSStyleSheet()
  sheet.replaceSync('.scroll, .tabs { background: none }')
  document.adoptedStyleSheets.push(sheet)
}

/**
 * axe-core in the page as it is. Scripts must be on: it runs beside the page's policy, not in it. `rules`: only these; what is the
 * same in every colour needs to be looked at once.
 */
export async function violations(page, rules) {
  await page.evaluate(plain)
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(readFileSync(AXE, 'utf8'))
  const found = await page.evaluate(async (only) => {
    const r = await globalThis.axe.run(document, { resultTypes: ['violations'], ...(only ? { runOnly: only } : {}) })
    return r.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 120)} (${n.failureSummary?.split('\n')[1]?.trim()})`))
  }, rules)
  return found.concat(await page.evaluate(inspect, TARGET_MIN))
}

/** With BROWSER_SHOTS=DIR: a picture of the page as it is, as NAME.png there. */
export async function keep(page, name) {
  if (!process.env.BROWSER_SHOTS) return
  mkdirSync(process.env.BROWSER_SHOTS, { recursive: true })
  await page.screenshot({ path: join(process.env.BROWSER_SHOTS, `${name}.png`), fullPage: true })
}

/**
 * Looks at the page as it is now, in light and dark, at a desk and on a phone. With BROWSER_SHOTS=DIR a picture of each is kept
 * there as NAME-LOOK.png. The page keeps its state: nothing is loaded again.
 */
export async function everybody(page, name) {
  for (const [look, { colorScheme, viewport }] of LOOKS) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.setViewportSize(viewport)
    await keep(page, `${name}-${look}`)
    assert.deepEqual(await violations(page, colorScheme === 'dark' ? COLOURS : undefined), [], `${name}, ${look}`)
  }
  const [, first] = LOOKS[0]
  await page.emulateMedia({ colorScheme: first.colorScheme })
  await page.setViewportSize(first.viewport)
}
