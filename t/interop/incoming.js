// Published senders pay an incoming payment's STREAM connection up to its amount: to the unit in one
// asset, and where we exchange, with no more above it than the configuration allows.

import assert from 'node:assert/strict'
import { connectionOf } from '../scenario/lib/incoming.js'
import { linkDetails, payNew, plugin, stream } from './lib/npm.js'

const SCALES = { USD: 2, EUR: 2, XRP: 9 }
const SLACK_BPS = 100n // [limits] incoming_slack_bps, as it is by default

/** A payment request of alice's, who holds `asset`, and a peer whose money is `from`. */
async function requested(t, { from, asset, value, maxPacket }) {
  const link = await linkDetails()
  const node = await t.serving('florin')
  await node.ok('wallet', 'add', 'alice', '--asset', asset)
  await node.ok(
    ...['peer', 'add', 'npm', '--asset', from, '--ilp-address', 'test.npm', '--credit-limit', '1000000.00'],
    ...['--url', `http://127.0.0.1:${link.port}/`, '--outgoing-token', link.toPlugin, '--incoming-token', link.toNode],
    ...(maxPacket ? ['--max-packet', maxPacket] : [])
  )
  if (asset !== from) await node.ok('asset', 'deposit', asset, '1000000.00')
  const incomingAmount = { value: String(value), assetCode: asset, assetScale: SCALES[asset] }
  const r = await node.admin('POST', '/incoming-payments', { walletAddress: 'alice', incomingAmount })
  assert.equal(r.status, 201, r.text())
  const { id } = r.json()
  const { destination, secret } = connectionOf(node, 'alice', id)
  return {
    node,
    plugin: plugin(t, link, `${node.url}/ilp`),
    destination,
    secret,
    get: async () => (await node.admin('GET', `/incoming-payments/${id}`)).json()
  }
}

/** @interledger/pay asks for exactly what the payment is for. */
async function payFixedDelivery({ node, plugin: p, destination: destinationAddress, secret }, from, value) {
  const { base, rates } = JSON.parse(node.rates())
  const prices = { [base]: 1 }
  for (const [code, rate] of Object.entries(rates)) prices[code] = 1 / Number(rate)
  await p.connect()
  const destination = await payNew.setupPayment({ plugin: p, destinationAddress, sharedSecret: secret })
  const quote = await payNew.startQuote({
    plugin: p,
    destination,
    sourceAsset: { code: from, scale: SCALES[from] },
    amountToDeliver: value,
    prices,
    slippage: 0.01
  })
  const receipt = await payNew.pay({ plugin: p, destination, quote })
  await payNew.closeConnection(p, destination)
  return receipt
}

function paysTo(from, asset, value, options = {}) {
  return async (t) => {
    const r = await requested(t, { from, asset, value, ...options })
    const receipt = await payFixedDelivery(r, from, value)
    assert.equal(receipt.error, undefined)
    const payment = await r.get()
    assert.equal(payment.state, 'COMPLETED')
    const received = BigInt(payment.receivedAmount.value)
    assert.equal(receipt.amountDelivered, received, 'both sides say the same')
    assert.equal(await r.node.balance('alice'), received)
    const share = (value * SLACK_BPS) / 10000n
    const above = from === asset ? 0n : share > 1n ? share : 1n
    assert.ok(received >= value && received <= value + above, `${received} for ${value}`)
  }
}

export const tests = {
  'ilp-protocol-stream pays all of it': async (t) => {
    const r = await requested(t, { from: 'USD', asset: 'USD', value: 10007n, maxPacket: '10.00' })
    const connection = await stream.createConnection({
      plugin: r.plugin,
      destinationAccount: r.destination,
      sharedSecret: r.secret
    })
    await connection.createStream().sendTotal('10007', { timeout: 60000 })
    await connection.end()
    assert.equal(connection.totalDelivered, '10007')
    const payment = await r.get()
    assert.deepEqual([payment.state, payment.receivedAmount.value], ['COMPLETED', '10007'])
  },
  '@interledger/pay delivers 1 unit': paysTo('USD', 'USD', 1n),
  '@interledger/pay delivers 100,003 units in packets of at most 1,000': paysTo('USD', 'USD', 100003n, { maxPacket: '10.00' }),
  '@interledger/pay delivers 1 USD cent from EUR': paysTo('EUR', 'USD', 1n),
  '@interledger/pay delivers 9.99 USD from EUR': paysTo('EUR', 'USD', 999n),
  '@interledger/pay delivers 543.21 USD from EUR in packets of at most 10.00': paysTo('EUR', 'USD', 54321n, {
    maxPacket: '10.00'
  }),
  '@interledger/pay delivers 7.13 EUR from USD': paysTo('USD', 'EUR', 713n),
  '@interledger/pay delivers 10 XRP from USD cents': paysTo('USD', 'XRP', 10000000000n),
  '@interledger/pay delivers 123.456789 XRP from USD cents': paysTo('USD', 'XRP', 123456789000n, { maxPacket: '10.00' })
}
