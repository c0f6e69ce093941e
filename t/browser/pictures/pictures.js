// Takes docs/screenshots/*.png: see t/browser/shots. What is taken stands in tables/, a file for each kind of reader:
//
//   export const title = 'Payers'                     heads its part of docs/screenshots.md
//   export async function prepare(t, world) -> here   once, before its pictures: nodes, sign-ins; `world` is of all tables
//   export const pictures = [[name, looks, words, async (page, here) => {...}], ...]
//
// `looks` are of LOOKS below: the function leads the page to what is shown, then each look is taken as NAME.png, NAME-dark.png,
// NAME-phone.png. `words` say what it is, for those who can't see it. Names and amounts are the same each time; times, and ids
// that the nodes choose, are not.

import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { browser, PHONE, tab } from '../lib/browser.js'
import { withPalette } from '../lib/png.js'

export const maxMs = 500000

const HERE = dirname(fileURLToPath(import.meta.url))
const DOCS = join(HERE, '../../../docs')
const BYTES_MAX = 150000
const WINDOW = { width: 960, height: 640 }
const TALL = 1500 // of a page, what is shown at most

const LOOKS = {
  wide: { suffix: '', colorScheme: 'light', viewport: { width: 1200, height: 760 } },
  light: { suffix: '', colorScheme: 'light', viewport: WINDOW },
  dark: { suffix: '-dark', colorScheme: 'dark', viewport: WINDOW },
  phone: { suffix: '-phone', colorScheme: 'light', viewport: PHONE },
  'phone-dark': { suffix: '-phone-dark', colorScheme: 'dark', viewport: PHONE }
}

async function take(page, name, look) {
  const { suffix, colorScheme, viewport } = LOOKS[look]
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  await page.setViewportSize(viewport)
  await page.evaluate(() => document.activeElement?.blur())
  const whole = await page.evaluate(() => document.documentElement.scrollHeight)
  const path = join(DOCS, 'screenshots', `${name}${suffix}.png`)
  const clip = { x: 0, y: 0, width: viewport.width, height: Math.min(whole, TALL) }
  const png = withPalette(await page.screenshot({ fullPage: true, clip }))
  assert.ok(png.length <= BYTES_MAX, `${path} is too large`)
  writeFileSync(path, png)
  return `${name}${suffix}.png`
}

const tables = {}
for (const file of readdirSync(join(HERE, 'tables')).filter((f) => f.endsWith('.js')).sort()) {
  tables[file] = await import(pathToFileURL(join(HERE, 'tables', file)))
}

export const tests = Object.fromEntries(
  Object.entries(tables).map(([file, { title, prepare, pictures }]) => [
    `pictures of ${title}`,
    async (t) => {
      mkdirSync(join(DOCS, 'screenshots'), { recursive: true })
      const b = await browser(t)
      const world = { browser: b, window: WINDOW, tab: (options) => tab(b, { viewport: WINDOW, colorScheme: 'light', ...options }) }
      const here = await prepare(t, world)
      const lines = [`## ${title}`]
      for (const [name, looks, words, show] of pictures) {
        const page = here.page
        await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
        await page.setViewportSize(WINDOW)
        await show(page, here)
        const files = []
        for (const look of looks) files.push(await take(page, name, look))
        lines.push('', words, '', ...files.map((f) => `![${words}](${f})`))
      }
      assert.deepEqual(here.page.faults, [])
      writeFileSync(join(DOCS, 'screenshots', file.replace(/\.js$/, '.md')), `${lines.join('\n')}\n`)
    }
  ])
)
