// Row P12: one payment over a path with a round trip time and losses, of Florin and of
// ilp-protocol-stream, in the same run. A lost packet is one that a connector on the path answers with
// T00 instead of passing it on.
//
// Usage: t/bench/p12 [--short] [--out FILE]. --short: a few packets, which judges no figure, only that
// everything came out right. Ends in one line: N passed, M failed.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import http from 'node:http'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, request } from '../../scenario/lib/http.js'
import * as ilp from '../../scenario/lib/ilp.js'
import { FlorinNode } from '../../scenario/lib/node.js'

const require = createRequire(import.meta.url)
require('../../interop/lib/stream_closed.cjs')
const PluginHttp = require('ilp-plugin-http')
const streams = require('ilp-protocol-stream')

const PACKET = 1000n // units, the link's largest
const WINDOW = 512 // packets in flight, at most: STREAM_WINDOW_MAX
const short = process.argv.includes('--short')
const out = process.argv.includes('--out') && process.argv[process.argv.indexOf('--out') + 1]
const PATHS = short
  ? [
      [0, 0],
      [20, 1],
      [100, 5]
    ]
  : [0, 20, 100].flatMap((ms) => [0, 1, 5].map((loss) => [ms, loss]))
const FLORIN_PACKETS = short ? 200n : 20000n
const NPM_PACKETS = short ? 10n : 50n

const sleep = (ms) => new Promise((done) => setTimeout(done, ms))

/** An ILP-over-HTTP hop to `target` with half the round trip each way. */
class Path {
  constructor(target) {
    this.target = target
    this.ms = 0
    this.loss = 0
    this.seed = 1
    this.agent = new http.Agent({ keepAlive: true, maxSockets: WINDOW })
  }

  /** The same losses in each run. */
  lost() {
    this.seed = (Math.imul(this.seed, 1103515245) + 12345) >>> 0
    return (this.seed >>> 8) % 10000 < this.loss * 100
  }

  async listen() {
    this.server = http.createServer((req, res) => this.pass(req, res).catch(() => res.destroy()))
    await new Promise((done) => this.server.listen(0, '127.0.0.1', done))
    this.url = `http://127.0.0.1:${this.server.address().port}/ilp`
    return this
  }

  async pass(req, res) {
    const parts = []
    for await (const part of req) parts.push(part)
    const body = Buffer.concat(parts)
    const money = ilp.decode(body).amount > 0n
    if (this.ms) await sleep(this.ms / 2)
    let reply
    if (money && this.lost()) {
      reply = ilp.reject('T00', 'lost', { triggeredBy: 'test.path' })
    } else {
      const headers = { authorization: req.headers.authorization, 'content-type': 'application/octet-stream', 'content-length': body.length }
      reply = (await request(this.target, { method: 'POST', headers, body, agent: this.agent, timeoutMs: 30000 })).body
    }
    if (this.ms) await sleep(this.ms / 2)
    res.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': reply.length })
    res.end(reply)
  }

  close() {
    this.agent.destroy()
    this.server.closeAllConnections()
    return new Promise((done) => this.server.close(done))
  }
}

const dir = mkdtempSync(join(tmpdir(), 'florin-path-'))
const tokens = Object.fromEntries(['there', 'back', 'toNode', 'toPlugin'].map((name) => [name, randomUUID()]))
const payer = await FlorinNode.create('payer', dir)
const payee = await FlorinNode.create('payee', dir)
const path = new Path(`${payee.url}/ilp`)
const listenPort = await freePort()
let plugin
let passed = 0
let failed = 0

async function addPeer(node, name, address, url, outgoing, incoming) {
  await node.ok(
    ...['peer', 'add', name, '--asset', 'USD', '--ilp-address', address, '--url', url, '--outgoing-token', outgoing],
    ...['--incoming-token', incoming, '--credit-limit', '1000000000.00', '--max-packet', '10.00']
  )
}

const minor = (units) => `${units / 100n}.${(units % 100n).toString().padStart(2, '0')}`

async function check(what, work) {
  try {
    const r = await work()
    passed++
    return r
  } catch (e) {
    failed++
    console.log(`not ok: ${what}: ${e.message}`)
    return null
  }
}

/** `florin pay` of that many packets -> packets per second. */
async function florinPays() {
  const before = await payee.balance('till')
  const words = ['pay', 'purse', `${payee.url}/till`, '--send', minor(FLORIN_PACKETS * PACKET), '--yes']
  const payment = await payer.ok(...words)
  assert.equal(payment.state, 'COMPLETED')
  assert.equal((await payee.balance('till')) - before, FLORIN_PACKETS * PACKET)
  return (payment.packets * 1000) / payment.elapsedMs
}

/** The same with ilp-protocol-stream as the sender; its connection is made before. */
async function npmPays() {
  const before = await payee.balance('till')
  const r = await request(`${payee.url}/till`, { headers: { accept: 'application/spsp4+json' } })
  const { destination_account: destinationAccount, shared_secret: secret } = r.json()
  const connection = await streams.createConnection({ plugin, destinationAccount, sharedSecret: Buffer.from(secret, 'base64') })
  connection.on('error', () => {})
  const s = connection.createStream()
  const begun = performance.now()
  await s.sendTotal((NPM_PACKETS * PACKET).toString(), { timeout: 120000 })
  const ms = performance.now() - begun
  await connection.end()
  assert.equal((await payee.balance('till')) - before, NPM_PACKETS * PACKET)
  return (Number(NPM_PACKETS) * 1000) / ms
}

const rows = []
try {
  await payer.serve()
  await payee.serve()
  await path.listen()
  await payer.ok('wallet', 'add', 'purse', '--asset', 'USD')
  await payer.ok('deposit', 'purse', '100000000.00')
  await payee.ok('wallet', 'add', 'till', '--asset', 'USD')
  await addPeer(payer, 'payee', payee.address, path.url, tokens.there, tokens.back)
  await addPeer(payee, 'payer', payer.address, `${payer.url}/ilp`, tokens.back, tokens.there)
  await addPeer(payee, 'npm', 'test.npm', `http://127.0.0.1:${listenPort}/`, tokens.toPlugin, tokens.toNode)
  plugin = new PluginHttp({
    incoming: { port: { port: listenPort, host: '127.0.0.1' }, staticToken: tokens.toPlugin },
    outgoing: { url: path.url, staticToken: tokens.toNode, name: 'npm' }
  })
  await plugin.connect()
  for (const [ms, loss] of PATHS) {
    Object.assign(path, { ms, loss, seed: 1 })
    const what = `${ms} ms, ${loss} % lost`
    const ours = await check(`florin, ${what}`, florinPays)
    path.seed = 1
    const theirs = await check(`ilp-protocol-stream, ${what}`, npmPays)
    const most = ms ? (WINDOW * 1000) / ms : null
    rows.push([ms, loss, ours, most ? ours / most : null, theirs])
    console.log(`${what}: florin ${ours?.toFixed(0)} packets/s, ilp-protocol-stream ${theirs?.toFixed(1)}`)
  }
  for (const node of [payer, payee]) await check(`audit of ${node.name}`, () => node.ok('audit'))
} finally {
  await plugin?.disconnect().catch(() => {})
  await path.close()
  await payer.stop()
  await payee.stop()
  rmSync(dir, { recursive: true, force: true })
}
if (out) {
  const cell = (n, digits = 0) => (n === null || n === undefined ? '' : n.toFixed(digits))
  const head = ['round trip ms', 'lost %', 'Florin packets/s', `of ${WINDOW} packets per round trip`, 'ilp-protocol-stream packets/s']
  const lines = [head, head.map(() => '---'), ...rows.map(([a, b, c, d, e]) => [a, b, cell(c), cell(d, 2), cell(e, 1)])]
  const about = `${FLORIN_PACKETS} and ${NPM_PACKETS} packets of ${PACKET} units; ${cpus().length} x ${cpus()[0].model}, node ${process.version}\n\n`
  writeFileSync(out, about + lines.map((l) => `| ${l.join(' | ')} |\n`).join(''))
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
