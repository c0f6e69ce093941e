// The counterpart made of npm packages, for INTEROP_COUNTERPART=js: the scripts must pass against it
// too, so that a failure against Florin is Florin's.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import http from 'node:http'
import { request } from '../../scenario/lib/http.js'
import * as ilp from '../../scenario/lib/ilp.js'
import { toUnits } from '../../scenario/lib/ratio.js'
import { payNew, plugin, receiverOld } from './npm.js'
import { serveReceiver } from './receiver.js'

const ILDCP = Buffer.concat([Buffer.from([8]), Buffer.from('test.npm'), Buffer.from([2, 3]), Buffer.from('USD')])

async function ilpEndpoint(t, link, handle, spsp) {
  const server = http.createServer(async (req, res) => {
    const chunks = []
    for await (const c of req) chunks.push(c)
    if (req.method === 'GET') {
      res.writeHead(200, { 'content-type': 'application/spsp4+json' })
      return res.end(JSON.stringify(spsp()))
    }
    if (req.headers.authorization !== `Bearer ${link.toNode}`) return res.writeHead(401).end()
    const bytes = Buffer.concat(chunks)
    const isIldcp = ilp.decode(bytes).destination === 'peer.config'
    const fulfillment = Buffer.alloc(32)
    const reply = isIldcp ? ilp.encode({ type: ilp.FULFILL, fulfillment, data: ILDCP }) : await handle(bytes)
    res.writeHead(200, { 'content-type': 'application/octet-stream' })
    res.end(reply)
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  t.defer(() => {
    server.closeAllConnections()
    return new Promise((done) => server.close(done))
  })
  return `http://127.0.0.1:${server.address().port}`
}

export async function paidNode(t, link, { maxPacket } = {}) {
  const maximum = maxPacket && toUnits(maxPacket, 2)
  const served = serveReceiver(receiverOld, 'test.js.alice', { maximum })
  const url = await ilpEndpoint(t, link, served.handle, () => {
    const { destinationAccount, sharedSecret } = served.credentials()
    return { destination_account: destinationAccount, shared_secret: sharedSecret.toString('base64') }
  })
  const total = async () => served.total
  return { ilpUrl: `${url}/ilp`, pointer: `${url}/alice`, wallet: total, owed: total }
}

export async function payingNode(t, link) {
  const url = await ilpEndpoint(t, link, async () => ilp.reject('F02'))
  const own = { ...link, port: 0, toNode: link.toPlugin, toPlugin: randomBytes(16).toString('hex') }
  const out = plugin(t, own, `http://127.0.0.1:${link.port}/`)
  return {
    ilpUrl: `${url}/ilp`,
    async pay(pointer, amount) {
      await out.connect()
      const spsp = (await request(pointer, { headers: { accept: 'application/spsp4+json' } })).json()
      const destination = await payNew.setupPayment({
        plugin: out,
        destinationAddress: spsp.destination_account,
        sharedSecret: Buffer.from(spsp.shared_secret, 'base64')
      })
      const sourceAsset = { code: 'USD', scale: 2 }
      const quote = await payNew.startQuote({
        plugin: out,
        destination,
        sourceAsset,
        amountToSend: toUnits(amount, 2)
      })
      const receipt = await payNew.pay({ plugin: out, destination, quote })
      await payNew.closeConnection(out, destination)
      assert.equal(receipt.error, undefined)
      return { sent: receipt.amountSent, delivered: receipt.amountDelivered }
    }
  }
}
