// A settlement engine as RFC 38 has it, in memory, with a ledger of its own that two of them share: what
// one is told to settle the other receives. It fails in every way that it is told to.

import { randomUUID } from 'node:crypto'
import { request, sleep } from './http.js'
import { Server } from './server.js'

export class Engine extends Server {
  /**
   * `fault(call, nth)` says how a call is answered, nth being how often the same was made before: a status;
   * 'hang' (no answer), 'drop' (the connection ends and nothing was done), 'lost' (done, but the answer is
   * lost); undefined: as the RFC says. A call is {method, path, kind, account, key, body}.
   */
  constructor({ token, fault = () => undefined } = {}) {
    super()
    this.token = token
    this.fault = fault
    this.accounts = new Set()
    this.orders = new Map() // key -> {account, amount, scale, body}
    this.calls = []
    this.problems = []
    this.onMessage = () => ({ status: 201, body: Buffer.from('pong') })
  }

  /** Another process in its place: what was kept stays, connections don't. */
  async restart() {
    await this.close()
    return this.listen(this.port)
  }

  /** How much was ordered for the account, in units of `scale`. */
  settled(account, scale = 2) {
    let sum = 0n
    for (const o of this.orders.values()) {
      if (o.account === account) sum += BigInt(o.amount) * 10n ** BigInt(scale - o.scale)
    }
    return sum
  }

  serve(req, res) {
    const chunks = []
    req.on('error', () => {})
    req.on('data', (c) => chunks.push(c))
    req.on('end', () => this.#answer(req, res, Buffer.concat(chunks)).catch((e) => this.problems.push(e)))
  }

  async #answer(req, res, body) {
    const [, what, account, part] = req.url.split('/')
    const kind = part ?? (req.method === 'DELETE' ? 'close' : 'open')
    const key = req.headers['idempotency-key']
    const call = { method: req.method, path: req.url, kind, account, key, body }
    if (what !== 'accounts') this.problems.push(new Error(`${req.method} ${req.url}`))
    if (this.token && req.headers.authorization !== `Bearer ${this.token}`) {
      this.problems.push(new Error(`authorization: ${req.headers.authorization}`))
    }
    const nth = this.calls.filter((c) => c.kind === kind && c.account === account && c.key === key).length
    this.calls.push(call)
    const fault = await this.fault(call, nth)
    if (fault === 'hang') return
    if (fault === 'drop') return void req.socket.destroy()
    if (typeof fault === 'number') return void res.writeHead(fault, { 'content-type': 'text/plain' }).end('no')
    const { status, type = 'application/json', text = '' } = this.#do(call)
    if (fault === 'lost') return void req.socket.destroy()
    res.writeHead(status, text.length ? { 'content-type': type } : {}).end(text)
  }

  #do(call) {
    const known = this.accounts.has(call.account)
    switch (call.kind) {
      case 'open': {
        const { id } = JSON.parse(call.body)
        this.accounts.add(id)
        return { status: 201 }
      }
      case 'close':
        this.accounts.delete(call.account)
        return { status: known ? 204 : 404 }
      case 'messages': {
        if (!known) return { status: 404 }
        const { status, body } = this.onMessage(call)
        return { status, text: body, type: 'application/octet-stream' }
      }
      case 'settlements':
        return known ? this.#settle(call) : { status: 404 }
      default:
        return { status: 404 }
    }
  }

  #settle({ account, key, body }) {
    const text = body.toString()
    const before = this.orders.get(key)
    if (before) return { status: before.text === text && before.account === account ? 201 : 409 }
    const { amount, scale } = JSON.parse(text)
    if (!/^(0|[1-9]\d*)$/.test(amount) || !Number.isInteger(scale)) return { status: 400 }
    this.orders.set(key, { account, amount, scale, text })
    if (this.other) this.other.engine.#credit(this.other, randomUUID(), { amount, scale })
    return { status: 201 }
  }

  /** What is ordered here is received there: by `engine`, for the account that `node` knows as `account`. */
  pays(engine, node, account) {
    this.other = { engine, node, account }
  }

  async #credit(to, key, quantity) {
    for (let tries = 0; tries < 60; tries++) {
      const r = await this.tell(to.node, to.account, key, quantity).catch(() => null)
      if (r?.status === 201) return
      await sleep(250)
    }
    this.problems.push(new Error(`the settlement ${key} was never taken`))
  }

  /** Tells the node what was received -> the HTTP answer. */
  tell(node, account, key, quantity, headers = {}) {
    return request(`${node.adminUrl}/settlement/accounts/${account}/settlements`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.token}`,
        'content-type': 'application/json',
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...headers
      },
      body: typeof quantity === 'string' ? quantity : JSON.stringify(quantity)
    })
  }

  /** Has the node carry a message to the peer's engine -> the HTTP answer. */
  say(node, account, bytes, headers = {}) {
    return request(`${node.adminUrl}/settlement/accounts/${account}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/octet-stream', ...headers },
      body: bytes,
      timeoutMs: 40000
    })
  }
}
