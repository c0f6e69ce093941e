// Florin's side of an interop test: a node that is paid, or a node that pays.

import assert from 'node:assert/strict'
import { pay, units } from '../../scenario/lib/setups.js'

const FUNDS = 2000000n

async function addNpmPeer(node, link, options) {
  await node.ok(
    ...['peer', 'add', 'npm', '--asset', 'USD', '--ilp-address', 'test.npm'],
    ...['--url', `http://127.0.0.1:${link.port}/`],
    ...['--outgoing-token', link.toPlugin, '--incoming-token', link.toNode],
    ...options
  )
}

/** -> {ilpUrl, pointer, wallet(), owed()}: what the wallet holds and what the npm side owes for it. */
export async function paidNode(t, link, { maxPacket, env } = {}) {
  const node = await t.serving('florin', { env })
  await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
  const cap = maxPacket ? ['--max-packet', maxPacket] : []
  await addNpmPeer(node, link, ['--credit-limit', '1000000.00', ...cap])
  return {
    ilpUrl: `${node.url}/ilp`,
    pointer: `${node.url}/alice`,
    wallet: () => node.balance('alice'),
    owed: async () => -(await node.peerBalance('npm')),
    node
  }
}

/** -> {ilpUrl, pay(pointer, amount)}: `florin pay`, which must end well and agree with the books. */
export async function payingNode(t, link) {
  const node = await t.serving('florin')
  await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
  await node.ok('deposit', 'alice', '20000.00')
  await addNpmPeer(node, link, [])
  return {
    ilpUrl: `${node.url}/ilp`,
    node,
    async pay(pointer, amount, ...more) {
      const { code, payment, stderr } = await pay(node, 'alice', pointer, '--send', amount, ...more)
      assert.equal(code, 0, stderr)
      assert.equal(payment.state, 'COMPLETED')
      const sent = units(payment.sentAmount)
      assert.equal(await node.balance('alice'), FUNDS - sent)
      assert.equal(await node.peerBalance('npm'), sent)
      return { sent, delivered: units(payment.deliveredAmount), messages: payment.messages, data: payment.data }
    }
  }
}
