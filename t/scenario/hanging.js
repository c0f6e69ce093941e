// Servers of strangers that take a call and never answer: whoever names them waits, and nobody else does.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { usd } from './lib/answers.js'
import { Client } from './lib/client.js'
import { sleep, until } from './lib/http.js'
import { serving } from './lib/server.js'
import { addPeer, payingNode } from './lib/setups.js'
import { WalletServer } from './lib/wallet_server.js'

const AT_ONCE = 300
const PAYMENTS = 90 // more than a node has at work at a time
const env = { FLORIN_LIMITS_CONNECTIONS_PER_ADDRESS: '1000' }

/** -> its URL and how many calls have come; each waits until the test's end. */
async function hanging(t) {
  const hung = { calls: 0 }
  hung.url = await serving(t, () => hung.calls++)
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

  'payments of another wallet': async (t) => {
    const { node, bob, pointer } = await payingNode(t, { env: { FLORIN_QUOTES_LIFETIME_S: '300' } })
    await node.ok('wallet', 'add', 'carol', '--asset', 'USD')
    await node.ok('deposit', 'carol', '10.00')
    const server = await new WalletServer(bob).listen()
    t.defer(() => server.close())
    const pay = async (from, receiver, debitAmount) => {
      const quote = await node.admin('POST', '/quotes', { walletAddress: from, receiver, debitAmount })
      assert.equal(quote.status, 201, quote.text())
      return () => node.admin('POST', '/outgoing-payments', { quoteId: quote.json().id })
    }
    const started = []
    for (let i = 0; i < PAYMENTS; i++) started.push(await pay('alice', server.add({ incomingAmount: usd(1) }).id))
    server.server.removeAllListeners('request')
    server.server.on('request', () => {})
    for (const r of await Promise.all(started.map((start) => start()))) assert.equal(r.status, 201, r.text())
    const carols = (await (await pay('carol', pointer, usd(500)))()).json()
    await until('the other payment', async () => {
      const now = (await node.admin('GET', `/outgoing-payments/${carols.id}`)).json()
      return now.state === 'COMPLETED'
    })
    const { items } = (await node.admin('GET', `/outgoing-payments?limit=${PAYMENTS + 1}`)).json()
    const begun = items.filter((p) => p.id !== carols.id && p.attempts > 0)
    assert.equal(items.length, PAYMENTS + 1)
    assert.ok(begun.length > 0 && begun.length < 64, `${begun.length} of them were taken up before it`)
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
    const face = await serving(t, (req, res) => {
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
