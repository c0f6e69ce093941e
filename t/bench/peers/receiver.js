// Row P1's peer: @interledger/stream-receiver answers Prepares in plain node; no HTTP, nothing stored.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { deserializeIlpPrepare, serializeIlpReply } from 'ilp-packet'
import * as stream from '../../scenario/lib/stream.js'
import { isFulfill, measure, options, prepare } from './lib.js'

const { StreamServer } = createRequire(import.meta.url)('@interledger/stream-receiver')
const PACKETS = 2000
const MONEY = { name: 'StreamMoney', streamId: 1n, shares: 1n }

const server = new StreamServer({ serverSecret: randomBytes(32), serverAddress: 'test.bench' })
const { ilpAddress, sharedSecret } = server.generateCredentials()
let sequence = 0n

function make() {
  return Array.from({ length: PACKETS }, () => {
    const plain = stream.encode({ packetType: 12, sequence: ++sequence, amount: 1n, frames: [MONEY] })
    const data = stream.seal(sharedSecret, plain)
    const fulfillment = stream.fulfillment(sharedSecret, data)
    return { bytes: prepare(ilpAddress, data, fulfillment, 1), fulfillment }
  })
}

async function one({ bytes, fulfillment }) {
  const money = server.createReply(deserializeIlpPrepare(bytes))
  assert.equal(typeof money.accept, 'function')
  const reply = serializeIlpReply(money.accept())
  assert.ok(isFulfill(reply, fulfillment))
}

await measure({ row: 'P1', what: '@interledger/stream-receiver, no HTTP, nothing stored', make, one, ...options() })
