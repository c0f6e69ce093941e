// Receivers that say what is not so, and roundings that leave a rest: every payment still ends, and
// what was fulfilled is in the books.

import assert from 'node:assert/strict'
import * as ilp from './lib/ilp.js'
import * as stream from './lib/stream.js'
import { Ratio, pathRate } from './lib/ratio.js'
import { pay, payingNode, units } from './lib/setups.js'

const USD = { assetCode: 'USD', assetScale: 2 }
const EUR = { assetCode: 'EUR', assetScale: 2 }

/** Fulfills what can be fulfilled, and says that `amount` came with it. */
function claim(peer, bob, amount) {
  peer.behave = (s) => {
    const { data, condition, destination } = s.prepare
    const secret = bob.secretOf(destination)
    const fulfillment = stream.fulfillment(secret, data)
    if (!ilp.sha256(fulfillment).equals(condition)) return peer.receive(s)
    const { sequence } = stream.read(secret, data)
    const said = stream.encode({ packetType: ilp.FULFILL, sequence, amount })
    return ilp.encode({ type: ilp.FULFILL, fulfillment, data: stream.seal(secret, said) })
  }
}

export const tests = {
  'a receiver that claims more than exists is booked and paid once': async (t) => {
    for (const amount of [1n << 62n, (1n << 63n) - 1n, 1n << 63n, (1n << 64n) - 1n]) {
      const { node, peer, bob, pointer } = await payingNode(t, { receiver: { maxPacket: 250n } })
      claim(peer, bob, amount)
      const { code, payment, stderr } = await pay(node, 'alice', pointer, '--send', '10.00')
      assert.equal(code, 0, stderr)
      assert.equal(payment.attempts, 1)
      assert.equal(await node.peerBalance('fake'), units(payment.sentAmount))
      assert.ok(units(payment.sentAmount) <= 1000n)
      assert.equal((await node.ok('balance', 'alice')).pending.value, '0')
    }
  },

  'a wallet in another asset than the next hop pays in small packets': async (t) => {
    const { node, bob, pointer } = await payingNode(t, { receiver: { maxPacket: 7n } })
    await node.ok('wallet', 'add', 'carol', '--asset', 'EUR')
    await node.ok('deposit', 'carol', '100.00')
    await node.ok('asset', 'deposit', 'USD', '1000.00')
    const { code, payment, stderr } = await pay(node, 'carol', pointer, '--send', '1.03')
    assert.equal(code, 0, stderr)
    assert.equal(payment.attempts, 1)
    assert.equal(units(payment.sentAmount), 103n)
    assert.equal(units(payment.deliveredAmount), bob.received)
    assert.ok(bob.packets > 1)
    assert.ok(bob.received <= pathRate(node.rates(), EUR, USD, 0).times(new Ratio(103n)).floor())
    assert.equal(await node.peerBalance('fake'), bob.received)
    assert.equal(await node.balance('carol'), 10000n - 103n)
    const { balance, pending } = await node.ok('peer', 'show', 'fake')
    assert.deepEqual([units(balance), units(pending)], [bob.received, 0n], 'nothing stays held')
  },

  'an asset code that is no text is refused before money moves': async (t) => {
    for (const code of [Buffer.from('ff41', 'hex'), Buffer.from('\x1b[31mX'), Buffer.alloc(0)]) {
      const { node, bob, pointer } = await payingNode(t)
      bob.assetCode = code
      const r = await node.cli('quote', 'alice', pointer, '--send', '1.00')
      assert.equal(r.code, 1)
      assert.match(r.stderr, /UnknownDestinationAsset/)
    }
  }
}
