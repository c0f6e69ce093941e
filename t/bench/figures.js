// What a node needs for each of the things that it may have many of, as its resident memory before and after
// so many more, and how long a packet takes over one node, two and three, one at a time.
//
// Usage: t/bench/figures [--short] [--out FILE]. Ends in one line: N passed, M failed.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import * as ilp from '../scenario/lib/ilp.js'
import { Link, StreamSender, prepare } from '../scenario/lib/link.js'
import { FlorinNode, peerNodes } from '../scenario/lib/node.js'
import { sleep } from '../scenario/lib/http.js'

const short = process.argv.includes('--short')
const out = process.argv.includes('--out') && process.argv[process.argv.indexOf('--out') + 1]
const PEERS = short ? 20 : 900 // a node has at most 1000
const CONNECTIONS = short ? 20 : 600
const STREAMS = short ? 10 : 120 // a node keeps at most 128
const PACKETS = short ? 20 : 2000
const SETTLE_MS = 500
const KIB = 1024

const dir = mkdtempSync(join(tmpdir(), 'florin-figures-'))
const nodes = []
const lines = []
let passed = 0
let failed = 0

async function check(what, work) {
  try {
    await work()
    passed++
  } catch (e) {
    failed++
    console.log(`not ok: ${what}: ${e.message}`)
  }
}

function say(what, value) {
  lines.push([what, value])
  console.log(`${what}: ${value}`)
}

async function serving(name) {
  const node = await FlorinNode.create(name, dir)
  nodes.push(node)
  return node.serve()
}

/** Resident bytes of a node that has nothing to do. */
async function resident(node) {
  await sleep(SETTLE_MS)
  const text = readFileSync(`/proc/${node.child.pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+)/m.exec(text)[1]) * KIB
}

/** Does `one(i)` so many times, a few at once, and says what each left in memory. */
async function memoryOf(node, what, count, one) {
  const WARM = 5 // what is there once for all of them
  for (let i = 0; i < WARM; i++) await one(i)
  const before = await resident(node)
  let next = WARM
  const worker = async () => {
    while (next < count) await one(next++)
  }
  await Promise.all(Array.from({ length: 8 }, worker))
  const each = ((await resident(node)) - before) / (count - WARM)
  assert.ok(Number.isFinite(each))
  say(`resident memory of ${what}, of ${count}`, `${(each / KIB).toFixed(1)} KiB`)
}

async function addPeer(node, name, token, more = {}) {
  const r = await node.admin('POST', '/peers', {
    name, assetCode: 'USD', ilpAddress: `test.${name}`, url: 'http://127.0.0.1:9/ilp',
    outgoingToken: `to-${name}`, incomingToken: token, ...more
  })
  assert.equal(r.status, 201, r.text())
}

const nothing = (destination) => ilp.encode(prepare({ destination, data: randomBytes(32), expiresAt: Date.now() + 20000 }))

async function memory() {
  const node = await serving('memory')
  await node.ok('wallet', 'add', 'till', '--asset', 'USD')
  await addPeer(node, 'sender', 'token-of-sender')
  await check('peers', () => memoryOf(node, 'a peer', PEERS, (i) => addPeer(node, `peer${i}`, `token-of-peer${i}`)))
  const kept = new Link(node, 'token-of-sender')
  kept.agent.maxSockets = CONNECTIONS
  const open = []
  await check('connections', () =>
    memoryOf(node, "a peer's open HTTP connection", CONNECTIONS, async (i) => {
      const link = new Link(node, 'token-of-sender')
      open.push(link)
      assert.equal((await link.send(nothing(`test.nowhere.n${i}`))).type, ilp.REJECT)
    })
  )
  for (const link of open) link.close()
  await check('streams', () =>
    memoryOf(node, 'a STREAM connection that keeps state', STREAMS, async () => {
      const sender = new StreamSender(kept, await node.spsp('till'))
      const frames = [{ name: 'StreamData', streamId: 1n, offset: 0n, data: Buffer.from('hello') }]
      assert.ok((await sender.send({ frames })).valid)
    })
  )
  kept.close()
}

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]

/** One packet of money after the other, and what the 50th and 99th of 100 took. */
async function latency(what, sender) {
  const took = []
  for (let i = 0; i < PACKETS + 20; i++) {
    const begun = process.hrtime.bigint()
    const r = await sender.send({ amount: 10n })
    const us = Number(process.hrtime.bigint() - begun) / 1000
    assert.ok(r.valid)
    if (i >= 20) took.push(us)
  }
  took.sort((a, b) => a - b)
  say(`${what}: p50 / p99`, `${(at(took, 0.5) / 1000).toFixed(2)} / ${(at(took, 0.99) / 1000).toFixed(2)} ms`)
  return at(took, 0.5)
}

async function hops() {
  const chain = []
  for (const name of ['one', 'two', 'three']) chain.push(await serving(name))
  for (const node of chain) {
    await node.ok('wallet', 'add', 'till', '--asset', 'USD')
    await node.ok('asset', 'deposit', 'USD', '100000.00')
  }
  const limits = ['--credit-limit', '1000000.00']
  for (let i = 0; i < 2; i++) await peerNodes(chain[i], chain[i + 1], 'USD', { aLimits: limits, bLimits: limits })
  await chain[0].ok('peer', 'set', 'two', '--route', 'test.two', '--route', 'test.three')
  await addPeer(chain[0], 'sender', 'token-of-sender', { creditLimit: { value: '100000000', assetCode: 'USD', assetScale: 2 } })
  const link = new Link(chain[0], 'token-of-sender')
  const p50 = []
  for (const [i, node] of chain.entries()) {
    const what = `a packet that is received after ${i} hop${i === 1 ? '' : 's'}`
    await check(what, async () => p50.push(await latency(what, new StreamSender(link, await node.spsp('till')))))
  }
  if (p50.length === 3) say('a hop more, at the median', `${((p50[2] - p50[0]) / 2000).toFixed(2)} ms`)
  link.close()
  for (const node of chain) await check(`audit of ${node.name}`, () => node.ok('audit'))
}

try {
  await memory()
  await hops()
} finally {
  for (const node of nodes) await node.stop()
  rmSync(dir, { recursive: true, force: true })
}
if (out) {
  const table = [['what', ''], ['---', '---'], ...lines].map((l) => `| ${l.join(' | ')} |\n`).join('')
  writeFileSync(out, `${cpus().length} x ${cpus()[0].model}, node ${process.version}\n\n${table}`)
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
