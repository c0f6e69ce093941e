// Money that goes back to who paid: on the payer's own connection, or to its wallet on the same node.

import assert from 'node:assert/strict'
import * as ilp from './lib/ilp.js'
import * as stream from './lib/stream.js'
import { connectionOf } from './lib/incoming.js'
import { StreamSender } from './lib/link.js'
import { PASSWORD } from './lib/holder.js'
import { Visitor, words } from './lib/pages.js'
import { addPeer, pay, payingNode, RECEIVED_TOKEN, twoNodes, units } from './lib/setups.js'

const incomingOf = async (node) => (await node.admin('GET', '/incoming-payments')).json().items

/** `florin payment refund` -> {code, payment, stderr} */
async function refund(node, id, ...words) {
  const r = await node.cli('--json', 'payment', 'refund', id, ...words, '--yes')
  return { code: r.code, payment: r.stdout ? JSON.parse(r.stdout) : null, stderr: r.stderr }
}

/** The frames of the last packet with money that a scripted peer has seen. */
function moneyOf(peer, bob) {
  const all = peer.seen.map(({ prepare }) => [prepare, stream.read(bob.secretOf(prepare.destination), prepare.data)])
  return all.filter(([, p]) => p && stream.frame(p, 'StreamMoney')).at(-1)
}

export const tests = {
  'part by part to a payer on another node, after both have been restarted, and not beyond': async (t) => {
    const { a, b, pointer } = await twoNodes(t)
    const { payment } = await pay(a, 'alice', pointer, '--send', '10.00')
    const [{ id }] = await incomingOf(b)
    assert.equal((await a.admin('PATCH', '/wallet-addresses/alice', { password: PASSWORD })).status, 200)
    for (const node of [a, b]) {
      await node.kill()
      await node.serve()
    }
    const part = await refund(b, id, '4.00')
    assert.equal(part.code, 0, part.stderr)
    assert.equal(part.payment.state, 'COMPLETED')
    assert.equal(units(part.payment.deliveredAmount), 400n)
    assert.match(part.payment.receiver, new RegExp(`/op/incoming-payments/${id}/payer$`))
    assert.equal(await a.balance('alice'), 99400n)
    assert.equal(await b.balance('bob'), 600n)
    // Her holder is told, once until that is seen.
    const alice = new Visitor(a)
    await alice.signIn('alice', PASSWORD)
    const told = async () => (await alice.get('/wallet/notices')).text()
    assert.match(words(await told()), /4\.00 USD was sent back to alice/)
    const shown = (await a.admin('GET', `/payments/${payment.id}`)).json()
    assert.deepEqual([units(shown.returnedAmount), units(shown.refundedAmount)], [400n, 0n])
    const much = await refund(b, id, '6.01')
    assert.equal(much.code, 1)
    assert.match(much.stderr, /gave less, or has it back/)
    const rest = await refund(b, id)
    assert.equal(rest.code, 0, rest.stderr)
    assert.equal(await a.balance('alice'), 100000n)
    assert.equal(await b.balance('bob'), 0n)
    const notices = await told()
    assert.equal(words(notices).match(/sent back/g).length, 1)
    assert.match(notices, new RegExp(`href="/wallet/payments/${payment.id}"[^>]*><data[^>]*>10\\.00 USD</data> was sent back`))
    await b.ok('deposit', 'bob', '5.00')
    assert.equal((await refund(b, id)).code, 1)
    assert.equal((await refund(b, id, '0.01')).code, 1)
    assert.equal(await b.balance('bob'), 500n)
  },

  'between wallets of one node': async (t) => {
    const node = await t.serving('one')
    for (const name of ['alice', 'bob', 'carol']) await node.ok('wallet', 'add', name, '--asset', name === 'bob' ? 'EUR' : 'USD')
    for (const name of ['alice', 'carol']) await node.ok('deposit', name, '50.00')
    await node.ok('asset', 'deposit', 'EUR', '1000.00')
    await node.ok('asset', 'deposit', 'USD', '1000.00')
    const made = (await node.admin('POST', '/incoming-payments', { walletAddress: 'bob' })).json()
    const nobody = await refund(node, made.id, '1.00')
    assert.equal(nobody.code, 1)
    assert.match(nobody.stderr, /nobody has paid it/)
    assert.equal((await pay(node, 'alice', made.url, '--send', '20.00')).code, 0)
    const got = await node.balance('bob')
    const other = await pay(node, 'carol', `${made.url}/payer`, '--send', '1.00')
    assert.equal(other.code, 1)
    assert.match(other.stderr, /only the wallet that was paid/)
    const { code, payment, stderr } = await refund(node, made.id)
    assert.equal(code, 0, stderr)
    assert.equal(units(payment.sentAmount), got)
    assert.equal(await node.balance('bob'), 0n)
    assert.equal(await node.balance('alice'), 3000n + units(payment.deliveredAmount))
    // A second payer: nobody guesses whose money it is.
    assert.equal((await pay(node, 'carol', made.url, '--send', '20.00')).code, 0)
    const two = await refund(node, made.id, '1.00')
    assert.equal(two.code, 1)
    assert.match(two.stderr, /more than one has paid/)
  },

  'on the stream that the payer opened, while its connection is open': async (t) => {
    const payer = await t.peer('test.payer')
    const node = await t.serving('payee')
    await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
    await addPeer(node, 'payer', { address: 'test.payer', url: `${payer.url}/ilp`, token: RECEIVED_TOKEN, creditLimit: '1000.00' })
    const { id } = (await node.admin('POST', '/incoming-payments', { walletAddress: 'alice' })).json()
    const connection = connectionOf(node, 'alice', id)
    const sender = new StreamSender(t.link(node, RECEIVED_TOKEN), connection)
    // What the payer takes: a receiver with the connection's own secret.
    const till = payer.receiver('till')
    till.secrets.set('back', connection.secret)
    const about = [
      { name: 'ConnectionNewAddress', sourceAccount: 'test.payer.till.back' },
      { name: 'ConnectionAssetDetails', sourceAssetCode: 'USD', sourceAssetScale: 2 }
    ]
    assert.ok((await sender.send({ amount: 700n, frames: [...about, { name: 'StreamMoney', streamId: 1n, shares: 1n }] })).valid)
    const { code, payment, stderr } = await refund(node, id, '5.00')
    assert.equal(code, 0, stderr)
    assert.equal(units(payment.deliveredAmount), 500n)
    assert.equal(till.received, 500n)
    const [, packet] = moneyOf(payer, till)
    assert.equal(stream.frame(packet, 'StreamMoney').streamId, 1n)
    const names = payer.seen.flatMap(({ prepare }) => stream.read(connection.secret, prepare.data).frames.map((f) => f.name))
    for (const name of ['ConnectionClose', 'ConnectionMaxStreamId']) assert.ok(!names.includes(name), `${name} on another's connection`)
    // The connection has ended: nothing leaves the wallet.
    payer.receivers.delete('till')
    const late = await refund(node, id, '1.00')
    assert.equal(late.code, 1)
    assert.equal(await node.balance('alice'), 200n)
  },

  'what may come to the way back of a payment': async (t) => {
    const { node, peer, bob, pointer } = await payingNode(t, { options: ['--credit-limit', '100.00'] })
    const link = t.link(node, 'token-fake')
    const { payment } = await pay(node, 'alice', pointer, '--send', '10.00')
    const [prepare, packet] = moneyOf(peer, bob)
    const destination = stream.frame(packet, 'ConnectionNewAddress').sourceAccount
    assert.match(destination.slice(node.address.length), /^\.~\.[A-Za-z0-9_-]+$/, 'it does not say whose payment it was')
    const sender = new StreamSender(link, { destination, secret: bob.secretOf(prepare.destination) })
    const probe = await sender.send({ amount: 50n, fulfillable: false })
    assert.equal(probe.reply.code, 'F99')
    assert.ok(probe.stream, 'and its answer can be read')
    const bytes = ilp.encode(sender.packet({ amount: 300n }))
    const first = await link.send(bytes)
    assert.equal(first.type, ilp.FULFILL)
    assert.deepEqual((await link.send(bytes)).bytes, first.bytes)
    const data = { name: 'StreamData', streamId: 2n, offset: 0n, data: Buffer.from('x') }
    assert.equal((await sender.send({ frames: [data] })).reply.code, 'F99')
    const stranger = new StreamSender(link, { destination, secret: Buffer.alloc(32, 7) })
    assert.equal((await stranger.send({ amount: 1n })).reply.code, 'F06')
    const wallet = new StreamSender(link, { destination: destination.replace('.~.', '.alice.'), secret: sender.secret })
    assert.equal((await wallet.send({ amount: 1n })).reply.code, 'F02')
    const much = await sender.send({ amount: 2000000n })
    assert.equal(much.reply.code, 'T04')
    assert.equal(await node.balance('alice'), 2000000n - 1000n + 300n)
    const shown = (await node.admin('GET', `/outgoing-payments/${payment.id}`)).json()
    assert.equal(units(shown.returnedAmount), 300n)
  }
}
