// The scenarios' own codec against the vectors: a second opinion must itself be right.

import assert from 'node:assert/strict'
import * as ilp from './lib/ilp.js'
import * as stream from './lib/stream.js'
import { Ratio, pathRate, toUnits } from './lib/ratio.js'
import { vectors } from './lib/vectors.js'

const hex = (text) => Buffer.from(text, 'hex')

export const tests = {
  'valid ILP packets decode and encode to the same bytes': async () => {
    for (const c of vectors('ilp_packets_valid').cases) {
      const p = ilp.decode(hex(c.packet))
      assert.equal(p.type, c.type_id)
      assert.equal(p.data.toString('hex'), c.data)
      if (c.type === 'prepare') {
        assert.equal(p.amount, BigInt(c.amount))
        assert.equal(p.expiresAt, c.expires_at_unix_ms)
        assert.equal(p.destination, c.destination)
      }
      assert.equal(ilp.encode(p).toString('hex'), c.packet, c.note)
    }
  },

  'malformed ILP packets are refused': async () => {
    for (const c of vectors('ilp_packets_malformed').cases) {
      if (c.expected === 'reject') assert.throws(() => ilp.decode(hex(c.packet)), undefined, c.description)
      else if (c.expected !== 'implementation-defined') ilp.decode(hex(c.packet))
    }
  },

  'STREAM packets: keys, envelope, frames and back': async () => {
    for (const c of vectors('stream_packets').cases) {
      const secret = hex(c.shared_secret)
      const data = hex(c.data)
      assert.equal(stream.fulfillment(secret, data).toString('hex'), c.fulfillment)
      assert.equal(stream.condition(secret, data).toString('hex'), c.condition)
      assert.equal(stream.open(secret, data).toString('hex'), c.plaintext)
      assert.equal(stream.seal(secret, hex(c.plaintext), hex(c.iv)).toString('hex'), c.data)
      const p = stream.read(secret, data)
      assert.equal(p.packetType, c.packet.ilp_packet_type)
      assert.equal(p.sequence, BigInt(c.packet.sequence))
      assert.equal(p.amount, BigInt(c.packet.prepare_amount))
      assert.equal(p.frames.length, c.packet.frames.length)
      // Unknown frames and over-long integers are read, but not written that way.
      const odd = c.packet.frames.some((f) => f.wire_value || f.extra_body_bytes || f.contents_length)
      if (!odd && !/saturates/.test(c.note) && p.trailing === 0) assert.equal(stream.encode(p).toString('hex'), c.plaintext, c.note)
    }
  },

  'malformed STREAM packets are refused': async () => {
    const { cases, envelope_cases, shared_secret } = vectors('stream_packets_malformed')
    for (const c of cases.filter((k) => k.expected.startsWith('reject'))) {
      assert.throws(() => stream.decode(hex(c.plaintext)), undefined, c.description)
    }
    for (const c of envelope_cases) assert.equal(stream.open(hex(shared_secret), hex(c.data)), null)
  },

  'exact rationals': async () => {
    assert.equal(Ratio.of('0.91').times(Ratio.of('1e2')).floor(), 91n)
    assert.equal(Ratio.of('-1.5').floor(), -2n)
    assert.equal(Ratio.of('-1.5').ceil(), -1n)
    assert.equal(Ratio.of('0.905450001').toSignificant(6), '0.90545')
    assert.equal(Ratio.of('1234567').toSignificant(6), '1234560')
    assert.equal(Ratio.of('0.00012345678').toSignificant(6), '0.000123456')
    assert.equal(Ratio.of('2').toSignificant(6), '2')
    assert.equal(toUnits('10.00', 2), 1000n)
    const usd = { assetCode: 'USD', assetScale: 2 }
    const xrp = { assetCode: 'XRP', assetScale: 9 }
    const rates = '{"base":"USD","rates":{"EUR":0.91,"XRP":"2"}}'
    assert.equal(pathRate(rates, usd, xrp).times(new Ratio(100n)).floor(), 2000000000n)
    assert.equal(pathRate(rates, xrp, usd, 50).times(new Ratio(2000000000n)).floor(), 99n)
  }
}
