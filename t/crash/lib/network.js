// Three nodes under a mix of payments, and what must hold when they have come to rest.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { sleep, until } from '../../scenario/lib/http.js'
import { connectionOf } from '../../scenario/lib/incoming.js'
import { StreamSender } from '../../scenario/lib/link.js'
import { peerNodes } from '../../scenario/lib/node.js'
import { addPeer, units } from '../../scenario/lib/setups.js'

const FUNDS = 10000000n // of each paying wallet, in smallest units
const REST_MS_MAX = 90000
const FINAL = ['COMPLETED', 'FAILED', 'CANCELLED']

/** mulberry32: the same seed makes the same choices. */
export function seeded(seed) {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let x = Math.imul(state ^ (state >>> 15), state | 1)
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61)
    return ((x ^ (x >>> 14)) >>> 0) % below
  }
}

export class Network {
  static async start(t, random) {
    const n = new Network()
    n.random = random
    const env = {
      FLORIN_ILP_MAX_HOLD_S: '2',
      FLORIN_ILP_MIN_MESSAGE_WINDOW_MS: '200', // so that packets of 2 s pass a connector
      FLORIN_SERVER_LOG_LEVEL: process.env.CRASH_LOG ?? 'warn'
    }
    n.alpha = await t.serving('alpha', { env })
    n.center = await t.serving('center', { env })
    n.omega = await t.serving('omega', { env })
    n.nodes = [n.alpha, n.center, n.omega]
    // With a small packet cap payments have several packets in flight, and a probe that dies on the way
    // (a connector can't tell it from money) lists no more than a packet of money would.
    const limits = ['--credit-limit', '10000000.00', '--max-packet', '10.00']
    const uplink = { aLimits: [...limits, '--route', 'test'], bLimits: [...limits, '--spread-bps', '50'] }
    await peerNodes(n.alpha, n.center, 'USD', uplink)
    await peerNodes(n.omega, n.center, 'EUR', uplink)
    for (const code of ['USD', 'EUR']) await n.center.ok('asset', 'deposit', code, '1000000.00')
    await n.alpha.ok('wallet', 'add', 'alice', '--asset', 'USD')
    await n.alpha.ok('wallet', 'add', 'anna', '--asset', 'USD')
    await n.omega.ok('wallet', 'add', 'bob', '--asset', 'EUR')
    await n.omega.ok('wallet', 'add', 'carla', '--asset', 'EUR')
    await addPeer(n.omega, 'payer', { asset: 'EUR', token: 'token-payer', creditLimit: '10000000.00' })
    n.payerLink = t.link(n.omega, 'token-payer')
    n.requests = [] // {id, amount, seen}: incoming payments that were confirmed, and Fulfills for them
    n.confirmed = 0n
    for (const [node, name] of [[n.alpha, 'alice'], [n.omega, 'bob']]) await node.ok('deposit', name, '100000.00')
    n.started = 0
    const even = { gap: 0n, owed: 0n, due: 0n }
    n.before = { alpha: even, omega: even }
    return n
  }

  /**
   * Payments without end, until stopLoad: from alpha to omega (`forth`) or the other way (`back`), and
   * inside alpha. One direction at a time, since the two would hide each other's differences.
   */
  startLoad(direction) {
    this.loading = true
    const { alpha, omega } = this
    const forth = [alpha, 'alice', `${omega.url}/bob`, 'USD', 5]
    const back = [omega, 'bob', `${alpha.url}/alice`, 'EUR', 5]
    const inside = [alpha, 'alice', `${alpha.url}/anna`, 'USD', 200]
    const cross = direction === 'forth' ? forth : back
    this.direction = direction
    this.workers = [cross, cross, cross, cross, inside].map((of) => this.#pays(...of))
    this.workers.push(this.#requests(), this.#requests())
  }

  async #pays(node, walletAddress, receiver, assetCode, pauseMs) {
    while (this.loading) {
      const value = String(2 + this.random(9000))
      try {
        const debitAmount = { value, assetCode, assetScale: 2 }
        const q = await node.admin('POST', '/quotes', { walletAddress, receiver, debitAmount })
        if (q.status === 201) {
          const p = await node.admin('POST', '/outgoing-payments', { quoteId: q.json().id })
          if (p.status === 201) this.started++
        }
      } catch {
        // The node is dead at this moment; what it did is judged by its books.
      }
      await sleep(pauseMs)
    }
  }

  /** carla asks for payments, and a scripted peer pays each with packets up to its amount or its time. */
  async #requests() {
    while (this.loading) {
      const amount = 100n + BigInt(this.random(3000))
      const body = {
        walletAddress: 'carla',
        incomingAmount: { value: String(amount), assetCode: 'EUR', assetScale: 2 },
        ...(this.random(4) ? {} : { expiresAt: new Date(Date.now() + 500).toISOString() })
      }
      try {
        const made = await this.omega.admin('POST', '/incoming-payments', body, { 'idempotency-key': randomUUID() })
        if (made.status === 201) await this.#payRequest(made.json().id, amount)
      } catch {
        // The node is dead at this moment.
      }
      await sleep(20)
    }
  }

  async #payRequest(id, amount) {
    const request = { id, amount, seen: 0n }
    const sender = new StreamSender(this.payerLink, connectionOf(this.omega, 'carla', id))
    this.requests.push(request)
    for (let refused = 0; this.loading && refused < 8; ) {
      const sent = await Promise.all(
        Array.from({ length: 4 }, async () => {
          const units = 1n + BigInt(this.random(400))
          const r = await sender.send({ amount: units }).catch(() => null)
          if (r?.valid) request.seen += units
          return r?.valid
        })
      )
      refused += sent.filter((ok) => !ok).length
    }
  }

  async stopLoad() {
    this.loading = false
    await Promise.all(this.workers)
  }

  /** Every payment is final, nothing is held. */
  async rest() {
    await until('every payment to end', async () => (await this.#unfinished()) === 0, REST_MS_MAX)
  }

  async #unfinished() {
    let n = 0
    for (const node of this.nodes) {
      const payments = await listAll(node, '/outgoing-payments')
      n += payments.filter((p) => !FINAL.includes(p.state)).length
      const peers = await listAll(node, '/peers')
      n += peers.filter((p) => p.pending.value !== '0').length
    }
    return n
  }

  /** What must be true of the money of nodes at rest. */
  async check() {
    for (const node of this.nodes) {
      const r = await node.audit()
      assert.equal(r.code, 0, `audit of ${node.name}:\n${r.stdout}${r.stderr}`)
      for (const p of await listAll(node, '/outgoing-payments')) {
        const [debit, sent, refunded, doubt] = [p.debitAmount, p.sentAmount, p.refundedAmount, p.inDoubtAmount].map(units)
        assert.equal(sent + refunded, debit, `${node.name} payment ${p.id}`)
        assert.ok(doubt <= sent)
      }
    }
    await this.#conserved(this.alpha, ['alice', 'anna'])
    await this.#conserved(this.omega, ['bob', 'carla'], await this.omega.peerBalance('payer'))
    await this.#requestsKept()
    await this.#booksAgree()
  }

  /** What was deposited is in wallets, owed to the connector, or in doubt: nothing made, nothing lost. */
  async #conserved(node, wallets, others = 0n) {
    let sum = others + (await node.peerBalance('center'))
    for (const w of wallets) sum += await node.balance(w)
    for (const d of await listAll(node, '/doubts')) if (d.payment) sum += units(d.amount)
    assert.equal(sum, FUNDS, `${node.name} holds what was deposited`)
  }

  /** What was confirmed is there: each request, and each packet whose Fulfill came; none is above its amount. */
  async #requestsKept() {
    for (const { id, amount, seen } of this.requests) {
      const r = await this.omega.admin('GET', `/incoming-payments/${id}`)
      assert.equal(r.status, 200, `incoming payment ${id} was confirmed`)
      const { state, receivedAmount } = r.json()
      const received = units(receivedAmount)
      const what = `incoming payment ${id} of ${amount}: ${received} received, ${seen} confirmed, ${state}`
      assert.ok(received >= seen && received <= amount, what)
      assert.equal(state === 'COMPLETED', received === amount, what)
      this.confirmed += seen
    }
    this.requests = []
  }

  /**
   * A peering has two books. On each hop of the money's way the payee's claim may have grown beyond
   * what the payer's book says, by no more than the payer's list of doubts has, and never the other way.
   */
  async #booksAgree() {
    const { alpha, center, omega, direction } = this
    const now = {
      alpha: { gap: await gap(alpha, center), owed: await doubts(alpha, center), due: await doubts(center, alpha) },
      omega: { gap: await gap(omega, center), owed: await doubts(omega, center), due: await doubts(center, omega) }
    }
    for (const edge of ['alpha', 'omega']) {
      const list = (edge === 'alpha') === (direction === 'forth') ? 'owed' : 'due'
      const grown = now[edge].gap - this.before[edge].gap
      const listed = now[edge][list] - this.before[edge][list]
      const what = `books of ${edge} and center differ by ${grown} more, ${listed} more was listed (${direction})`
      assert.ok(grown >= 0n && grown <= listed, what)
    }
    this.before = now
  }

  /** By each other's statements the neighbours' books come to agree, and nothing between them stays in doubt. */
  async reconcile() {
    const { alpha, center, omega } = this
    for (const edge of [alpha, omega]) {
      const differed = await gap(edge, center)
      const admitted = (await reconcileWith(edge, center)) + (await reconcileWith(center, edge))
      assert.equal(admitted, differed, `${edge.name} and center admit what their books differ by`)
      await reconcileWith(edge, center) // the claims of the one that went first are admitted now
      assert.equal(await gap(edge, center), 0n, `books of ${edge.name} and center after reconciling`)
      for (const [node, peer] of [[edge, center], [center, edge]]) {
        const left = (await listAll(node, '/doubts')).filter((d) => d.peer === peer.name)
        assert.deepEqual(left, [], `${node.name} has nothing in doubt with ${peer.name}`)
      }
      this.reconciled = (this.reconciled ?? 0n) + admitted
    }
    for (const node of this.nodes) {
      const r = await node.audit()
      assert.equal(r.code, 0, `audit of ${node.name} after reconciling:\n${r.stdout}${r.stderr}`)
    }
    const even = { gap: 0n, owed: 0n, due: 0n }
    this.before = { alpha: even, omega: even }
  }
}

/** What the books of `node` have of all packets between it and `peer`: {sent, received}. */
async function packetsEver(node, peer) {
  const { lines } = (await node.admin('GET', `/peers/${peer.name}/statement`)).json()
  const amount = (from) => lines.find((l) => l.item === 'packets_ever' && l.from === from).amount
  return { sent: amount(node.address), received: amount(peer.address) }
}

/** Ends what `node` has in doubt with `peer` by the peer's statement. */
async function reconcileWith(node, peer) {
  const { sent, received } = await packetsEver(peer, node)
  const r = await node.admin('POST', `/peers/${peer.name}/reconcile`, { received, sent })
  assert.equal(r.status, 200, `${node.name} with ${peer.name}: ${r.text()}`)
  return units(r.json().admitted)
}

/** How much more one side claims than the other side's book admits. */
export async function gap(a, b) {
  return -(await b.peerBalance(a.name)) - (await a.peerBalance(b.name))
}

/** What `node` lists as perhaps owed to its peer `to`. */
export async function doubts(node, to) {
  const list = (await listAll(node, '/doubts')).filter((d) => d.peer === to.name && d.direction === 'we_may_owe')
  return list.reduce((sum, d) => sum + units(d.amount), 0n)
}

export async function listAll(node, path) {
  const items = []
  let cursor = null
  do {
    const page = (await node.admin('GET', `${path}?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`)).json()
    items.push(...page.items)
    cursor = page.nextCursor
  } while (cursor)
  return items
}
