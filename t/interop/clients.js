// Published senders pay a wallet that they find by SPSP; totals agree on both sides.

import assert from 'node:assert/strict'
import { request } from '../scenario/lib/http.js'
import { toUnits } from '../scenario/lib/ratio.js'
import { linkDetails, payNew, payOld, plugin, stream } from './lib/npm.js'

// A thousand packets, each with a few milliseconds of a busy processor.
const PAY_MS = 240000
export const maxMs = 300000

const side = await import(process.env.INTEROP_COUNTERPART === 'js' ? './lib/js_side.js' : './lib/florin_side.js')

const SOURCE = { code: 'USD', scale: 2 }

async function spsp(pointer) {
  const r = await request(pointer, { headers: { accept: 'application/spsp4+json, application/spsp+json' } })
  assert.equal(r.status, 200)
  assert.match(r.headers['content-type'], /^application\/spsp4\+json/)
  const { destination_account: destinationAccount, shared_secret: secret } = r.json()
  return { destinationAccount, sharedSecret: Buffer.from(secret, 'base64') }
}

// Each client: (plugin, pointer, amount in units) -> units that it says were delivered.
// An amount of 0 opens a connection, learns the rate, and closes it again.
const clients = {
  async 'ilp-protocol-stream'(p, pointer, amount) {
    const connection = await stream.createConnection({ plugin: p, ...(await spsp(pointer)) })
    if (amount > 0n) await connection.createStream().sendTotal(amount.toString(), { timeout: PAY_MS })
    await connection.end()
    assert.equal(BigInt(connection.totalSent), amount)
    return BigInt(connection.totalDelivered)
  },

  async '@interledger/pay 0.2.2'(p, pointer, amount) {
    const major = (units) => `${units / 100n}.${(units % 100n).toString().padStart(2, '0')}`
    const quote = await payOld.quote({ plugin: p, paymentPointer: pointer, amountToSend: major(amount || 100n) })
    if (amount === 0n) {
      await quote.cancel()
      return 0n
    }
    const receipt = await quote.pay()
    assert.equal(receipt.error, undefined)
    assert.equal(toUnits(receipt.amountSent.toString(), 2), amount)
    return toUnits(receipt.amountDelivered.toString(), 2)
  },

  async '@interledger/pay 0.4.0-alpha.9'(p, pointer, amount) {
    await p.connect()
    const { destinationAccount: destinationAddress, sharedSecret } = await spsp(pointer)
    const destination = await payNew.setupPayment({ plugin: p, destinationAddress, sharedSecret })
    assert.deepEqual(destination.destinationAsset, SOURCE)
    const amountToSend = amount || 100n
    const quote = await payNew.startQuote({ plugin: p, destination, sourceAsset: SOURCE, amountToSend })
    let delivered = 0n
    if (amount > 0n) {
      const receipt = await payNew.pay({ plugin: p, destination, quote })
      assert.equal(receipt.error, undefined)
      assert.equal(receipt.amountSent, amount)
      delivered = receipt.amountDelivered
    }
    await payNew.closeConnection(p, destination)
    return delivered
  }
}

function pays(client, amount, options) {
  return async (t) => {
    const link = await linkDetails()
    const node = await side.paidNode(t, link, options)
    const delivered = await clients[client](plugin(t, link, node.ilpUrl), node.pointer, amount)
    assert.equal(delivered, amount, 'the client says that all of it arrived')
    assert.equal(await node.wallet(), amount, 'the wallet has it')
    assert.equal(await node.owed(), amount, 'the peering owes it')
  }
}

export const tests = Object.fromEntries(
  Object.keys(clients).flatMap((client) => [
    [`${client} pays 1 unit`, pays(client, 1n)],
    [`${client} pays 1,000,007 units in packets of at most 1,000`, pays(client, 1000007n, { maxPacket: '10.00' })],
    [`${client} opens a connection and sends nothing`, pays(client, 0n)]
  ])
)
