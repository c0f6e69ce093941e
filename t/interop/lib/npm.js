// The npm packages under one roof (all CommonJS), and the small things around them.

import { createRequire } from 'node:module'
import { randomUUID } from 'node:crypto'
import http from 'node:http'
import { freePort } from '../../scenario/lib/http.js'
import * as ilp from '../../scenario/lib/ilp.js'

const require = createRequire(import.meta.url)

export const stream = require('ilp-protocol-stream')
export const payOld = require('@interledger/pay-old')
export const payNew = require('@interledger/pay-new')
export const receiverOld = require('@interledger/stream-receiver')
export const receiverNew = require('@interledger/stream-receiver-new')
const PluginHttp = require('ilp-plugin-http')

/** Both tokens and the port of one ilp-plugin-http, fixed before either side exists. */
export async function linkDetails() {
  return { port: await freePort(), toNode: `token-${randomUUID()}`, toPlugin: `token-${randomUUID()}` }
}

/** An ilp-plugin-http that listens on loopback for the node and posts to `url`. */
export function plugin(t, { port, toNode, toPlugin }, url) {
  const p = new PluginHttp({
    // Koa hands this on to server.listen: loopback only.
    incoming: { port: { port, host: '127.0.0.1' }, staticToken: toPlugin },
    outgoing: { url, staticToken: toNode, name: 'npm' }
  })
  t.defer(() => p.disconnect())
  return p
}

/** Makes a plugin's data handler refuse larger packets with F08, as a connector before it would. */
export function capPackets(p, maximum) {
  const register = p.registerDataHandler.bind(p)
  p.largest = 0n
  p.registerDataHandler = (handler) =>
    register(async (bytes) => {
      const { amount } = ilp.decode(bytes)
      if (amount > maximum) {
        return ilp.reject('F08', '', { triggeredBy: 'test.npm', data: ilp.f08Data(amount, maximum) })
      }
      const reply = await handler(bytes)
      if (ilp.decode(reply).type === ilp.FULFILL && amount > p.largest) p.largest = amount
      return reply
    })
  return p
}

/** An SPSP server of one receiver; `credentials()` gives {destinationAccount, sharedSecret}. */
export async function spspServer(t, credentials) {
  const server = http.createServer((req, res) => {
    const { destinationAccount, sharedSecret } = credentials()
    res.writeHead(200, { 'content-type': 'application/spsp4+json', 'cache-control': 'no-cache' })
    res.end(
      JSON.stringify({
        destination_account: destinationAccount,
        shared_secret: sharedSecret.toString('base64'),
        receipts_enabled: false
      })
    )
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  t.defer(() => {
    server.closeAllConnections()
    return new Promise((done) => server.close(done))
  })
  return `http://127.0.0.1:${server.address().port}`
}
