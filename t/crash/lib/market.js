// Two wallet servers, their clients and their hosts: grants with consent, payments under them, incoming
// payments, tokens, events. Each client writes down what it was answered; that must be true for ever.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { Client } from '../../scenario/lib/client.js'
import { addHolder, ask, Holder } from '../../scenario/lib/holder.js'
import { Hook, hookEnv } from '../../scenario/lib/hook.js'
import { request, sleep, until } from '../../scenario/lib/http.js'
import { peerNodes } from '../../scenario/lib/node.js'
import { units } from '../../scenario/lib/setups.js'
import { doubts, gap, listAll } from './network.js'

const FUNDS = 100000000n // of alice, in smallest units
const REST_MS_MAX = 90000
const RETRY_MS = 50
const LIFE_MS = 86400000 // of an incoming payment: none ends by itself while the events are counted
const RETRIES_MAX = 600
const FINAL = ['COMPLETED', 'FAILED', 'CANCELLED']
const usd = (value) => ({ value: String(value), assetCode: 'USD', assetScale: 2 })
const idOf = (url) => url.split('/').pop()

export class Market {
  static async start(t, random) {
    const m = new Market()
    m.random = random
    m.t = t
    m.hooks = {}
    for (const name of ['alpha', 'omega']) {
      // Now and then a host has no time.
      const hook = await new Hook((event, nth) => (nth === 0 && random(40) === 0 ? 503 : 200)).listen()
      t.defer(() => hook.close())
      m.hooks[name] = hook
      m[name] = await t.serving(name, {
        env: {
          ...hookEnv(hook),
          FLORIN_ILP_MAX_HOLD_S: '2',
          FLORIN_LIMITS_REQUESTS_PER_ADDRESS_PER_S: '0',
          FLORIN_LIMITS_PENDING_GRANTS_PER_CLIENT: '1000', // a kill leaves some
          FLORIN_SERVER_LOG_LEVEL: process.env.CRASH_LOG ?? 'warn'
        }
      })
    }
    m.nodes = [m.alpha, m.omega]
    await peerNodes(m.alpha, m.omega, 'USD', { bLimits: ['--credit-limit', '10000000.00', '--max-packet', '10.00'] })
    await addHolder(m.alpha, 'alice', '--asset', 'USD')
    await m.alpha.ok('wallet', 'add', 'anna', '--asset', 'USD')
    await m.omega.ok('wallet', 'add', 'bob', '--asset', 'USD')
    await m.alpha.ok('deposit', 'alice', '1000000.00')
    m.shop = await Client.published(t, { publicName: 'The shop' })
    m.restless = false // clients that give back and rotate more than they pay
    m.shopTokens = new Map()
    m.clear()
    m.seen = { grants: 0, payments: 0, requests: 0, rotated: 0, revoked: 0, cancelled: 0, lost: 0 }
    return m
  }

  /** Forgets what was judged. */
  clear() {
    this.grants = [] // {id, limit, client, tokens: [{value, alive}], cancelled}
    this.payments = [] // {id, grant, debit, receiver}
    this.requests = [] // {node, url, amount, completed}
    this.unknown = 0 // payments that were asked for, and no answer came
  }

  startLoad() {
    this.loading = true
    this.workers = Array.from({ length: 4 }, () => this.#spends())
    this.failed = new Promise((_, fail) => this.workers.forEach((w) => w.catch(fail)))
    this.failed.catch(() => {}) // it is met where the load is waited for
  }

  /** However slow the machine is: there is something to judge. */
  async someMore() {
    const enough = () => this.grants.length > 0 && this.payments.length > 5 && this.requests.length > 5
    await Promise.race([this.failed, until('some payments', enough, REST_MS_MAX)])
  }

  async stopLoad() {
    this.loading = false
    await Promise.all(this.workers)
  }

  /**
   * One request again until it is answered, byte for byte the same as a client does that lost the answer.
   * -> {answer, lost}: how many answers may have been lost before. Null: the load ended.
   */
  async #insist(client, method, url, { token, json } = {}) {
    const body = json === undefined ? undefined : JSON.stringify(json)
    const headers = client.headers(method, url, { token, body })
    for (let lost = 0; lost < RETRIES_MAX; lost++) {
      const answer = await request(url, { method, headers, body, timeoutMs: 60000 }).catch(() => null)
      if (answer && answer.status < 500) return { answer, lost: lost > 0 }
      this.seen.lost++
      await sleep(RETRY_MS)
    }
    throw new Error(`no answer to ${method} ${url}`)
  }

  async #spends() {
    const holder = new Holder(this.alpha)
    const client = await Client.published(this.t)
    while (this.loading) {
      const grant = await this.#grant(holder, client)
      if (!grant) continue
      while (this.loading && grant.token && !grant.full) await this.#use(grant)
    }
  }

  /** A grant by consent, through every step; null where an answer on the way was lost for good. */
  async #grant(holder, client) {
    const limit = BigInt(500 + this.random(3000))
    const identifier = `${this.alpha.url}/alice`
    const limits = { debitAmount: usd(limit) }
    const access = [{ type: 'outgoing-payment', actions: ['create', 'read', 'list'], identifier, limits }]
    let asked, reference
    try {
      asked = await ask(holder, client, access)
      reference = (await asked.decide('accept')).interact_ref
    } catch (e) {
      if (e.code === 'ERR_ASSERTION' && !/^50\d$/.test(String(e.actual))) throw e
      await sleep(RETRY_MS)
      return null
    }
    // The consent was answered: whatever dies now, the client gets its token, or had an answer that was lost.
    const { more } = asked
    const { answer, lost } = await this.#insist(client, 'POST', more.uri, {
      token: more.access_token.value,
      json: { interact_ref: reference }
    })
    if (lost && answer.status === 401) return null
    assert.equal(answer.status, 200, `the consent was given: ${answer.text()}`)
    const { access_token: token, continue: after } = answer.json()
    const grant = { id: idOf(after.uri), limit, client, after, tokens: [], cancelled: false }
    this.#took(grant, token)
    this.grants.push(grant)
    this.seen.grants++
    return grant
  }

  #took(grant, token) {
    grant.token = { value: token.value, manage: token.manage, alive: true }
    grant.tokens.push(grant.token)
    this.alpha.secrets.add('an access token', token.value)
  }

  async #use(grant) {
    const dice = this.random(this.restless ? 9 : 30)
    if (dice === 0) return this.#rotate(grant)
    if (dice === 1) return this.#revoke(grant)
    if (dice === 2) return this.#cancel(grant)
    await Promise.all(Array.from({ length: 1 + this.random(3) }, () => this.#pay(grant)))
    await sleep(5)
  }

  async #rotate(grant) {
    const old = grant.token
    const { answer, lost } = await this.#insist(grant.client, 'POST', old.manage, { token: old.value })
    if (lost && answer.status === 404) old.alive = null // rotated, and its answer lost for too long
    if (lost && answer.status === 404) return (grant.token = null)
    assert.equal(answer.status, 200, answer.text())
    old.alive = false
    this.#took(grant, answer.json().access_token)
    this.seen.rotated++
  }

  async #revoke(grant) {
    const { answer } = await this.#insist(grant.client, 'DELETE', grant.token.manage, { token: grant.token.value })
    assert.equal(answer.status, 204, answer.text())
    grant.token.alive = false
    grant.token = null
    this.seen.revoked++
  }

  async #cancel(grant) {
    const { uri, access_token: token } = grant.after
    const { answer } = await this.#insist(grant.client, 'DELETE', uri, { token: token.value })
    assert.equal(answer.status, 204, answer.text())
    grant.cancelled = true
    for (const t of grant.tokens) t.alive = false
    grant.token = null
    this.seen.cancelled++
  }

  async #pay(grant) {
    const remote = this.random(3) === 0
    const receiver = await this.#request(remote ? this.omega : this.alpha, remote ? 'bob' : 'anna')
    if (!receiver || receiver.completed || !grant.token) return
    const debit = BigInt(1 + this.random(Number(receiver.amount ?? 300)))
    const json = { walletAddress: `${this.alpha.url}/alice`, incomingPayment: receiver.url, debitAmount: usd(debit) }
    const url = `${this.alpha.url}/op/outgoing-payments`
    const answer = await grant.client.call('POST', url, { token: grant.token.value, json }).catch(() => null)
    if (!answer) {
      this.unknown++
      return
    }
    if (answer.status === 201) {
      const body = answer.json()
      this.payments.push({ id: idOf(body.id), grant, debit, receiver })
      this.seen.payments++
      assert.ok(units(body.grantSpentDebitAmount) <= grant.limit, 'never above the limit')
    } else if (answer.status === 403 && /^unauthorized/.test(answer.json().error.description)) grant.full = true
    else assert.ok(answer.status !== 401 && answer.status !== 403, `a token that was given: ${answer.text()}`)
  }

  /** A request for money that the shop makes under a grant of its own; completed at times. */
  async #request(node, wallet) {
    const amount = this.random(2) ? null : 10n + BigInt(this.random(300))
    const json = {
      walletAddress: `${node.url}/${wallet}`,
      expiresAt: new Date(Date.now() + LIFE_MS).toISOString(),
      metadata: { n: randomUUID() },
      ...(amount ? { incomingAmount: usd(amount) } : {})
    }
    const made = await this.#shopCalls(node, 'POST', `${node.url}/op/incoming-payments`, { json })
    if (made?.status !== 201) return null
    const mine = { node, url: made.json().id, amount, completed: false }
    this.requests.push(mine)
    this.seen.requests++
    if (this.random(this.restless ? 3 : 8) === 0) {
      const done = await this.#shopCalls(node, 'POST', `${mine.url}/complete`)
      mine.completed = done?.status === 200
    }
    return mine
  }

  /** A call with a token that was given; it is good for ever. Null: the node is dead at this moment. */
  async #shopCalls(node, method, url, options = {}) {
    const token = await this.#shopToken(node)
    const answer = token && (await this.shop.call(method, url, { token, ...options }).catch(() => null))
    if (answer) assert.ok(answer.status !== 401 && answer.status !== 403, `a token that was given: ${answer.text()}`)
    return answer
  }

  async #shopToken(node) {
    const held = this.shopTokens.get(node)
    if (held && held.uses++ < 50) return held.token
    const access = [{ type: 'incoming-payment', actions: ['create', 'complete', 'read', 'list'] }]
    const g = await this.shop.grant(node, { access }).catch(() => null)
    if (g?.status !== 200) return null
    const token = g.json().access_token.value
    node.secrets.add('an access token', token)
    this.shopTokens.set(node, { token, uses: 0 })
    return token
  }

  /** Every payment is final, nothing is held, every event was taken. */
  async rest() {
    await until('payments and events to end', async () => (await this.#unfinished()) === 0, REST_MS_MAX)
  }

  async #unfinished() {
    let n = 0
    for (const node of this.nodes) {
      n += (await listAll(node, '/outgoing-payments')).filter((p) => !FINAL.includes(p.state)).length
      n += (await listAll(node, '/peers')).filter((p) => p.pending.value !== '0').length
      for (const state of ['PENDING', 'WAITING']) n += (await node.admin('GET', `/events?state=${state}`)).json().items.length
    }
    return n
  }

  async check() {
    for (const node of this.nodes) {
      const r = await node.audit()
      assert.equal(r.code, 0, `audit of ${node.name}:\n${r.stdout}${r.stderr}`)
    }
    const payments = new Map((await listAll(this.alpha, '/outgoing-payments')).map((p) => [p.id, p]))
    await this.#paymentsKept(payments)
    await this.#grantsKept(payments)
    await this.#requestsKept()
    await this.#conserved()
    const feeds = {}
    for (const node of this.nodes) feeds[node.name] = await this.#eventsArrived(node)
    this.#eventsOfAnswers(feeds, payments)
    this.clear()
  }

  async #paymentsKept(payments) {
    for (const { id, debit, receiver } of this.payments) {
      const p = payments.get(id)
      assert.ok(p, `payment ${id} was answered 201`)
      assert.deepEqual([units(p.debitAmount), p.receiver], [debit, receiver.url], id)
      assert.equal(units(p.sentAmount) + units(p.refundedAmount), debit, id)
    }
    // No more than was asked for.
    const before = this.paidBefore ?? 0
    assert.ok(payments.size - before <= this.payments.length + this.unknown, 'payments that nobody asked for')
    this.paidBefore = payments.size
  }

  async #grantsKept(payments) {
    for (const grant of this.grants) {
      const r = await this.alpha.admin('GET', `/grants/${grant.id}`)
      assert.equal(r.status, 200, `grant ${grant.id} was answered 200`)
      const { state, reason, access } = r.json()
      assert.deepEqual([state, reason], ['FINALIZED', grant.cancelled ? 'REVOKED' : 'ISSUED'], grant.id)
      const spent = access.find((a) => a.type === 'outgoing-payment').spentDebitAmount
      const seen = this.payments.filter((p) => p.grant === grant)
      const sum = seen.reduce((n, { id }) => n + units(payments.get(id).sentAmount), 0n)
      assert.ok(sum <= grant.limit && sum <= units(spent ?? usd(0)), `grant ${grant.id}: ${sum} of ${grant.limit}`)
      if (spent) assert.ok(units(spent) <= grant.limit, `grant ${grant.id}: ${spent.value} of ${grant.limit}`)
      for (const token of grant.tokens) await this.#tokenIs(grant, token)
    }
  }

  async #tokenIs(grant, { value, alive }) {
    if (alive === null) return
    const url = `${this.alpha.url}/op/outgoing-payments?wallet-address=${encodeURIComponent(`${this.alpha.url}/alice`)}`
    const r = await grant.client.call('GET', url, { token: value })
    assert.equal(r.status, alive ? 200 : 403, `a token of grant ${grant.id}: ${r.text()}`)
    if (!alive) assert.equal(r.json().error.description, 'Inactive Token')
  }

  async #requestsKept() {
    const all = new Map()
    for (const node of this.nodes) for (const i of await listAll(node, '/incoming-payments')) all.set(i.url, i)
    for (const { url, amount, completed } of this.requests) {
      const i = all.get(url)
      assert.ok(i, `incoming payment ${url} was answered 201`)
      assert.deepEqual(i.incomingAmount, amount ? usd(amount) : null)
      if (completed) assert.equal(i.state, 'COMPLETED', url)
      if (amount) assert.ok(units(i.receivedAmount) <= amount, `${url} has ${i.receivedAmount.value} of ${amount}`)
    }
  }

  /** What was deposited is in wallets, owed to the other node, or in doubt; there it is what came. */
  async #conserved() {
    const { alpha, omega } = this
    let sum = (await alpha.balance('alice')) + (await alpha.balance('anna')) + (await alpha.peerBalance('omega'))
    for (const d of await listAll(alpha, '/doubts')) if (d.payment) sum += units(d.amount)
    assert.equal(sum, FUNDS, 'alpha holds what was deposited')
    assert.equal(await omega.balance('bob'), -(await omega.peerBalance('alpha')), 'bob has what came')
    const [differs, listed] = [await gap(alpha, omega), await doubts(alpha, omega)]
    assert.ok(differs >= 0n && differs <= listed, `the books differ by ${differs}, ${listed} is listed`)
  }

  async #eventsArrived(node) {
    const feed = []
    for (let after = ''; ; after = `&after=${feed.at(-1).id}`) {
      const { items, nextCursor } = (await node.admin('GET', `/events?limit=100${after}`)).json()
      feed.push(...items)
      if (nextCursor === null) break
    }
    const hook = this.hooks[node.name]
    hook.check() // in order for each resource, without gaps
    const taken = new Set(hook.taken().map((e) => e.id))
    for (const e of feed) assert.ok(taken.has(e.id), `${node.name}: ${e.type} of ${e.data.id} did not arrive`)
    assert.equal(taken.size, feed.length, `${node.name}: an event arrived that is not in the feed`)
    const types = new Map()
    for (const e of feed) types.set(e.data.id, [...(types.get(e.data.id) ?? []), e.type])
    return types
  }

  /** What a client was told has its events. */
  #eventsOfAnswers(feeds, payments) {
    for (const { id } of this.payments) {
      const types = feeds.alpha.get(id) ?? []
      const ends = types.filter((type) => /\.(completed|failed|cancelled)$/.test(type))
      const end = `outgoing_payment.${payments.get(id).state.toLowerCase()}`
      assert.equal(types[0], 'outgoing_payment.created', id)
      assert.deepEqual(ends, [end], id)
    }
    for (const { node, url, completed } of this.requests) {
      const types = feeds[node.name].get(idOf(url)) ?? []
      assert.equal(types[0], 'incoming_payment.created', url)
      if (completed) assert.ok(types.includes('incoming_payment.completed'), url)
    }
  }
}
