// Lines of text that go with a payment, and what wallets answer by themselves.

import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as ilp from './lib/ilp.js'
import * as stream from './lib/stream.js'
import { connectionOf } from './lib/incoming.js'
import { StreamSender } from './lib/link.js'
import { pay, payingNode, receivingNode, twoNodes } from './lib/setups.js'

const TEXT = 'für die Miete, März ✓'

const messages = async (node, id) =>
  (await node.admin('GET', `/payments/${id}`)).json().messages.map((m) => [m.direction, m.text, m.deliveredAt !== null])

const incomingOf = async (node) => (await node.admin('GET', '/incoming-payments')).json().items

export const tests = {
  'a message goes with the payment and is shown at both ends': async (t) => {
    const { a, b, pointer } = await twoNodes(t)
    const { code, payment, stderr } = await pay(a, 'alice', pointer, '--send', '10.00', '--message', TEXT)
    assert.equal(code, 0, stderr)
    assert.deepEqual(await messages(a, payment.id), [['sent', TEXT, true]])
    assert.deepEqual(payment.messages.map((m) => m.text), [TEXT])
    const [incoming] = await incomingOf(b)
    assert.deepEqual(await messages(b, incoming.id), [['received', TEXT, true]])
    assert.match((await b.cli('payment', 'show', incoming.id)).stdout, /received: für die Miete/)
    assert.ok(!a.log.includes('Miete') && !b.log.includes('Miete'), 'what people write is in no log')
  },

  'data after the money: its rules, and a wallet that takes none': async (t) => {
    const { a, b, pointer } = await twoNodes(t)
    const file = join(a.dir, 'data')
    writeFileSync(file, randomBytes(100000))
    const { code, payment, stderr } = await pay(a, 'alice', pointer, '--send', '10.00', '--data', file)
    assert.equal(code, 0, stderr)
    assert.deepEqual([payment.state, payment.deliveredAmount.value], ['COMPLETED', '1000'])
    assert.deepEqual([payment.data.size, payment.data.deliveredAt], [100000, null], 'this receiver reads no such stream')
    assert.ok(payment.data.deliveredSize < 100000)
    assert.match((await a.cli('pay', 'alice', pointer, '--send', '1.00', '--data', file, '--yes')).stdout, /data: \d+ of 100000 bytes arrived/)
    for (const [size, why] of [[0, /is empty/], [1048577, /more than 1048576 bytes/]]) {
      writeFileSync(file, Buffer.alloc(size))
      const r = await a.cli('pay', 'alice', pointer, '--send', '1.00', '--data', file, '--yes')
      assert.equal(r.code, 2)
      assert.match(r.stderr, why)
    }
    const missing = await a.cli('pay', 'alice', pointer, '--send', '1.00', '--data', `${file}.not`, '--yes')
    assert.equal(missing.code, 2)
    await b.ok('wallet', 'add', 'carol', '--asset', 'USD')
    const usd = (value) => ({ value, assetCode: 'USD', assetScale: 2 })
    const quote = async (receiver) =>
      (await a.admin('POST', '/quotes', { walletAddress: 'alice', receiver, debitAmount: usd('100') })).json()
    const { id } = await quote(pointer)
    const put = async (of, offset, data) => {
      const r = await a.admin('POST', `/quotes/${of}/data`, { offset, data })
      return [r.status, r.json().size ?? r.json().error.details?.field]
    }
    assert.deepEqual(await put(id, 1, 'aGVsbG8='), [400, 'offset'])
    assert.deepEqual(await put(id, 0, 'no base64!'), [400, 'data'])
    assert.deepEqual(await put(id, 0, ''), [400, 'data'])
    assert.deepEqual(await put(id, 0, 'a'.repeat(32772)), [400, 'data'])
    assert.deepEqual(await put(id, 0, 'aGVsbG8='), [201, 5])
    assert.deepEqual(await put(id, 0, 'aGVsbG8='), [400, 'offset'])
    assert.deepEqual(await put(id, 5, 'aGVsbG8='), [201, 10])
    assert.equal((await put(randomUUID(), 0, 'aGVsbG8='))[0], 404)
    await a.admin('POST', '/outgoing-payments', { quoteId: id })
    assert.equal((await put(id, 10, 'aGVsbG8='))[0], 409)
    await a.ok('wallet', 'add', 'carol', '--asset', 'USD')
    assert.equal((await put((await quote(`${a.url}/carol`)).id, 0, 'aGVsbG8='))[0], 409)
  },

  'the automatic reply comes back with it': async (t) => {
    const { a, b, pointer } = await twoNodes(t)
    await b.ok('wallet', 'set', 'bob', '--reply', 'thank you!')
    assert.equal((await b.admin('GET', '/wallet-addresses/bob')).json().reply, 'thank you!')
    const { code, payment } = await pay(a, 'alice', pointer, '--deliver', '3.00', '--message', 'hello')
    assert.equal(code, 0)
    assert.deepEqual(await messages(a, payment.id), [
      ['sent', 'hello', true],
      ['received', 'thank you!', true]
    ])
    const [incoming] = await incomingOf(b)
    assert.deepEqual(await messages(b, incoming.id), [
      ['received', 'hello', true],
      ['sent', 'thank you!', false]
    ])
    await b.ok('wallet', 'set', 'bob', '--reply', '')
    const second = await pay(a, 'alice', pointer, '--deliver', '3.00', '--message', 'again')
    assert.deepEqual(await messages(a, second.payment.id), [['sent', 'again', true]])
  },

  'between wallets of one node, without packets': async (t) => {
    const node = await t.serving('one')
    for (const name of ['alice', 'bob']) await node.ok('wallet', 'add', name, '--asset', 'USD')
    await node.ok('deposit', 'alice', '50.00')
    await node.ok('wallet', 'set', 'bob', '--reply', 'got it')
    const made = (await node.admin('POST', '/incoming-payments', { walletAddress: 'bob' })).json()
    const { code, payment } = await pay(node, 'alice', made.url, '--send', '2.00', '--message', 'to you')
    assert.equal(code, 0)
    assert.deepEqual(await messages(node, payment.id), [
      ['sent', 'to you', true],
      ['received', 'got it', true]
    ])
    assert.deepEqual(await messages(node, made.id), [
      ['received', 'to you', true],
      ['sent', 'got it', false]
    ])
  },

  'a receiver that reads no messages is paid all the same': async (t) => {
    const { node, bob, pointer } = await payingNode(t)
    const { code, payment } = await pay(node, 'alice', pointer, '--send', '10.00', '--message', TEXT)
    assert.equal(code, 0)
    assert.equal(payment.state, 'COMPLETED')
    assert.equal(bob.received, 1000n)
  },

  'a message whose money is refused comes with the next packet': async (t) => {
    const { node, link } = await receivingNode(t, { creditLimit: '1.00' })
    const { id } = (await node.admin('POST', '/incoming-payments', { walletAddress: 'alice' })).json()
    const sender = new StreamSender(link, connectionOf(node, 'alice', id))
    const money = { name: 'StreamMoney', streamId: 1n, shares: 1n }
    const note = [
      { name: 'StreamData', streamId: 3n, offset: 0n, data: Buffer.from('hello') },
      { name: 'StreamClose', streamId: 3n, errorCode: 1, errorMessage: '' }
    ]
    assert.ok((await sender.send({ amount: 60n, frames: [money] })).valid)
    const refused = await sender.send({ amount: 60n, frames: [money, ...note] })
    assert.equal(refused.reply.code, 'T04')
    const again = await sender.send({ frames: note })
    assert.equal(again.reply.type, ilp.FULFILL)
    assert.notEqual(stream.frame(again.stream, 'StreamClose')?.errorCode, 9, 'nobody has refused it')
    assert.deepEqual(await messages(node, id), [['received', 'hello', true]])
    assert.equal(await node.balance('alice'), 60n)
  },

  'what is no message is refused before anything is paid': async (t) => {
    const { a, pointer } = await twoNodes(t)
    for (const text of ['', 'two\nlines', 'x'.repeat(2001)]) {
      const { code } = await pay(a, 'alice', pointer, '--send', '1.00', '--message', text)
      assert.notEqual(code, 0, JSON.stringify(text.slice(0, 10)))
    }
    assert.equal(await a.balance('alice'), 100000n)
    const longest = 'é'.repeat(1000)
    const { code, payment } = await pay(a, 'alice', pointer, '--send', '1.00', '--message', longest)
    assert.equal(code, 0)
    assert.deepEqual(await messages(a, payment.id), [['sent', longest, true]])
  }
}
