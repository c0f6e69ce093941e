// @interledger/stream-receiver behind an HTTP endpoint: the set-up of production wallets.

import { createRequire } from 'node:module'
import { randomBytes } from 'node:crypto'
import * as ilp from '../../scenario/lib/ilp.js'

const require = createRequire(import.meta.url)
const packet = require('ilp-packet')

/** -> {handle(bytes) -> reply bytes, credentials(), total, packets}. */
export function serveReceiver(library, serverAddress, { maximum, asset = { code: 'USD', scale: 2 } } = {}) {
  const server = new library.StreamServer({ serverSecret: randomBytes(32), serverAddress })
  const served = {
    total: 0n,
    packets: 0,
    credentials() {
      const { ilpAddress, sharedSecret } = server.generateCredentials({ asset })
      return { destinationAccount: ilpAddress, sharedSecret: Buffer.from(sharedSecret) }
    },
    async handle(bytes) {
      const prepare = packet.deserializeIlpPrepare(bytes)
      const amount = BigInt(prepare.amount)
      if (maximum !== undefined && amount > maximum) {
        return ilp.reject('F08', '', { triggeredBy: serverAddress, data: ilp.f08Data(amount, maximum) })
      }
      const result = server.createReply(prepare)
      if (packet.isFulfill(result) || packet.isReject(result)) return packet.serializeIlpReply(result)
      served.total += amount
      served.packets++
      return packet.serializeIlpFulfill(result.accept())
    }
  }
  return served
}
