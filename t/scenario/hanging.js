// Servers of strangers that take a call and never answer: whoever names them waits, and nobody else does.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import http from 'node:http'
import { Client } from './lib/client.js'
import { sleep, until } from './lib/http.js'
import { addPeer } from './lib/setups.js'
import { WalletServer } from './lib/wallet_server.js'

const AT_ONCE = 300
const env = { FLORIN_LIMITS_CONNECTIONS_PER_ADDRESS: '1000' }
const usd = (value) => ({ value: String(value), assetCode: 'USD', assetScale: 2 })

async function listening(t, serve) {
  const server = http.createServer(serve)
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready))
  t.defer(() => new Promise((done) => (server.closeAllConnections(), server.close(done))))
  return `http://127.0.0.1:${server.address().port}`
}

/** -> its URL and how many calls have come; each waits until the test's end. */
async function hanging(t) {
  const hung = { calls: 0 }
  hung.url = await listening(t, () => hung.calls++)
  return hung
}

export const tests = {
  'keys of clients': async (t) => {
    const node = await t.serving('wallet', { env })
    const hung = await hanging(t)
    const access = [{ type: 'quote', actions: ['create'] }]
    const stranger = new Client()
    const asked = Array.from({ length: AT_ONCE }, (_, i) => {
      stranger.address = `${hung.url}/c${i}`
      return stranger.grant(node, { access })
    })
    await until('the first fetches', () => hung.calls > 0)
    await sleep(500) // the rest of them
    const honest = await (await Client.published(t)).grant(node, { access })
    assert.equal(honest.status, 200, honest.text())
    for (const r of await Promise.all(asked)) assert.equal(r.status, 400, r.text())
  },

  'grants of receivers': async (t) => {
    const peer = await t.peer('test.fake')
    const node = await t.serving('wallet', { env })
    await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
    await addPeer(node, 'fake', { url: `${peer.url}/ilp` })
    const good = await new WalletServer(peer.receiver('bob')).listen()
    t.defer(() => good.close())
    const hung = await hanging(t)
    let told = 0
    const face = await listening(t, (req, res) => {
      told++
      res.setHeader('content-type', 'application/json')
      res.end(JSON.stringify({ authServer: `${hung.url}/auth/${req.url.split('/')[1]}`, receivedAmount: usd(0) }))
    })
    const client = new Client()
    const token = (await client.grant(node, { access: [{ type: 'quote', actions: ['create'] }] })).json().access_token.value
    const quote = (receiver, more) =>
      client.call('POST', `${node.url}/op/quotes`, {
        token,
        json: { walletAddress: `${node.url}/alice`, receiver, method: 'ilp', ...more }
      })
    const asked = Array.from({ length: AT_ONCE }, (_, i) =>
      quote(`${face}/${i}/incoming-payments/${randomUUID()}`, { debitAmount: usd(100) })
    )
    await until('all to know where to ask', () => told === AT_ONCE)
    await sleep(300)
    const honest = await quote(good.add({ incomingAmount: good.amount(500) }).id)
    assert.equal(honest.status, 201, honest.text())
    for (const r of await Promise.all(asked)) assert.equal(r.status, 400, r.text())
  }
}
