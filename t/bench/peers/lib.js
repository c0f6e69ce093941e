// What both measurements share: packets made beforehand, 128 in flight, the best honest figures.

import { createHash, randomBytes } from 'node:crypto'
import { serializeIlpPrepare } from 'ilp-packet'

const LIFE_MS = 30000

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest()

/** True for a Fulfill with that fulfillment, at the least cost to what is measured. */
export const isFulfill = (reply, fulfillment) => reply[0] === 13 && reply.includes(fulfillment)

/** The bytes of a Prepare for data whose fulfillment is known. */
export function prepare(destination, data, fulfillment, amount) {
  return serializeIlpPrepare({
    amount: String(amount),
    expiresAt: new Date(Date.now() + LIFE_MS),
    executionCondition: sha256(fulfillment),
    destination,
    data
  })
}

/** Distinct packets without STREAM: [{bytes, fulfillment}]. */
export function plainPackets(count, destination, amount) {
  return Array.from({ length: count }, () => {
    const fulfillment = randomBytes(32)
    return { bytes: prepare(destination, Buffer.concat([fulfillment, randomBytes(64)]), fulfillment, amount), fulfillment }
  })
}

/**
 * Runs `one(packet)` over packets of `make()`, `inFlight` at once, for `seconds`; packets are made
 * outside the measured time, since a sender makes them. Prints one line of JSON.
 */
export async function measure({ row, what, make, one, seconds, runs, inFlight }) {
  const rates = []
  for (let run = 0; run <= runs; run++) {
    const length = run === 0 ? Math.min(seconds, 1) : seconds // the first one warms up
    let spentMs = 0
    let done = 0
    while (spentMs < length * 1000) {
      const packets = make()
      const begun = performance.now()
      let next = 0
      const worker = async () => {
        while (next < packets.length) await one(packets[next++])
      }
      await Promise.all(Array.from({ length: inFlight }, worker))
      spentMs += performance.now() - begun
      done += packets.length
    }
    if (run > 0) rates.push((done * 1000) / spentMs)
  }
  rates.sort((a, b) => a - b)
  console.log(JSON.stringify({
    row,
    what,
    runs,
    perSecond: rates[rates.length >> 1],
    min: rates[0],
    max: rates[rates.length - 1]
  }))
}

/** --seconds N --runs N of the command line. */
export function options() {
  const of = (name, otherwise) => {
    const i = process.argv.indexOf(name)
    return i < 0 ? otherwise : Number(process.argv[i + 1])
  }
  return { seconds: of('--seconds', 3), runs: of('--runs', 5), inFlight: of('--connections', 128) }
}
