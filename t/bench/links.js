// One payment from node to node over each kind of link: ILP over HTTP, the same with answers that come later, the
// same over TLS, and BTP. Between the two lies a relay that holds every byte back for half the round trip, each way.
//
// Usage: t/bench/links [--short] [--out FILE]. --short: a few packets, which judges no figure, only that everything
// came out right. Ends in one line: N passed, M failed.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../scenario/lib/http.js'
import { FlorinNode } from '../scenario/lib/node.js'

const short = process.argv.includes('--short')
const out = process.argv.includes('--out') && process.argv[process.argv.indexOf('--out') + 1]
const PACKET = 1000n // units, the links' largest
const PACKETS = short ? 100n : 10000n
const RUNS = short ? 1 : 3
const ROUND_TRIPS = [0, 20]
const LINKS = {
  http: (port) => `http://127.0.0.1:${port}/ilp`,
  'http, answers later': (port) => `async+http://127.0.0.1:${port}/ilp`,
  https: (port) => `https://127.0.0.1:${port}/ilp`,
  btp: (port) => `btp+ws://127.0.0.1:${port}/ilp/btp`
}

const dir = mkdtempSync(join(tmpdir(), 'florin-links-'))
const file = (name) => join(dir, name)
const openssl = (...args) => execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] })

/** An authority, and its certificate for loopback. */
function certificates() {
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  openssl('req', '-x509', ...ec, '-days', '2', '-subj', '/CN=bench authority', '-keyout', file('ca.key'), '-out', file('ca.pem'))
  writeFileSync(file('ext'), 'subjectAltName=IP:127.0.0.1\n')
  openssl('req', ...ec, '-subj', '/CN=bench', '-keyout', file('key'), '-out', file('csr'))
  openssl('x509', '-req', '-in', file('csr'), '-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial', '-days', '2', '-extfile', file('ext'), '-out', file('crt'))
}

/** Passes bytes on, each `ms` later. */
class Relay {
  async start(targetPort) {
    this.ms = 0
    this.sockets = new Set()
    this.server = net.createServer((from) => {
      const to = net.connect(targetPort, '127.0.0.1')
      this.#join(from, to)
      this.#join(to, from)
    })
    await new Promise((done) => this.server.listen(0, '127.0.0.1', done))
    this.port = this.server.address().port
  }

  #join(from, to) {
    from.setNoDelay(true)
    this.sockets.add(from)
    const later = (work) => (this.ms ? setTimeout(work, this.ms) : work())
    from.on('data', (bytes) => later(() => to.writable && to.write(bytes)))
    from.on('end', () => later(() => to.end()))
    from.on('error', () => to.destroy())
    from.on('close', () => this.sockets.delete(from))
  }

  close() {
    for (const s of this.sockets) s.destroy()
    this.server.close()
  }
}

const minor = (units) => `${units / 100n}.${(units % 100n).toString().padStart(2, '0')}`

async function addPeer(node, name, address, url, outgoing, incoming) {
  await node.ok(
    ...['peer', 'add', name, '--asset', 'USD', '--ilp-address', address, '--url', url, '--outgoing-token', outgoing],
    ...['--incoming-token', incoming, '--credit-limit', '1000000000.00', '--max-packet', '10.00']
  )
}

/** `florin pay` of that many packets -> packets per second. */
async function pays(payer, payee) {
  const before = await payee.balance('till')
  const payment = await payer.ok('pay', 'purse', `${payee.url}/till`, '--send', minor(PACKETS * PACKET), '--yes')
  assert.equal(payment.state, 'COMPLETED')
  assert.equal((await payee.balance('till')) - before, PACKETS * PACKET)
  return (payment.packets * 1000) / payment.elapsedMs
}

/** -> {round trip: packets per second} */
async function measure(url, secure) {
  const tls = { FLORIN_SERVER_TLS_CERTIFICATE: file('crt'), FLORIN_SERVER_TLS_KEY: file('key') }
  const payer = await FlorinNode.create('payer', dir, { env: { FLORIN_OUTBOUND_CA_FILE: file('ca.pem') } })
  const payee = await FlorinNode.create('payee', dir, secure ? { scheme: 'https', env: tls } : {})
  const relay = new Relay()
  const rates = {}
  try {
    await payer.serve()
    await payee.serve()
    await relay.start(payee.port)
    await payer.ok('wallet', 'add', 'purse', '--asset', 'USD')
    await payer.ok('deposit', 'purse', '100000000.00')
    await payee.ok('wallet', 'add', 'till', '--asset', 'USD')
    const [there, back] = [randomUUID(), randomUUID()]
    await addPeer(payer, 'payee', payee.address, url(relay.port), there, back)
    // Its answers go to where it knows the payer.
    const dials = url(0).startsWith('btp')
    await addPeer(payee, 'payer', payer.address, dials ? 'btp:' : `${payer.url}/ilp`, back, there)
    if (dials) await until('the link', async () => (await payer.ok('peer', 'show', 'payee')).linkedAt, 40000)
    if (!short) await pays(payer, payee)
    for (const ms of ROUND_TRIPS) {
      relay.ms = ms / 2
      const all = []
      for (let run = 0; run < RUNS; run++) all.push(await pays(payer, payee))
      rates[ms] = all.sort((a, b) => a - b)[RUNS >> 1]
    }
    for (const node of [payer, payee]) await node.ok('audit')
  } finally {
    relay.close()
    await payer.stop()
    await payee.stop()
  }
  return rates
}

let passed = 0
let failed = 0
const rows = []
try {
  certificates()
  for (const [name, url] of Object.entries(LINKS)) {
    try {
      const rates = await measure(url, name === 'https')
      rows.push([name, ...ROUND_TRIPS.map((ms) => rates[ms].toFixed(0))])
      console.log(`${name}: ${ROUND_TRIPS.map((ms) => `${rates[ms].toFixed(0)} packets/s at ${ms} ms`).join(', ')}`)
      passed++
    } catch (e) {
      failed++
      console.log(`not ok: ${name}: ${e.message}`)
    }
  }
} finally {
  rmSync(dir, { recursive: true, force: true })
}
if (out) {
  const head = ['link', ...ROUND_TRIPS.map((ms) => `packets/s at ${ms} ms`)]
  const lines = [head, head.map(() => '---'), ...rows]
  const about = `${RUNS} runs of ${PACKETS} packets of ${PACKET} units, the median; ${cpus().length} x ${cpus()[0].model}, node ${process.version}\n\n`
  writeFileSync(out, about + lines.map((l) => `| ${l.join(' | ')} |\n`).join(''))
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
