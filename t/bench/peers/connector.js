// Row P3's peer: ilp-connector forwards between two plugins in its own memory; no HTTP, nothing stored.

import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'
import { deserializeIlpPrepare, serializeIlpFulfill } from 'ilp-packet'
import { isFulfill, measure, options, plainPackets } from './lib.js'

const { createApp } = createRequire(import.meta.url)('ilp-connector')
const PACKETS = 2000

/** An account whose other end is this program. */
class Plugin extends EventEmitter {
  static version = 2
  #answer
  constructor(answer) {
    super()
    this.#answer = answer
  }
  async connect() {}
  async disconnect() {}
  isConnected() {
    return true
  }
  registerDataHandler(handler) {
    this.receive = handler
  }
  deregisterDataHandler() {}
  registerMoneyHandler() {}
  deregisterMoneyHandler() {}
  async sendMoney() {}
  async sendData(bytes) {
    return this.#answer(bytes)
  }
}

let delivered = 0
const payer = new Plugin(() => assert.fail('nothing is sent to the payer'))
const payee = new Plugin((bytes) => {
  delivered++
  // plainPackets puts the fulfillment in front of the data
  const fulfillment = deserializeIlpPrepare(bytes).data.subarray(0, 32)
  return serializeIlpFulfill({ fulfillment, data: Buffer.alloc(0) })
})
const account = (plugin) => ({
  relation: 'peer',
  plugin,
  assetCode: 'USD',
  assetScale: 2,
  balance: { maximum: '1000000000000', minimum: '-1000000000000' },
  rateLimit: { refillCount: 100000000, capacity: 100000000 },
  sendRoutes: false, // the static route is enough
  receiveRoutes: false
})
const app = createApp({
  ilpAddress: 'test.bench',
  backend: 'one-to-one',
  spread: 0.005,
  accounts: { payer: account(payer), payee: account(payee) },
  routes: [{ targetPrefix: 'test.next', peerId: 'payee' }]
})
await app.listen()

let fulfilled = 0
async function one({ bytes, fulfillment }) {
  const reply = await payer.receive(bytes)
  assert.ok(isFulfill(reply, fulfillment))
  fulfilled++
}

const make = () => plainPackets(PACKETS, 'test.next.payee', 1000)
await measure({ row: 'P3', what: 'ilp-connector, in memory, nothing stored', make, one, ...options() })
assert.equal(delivered, fulfilled)
await app.shutdown()
process.exit(0)
