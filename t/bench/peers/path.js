// Row P12: one payment over a path with a round trip time and losses, of Florin and of @interledger/pay,
// in the same run. t/bench/bench_path is the path. A lost packet is one that it answers with T00 instead
// of passing it on.
//
// What such a path allows at most: a window of packets for each round trip, but no more than goes
// over the same hop without latency, which is what the machine does. Lost packets are not taken off. Florin
// pays several times over each path, and the median counts.
//
// Usage: t/bench/p12 [--short] [--paths MS:LOSS,...] [--out FILE]. --short: a few packets, which judges no
// figure, only that everything came out right. Ends in one line: N passed, M failed.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { freePort, request } from '../../scenario/lib/http.js'
import { FlorinNode, florinBinary } from '../../scenario/lib/node.js'

const require = createRequire(import.meta.url)
const { setupPayment, startQuote, pay, closeConnection } = require('@interledger/pay')
const PluginHttp = require('ilp-plugin-http')

const USD = { code: 'USD', scale: 2 }
const PACKET = 1000n // units, the link's largest
const WINDOW = 768 // packets in flight, at most: STREAM_WINDOW_MAX
const after = (word) => process.argv.includes(word) && process.argv[process.argv.indexOf(word) + 1]
const short = process.argv.includes('--short')
const out = after('--out')
const some = after('--paths')
const FLORIN_PACKETS = short ? 200n : 30000n
const NPM_PACKETS = short ? 10n : 100n
const RUNS = short ? 1 : 3
const PATHS = some
  ? some.split(',').map((one) => one.split(':').map(Number))
  : short
    ? [[0, 0], [20, 1], [100, 5]]
    : [0, 20, 100].flatMap((ms) => [0, 1, 5].map((loss) => [ms, loss]))

/** An ILP-over-HTTP hop to the payee with half the round trip each way. */
class Path {
  async start(targetPort) {
    const program = join(dirname(florinBinary()), 't/bench/bench_path')
    this.child = spawn(program, [`${targetPort}`], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.exited = new Promise((done, fail) => this.child.on('exit', done).on('error', fail))
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]()
    const port = (await this.lines.next()).value
    assert.ok(port, 'the hop has not started')
    this.url = `http://127.0.0.1:${port}/ilp`
  }

  /** The same losses in each run -> what was counted since the last call. */
  async set(ms, loss) {
    this.child.stdin.write(`${ms * 1000} ${loss * 100} 1\n`)
    const [passed, lost] = (await this.lines.next()).value.split(' ').map(Number)
    return { passed, lost }
  }

  close() {
    this.child?.stdin.end()
    return this.exited
  }
}

const dir = mkdtempSync(join(tmpdir(), 'florin-path-'))
const tokens = Object.fromEntries(['there', 'back', 'toNode', 'toPlugin'].map((name) => [name, randomUUID()]))
const payer = await FlorinNode.create('payer', dir)
const payee = await FlorinNode.create('payee', dir)
const path = new Path()
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

/** `florin pay` of that many packets -> packets per second, from the payment's begin to its end. */
async function florinPays() {
  const before = await payee.balance('till')
  const words = ['pay', 'purse', `${payee.url}/till`, '--send', minor(FLORIN_PACKETS * PACKET), '--yes']
  const payment = await payer.ok(...words)
  assert.equal(payment.state, 'COMPLETED')
  assert.equal((await payee.balance('till')) - before, FLORIN_PACKETS * PACKET)
  assert.equal(payment.packets, Number(FLORIN_PACKETS))
  return (payment.packets * 1000) / payment.elapsedMs
}

/** The median of several over that path. */
async function florinPaysOver(ms, loss) {
  const rates = []
  for (let run = 0; run < RUNS; run++) {
    await path.set(ms, loss)
    rates.push(await florinPays())
    const counted = await path.set(ms, loss)
    assert.equal(counted.lost > 0, loss > 0)
  }
  return rates.sort((a, b) => a - b)[RUNS >> 1]
}

/** The same with @interledger/pay as the sender; its connection and its quote are made before. */
async function npmPays() {
  const before = await payee.balance('till')
  const r = await request(`${payee.url}/till`, { headers: { accept: 'application/spsp4+json' } })
  const { destination_account: destinationAddress, shared_secret: secret } = r.json()
  const destination = await setupPayment({ plugin, destinationAddress, sharedSecret: Buffer.from(secret, 'base64') })
  const amountToSend = NPM_PACKETS * PACKET
  const quote = await startQuote({ plugin, destination, sourceAsset: USD, amountToSend })
  const begun = performance.now()
  const receipt = await pay({ plugin, destination, quote })
  const ms = performance.now() - begun
  await closeConnection(plugin, destination)
  assert.equal(receipt.error, undefined)
  assert.equal((await payee.balance('till')) - before, amountToSend)
  return (Number(NPM_PACKETS) * 1000) / ms
}

const rows = []
let machine = null // packets/s without latency
try {
  await payer.serve()
  await payee.serve()
  await path.start(payee.port)
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
  if (!short) await check('warm-up', florinPays)
  for (const [ms, loss] of PATHS) {
    const what = `${ms} ms, ${loss} % lost`
    const ours = await check(`florin, ${what}`, () => florinPaysOver(ms, loss))
    await path.set(ms, loss)
    const theirs = await check(`@interledger/pay, ${what}`, npmPays)
    if (ms === 0 && loss === 0) machine = ours
    const most = Math.min(ms ? (WINDOW * 1000) / ms : Infinity, machine ?? Infinity)
    rows.push([ms, loss, most, ours, ours / most, theirs])
    console.log(
      `${what}: at most ${most.toFixed(0)}, florin ${ours?.toFixed(0)} packets/s = ${(ours / most).toFixed(2)}, ` +
        `@interledger/pay ${theirs?.toFixed(1)}`
    )
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
  const head = ['round trip ms', 'lost %', 'at most packets/s', 'Florin packets/s', 'share', '@interledger/pay packets/s']
  const lines = [head, head.map(() => '---'), ...rows.map(([a, b, c, d, e, f]) => [a, b, cell(c), cell(d), cell(e, 2), cell(f, 1)])]
  const about = `${RUNS} runs of ${FLORIN_PACKETS} packets, the median, and one of ${NPM_PACKETS} packets of ${PACKET} units; ${cpus().length} x ${cpus()[0].model}, node ${process.version}\n\n`
  writeFileSync(out, about + lines.map((l) => `| ${l.join(' | ')} |\n`).join(''))
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
