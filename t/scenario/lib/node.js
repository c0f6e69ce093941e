// One florin node in a directory of its own: init, serve, the command line, the admin API.

import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { randomUUID } from 'node:crypto'
import { freePort, request } from './http.js'
import { Secrets } from './secrets.js'

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..')

export function florinBinary() {
  if (process.env.FLORIN) return resolve(process.env.FLORIN)
  for (const path of ['build-test/florin', 'florin']) {
    if (existsSync(join(ROOT, path))) return join(ROOT, path)
  }
  throw new Error('no florin program: build it first or set FLORIN')
}

/** Runs the program to its end -> {code, signal, stdout, stderr}. */
export function run(args, { env = {}, input = '', timeoutMs = 40000 } = {}) {
  return new Promise((done, fail) => {
    const child = spawn(florinBinary(), args, { env: { ...cleanEnv(), ...env }, stdio: 'pipe' })
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (c) => (stdout += c))
    child.stderr.on('data', (c) => (stderr += c))
    child.on('error', fail)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      done({ code, signal, stdout, stderr })
    })
    child.stdin.on('error', () => {}) // a command that reads nothing may be gone already
    child.stdin.end(input)
  })
}

/** '12.5' with scale 2 -> {value: '1250'}. */
function value(decimal, scale) {
  const [whole, rest = ''] = decimal.split('.')
  if (rest.length > scale) throw new Error(`${decimal} has more than ${scale} digits`)
  return { value: BigInt(whole + rest.padEnd(scale, '0')).toString() }
}

// What the caller's shell sets for florin must not reach the nodes under test.
function cleanEnv() {
  return Object.fromEntries(Object.entries(process.env).filter(([k]) => !k.startsWith('FLORIN')))
}

export class FlorinNode {
  /** `env` holds configuration keys as FLORIN_SECTION_KEY; it is given to every command. */
  constructor(name, dir, { env = {} } = {}) {
    this.name = name
    this.dir = dir
    this.env = env
    this.log = ''
    this.secrets = new Secrets()
    this.secrets.addEnvironment(env)
  }

  static async create(name, parentDir, { address = `test.${name}`, scheme = 'http', env = {}, initArgs = [], port } = {}) {
    const node = new FlorinNode(name, join(mkdtempSync(join(parentDir, `${name}-`)), 'data'), { env })
    node.port = await freePort(port)
    node.adminPort = await freePort()
    node.url = `${scheme}://127.0.0.1:${node.port}`
    node.adminUrl = `http://127.0.0.1:${node.adminPort}`
    node.address = address
    const args = ['--public-url', node.url, '--listen', `127.0.0.1:${node.port}`]
    args.push('--admin-listen', `127.0.0.1:${node.adminPort}`, '--dev')
    if (address) args.push('--ilp-address', address) // null: a parent tells it
    await node.ok('init', ...args, ...initArgs)
    node.secrets.add('the admin token', node.adminToken())
    node.secrets.add('the master key', Buffer.from(readFileSync(join(node.dir, 'master.key'), 'utf8').trim(), 'hex'))
    return node
  }

  /** Starts the server and waits for its ready line. `env` holds for this start only. Passwords are hashed with little memory. */
  serve(env = {}) {
    const begin = this.log.length // the log goes on over restarts
    const failpoints = ['password.cheap:*:error', env.FLORIN_FAILPOINT ?? this.env.FLORIN_FAILPOINT].filter(Boolean).join()
    const child = spawn(florinBinary(), ['-C', this.dir, 'serve'], {
      env: { ...cleanEnv(), ...this.env, ...env, FLORIN_FAILPOINT: failpoints },
      stdio: ['ignore', 'pipe', 'pipe']
    })
    this.child = child
    this.exited = new Promise((done) => {
      child.on('close', (code, signal) => {
        if (this.child === child) this.child = null
        done({ code, signal })
      })
    })
    return new Promise((ready, fail) => {
      const timer = setTimeout(() => fail(new Error(`${this.name}: not ready in 20 s\n${this.log}`)), 20000)
      const look = (chunk) => {
        this.log += chunk
        const line = /^florin: ready .*$/m.exec(this.log.slice(begin))
        if (!line) return
        clearTimeout(timer)
        this.readyLine = line[0]
        ready(this)
      }
      child.stdout.on('data', look)
      child.stderr.on('data', look)
      child.on('error', fail)
      this.exited.then(({ code, signal }) => {
        clearTimeout(timer)
        fail(new Error(`${this.name}: serve ended (code ${code}, ${signal ?? 'no signal'})\n${this.log}`))
      })
    })
  }

  /** SIGTERM, then the exit it leads to. */
  async stop() {
    if (!this.child) return { code: 0, signal: null }
    this.child.kill('SIGTERM')
    return this.exited
  }

  async kill() {
    if (!this.child) return
    this.child.kill('SIGKILL')
    await this.exited
  }

  /** A command as a user types it -> {code, signal, stdout, stderr}. */
  cli(...args) {
    this.secrets.addArguments(args)
    return run(['-C', this.dir, ...args], { env: this.env })
  }

  /** The same with --json; must end with 0 and print one JSON value, which is returned. */
  async ok(...args) {
    const r = await this.cli('--json', ...args)
    if (r.code !== 0) {
      throw new Error(`florin ${args.join(' ')}: exit ${r.code ?? r.signal}\n${r.stderr}${r.stdout}`)
    }
    if (r.stdout.trim() === '') return null
    try {
      return JSON.parse(r.stdout)
    } catch {
      throw new Error(`florin --json ${args.join(' ')} printed no JSON value:\n${r.stdout}`)
    }
  }

  adminToken() {
    return readFileSync(join(this.dir, 'admin.token'), 'utf8').trim()
  }

  rates() {
    return readFileSync(join(this.dir, 'rates.json'), 'utf8')
  }

  /** One call of the admin API -> {status, headers, body, json()}. */
  admin(method, path, body, headers = {}) {
    this.secrets.addBody(body)
    return request(`${this.adminUrl}/admin/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.adminToken()}`,
        ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers
      },
      body: body === undefined ? undefined : JSON.stringify(body)
    })
  }

  /** The node's own ILP address as of now. */
  async ownAddress() {
    return (await this.admin('GET', '/whoami')).json().ilpAddress
  }

  hangUp() {
    this.child.kill('SIGHUP')
  }

  // What nearly every scenario does goes straight to the admin API: a command is a process, and costs
  // more than all that is tested. The commands have scenarios of their own.

  /** A call of the admin API that must end well -> its JSON value. */
  async call(method, path, body) {
    const r = await this.admin(method, path, body)
    if (r.status >= 300) throw new Error(`${this.name}: ${method} ${path}: ${r.status} ${r.text()}`)
    return r.json()
  }

  addWallet(name, assetCode, more = {}) {
    return this.call('POST', '/wallet-addresses', { name, assetCode, ...more })
  }

  /** `decimal` as people write it: '100.00'. */
  async deposit(wallet, decimal) {
    const { balance } = await this.call('GET', `/wallet-addresses/${wallet}/balance`)
    return this.call('POST', `/wallet-addresses/${wallet}/deposits`, { amount: { ...balance, ...value(decimal, balance.assetScale) } })
  }

  async addLiquidity(code, decimal) {
    const { scale } = await this.call('GET', `/assets/${code}`)
    const amount = { ...value(decimal, scale), assetCode: code, assetScale: scale }
    return this.call('POST', `/assets/${code}/liquidity/deposits`, { amount })
  }

  /** link: {ilpAddress, url, outgoingToken, incomingToken} of the other side. */
  async addPeer(name, assetCode, link, creditLimit = null) {
    const { scale } = await this.call('GET', `/assets/${assetCode}`)
    const limit = creditLimit === null ? {} : { creditLimit: { ...value(creditLimit, scale), assetCode, assetScale: scale } }
    return this.call('POST', '/peers', { name, assetCode, ...link, ...limit })
  }

  /** What the wallet's account holds, in smallest units. */
  async balance(wallet) {
    return BigInt((await this.call('GET', `/wallet-addresses/${wallet}/balance`)).balance.value)
  }

  /** What we owe the peer (negative: it owes us), in smallest units. */
  async peerBalance(peer) {
    return BigInt((await this.call('GET', `/peers/${peer}`)).balance.value)
  }

  /** {destination, secret} of a fresh STREAM connection to the wallet, found by SPSP. */
  async spsp(wallet) {
    const r = await request(`${this.url}/${wallet}`, { headers: { accept: 'application/spsp4+json' } })
    if (r.status !== 200) throw new Error(`SPSP of ${wallet}: ${r.status} ${r.text()}`)
    const body = r.json()
    const connection = { destination: body.destination_account, secret: Buffer.from(body.shared_secret, 'base64') }
    this.secrets.addConnection(connection)
    return connection
  }

  /** Exit status and findings of `florin audit`. */
  audit() {
    return this.cli('audit')
  }

  async metrics() {
    return (await request(`${this.adminUrl}/metrics`)).text()
  }
}

/** A bilateral peering by ILP-over-HTTP, entered on both nodes. */
export async function peerNodes(a, b, asset, { aLimits = [], bLimits = [] } = {}) {
  const ab = `token-${randomUUID()}`
  const ba = `token-${randomUUID()}`
  await a.ok('peer', 'add', b.name, ...peerArgs(b, asset, ab, ba), ...aLimits)
  await b.ok('peer', 'add', a.name, ...peerArgs(a, asset, ba, ab), ...bLimits)
}

/** `parent` gives `child` its address; both owe at most 1000.00. */
export async function adopt(parent, child, asset, { parentOptions = [], childOptions = [] } = {}) {
  const down = `token-${randomUUID()}`
  const up = `token-${randomUUID()}`
  const both = (node, outgoing, incoming) => [
    ...['--asset', asset, '--url', `${node.url}/ilp`, '--credit-limit', '1000.00'],
    ...['--outgoing-token', outgoing, '--incoming-token', incoming]
  ]
  await parent.ok('peer', 'add', child.name, '--child', ...both(child, down, up), ...parentOptions)
  await child.ok('peer', 'add', parent.name, '--parent', ...both(parent, up, down), ...childOptions)
}

function peerArgs(other, asset, outgoing, incoming) {
  const tokens = ['--outgoing-token', outgoing, '--incoming-token', incoming]
  return ['--asset', asset, '--ilp-address', other.address, '--url', `${other.url}/ilp`, ...tokens]
}
