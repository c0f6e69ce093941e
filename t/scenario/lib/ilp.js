// ILPv4 packets (RFC 0027): the scenarios' own encoder and decoder.

import { Reader, Malformed, u64, varOctets } from './oer.js'
import { createHash } from 'node:crypto'

export const PREPARE = 12
export const FULFILL = 13
export const REJECT = 14

/** The condition that peer protocols such as ILDCP use: SHA-256 of 32 zero bytes. */
export const PEER_CONDITION = sha256(Buffer.alloc(32))

export function sha256(bytes) {
  return createHash('sha256').update(bytes).digest()
}

/** Milliseconds since the epoch to the 17 digits of the wire. */
export function timestamp(ms) {
  return new Date(ms).toISOString().replace(/[^0-9]/g, '')
}

function parseTimestamp(bytes) {
  const text = bytes.toString('latin1')
  const m = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})$/.exec(text)
  if (!m) throw new Malformed('timestamp')
  const iso = `${m[1]}-${m[2]}-${m[3]}T${m[4]}:${m[5]}:${m[6]}.${m[7]}Z`
  const ms = Date.parse(iso)
  // Date rolls 29 February over to March: what is written back must be what was read.
  if (Number.isNaN(ms) || timestamp(ms) !== text) throw new Malformed('timestamp')
  return ms
}

const SCHEMES = 'g|private|example|local|self|peer|test[123]?'
const ADDRESS = new RegExp(`^(${SCHEMES})(\\.[A-Za-z0-9_~-]+)+$`)

export function isAddress(text) {
  return text.length <= 1023 && ADDRESS.test(text)
}

/** {type, amount, expiresAt (ms), condition, destination, data} and the like to bytes. */
export function encode(p) {
  const data = p.data ?? Buffer.alloc(0)
  let body
  switch (p.type) {
    case PREPARE:
      body = [
        u64(p.amount),
        Buffer.from(p.expiresAtWire ?? timestamp(p.expiresAt), 'latin1'),
        p.condition,
        varOctets(Buffer.from(p.destination, 'latin1')),
        varOctets(data)
      ]
      break
    case FULFILL:
      body = [p.fulfillment, varOctets(data)]
      break
    case REJECT:
      body = [
        Buffer.from(p.code, 'latin1'),
        varOctets(Buffer.from(p.triggeredBy ?? '', 'latin1')),
        varOctets(Buffer.isBuffer(p.message) ? p.message : Buffer.from(p.message ?? '')),
        varOctets(data)
      ]
      break
    default:
      throw new Error(`no packet type ${p.type}`)
  }
  return Buffer.concat([Buffer.from([p.type]), varOctets(Buffer.concat(body))])
}

/** Bytes to the same shape; throws Malformed. Bytes after the last field are ignored. */
export function decode(bytes) {
  const outer = new Reader(bytes)
  const type = outer.u8()
  if (type < PREPARE || type > REJECT) throw new Malformed(`type ${type}`)
  const r = new Reader(outer.varOctets())
  const p = { type }
  switch (type) {
    case PREPARE:
      p.amount = r.u64()
      p.expiresAt = parseTimestamp(r.octets(17))
      p.condition = r.octets(32)
      p.destination = r.varOctets().toString('latin1')
      if (!isAddress(p.destination)) throw new Malformed('destination')
      break
    case FULFILL:
      p.fulfillment = r.octets(32)
      break
    case REJECT: {
      p.code = r.octets(3).toString('latin1')
      p.triggeredBy = r.varOctets().toString('latin1')
      if (p.triggeredBy !== '' && !isAddress(p.triggeredBy)) throw new Malformed('triggeredBy')
      const message = r.varOctets()
      if (message.length > 8191) throw new Malformed('message too long')
      p.message = Buffer.from(message)
      break
    }
  }
  p.data = Buffer.from(r.varOctets())
  if (p.data.length > 32767) throw new Malformed('data too long')
  return p
}

export function reject(code, message = '', { triggeredBy = 'test.peer', data } = {}) {
  return encode({ type: REJECT, code, triggeredBy, message, data })
}

/** The 16 bytes that F08 carries, read as {received, maximum}. */
export function f08(data) {
  const r = new Reader(data)
  return { received: r.u64(), maximum: r.u64() }
}

export function f08Data(received, maximum) {
  return Buffer.concat([u64(received), u64(maximum)])
}
