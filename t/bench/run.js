// The comparisons of t/bench/run and t/bench/p5: runs, checks what came out, prints tables.

import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { arch, cpus, release, tmpdir, totalmem } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const has = (word) => process.argv.includes(word)
const after = (word) => (has(word) ? process.argv[process.argv.indexOf(word) + 1] : undefined)

const short = has('--short')
const florin = resolve(process.env.FLORIN ?? `${here}/../../build-test/florin`)
const size = ['--seconds', after('--seconds') ?? (short ? '1' : '5'), '--runs', after('--runs') ?? (short ? '1' : '5')]
const transfers = process.env.FILL_TRANSFERS ?? (short ? '20000' : '10000000')
const payments = process.env.FILL_PAYMENTS ?? (short ? '2000' : '1000000')
const STEP_MS = 3600000
const IN_FLIGHT = 128
const NGINX_PORT = 4999
const NGINX_MS = 3000
const only = after('--only') // packets, api or store; all of them where nothing is said

let passed = 0
let failed = 0

function check(what, ok, why = '') {
  if (ok) passed++
  else failed++
  if (!ok) console.log(`not ok: ${what}${why && `: ${why}`}`)
  return ok
}

/** Runs a program to its end; its stdout, or null after a failed check. */
function output(what, program, args, env = {}) {
  const r = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'], // each run is told there
    timeout: STEP_MS,
    maxBuffer: 1 << 28
  })
  const ok = check(what, r.status === 0, `${r.error ?? ''}`)
  return ok ? r.stdout : null
}

/** Rows of `florin bench PART`, which has checked fulfillments, balances and audit. */
function bench(part, what, extra = [], env = {}) {
  const text = output(what, florin, ['bench', part, '--json', ...size, ...extra], env)
  if (!text) return []
  const rows = JSON.parse(text).items
  for (const row of rows)
    check(`${what}: ${row.what}`, row.perSecond > 0 || row.residentMiB > 0, JSON.stringify(row))
  return rows
}

/** The row of an npm peer, on one processor like ours. */
function peer(file) {
  const args = ['-c', '0', process.execPath, `${here}/peers/${file}`, ...size, '--connections', `${IN_FLIGHT}`]
  const text = output(file, 'taskset', args)
  const line = text?.split('\n').find((l) => l.startsWith('{"row"'))
  if (!line) return []
  const row = JSON.parse(line)
  check(row.what, row.perSecond > 0, line)
  return [row]
}

// ---- tables ----

const whole = (n) => Math.round(n).toString().replace(/\B(?=(\d{3})+$)/g, ',')
const us = (n) => (!n ? '' : n < 100 ? n.toFixed(1) : whole(n))
const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

function rateTable(rows) {
  const bare = rows.find((r) => r.what === 'bare HTTP exchange')
  return table(
    ['row', 'what', 'per second', 'min to max', 'of bare HTTP', 'p50 µs', 'p99 µs', 'server CPU µs', 'load CPU µs', 'resident MiB, first to last'],
    rows.map((r) => [
      r.row,
      r.what,
      whole(r.perSecond),
      `${whole(r.min)} to ${whole(r.max)}`,
      bare ? (r.perSecond / bare.perSecond).toFixed(2) : '',
      us(r.p50Us),
      us(r.p99Us),
      us(r.cpuUs),
      us(r.loadUs),
      r.residentMiB ? `${r.residentFirstMiB.toFixed(1)} to ${r.residentMiB.toFixed(1)}` : ''
    ])
  )
}

function idleTable(rows) {
  return table(
    ['row', 'resident MiB', 'start to first answer ms', 'processor %', 'program MB, stripped'],
    rows.map((r) => ['P11', r.residentMiB.toFixed(1), whole(r.startMs), r.idlePercent.toFixed(2), strippedMb()])
  )
}

/** Size of the program as it would be installed. */
function strippedMb() {
  const script = 'f=$(mktemp) && strip -o "$f" "$0" && wc -c <"$f"; rm -f "$f"'
  const r = spawnSync('sh', ['-c', script, florin], { encoding: 'utf8' })
  return r.status === 0 ? (Number(r.stdout) / 1e6).toFixed(1) : '?'
}

function commit() {
  const git = (...args) => spawnSync('git', ['-C', here, ...args], { encoding: 'utf8' }).stdout.trim()
  return git('rev-parse', '--short=12', 'HEAD') + (git('status', '--porcelain', '-uno') ? ' with changes' : '')
}

function machine() {
  const r = (program, ...args) => (spawnSync(program, args, { encoding: 'utf8' }).stdout ?? '').trim().split('\n')[0]
  const of = (name) => r('dpkg-query', '-W', '-f', '${Version}', name) || '?'
  return [
    `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, commit ${commit()}`,
    `${cpus().length} cores, ${cpus()[0].model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()} ${arch()}`,
    `SQLite ${of('libsqlite3-0')}, libmicrohttpd ${of('libmicrohttpd12')}, libcurl ${of('libcurl4')}, OpenSSL ${of('libssl3')}, node ${process.version}`,
    `load average before the run ${loadBefore}; server on processor 0, load on processor 1, ${IN_FLIGHT} in flight, ${size[3]} run(s) of ${size[1]} s each, the median shown; databases under ${process.env.TMPDIR ?? '/tmp'}`
  ].map((line) => `- ${line}`).join('\n')
}

const loadBefore = spawnSync('cat', ['/proc/loadavg'], { encoding: 'utf8' }).stdout.trim()

// ---- the run ----

/** Row P6's yardstick, where it is installed: nginx with one worker, which answers 200 from memory. */
async function besideNginx(work) {
  if (short || spawnSync('nginx', ['-v']).status !== 0) return work([])
  const dir = mkdtempSync(join(tmpdir(), 'florin-nginx-'))
  const document = JSON.stringify({ id: 'https://wallet.example/payee', publicName: 'payee', assetCode: 'USD', assetScale: 2, authServer: 'https://wallet.example/auth', resourceServer: 'https://wallet.example/op' })
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((n) => `${n}_temp_path ${dir}/${n};`).join(' ')
  writeFileSync(`${dir}/nginx.conf`, `worker_processes 1; pid ${dir}/pid; error_log ${dir}/error.log; daemon off;
events { worker_connections 1024; }
http { ${temp} access_log off; keepalive_requests 1000000000;
server { listen 127.0.0.1:${NGINX_PORT}; location / { default_type application/json; return 200 '${document}'; } } }
`)
  const nginx = spawn('taskset', ['-c', '0', 'nginx', '-c', `${dir}/nginx.conf`], { stdio: 'inherit' })
  await new Promise((done) => setTimeout(done, NGINX_MS))
  try {
    const rows = work(['--beside', `${NGINX_PORT}`])
    for (const row of rows) if (row.what === 'the server beside') row.what = 'nginx, return 200'
    return rows
  } finally {
    nginx.kill()
    rmSync(dir, { recursive: true, force: true })
  }
}

/** P5: the parts on a node with an empty and on one with a full store, which take turns. */
function fullStore() {
  const fill = { FILL_TRANSFERS: transfers, FILL_PAYMENTS: payments }
  const rows = bench('store', 'full store beside an empty one', ['--prepare', `${here}/fill`], fill)
  const cells = []
  for (const row of ['P1', 'P3', 'P8', 'P9']) {
    const [empty, full] = ['empty', 'full'].map((w) => rows.find((r) => r.row === row && r.what.includes(w)))
    if (!empty || !full) continue
    cells.push([
      `P5 for ${row}`, whole(empty.perSecond), whole(full.perSecond),
      (full.perSecond / empty.perSecond).toFixed(2), us(empty.cpuUs), us(full.cpuUs),
      (empty.cpuUs / full.cpuUs).toFixed(2)
    ])
  }
  return `${whole(Number(transfers))} transfers and ${whole(Number(payments))} payments in the store; the two stores took turns at each run:\n\n` + table(
    ['row', 'empty /s', 'full /s', 'share', 'empty CPU µs', 'full CPU µs', 'share of CPU'], cells)
}

if (!existsSync(florin)) {
  console.log(`there is no ${florin}`)
  console.log('0 passed, 1 failed')
  process.exit(1)
}
const parts = []
const wanted = (part) => !only || only === part
if (wanted('packets')) {
  parts.push(rateTable([...bench('receive', 'receive'), ...peer('receiver.js')]))
  parts.push(rateTable([...bench('forward', 'forward'), ...peer('connector.js')]))
  parts.push(idleTable(bench('idle', 'idle')))
}
if (wanted('api')) {
  parts.push(rateTable(await besideNginx((beside) => bench('read', 'read', beside))))
  parts.push(rateTable([...bench('grant', 'grant'), ...peer('verify.js')]))
  parts.push(rateTable(bench('create', 'create')))
  parts.push(rateTable([...bench('send', 'send'), ...peer('pay.js')]))
  parts.push(rateTable(bench('local', 'local')))
}
if (wanted('store') && !has('--no-store')) parts.push(fullStore())
const text = `${machine()}\n\n${parts.join('\n\n')}\n`
console.log(text)
if (after('--out')) writeFileSync(after('--out'), text)
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
