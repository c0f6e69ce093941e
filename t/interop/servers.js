// Published receivers are paid by `florin pay`; totals agree on both sides.

import assert from 'node:assert/strict'
import { FakePeer } from '../scenario/lib/peer.js'
import { until } from '../scenario/lib/http.js'
import { toUnits } from '../scenario/lib/ratio.js'
import { capPackets, linkDetails, plugin, receiverNew, receiverOld, spspServer, stream } from './lib/npm.js'
import { serveReceiver } from './lib/receiver.js'

const side = await import(process.env.INTEROP_COUNTERPART === 'js' ? './lib/js_side.js' : './lib/florin_side.js')

const ENOUGH = '1000000000000'

/** An ilp-protocol-stream server over ilp-plugin-http, open for any amount. */
async function streamServer(t, amount) {
  const link = await linkDetails()
  const node = await side.payingNode(t, link)
  const p = capPackets(plugin(t, link, node.ilpUrl), 1000n)
  const server = await stream.createServer({ plugin: p, disconnectDelay: 1 })
  let total = 0n
  let ended = 0
  server.on('connection', (connection) => {
    connection.on('stream', (s) => {
      s.setReceiveMax(ENOUGH)
      s.on('money', (units) => (total += BigInt(units)))
    })
    connection.on('end', () => ended++)
    connection.on('close', () => ended++)
    connection.on('error', () => ended++)
  })
  const pointer = await spspServer(t, () => server.generateAddressAndSecret())
  const expected = toUnits(amount, 2)
  const { sent, delivered } = await node.pay(`${pointer}/npm`, amount)
  assert.equal(sent, expected)
  assert.equal(delivered, expected)
  assert.equal(total, expected, 'the server counted the same')
  assert.ok(p.largest <= 1000n)
  await until('the end of the connection', () => ended > 0)
  await server.close()
}

/** A stateless receiver at an endpoint of its own, with a packet cap. */
async function statelessReceiver(t, library, amount) {
  const link = await linkDetails()
  const node = await side.payingNode(t, link)
  const served = serveReceiver(library, 'test.npm.shop', { maximum: 1000n })
  const peer = new FakePeer('test.npm')
  peer.token = link.toPlugin
  peer.behave = (s) => served.handle(s.raw)
  await peer.listen(link.port)
  t.defer(() => peer.close())
  const pointer = await spspServer(t, served.credentials)
  const expected = toUnits(amount, 2)
  const { sent, delivered } = await node.pay(`${pointer}/shop`, amount)
  assert.equal(sent, expected)
  assert.equal(delivered, expected)
  assert.equal(served.total, expected)
}

const amounts = ['0.01', '10.00', '10000.07']
const receivers = { '0.2.2': receiverOld, '0.3.3-alpha.4': receiverNew }
// It answers probes with F05, which the counterpart's own sender takes for the end.
if (process.env.INTEROP_COUNTERPART === 'js') delete receivers['0.3.3-alpha.4']

export const tests = Object.fromEntries([
  ...amounts.map((amount) => [
    `an ilp-protocol-stream server is paid ${amount}`,
    (t) => streamServer(t, amount)
  ]),
  ...Object.entries(receivers).flatMap(([version, library]) =>
    amounts.map((amount) => [
      `@interledger/stream-receiver ${version} is paid ${amount}`,
      (t) => statelessReceiver(t, library, amount)
    ])
  )
])
