// Runs the scenarios, a line each as they end, and ends with `N passed, M failed`.
//
//   runner.js DIRECTORY [WORD...]    only tests whose file or name contains one of the words
//
// A test file exports `tests`: an object of name -> async (t) => {...}. `t` gives nodes, peers and
// links, and takes them away again whatever happened. At the end every node must pass its audit, and no
// log may hold a secret.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { FlorinNode } from './node.js'
import { FakePeer } from './peer.js'
import { Link } from './link.js'

const TEST_MS_MAX = 90000
const JOBS = 4 // tests at a time (JOBS in the environment): most of them wait for a clock

class Context {
  constructor() {
    this.dir = mkdtempSync(join(tmpdir(), 'florin-scenario-'))
    this.nodes = []
    this.peers = []
    this.deferred = []
  }

  defer(fn) {
    this.deferred.push(fn)
  }

  /** A node that was initialised, not started. */
  async node(name = 'florin', options = {}) {
    const node = await FlorinNode.create(name, this.dir, options)
    this.nodes.push(node)
    this.defer(() => node.kill())
    return node
  }

  async serving(name, options) {
    const node = await this.node(name, options)
    return node.serve()
  }

  async peer(address) {
    const peer = await new FakePeer(address).listen()
    this.peers.push(peer)
    this.defer(() => peer.close())
    return peer
  }

  link(node, token) {
    const link = new Link(node, token)
    this.defer(() => link.close())
    return link
  }

  /** Every secret of the test that stands in the log of any of its nodes. */
  leaks() {
    const all = [...this.nodes.map((n) => n.secrets)]
    for (const peer of this.peers) for (const r of peer.receivers.values()) all.push(r.told)
    return this.nodes.flatMap((node) =>
      all.flatMap((secrets) => [...secrets.foundIn(node.log)].map((what) => `the log of ${node.name} holds ${what}`))
    )
  }

  async finish() {
    const problems = this.leaks()
    for (const node of this.nodes) {
      const r = await node.audit()
      if (r.code !== 0) problems.push(`audit of ${node.name}: exit ${r.code}\n${r.stdout}${r.stderr}`)
    }
    if (problems.length) throw new Error(problems.join('\n'))
  }

  async clear() {
    for (const fn of this.deferred.reverse()) await fn()
    rmSync(this.dir, { recursive: true, force: true })
  }
}

async function runOne(test, maxMs) {
  const t = new Context()
  let timer
  const timeout = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`not done after ${maxMs / 1000} s`)), maxMs)
  })
  try {
    await Promise.race([test(t).then(() => t.finish()), timeout])
    return null
  } catch (e) {
    const logs = t.nodes.map((n) => `--- end of the log of ${n.name}\n${n.log.split('\n').slice(-25).join('\n')}`)
    return [e.stack ?? String(e), ...logs].join('\n')
  } finally {
    clearTimeout(timer)
    await t.clear()
  }
}

/** Every test of every file, in order: [{label, test, maxMs}]. */
async function collect(directory, words) {
  const all = []
  for (const file of readdirSync(directory).filter((f) => f.endsWith('.js')).sort()) {
    const { tests, maxMs = TEST_MS_MAX } = await import(pathToFileURL(join(resolve(directory), file)))
    for (const [name, test] of Object.entries(tests)) {
      const label = `${basename(file, '.js')}: ${name}`
      if (words.length === 0 || words.some((w) => label.includes(w))) all.push({ label, test, maxMs })
    }
  }
  return all
}

async function main([directory, ...words]) {
  const waiting = await collect(directory, words)
  let passed = 0
  let failed = 0
  process.on('unhandledRejection', (e) => {
    failed++
    console.log(`FAIL something was left behind: ${e?.stack ?? e}`)
  })
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const start = Date.now()
      const problem = await runOne(next.test, next.maxMs)
      const seconds = ((Date.now() - start) / 1000).toFixed(1)
      console.log(`${problem ? 'FAIL' : 'ok  '} ${next.label} (${seconds} s)`)
      if (problem) console.log(problem.replace(/^/gm, '     '))
      if (problem) failed++
      else passed++
    }
  }
  await Promise.all(Array.from({ length: Number(process.env.JOBS ?? JOBS) }, work))
  console.log(`${passed} passed, ${failed} failed`)
  // Nothing may keep the process: what a test left open is a bug of the test, not a reason to hang.
  process.exit(failed || !passed ? 1 : 0)
}

await main(process.argv.slice(2))
