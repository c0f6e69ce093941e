// What open pages cost: 100 pages that follow a payment, on an idle node. And how long each page takes
// the server, from the request's last byte to the answer's last byte: those of a node with a few payments, and
// the operator's console of one with 100,000.
//
// Usage: t/bench/pages [--short] [--out FILE]. --short: a few seconds, which judges no figure, only that
// everything came out right. Ends in one line: N passed, M failed.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import http from 'node:http'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { request } from '../scenario/lib/http.js'
import { PASSWORD, addHolder } from '../scenario/lib/holder.js'
import { FlorinNode } from '../scenario/lib/node.js'
import { Operator } from '../scenario/lib/operator.js'
import { Visitor } from '../scenario/lib/pages.js'

const OPEN_PAGES = 100
const PAGES_MAX = 60 // that the crawler looks at
const PAYMENTS = 30
const short = process.argv.includes('--short')
const out = process.argv.includes('--out') && process.argv[process.argv.indexOf('--out') + 1]
const IDLE_MS = short ? 2000 : 30000
const ROUNDS = short ? 3 : 300
const FILLED_PAYMENTS = short ? 1000 : 100000
const P99_MS_MAX = 100

const TICKS_PER_S = Number(execFileSync('getconf', ['CLK_TCK']))
const sleep = (ms) => new Promise((done) => setTimeout(done, ms))
const html = { accept: 'text/html' }

let passed = 0
let failed = 0

async function check(what, work) {
  try {
    const value = await work()
    passed++
    return value
  } catch (e) {
    failed++
    console.log(`FAIL ${what}: ${e.stack ?? e}`)
    return null
  }
}

function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S
}

function residentKib(pid) {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1])
}

/** A stream of server-sent events -> {events: [...], close()}; resolves when the first event is there. */
function follow(url) {
  return new Promise((ready, fail) => {
    const stream = { events: [], close: () => req.destroy() }
    const req = http.get(url, { agent: false, headers: { accept: 'text/event-stream' } }, (res) => {
      if (res.statusCode !== 200) return fail(new Error(`${url}: ${res.statusCode}`))
      let text = ''
      res.on('error', () => {})
      res.on('data', (chunk) => {
        text += chunk
        const parts = text.split('\n\n')
        text = parts.pop()
        stream.events.push(...parts.filter((p) => p.includes('event: state')))
        if (stream.events.length) ready(stream)
      })
    })
    req.on('error', fail)
  })
}

/** Core share and KiB per page of pages that are open while nothing happens. */
async function idle(node, url) {
  const pid = node.child.pid
  await sleep(1000)
  const kibBefore = residentKib(pid)
  const streams = await Promise.all(Array.from({ length: OPEN_PAGES }, () => follow(url)))
  await sleep(1000)
  const kib = (residentKib(pid) - kibBefore) / OPEN_PAGES
  const before = cpuSeconds(pid)
  const begun = performance.now()
  await sleep(IDLE_MS)
  const share = (cpuSeconds(pid) - before) / ((performance.now() - begun) / 1000)
  return { streams, kib, share }
}

/** Pages of one kind have one name. */
const kind = (path) => path.replace(/[0-9a-f-]{36}/g, 'ID').replace(/filled-\d+/, 'NAME')

/** One of each kind of page of the node that links lead to, from these: pathnames. `within`: what is looked at. */
async function pagesFrom(visitor, starts, within) {
  const seen = new Set(starts)
  const kinds = new Set(starts.map(kind))
  for (const path of seen) {
    if (seen.size >= PAGES_MAX) break
    const page = await visitor.send(path, { headers: html })
    assert.ok(page.status < 400, `${path}: ${page.status}`)
    for (const [, href] of page.text().matchAll(/<a\b[^>]*\bhref="([^"#?]+)"/g)) {
      const url = new URL(href, visitor.node.url + path)
      const own = url.origin === visitor.node.url && within.test(url.pathname)
      if (!own || /\.(csv|json|css|js|svg)$/.test(url.pathname) || kinds.has(kind(url.pathname))) continue
      kinds.add(kind(url.pathname))
      seen.add(url.pathname)
    }
  }
  return [...seen]
}

/** Milliseconds of each of many requests for a page, sorted. */
async function timesOf(visitor, path, agent) {
  const times = []
  const headers = { ...html, cookie: visitor.cookieHeader() }
  for (let i = 0; i < ROUNDS; i++) {
    const begun = performance.now()
    const r = await request(visitor.node.url + path, { headers, agent })
    times.push(performance.now() - begun)
    assert.ok(r.status < 400, `${path}: ${r.status}`)
  }
  return times.sort((a, b) => a - b)
}

async function measure(visitor, paths) {
  for (const path of paths) {
    const times = await check(path, () => timesOf(visitor, path, agent))
    if (!times) continue
    const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))]
    rows.push([kind(path), at(0.5), at(0.99), times.at(-1)])
    console.log(`${rows.at(-1)[0]}: p50 ${at(0.5).toFixed(2)} ms, p99 ${at(0.99).toFixed(2)} ms`)
    if (!short) await check(`${path} in time`, () => assert.ok(at(0.99) < P99_MS_MAX, `p99 ${at(0.99)} ms`))
  }
}

/** Every page of the console that links lead to; what is downloaded is as long as the books. */
async function consoleOfFilled() {
  const filled = await FlorinNode.create('filled', dir)
  const env = { ...process.env, FILL_TRANSFERS: String(3 * FILLED_PAYMENTS), FILL_PAYMENTS: String(FILLED_PAYMENTS) }
  execFileSync(new URL('fill', import.meta.url).pathname, [filled.dir], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  await filled.serve()
  try {
    const ann = new Operator(filled)
    await ann.setUp('ann')
    const paths = await pagesFrom(ann, ['/console/pages'], /^\/console(?!.*\/(statement|export)$)/)
    assert.ok(paths.includes('/console/payments') && paths.length > 20, paths.join(' '))
    await measure(ann, paths)
  } finally {
    await filled.stop()
  }
}

const dir = mkdtempSync(join(tmpdir(), 'florin-pages-'))
const node = await FlorinNode.create('pages', dir)
const rows = []
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
try {
  await node.serve()
  await addHolder(node, 'alice', '--asset', 'USD', '--name', 'Alice')
  await addHolder(node, 'bob', '--asset', 'USD')
  await node.ok('deposit', 'alice', '1000.00')
  for (let i = 0; i < PAYMENTS; i++) await node.ok('pay', 'alice', `${node.url}/bob`, '--send', '1.00', '--yes')
  const asked = await node.ok('request', 'bob', '5.00', '--description', 'Lunch')
  const requestPath = new URL(asked.url ?? asked.id).pathname

  const open = await check('open pages', () => idle(node, `${node.url}${requestPath}/events`))
  if (open) {
    console.log(`${OPEN_PAGES} open pages, nothing happens: ${(open.share * 100).toFixed(2)} % of a core, ${open.kib.toFixed(1)} KiB each`)
    await check('each page hears of a payment', async () => {
      await node.ok('pay', 'alice', node.url + requestPath, '--yes')
      for (let i = 0; i < 100 && open.streams.some((s) => s.events.length < 2); i++) await sleep(100)
      assert.equal(open.streams.filter((s) => s.events.length < 2).length, 0)
    })
    open.streams.forEach((s) => s.close())
  }

  const visitor = new Visitor(node)
  const signedIn = await visitor.signIn('alice', PASSWORD)
  assert.equal(signedIn.status, 303)
  const paths = await check('the pages are found', () => pagesFrom(visitor, ['/alice', requestPath, '/wallet'], /^\/(wallet|static\/components|op\/incoming)/))
  await measure(visitor, paths ?? [])
  await check('audit', () => node.ok('audit'))
  await node.stop()
  await check('the console of a node with a past', consoleOfFilled)
  if (out && open) {
    const lines = [['page', 'p50 ms', 'p99 ms', 'slowest ms'], ['---', '---', '---', '---']]
    lines.push(...rows.map(([path, ...ms]) => [`\`${path}\``, ...ms.map((n) => n.toFixed(2))]))
    const about = [
      `${cpus().length} x ${cpus()[0].model}, node ${process.version}; ${ROUNDS} requests for each page, one at a time`,
      `${OPEN_PAGES} open pages on an idle node: ${(open.share * 100).toFixed(2)} % of a core over ${IDLE_MS / 1000} s, ${open.kib.toFixed(1)} KiB each`
    ]
    writeFileSync(out, about.map((l) => `- ${l}\n`).join('') + '\n' + lines.map((l) => `| ${l.join(' | ')} |\n`).join(''))
  }
} finally {
  agent.destroy()
  await node.kill()
  rmSync(dir, { recursive: true, force: true })
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
