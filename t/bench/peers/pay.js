// Row P4's peer: @interledger/pay sends one payment through a node to a wallet of another.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, request } from '../../scenario/lib/http.js'
import { FlorinNode } from '../../scenario/lib/node.js'
import { options } from './lib.js'

const require = createRequire(import.meta.url)
const { setupPayment, startQuote, pay, closeConnection } = require('@interledger/pay')
const PluginHttp = require('ilp-plugin-http')

const USD = { code: 'USD', scale: 2 }
const PACKET = 1000n // units, the link's largest
const PACKETS_PER_S = 150n // near what the package does

const { seconds, runs } = options()
const dir = mkdtempSync(join(tmpdir(), 'florin-pay-'))
const tokens = Object.fromEntries(['toNode', 'toPlugin', 'there', 'back'].map((name) => [name, randomUUID()]))
const listenPort = await freePort()

const first = await FlorinNode.create('first', dir)
const second = await FlorinNode.create('second', dir)
const peer = (node, name, address, url, outgoing, incoming, ...more) =>
  node.ok(
    ...['peer', 'add', name, '--asset', 'USD', '--ilp-address', address, '--url', url],
    ...['--outgoing-token', outgoing, '--incoming-token', incoming, ...more]
  )
const limits = ['--credit-limit', '1000000000.00', '--max-packet', '10.00']
let plugin

async function once(packets, destination) {
  const begun = performance.now()
  const amountToSend = packets * PACKET
  const quote = await startQuote({ plugin, destination, sourceAsset: USD, amountToSend })
  const receipt = await pay({ plugin, destination, quote })
  assert.equal(receipt.error, undefined)
  assert.equal(receipt.amountDelivered, amountToSend)
  return (Number(packets) * 1000) / (performance.now() - begun)
}

try {
  await first.serve()
  await second.serve()
  await second.ok('wallet', 'add', 'payee', '--asset', 'USD')
  await peer(first, 'npm', 'test.npm', `http://127.0.0.1:${listenPort}/`, tokens.toPlugin, tokens.toNode, ...limits)
  await peer(first, 'second', 'test.second', `${second.url}/ilp`, tokens.there, tokens.back, ...limits)
  await peer(second, 'first', 'test.first', `${first.url}/ilp`, tokens.back, tokens.there, ...limits)
  plugin = new PluginHttp({
    incoming: { port: { port: listenPort, host: '127.0.0.1' }, staticToken: tokens.toPlugin },
    outgoing: { url: `${first.url}/ilp`, staticToken: tokens.toNode, name: 'npm' }
  })
  await plugin.connect()
  const rates = []
  let total = 0n
  for (let run = 0; run <= runs; run++) {
    const r = await request(`${second.url}/payee`, { headers: { accept: 'application/spsp4+json' } })
    const { destination_account: destinationAddress, shared_secret: secret } = r.json()
    const destination = await setupPayment({ plugin, destinationAddress, sharedSecret: Buffer.from(secret, 'base64') })
    const packets = run === 0 ? PACKETS_PER_S : PACKETS_PER_S * BigInt(seconds)
    const rate = await once(packets, destination)
    await closeConnection(plugin, destination)
    total += packets * PACKET
    if (run > 0) rates.push(rate)
  }
  assert.equal(await second.balance('payee'), total)
  rates.sort((a, b) => a - b)
  console.log(JSON.stringify({
    row: 'P4', what: '@interledger/pay, through one node to a wallet of another', runs,
    perSecond: rates[rates.length >> 1], min: rates[0], max: rates[rates.length - 1]
  }))
} finally {
  await plugin?.disconnect()
  await first.stop()
  await second.stop()
  rmSync(dir, { recursive: true, force: true })
}
