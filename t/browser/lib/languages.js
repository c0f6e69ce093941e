// Pages in another language: Spanish, and the language of marks, in which every message stands in ⟦ and ⟧.

import assert from 'node:assert/strict'
import { keep, violations } from './access.js'
import { LOOKS } from './browser.js'

// What is a name, a number or an address in every language; and what is somebody's own text.
const OPEN = 'bdi, code, pre, data, time, svg, script, style, option[lang], button[lang], span[lang], [data-countdown], [data-ago], .value, #zone'
const NAMES = /^(Florin|UTC|USD|EUR|GBP|XRP|BTC|CHF|ms|min|alice|alices?|bob|carol|savings|ann|Carol|Example|Corner|Shop|The|Tea|cake|https?|wallet|op|localhost|Donaudampf\p{L}+|a{60})$/u

export async function speak(page, tag) {
  await page.context().addCookies([{ name: 'florin-language', value: tag, url: new URL(page.url()).origin }])
}

/** What the page says outside of marks: in texts, titles, labels, and the words for scripts. */
function unmarked(open) {
  const said = []
  const read = (root, add) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT, (n) =>
      n.nodeType === Node.ELEMENT_NODE && n.matches(open) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT
    )
    for (let n = walker.nextNode(); n; n = walker.nextNode()) {
      if (n.nodeType === Node.TEXT_NODE) add(n.data)
      else for (const name of ['aria-label', 'title', 'placeholder', 'alt']) if (n.hasAttribute(name)) said.push(n.getAttribute(name))
    }
    for (const template of root.querySelectorAll('template')) read(template.content, add)
  }
  let text = ''
  read(document.body, (part) => (text += ` ${part}`))
  said.push(text, document.title)
  return said.map((one) => {
    let outside = ''
    let depth = 0
    for (const c of one) {
      if (c === '⟦') depth++
      else if (c === '⟧') depth--
      else if (depth === 0) outside += c
    }
    return outside
  })
}

/** Nothing of the page is without a translation; `names` are texts of people in it. */
export async function allMarked(page, what, names = []) {
  const said = await page.evaluate(unmarked, OPEN)
  const words = said
    .join(' ')
    .replace(/<[^>]*>/g, ' ') // of a noscript, which is text where scripts run
    .replace(/[\da-f]{8}-[\da-f-]{27}|\b[\da-f]{12,}\b/g, ' ') // ids
    .replace(/(https?:\/\/|\$)?[\w.-]+(:\d+|\.\w+)(\/\S*)?/g, ' ') // addresses, numbers
    .match(/\p{L}{2,}/gu)
  assert.deepEqual((words ?? []).filter((word) => !NAMES.test(word) && !names.includes(word)), [], `${what}: words without a translation`)
  assert.ok(/⟦/.test(await page.content()), `${what}: has marks`)
}

/** The same page in marks and in Spanish, whose words are longer: on a phone, unfolded; and then in English again. */
export async function inOtherWords(page, what, { names, url = page.url() } = {}) {
  await speak(page, 'en-x-marks')
  await page.goto(url)
  await allMarked(page, what, names)
  await speak(page, 'es')
  await page.setViewportSize(LOOKS.find(([look]) => look.startsWith('phone'))[1].viewport)
  await page.goto(url)
  await page.evaluate(() => document.querySelectorAll('main details').forEach((fold) => (fold.open = true)))
  await keep(page, `${what}-es`)
  assert.equal(await page.getAttribute('html', 'lang'), 'es')
  assert.deepEqual(await violations(page), [], `${what}, in Spanish`)
  await speak(page, 'en')
  await page.setViewportSize(LOOKS[0][1].viewport)
}
