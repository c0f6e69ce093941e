// ilp-protocol-stream and Florin with connections that keep state: data and money both ways.

import assert from 'node:assert/strict'
import { createHmac, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { request, until } from '../scenario/lib/http.js'
import { connectionOf } from '../scenario/lib/incoming.js'
import { units } from '../scenario/lib/setups.js'
import { linkDetails, plugin, spspServer, stream } from './lib/npm.js'
import { paidNode, payingNode } from './lib/florin_side.js'

const MIB = 1024 * 1024
const ECHO = { FLORIN_SERVER_DEV: 'yes', FLORIN_ILP_STREAM_ECHO: 'yes' }

async function spsp(pointer, headers = {}) {
  const r = await request(pointer, { headers: { accept: 'application/spsp4+json', ...headers } })
  assert.equal(r.status, 200)
  const { destination_account: destinationAccount, shared_secret: secret } = r.json()
  return { destinationAccount, sharedSecret: Buffer.from(secret, 'base64') }
}

/** A client's connection to alice's wallet on a node. */
async function connected(t, env) {
  const link = await linkDetails()
  const node = await paidNode(t, link, { env })
  const connection = await stream.createConnection({
    plugin: plugin(t, link, node.ilpUrl),
    ...(await spsp(node.pointer))
  })
  const errors = []
  connection.on('error', (e) => errors.push(e))
  return { node, connection, errors }
}

/** All that comes back on a stream, until there are n bytes. */
function collect(s, n) {
  return new Promise((resolve, reject) => {
    const parts = []
    let have = 0
    const late = setTimeout(() => reject(new Error(`${have} of ${n} bytes came back`)), 120000)
    s.on('data', (part) => {
      parts.push(part)
      have += part.length
      if (have < n) return
      clearTimeout(late)
      resolve(Buffer.concat(parts))
    })
  })
}

/** A payment over some seconds to a server that leaves with its second packet of money, once: it goes on
 * over another connection, and each unit arrives once. */
async function closesInTheMiddle(t, leave) {
  const link = await linkDetails()
  const { node, ilpUrl } = await payingNode(t, link)
  const server = await stream.createServer({ plugin: plugin(t, link, ilpUrl), disconnectDelay: 1 })
  let received = 0n
  let packets = 0
  server.on('connection', (connection) => {
    connection.on('error', () => {})
    connection.on('stream', (s) => {
      s.on('error', () => {})
      s.setReceiveMax('1000000')
      s.on('money', (amount) => {
        received += BigInt(amount)
        if (++packets === 2) Promise.resolve(leave(connection)).catch(() => {})
      })
    })
  })
  const pointer = await spspServer(t, () => server.generateAddressAndSecret())
  const words = ['pay', 'alice', `${pointer}/npm`, '--rate', '1.00/s', '--for', '6s', '--yes']
  const payment = await node.ok(...words)
  assert.deepEqual([payment.state, payment.attempts], ['COMPLETED', 2])
  assert.deepEqual([units(payment.sentAmount), units(payment.deliveredAmount), received], [600n, 600n, 600n])
  assert.equal(units(payment.inDoubtAmount), 0n)
  assert.equal(await node.balance('alice'), 2000000n - 600n)
  assert.equal(await node.peerBalance('npm'), 600n)
  await server.close()
}

export const tests = {
  async 'a server reads the message of a payment on a stream of its own'(t) {
    const link = await linkDetails()
    const node = await payingNode(t, link)
    const server = await stream.createServer({ plugin: plugin(t, link, node.ilpUrl), disconnectDelay: 1 })
    const heard = []
    server.on('connection', (connection) => {
      connection.on('error', () => {})
      connection.on('stream', (s) => {
        let text = ''
        s.setReceiveMax('1000000')
        s.on('data', (part) => (text += part))
        s.on('end', () => text && heard.push(text))
      })
    })
    const pointer = await spspServer(t, () => server.generateAddressAndSecret())
    const { delivered, messages } = await node.pay(`${pointer}/npm`, '7.00', '--message', 'für die Miete')
    assert.equal(delivered, 700n)
    await until('the message', () => heard.length)
    assert.deepEqual(heard, ['für die Miete'])
    assert.deepEqual(
      messages.map((m) => [m.direction, m.text, m.deliveredAt !== null]),
      [['sent', 'für die Miete', true]]
    )
    await server.close()
  },

  async 'a server reads 1 MiB that follows the money of a payment'(t) {
    const link = await linkDetails()
    const node = await payingNode(t, link)
    const server = await stream.createServer({ plugin: plugin(t, link, node.ilpUrl), disconnectDelay: 1 })
    const heard = { text: '', parts: [], ended: 0, money: 0n }
    server.on('connection', (connection) => {
      connection.on('error', () => {})
      connection.on('stream', (s) => {
        s.setReceiveMax('1000000')
        s.on('money', (amount) => (heard.money += BigInt(amount)))
        if (s.id === 3) s.on('data', (part) => (heard.text += part))
        if (s.id !== 5) return
        s.on('end', () => heard.ended++)
        // Read slowly, so that its windows are what the payer goes by.
        s.on('readable', () => {
          setTimeout(() => {
            for (let part; (part = s.read()); ) heard.parts.push(part)
          }, 5)
        })
      })
    })
    const pointer = await spspServer(t, () => server.generateAddressAndSecret())
    const bytes = randomBytes(MIB)
    const file = join(node.node.dir, 'data')
    writeFileSync(file, bytes)
    const { delivered, messages, data } = await node.pay(`${pointer}/npm`, '7.00', '--message', 'see the data', '--data', file)
    assert.equal(delivered, 700n)
    assert.equal(heard.money, 700n)
    assert.deepEqual([data.size, data.deliveredSize], [MIB, MIB])
    assert.ok(data.deliveredAt)
    assert.deepEqual(messages.map((m) => m.deliveredAt !== null), [true])
    await until('the end of the data', () => heard.ended)
    assert.ok(bytes.equals(Buffer.concat(heard.parts)), 'the same bytes in order')
    assert.equal(heard.text, 'see the data')
    await server.close()
  },

  async 'a server that reads no data keeps the money, and the payer is told how much it took'(t) {
    const link = await linkDetails()
    const node = await payingNode(t, link)
    const server = await stream.createServer({ plugin: plugin(t, link, node.ilpUrl), disconnectDelay: 1 })
    server.on('connection', (connection) => {
      connection.on('error', () => {})
      connection.on('stream', (s) => s.setReceiveMax('1000000'))
    })
    const pointer = await spspServer(t, () => server.generateAddressAndSecret())
    const file = join(node.node.dir, 'data')
    writeFileSync(file, randomBytes(MIB))
    const began = Date.now()
    const { delivered, data } = await node.pay(`${pointer}/npm`, '7.00', '--data', file)
    assert.equal(delivered, 700n)
    assert.ok(data.deliveredSize < MIB && data.deliveredSize >= 16384, `${data.deliveredSize} bytes`)
    assert.equal(data.deliveredAt, null)
    assert.ok(Date.now() - began < 60000)
    await server.close()
  },

  async 'a client writes 1 MiB, and the same bytes come back'(t) {
    const { node, connection, errors } = await connected(t, ECHO)
    const bytes = randomBytes(MIB)
    const s = connection.createStream()
    const back = collect(s, MIB)
    s.write(bytes)
    assert.ok(bytes.equals(await back))
    s.end()
    await connection.end()
    assert.deepEqual(errors, [])
    assert.equal(await node.wallet(), 0n)
  },

  // Few enough bytes for one packet: the client counts the heads of several pieces too small.
  async 'eight streams at once, each with data and money'(t) {
    const { node, connection, errors } = await connected(t, ECHO)
    const all = Array.from({ length: 8 }, (_, i) => ({
      s: connection.createStream(),
      bytes: randomBytes(3000 + i),
      money: 1000n + BigInt(i)
    }))
    await Promise.all(
      all.map(async ({ s, bytes, money }) => {
        const back = collect(s, bytes.length)
        s.write(bytes)
        await s.sendTotal(money.toString(), { timeout: 60000 })
        assert.ok(bytes.equals(await back))
      })
    )
    await connection.end()
    assert.deepEqual(errors, [])
    const total = all.reduce((sum, { money }) => sum + money, 0n)
    assert.equal(BigInt(connection.totalDelivered), total)
    assert.equal(await node.wallet(), total)
    assert.equal(await node.owed(), total)
  },

  async 'streams that come and go: more than are open at a time'(t) {
    const { node, connection, errors } = await connected(t, ECHO)
    for (let i = 0; i < 25; i++) {
      const s = connection.createStream()
      const back = collect(s, 100)
      s.write(randomBytes(100))
      await s.sendTotal('3', { timeout: 60000 })
      await back
      s.end()
      await until('the stream is over', () => !s.isOpen())
    }
    await connection.end()
    assert.deepEqual(errors, [])
    assert.equal(await node.wallet(), 75n)
  },

  async 'a client has its receipts'(t) {
    const link = await linkDetails()
    const node = await paidNode(t, link)
    const nonce = randomBytes(16)
    const secret = randomBytes(32)
    const asked = { 'receipt-nonce': nonce.toString('base64'), 'receipt-secret': secret.toString('base64') }
    const connection = await stream.createConnection({
      plugin: plugin(t, link, node.ilpUrl),
      ...(await spsp(node.pointer, asked))
    })
    const s = connection.createStream()
    await s.sendTotal('1234', { timeout: 60000 })
    const { receipt } = s
    assert.deepEqual(receipt.subarray(1, 17), nonce)
    assert.equal(receipt.readBigUInt64BE(18), 1234n)
    assert.deepEqual(receipt.subarray(26), createHmac('sha256', secret).update(receipt.subarray(0, 26)).digest())
    await connection.end()
    assert.equal(await node.wallet(), 1234n)
  },

  async 'data that nobody reads: the stream is closed, the money stays'(t) {
    const { node, connection } = await connected(t)
    const paid = connection.createStream()
    await paid.sendTotal('500', { timeout: 60000 })
    const s = connection.createStream()
    let closed = false
    s.on('error', () => {})
    s.on('close', () => (closed = true))
    s.write(randomBytes(40000))
    await until('the stream is closed', () => closed)
    await connection.end()
    assert.equal(await node.wallet(), 500n)
  },

  async 'a client has some of its payment back, on the stream that it opened'(t) {
    const link = await linkDetails()
    const { node, ilpUrl, wallet } = await paidNode(t, link)
    const { id } = (await node.admin('POST', '/incoming-payments', { walletAddress: 'alice' })).json()
    const { destination, secret } = connectionOf(node, 'alice', id)
    const connection = await stream.createConnection({
      plugin: plugin(t, link, ilpUrl),
      destinationAccount: destination,
      sharedSecret: secret
    })
    const errors = []
    connection.on('error', (e) => errors.push(e))
    const s = connection.createStream()
    s.setReceiveMax('400')
    await s.sendTotal('1000', { timeout: 60000 })
    const back = await node.ok('payment', 'refund', id, '4.00', '--yes')
    assert.deepEqual([back.state, units(back.deliveredAmount)], ['COMPLETED', 400n])
    await until('the client has it', () => s.totalReceived === '400')
    // The connection goes on, both ways.
    await s.sendTotal('1500', { timeout: 60000 })
    const more = connection.createStream()
    await more.sendTotal('25', { timeout: 60000 })
    assert.equal(await wallet(), 1000n - 400n + 500n + 25n)
    await connection.end()
    assert.deepEqual(errors, [])
    const late = await node.cli('payment', 'refund', id, '1.00', '--yes')
    assert.equal(late.code, 1)
    assert.equal(await wallet(), 1125n)
  },

  async 'a client closes: its streams end, and the connection without an error'(t) {
    const { node, connection, errors } = await connected(t, ECHO)
    const s = connection.createStream()
    const back = collect(s, 1000)
    s.write(randomBytes(1000))
    await s.sendTotal('40', { timeout: 60000 })
    await back
    const closed = new Promise((done) => connection.once('close', done))
    await connection.end()
    await closed
    assert.ok(!s.isOpen())
    assert.deepEqual(errors, [])
    assert.equal(await node.wallet(), 40n)
  },

  async 'a client breaks off with an error: what was paid stays'(t) {
    const { node, connection } = await connected(t, ECHO)
    const s = connection.createStream()
    s.on('error', () => {})
    const back = collect(s, 1000)
    s.write(randomBytes(1000))
    await s.sendTotal('40', { timeout: 60000 })
    await back
    const closed = new Promise((done) => connection.once('close', done))
    await connection.destroy(new Error('enough'))
    await closed
    assert.ok(!s.isOpen())
    assert.equal(await node.wallet(), 40n)
    assert.equal(await node.owed(), 40n)
  },

  async 'a server closes in the middle of a payment, which goes on over another connection'(t) {
    await closesInTheMiddle(t, (connection) => connection.end())
  },

  async 'a server breaks off in the middle of a payment, which goes on over another connection'(t) {
    await closesInTheMiddle(t, (connection) => connection.destroy(new Error('enough')))
  },

  async 'a server sends money back on the stream that a payment opened'(t) {
    const link = await linkDetails()
    const { node, ilpUrl } = await payingNode(t, link)
    const server = await stream.createServer({ plugin: plugin(t, link, ilpUrl), disconnectDelay: 1 })
    server.on('connection', (connection) => {
      connection.on('error', () => {})
      connection.on('stream', (s) => {
        s.setReceiveMax('1000000')
        s.once('money', () => s.sendTotal('120', { timeout: 60000 }).catch(() => {}))
      })
    })
    const pointer = await spspServer(t, () => server.generateAddressAndSecret())
    await node.ok('peer', 'set', 'npm', '--credit-limit', '100.00')
    const words = ['pay', 'alice', `${pointer}/npm`, '--rate', '1.00/s', '--for', '4s', '--yes']
    const payment = await node.ok(...words)
    assert.deepEqual([payment.state, units(payment.sentAmount)], ['COMPLETED', 400n])
    assert.equal(units(payment.deliveredAmount), 400n)
    assert.equal(units(payment.returnedAmount), 120n)
    assert.equal(await node.balance('alice'), 2000000n - 400n + 120n)
    await server.close()
  }
}
