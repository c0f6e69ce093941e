// Octet Encoding Rules as Interledger uses them (Interledger, OER), written from the text and
// apart from src/codec: it is the second opinion of the scenarios. Integers are BigInt throughout.

export class Malformed extends Error {}

/** Reads a buffer from front to back; every read past the end throws. */
export class Reader {
  constructor(bytes) {
    this.bytes = bytes
    this.at = 0
  }

  get left() {
    return this.bytes.length - this.at
  }

  octets(n) {
    if (n > this.left) throw new Malformed(`wanted ${n} bytes, ${this.left} left`)
    this.at += n
    return this.bytes.subarray(this.at - n, this.at)
  }

  u8() {
    return this.octets(1)[0]
  }

  u64() {
    return this.octets(8).readBigUInt64BE()
  }

  /** A length prefix in its one canonical form. */
  length() {
    const first = this.u8()
    if (first < 0x80) return first
    const size = first - 0x80
    if (size === 0 || size > 8) throw new Malformed('length of length')
    const body = this.octets(size)
    if (body[0] === 0) throw new Malformed('leading zero in a length')
    const value = BigInt('0x' + body.toString('hex'))
    if (value < 0x80n) throw new Malformed('long form of a short length')
    if (value > BigInt(this.left)) throw new Malformed('length beyond the end')
    return Number(value)
  }

  varOctets() {
    return this.octets(this.length())
  }

  /** A VarUInt below 2^64; `saturate` turns a longer one into the largest (two STREAM fields). */
  varUint(saturate = false) {
    const body = this.varOctets()
    if (body.length === 0) throw new Malformed('empty integer')
    if (body.length > 8) {
      if (saturate) return MAX_U64
      throw new Malformed('integer over 64 bits')
    }
    return BigInt('0x' + body.toString('hex'))
  }
}

export const MAX_U64 = (1n << 64n) - 1n
export const MAX_I64 = (1n << 63n) - 1n

export function u64(value) {
  const out = Buffer.alloc(8)
  out.writeBigUInt64BE(BigInt(value))
  return out
}

export function varOctets(bytes) {
  const n = bytes.length
  if (n < 0x80) return Buffer.concat([Buffer.from([n]), bytes])
  const size = minimal(BigInt(n))
  return Buffer.concat([Buffer.from([0x80 + size.length]), size, bytes])
}

export function varUint(value) {
  return varOctets(minimal(BigInt(value)))
}

function minimal(value) {
  const hex = value.toString(16)
  return Buffer.from(hex.length % 2 ? '0' + hex : hex, 'hex')
}
