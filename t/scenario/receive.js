// Money that arrives for this node's own wallets: credit before Fulfill, and every refusal.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import * as ilp from './lib/ilp.js'
import * as stream from './lib/stream.js'
import { Link, StreamSender, prepare } from './lib/link.js'
import { MAX_I64, MAX_U64 } from './lib/oer.js'
import { Ratio, pathRate } from './lib/ratio.js'
import { addPeer, changesNothing, receivingNode } from './lib/setups.js'
import { vectors } from './lib/vectors.js'

const USD = { assetCode: 'USD', assetScale: 2 }
const EUR = { assetCode: 'EUR', assetScale: 2 }

async function senderTo(node, link, wallet = 'alice') {
  return new StreamSender(link, await node.spsp(wallet))
}

function refused(r, code) {
  assert.equal(r.reply.type, ilp.REJECT, 'a Reject was expected')
  assert.equal(r.reply.code, code, r.reply.message?.toString())
  assert.ok(ilp.isAddress(r.reply.triggeredBy), `triggeredBy "${r.reply.triggeredBy}"`)
}

export const tests = {
  'one Prepare is credited, and both accounts say so': async (t) => {
    const { node, link } = await receivingNode(t)
    const sender = await senderTo(node, link)
    const r = await sender.send({ amount: 1000n, minAmount: 990n })
    assert.equal(r.reply.type, ilp.FULFILL)
    assert.ok(r.valid, 'the preimage hashes to the condition')
    assert.equal(r.stream.packetType, ilp.FULFILL)
    assert.equal(r.stream.sequence, 1n)
    assert.equal(r.stream.amount, 1000n)
    assert.equal(await node.balance('alice'), 1000n)
    assert.equal(await node.peerBalance('sender'), -1000n)
  },

  'many packets at once add up exactly': async (t) => {
    const { node, link } = await receivingNode(t)
    const sender = await senderTo(node, link)
    const amounts = Array.from({ length: 200 }, (_, i) => BigInt(i + 1))
    const all = await Promise.all(amounts.map((amount) => sender.send({ amount })))
    assert.ok(all.every((r) => r.valid))
    assert.equal(await node.balance('alice'), 20100n)
    assert.equal(await node.peerBalance('sender'), -20100n)
  },

  'a repeated Prepare gets the same reply and is credited once': async (t) => {
    const { node, link } = await receivingNode(t)
    const sender = await senderTo(node, link)
    const bytes = ilp.encode(sender.packet({ amount: 700n }))
    const first = await link.send(bytes)
    const again = await link.send(bytes)
    assert.deepEqual(again.bytes, first.bytes)
    const other = ilp.encode(sender.packet({ amount: 30n }))
    const replies = await Promise.all(Array.from({ length: 8 }, () => link.send(other)))
    for (const r of replies) assert.deepEqual(r.bytes, replies[0].bytes)
    assert.equal(replies[0].type, ilp.FULFILL)
    assert.equal(await node.balance('alice'), 730n)
    assert.equal(await node.peerBalance('sender'), -730n)
  },

  'a sequence may come again with other bytes': async (t) => {
    const { node, link } = await receivingNode(t)
    const sender = await senderTo(node, link)
    for (let i = 0; i < 3; i++) assert.ok((await sender.send({ amount: 5n, sequence: 0n })).valid)
    assert.equal(await node.balance('alice'), 15n)
  },

  'probes and short packets are answered F99 with what arrived': async (t) => {
    const { node, link } = await receivingNode(t)
    const sender = await senderTo(node, link)
    await changesNothing(node, async () => {
      for (const options of [
        { amount: 1000n, fulfillable: false },
        { amount: 0n, fulfillable: false },
        { amount: 1000n, minAmount: 1001n },
        { amount: 1000n, minAmount: MAX_U64 }
      ]) {
        const r = await sender.send(options)
        refused(r, 'F99')
        assert.equal(r.stream.packetType, ilp.REJECT)
        assert.equal(r.stream.amount, options.amount)
        assert.equal(r.stream.sequence, sender.sequence)
      }
    })
  },

  'a probe is told the asset when it asks': async (t) => {
    const { node, link } = await receivingNode(t)
    const sender = await senderTo(node, link, 'bob')
    for (const sourceAccount of ['', 'private.SEND_ONLY_CLIENT', 'test.sender.me']) {
      const frames = [{ name: 'ConnectionNewAddress', sourceAccount }]
      const r = await sender.send({ amount: 0n, fulfillable: false, frames })
      refused(r, 'F99')
      const details = stream.frame(r.stream, 'ConnectionAssetDetails')
      assert.deepEqual([details.sourceAssetCode, details.sourceAssetScale], ['EUR', 2])
    }
  },

  'a packet of amount 0 is fulfilled and moves nothing': async (t) => {
    const { node, link } = await receivingNode(t)
    const sender = await senderTo(node, link)
    await changesNothing(node, async () => assert.ok((await sender.send({ amount: 0n })).valid))
  },

  'ConnectionClose is acknowledged with F99': async (t) => {
    const { node, link } = await receivingNode(t)
    const sender = await senderTo(node, link)
    await changesNothing(node, async () => {
      const frames = [{ name: 'ConnectionClose', errorCode: 1, errorMessage: '' }]
      const r = await sender.send({ amount: 10n, frames })
      refused(r, 'F99')
      assert.equal(stream.frame(r.stream, 'ConnectionClose')?.errorCode, 1)
    })
  },

  'frames that are unknown or not for us do not disturb': async (t) => {
    const { node, link } = await receivingNode(t)
    const sender = await senderTo(node, link)
    const frames = [
      { name: 'ConnectionMaxData', maxOffset: 0n },
      { name: 'ConnectionMaxStreamId', maxStreamId: 1n },
      { name: 'StreamMoney', streamId: 1n, shares: 1n },
      { name: 'StreamMaxMoney', streamId: 1n, receiveMax: MAX_U64, totalReceived: 0n }
    ]
    assert.ok((await sender.send({ amount: 4n, frames })).valid)
    // The one frame of type 0x7f is unknown to everyone; then four zero bytes of padding.
    const head = stream.encode({ packetType: ilp.PREPARE, sequence: 9n, amount: 0n })
    const plaintext = Buffer.concat([head.subarray(0, -1), Buffer.from([1, 0x7f, 2, 1, 2, 0, 0, 0, 0])])
    assert.ok((await sender.send({ amount: 4n, plaintext })).valid)
    assert.equal(await node.balance('alice'), 8n)
  },

  'what does not decrypt or parse is F06 and leaves no trace': async (t) => {
    const { node, link } = await receivingNode(t)
    const sender = await senderTo(node, link)
    const { cases, envelope_cases } = vectors('stream_packets_malformed')
    await changesNothing(node, async () => {
      for (const c of cases.filter((k) => k.expected.startsWith('reject'))) {
        const r = await sender.send({ amount: 10n, plaintext: Buffer.from(c.plaintext, 'hex') })
        assert.equal(r.reply.code, 'F06', c.description)
      }
      for (const c of envelope_cases) {
        const data = Buffer.from(c.data, 'hex')
        const r = await link.send(prepare({ amount: 10n, destination: sender.destination, data }))
        assert.equal(r.code, 'F06', c.description)
        assert.equal(r.data.length, 0)
      }
    })
  },

  'a STREAM packet of another type inside a Prepare is refused': async (t) => {
    const { node, link } = await receivingNode(t)
    const sender = await senderTo(node, link)
    await changesNothing(node, async () => {
      for (const packetType of [ilp.FULFILL, ilp.REJECT]) refused(await sender.send({ amount: 1n, packetType }), 'F00')
    })
  },

  'addresses: further segments are ignored, strangers are F02 or F06': async (t) => {
    const { node, link } = await receivingNode(t)
    const sender = await senderTo(node, link)
    const { destination } = sender
    assert.match(destination, /^test\.wallet\.alice\.[A-Za-z0-9_-]+$/)
    assert.ok((await sender.send({ amount: 3n, destination: `${destination}.more.segments` })).valid)
    await changesNothing(node, async () => {
      const token = destination.split('.').pop()
      const flipped = (token[0] === 'A' ? 'B' : 'A') + token.slice(1)
      for (const [to, code] of [
        [`test.wallet.nobody.${token}`, 'F02'],
        [`test.wallet.alicebob.${token}`, 'F02'],
        ['test.elsewhere.alice.x', 'F02'],
        ['g.wallet.alice.x', 'F02'],
        [`test.wallet.alice.${flipped}`, 'F06'],
        ['test.wallet.alice.short', 'F06'],
        [`test.wallet.bob.${token}`, 'F02']
      ]) {
        const r = await sender.send({ amount: 3n, destination: to })
        assert.equal(r.reply.code, code, to)
      }
    })
    assert.equal(await node.balance('alice'), 3n)
  },

  'a packet that has expired, or is about to, is R02': async (t) => {
    const { node, link } = await receivingNode(t)
    const sender = await senderTo(node, link)
    await changesNothing(node, async () => {
      for (const ms of [-1, -1000, -86400000]) {
        refused(await sender.send({ amount: 10n, expiresAt: Date.now() + ms }), 'R02')
      }
    })
  },

  'amounts above 2^63-1 are F08 with the maximum': async (t) => {
    const { node, link } = await receivingNode(t)
    const sender = await senderTo(node, link)
    await changesNothing(node, async () => {
      for (const amount of [MAX_I64 + 1n, MAX_U64]) {
        const r = await sender.send({ amount })
        refused(r, 'F08')
        const { received, maximum } = ilp.f08(r.reply.data)
        assert.equal(received, amount)
        assert.ok(maximum <= MAX_I64)
      }
    })
  },

  'the packet cap is F08 with received and maximum': async (t) => {
    const { node, link } = await receivingNode(t, { options: ['--max-packet', '10.00'] })
    const sender = await senderTo(node, link)
    assert.ok((await sender.send({ amount: 1000n })).valid)
    await changesNothing(node, async () => {
      const r = await sender.send({ amount: 1001n })
      refused(r, 'F08')
      assert.deepEqual(ilp.f08(r.reply.data), { received: 1001n, maximum: 1000n })
    })
  },

  'the credit limit holds to the unit': async (t) => {
    const { node, link } = await receivingNode(t, { creditLimit: '10.00' })
    const sender = await senderTo(node, link)
    assert.ok((await sender.send({ amount: 990n })).valid)
    await changesNothing(node, async () => refused(await sender.send({ amount: 11n }), 'T04'))
    assert.ok((await sender.send({ amount: 10n })).valid)
    await changesNothing(node, async () => refused(await sender.send({ amount: 1n }), 'T04'))
    await node.ok('peer', 'settle', 'sender', '5.00')
    assert.ok((await sender.send({ amount: 500n })).valid)
    assert.equal(await node.balance('alice'), 1500n)
  },

  'under a credit limit, packets at once never overdraw it': async (t) => {
    const { node, link } = await receivingNode(t, { creditLimit: '1.00' })
    const sender = await senderTo(node, link)
    const all = await Promise.all(Array.from({ length: 60 }, () => sender.send({ amount: 7n })))
    assert.equal(all.filter((r) => r.valid).length, 14)
    assert.ok(all.filter((r) => !r.valid).every((r) => r.reply.code === 'T04'))
    assert.equal(await node.peerBalance('sender'), -98n)
  },

  'without a credit limit a peer is prepaid only': async (t) => {
    const { node, link } = await receivingNode(t, { creditLimit: null })
    const sender = await senderTo(node, link)
    await changesNothing(node, async () => refused(await sender.send({ amount: 1n }), 'T04'))
  },

  'another asset arrives at the exact rate, spread taken, rounded down': async (t) => {
    const { node, link } = await receivingNode(t, { options: ['--spread-bps', '50'] })
    await node.ok('asset', 'deposit', 'EUR', '1000.00')
    const sender = await senderTo(node, link, 'bob')
    const rate = pathRate(node.rates(), USD, EUR, 50)
    let expected = 0n
    for (const amount of [1000n, 7n, 99999n, 2n]) {
      const delivered = rate.times(new Ratio(amount)).floor()
      expected += delivered
      const r = await sender.send({ amount, minAmount: delivered })
      assert.ok(r.valid)
      assert.equal(r.stream.amount, delivered)
      const short = await sender.send({ amount, minAmount: delivered + 1n })
      refused(short, 'F99')
    }
    assert.equal(await node.balance('bob'), expected)
    assert.equal(await node.peerBalance('sender'), -101008n)
  },

  'a positive amount that would become 0 is R01': async (t) => {
    const { node, link } = await receivingNode(t)
    await node.ok('asset', 'deposit', 'EUR', '10.00')
    const sender = await senderTo(node, link, 'bob')
    const one = pathRate(node.rates(), USD, EUR).floor()
    assert.equal(one, 0n, 'this test needs a rate below 1')
    await changesNothing(node, async () => refused(await sender.send({ amount: 1n }), 'R01'))
  },

  'without liquidity in the asset an exchange is T04': async (t) => {
    const { node, link } = await receivingNode(t)
    const sender = await senderTo(node, link, 'bob')
    await changesNothing(node, async () => refused(await sender.send({ amount: 1000n }), 'T04'))
    await node.ok('asset', 'deposit', 'EUR', '1.00')
    assert.ok((await sender.send({ amount: 100n })).valid)
    await changesNothing(node, async () => refused(await sender.send({ amount: 1000n }), 'T04'))
  },

  'without a rate for the pair a packet is F07': async (t) => {
    const { node, link } = await receivingNode(t)
    await node.ok('asset', 'add', 'CHF', '--scale', '2')
    await node.ok('asset', 'deposit', 'CHF', '10.00')
    await node.ok('wallet', 'add', 'carla', '--asset', 'CHF')
    const sender = await senderTo(node, link, 'carla')
    await changesNothing(node, async () => refused(await sender.send({ amount: 100n }), 'F07'))
  },

  'a closed wallet takes nothing': async (t) => {
    const { node, link } = await receivingNode(t)
    const sender = await senderTo(node, link)
    await node.ok('wallet', 'close', 'alice')
    await changesNothing(node, async () => refused(await sender.send({ amount: 10n }), 'F02'))
  },

  'peer.config is answered with address and asset of the asking peer': async (t) => {
    const { node, link } = await receivingNode(t)
    await addPeer(node, 'child', { asset: 'XRP', address: 'test.wallet.child', token: 'token-child' })
    const ask = { destination: 'peer.config', condition: ilp.PEER_CONDITION }
    await changesNothing(node, async () => {
      const r = await t.link(node, 'token-child').send(prepare(ask))
      assert.equal(r.type, ilp.FULFILL)
      assert.deepEqual(r.fulfillment, Buffer.alloc(32))
      assert.equal(r.data.toString('hex'), '11' + Buffer.from('test.wallet.child').toString('hex') + '0903585250')
      const sender = await link.send(prepare(ask))
      assert.equal(sender.data[sender.data.length - 5], 2, 'scale of USD')
      assert.equal((await link.send(prepare({ ...ask, amount: 1n }))).code, 'F03')
      assert.match((await link.send(prepare({ ...ask, condition: randomBytes(32) }))).code, /^F0[01]$/)
      assert.equal((await link.send(prepare({ ...ask, expiresAt: Date.now() - 10 }))).code, 'R02')
      assert.match((await link.send(prepare({ ...ask, destination: 'peer.unknown' }))).code, /^F0[012]$/)
    })
  },

  'more packets than a peer may send are T05, never HTTP 429': async (t) => {
    const env = { FLORIN_LIMITS_PACKETS_PER_PEER_PER_S: '10', FLORIN_LIMITS_PACKETS_PER_PEER_BURST: '20' }
    const { node, link } = await receivingNode(t, { env })
    const sender = await senderTo(node, link)
    const all = await Promise.all(Array.from({ length: 200 }, () => sender.send({ amount: 1n })))
    const fulfilled = all.filter((r) => r.valid).length
    const limited = all.filter((r) => r.reply.code === 'T05').length
    assert.equal(fulfilled + limited, 200)
    assert.ok(fulfilled >= 20 && limited > 0, `${fulfilled} fulfilled, ${limited} limited`)
    assert.equal(await node.balance('alice'), BigInt(fulfilled))
  },

  'a peer whose token was replaced is shut out at once': async (t) => {
    const { node, link } = await receivingNode(t)
    const sender = await senderTo(node, link)
    assert.ok((await sender.send({ amount: 1n })).valid)
    await node.ok('peer', 'set', 'sender', '--incoming-token', 'token-new')
    assert.equal((await link.post(ilp.encode(sender.packet({ amount: 1n })))).status, 401)
    const renewed = new StreamSender(new Link(node, 'token-new'), sender)
    assert.ok((await renewed.send({ amount: 1n })).valid)
    renewed.link.close()
    assert.equal(await node.balance('alice'), 2n)
  },

  'money survives an ordinary restart, and so do addresses given out': async (t) => {
    const { node, link } = await receivingNode(t)
    const sender = await senderTo(node, link)
    assert.ok((await sender.send({ amount: 77n })).valid)
    const { code } = await node.stop()
    assert.equal(code, 0)
    await node.serve()
    assert.ok((await sender.send({ amount: 3n })).valid)
    assert.equal(await node.balance('alice'), 80n)
    assert.deepEqual((await node.ok('doubt', 'list')).items, [])
  }
}
