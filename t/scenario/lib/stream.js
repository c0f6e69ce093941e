// STREAM packets, keys and envelope (RFC 0029), for the scenarios only.

import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { Reader, Malformed, varOctets, varUint } from './oer.js'
import { sha256 } from './ilp.js'

// Fields of each frame: u = VarUInt, U = saturating VarUInt, b = one byte, t = text, o = octets.
const FRAMES = {
  ConnectionClose: [0x01, 'errorCode:b', 'errorMessage:t'],
  ConnectionNewAddress: [0x02, 'sourceAccount:t'],
  ConnectionMaxData: [0x03, 'maxOffset:u'],
  ConnectionDataBlocked: [0x04, 'maxOffset:u'],
  ConnectionMaxStreamId: [0x05, 'maxStreamId:u'],
  ConnectionStreamIdBlocked: [0x06, 'maxStreamId:u'],
  ConnectionAssetDetails: [0x07, 'sourceAssetCode:t', 'sourceAssetScale:b'],
  StreamClose: [0x10, 'streamId:u', 'errorCode:b', 'errorMessage:t'],
  StreamMoney: [0x11, 'streamId:u', 'shares:u'],
  StreamMaxMoney: [0x12, 'streamId:u', 'receiveMax:U', 'totalReceived:u'],
  StreamMoneyBlocked: [0x13, 'streamId:u', 'sendMax:U', 'totalSent:u'],
  StreamData: [0x14, 'streamId:u', 'offset:u', 'data:o'],
  StreamMaxData: [0x15, 'streamId:u', 'maxOffset:u'],
  StreamDataBlocked: [0x16, 'streamId:u', 'maxOffset:u'],
  StreamReceipt: [0x17, 'streamId:u', 'receipt:o']
}
const BY_TYPE = new Map(Object.entries(FRAMES).map(([name, [type, ...fields]]) => [type, { name, fields }]))

function hmac(key, ...parts) {
  const h = createHmac('sha256', key)
  for (const part of parts) h.update(part)
  return h.digest()
}

const packetKey = (secret) => hmac(secret, 'ilp_stream_encryption')

export function fulfillment(secret, data) {
  return hmac(hmac(secret, 'ilp_stream_fulfillment'), data)
}

export function condition(secret, data) {
  return sha256(fulfillment(secret, data))
}

/** iv | tag | ciphertext. */
export function seal(secret, plaintext, iv = randomBytes(12)) {
  const cipher = createCipheriv('aes-256-gcm', packetKey(secret), iv)
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), body])
}

/** The plaintext, or null where the envelope does not authenticate. */
export function open(secret, data) {
  if (data.length < 28) return null
  const decipher = createDecipheriv('aes-256-gcm', packetKey(secret), data.subarray(0, 12))
  decipher.setAuthTag(data.subarray(12, 28))
  try {
    return Buffer.concat([decipher.update(data.subarray(28)), decipher.final()])
  } catch {
    return null
  }
}

function encodeField(kind, value) {
  switch (kind) {
    case 'b':
      return Buffer.from([Number(value)])
    case 't':
      return varOctets(Buffer.from(value))
    case 'o':
      return varOctets(value)
    default:
      return varUint(value)
  }
}

function decodeField(kind, r) {
  switch (kind) {
    case 'b':
      return r.u8()
    case 't':
      return r.varOctets().toString()
    case 'o':
      return Buffer.from(r.varOctets())
    default:
      return r.varUint(kind === 'U')
  }
}

/** {packetType, sequence, amount, frames: [{name, ...}]} to the plaintext. */
export function encode({ packetType, sequence, amount, frames = [], version = 1 }) {
  const parts = [Buffer.from([version, packetType]), varUint(sequence), varUint(amount), varUint(frames.length)]
  for (const frame of frames) {
    const [type, ...fields] = FRAMES[frame.name]
    const body = fields.map((f) => encodeField(f.split(':')[1], frame[f.split(':')[0]]))
    parts.push(Buffer.from([type]), varOctets(Buffer.concat(body)))
  }
  return Buffer.concat(parts)
}

/** The reverse; throws Malformed. Unknown frames come back as {type, length}. */
export function decode(plaintext) {
  const r = new Reader(plaintext)
  if (r.u8() !== 1) throw new Malformed('STREAM version')
  const packet = { packetType: r.u8(), sequence: r.varUint(), amount: r.varUint(), frames: [] }
  const count = r.varUint()
  for (let i = 0n; i < count; i++) {
    const type = r.u8()
    const body = new Reader(r.varOctets())
    const known = BY_TYPE.get(type)
    if (!known) {
      packet.frames.push({ type, length: body.left })
      continue
    }
    const frame = { name: known.name }
    for (const f of known.fields) frame[f.split(':')[0]] = decodeField(f.split(':')[1], body)
    packet.frames.push(frame)
  }
  packet.trailing = r.left
  return packet
}

/** Opens and decodes; null where either fails. */
export function read(secret, data) {
  const plaintext = open(secret, data)
  if (!plaintext) return null
  try {
    return decode(plaintext)
  } catch (e) {
    if (e instanceof Malformed) return null
    throw e
  }
}

export function frame(packet, name) {
  return packet?.frames.find((f) => f.name === name)
}
