// ilp-settlement-core, which published settlement engines are built on, as the engine of two nodes that peer. Its
// ledger is two engines in one process: what one settles the other credits.

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { freePort, until } from '../scenario/lib/http.js'
import { addPeer, units } from '../scenario/lib/setups.js'

const { startServer } = createRequire(import.meta.url)('ilp-settlement-core')

const TOKEN = 'token-of-the-engine'

/** An engine of `node`; `there()` is what it credits at the other end. */
async function engineOf(t, node, there) {
  const port = await freePort()
  let services
  const server = await startServer(
    async (s) => {
      services = s
      return {
        settle: async (account, amount) => {
          const other = there()
          other.services.creditSettlement(other.account, amount)
          return amount
        },
        handleMessage: async (account, message) => ({ got: message })
      }
    },
    undefined,
    { port, connectorUrl: `http://engine:${TOKEN}@127.0.0.1:${node.adminPort}/settlement` }
  )
  t.defer(() => server.shutdown())
  return { url: `http://127.0.0.1:${port}`, services }
}

export const tests = {
  'ilp-settlement-core: an order is settled here and received there, and messages go both ways': async (t) => {
    const [a, b] = await Promise.all(['a', 'b'].map((name) => t.serving(name)))
    for (const [node, other, name, own] of [[a, b, 'b', 'a'], [b, a, 'a', 'b']]) {
      await addPeer(node, name, {
        address: other.address, url: `${other.url}/ilp`, token: `token-of-${name}`, outgoingToken: `token-of-${own}`,
        options: ['--credit-limit', '1000.00']
      })
    }
    const ends = { a: { account: (await a.ok('peer', 'show', 'b')).id }, b: { account: (await b.ok('peer', 'show', 'a')).id } }
    for (const [node, peer, own, other] of [[a, 'b', 'a', 'b'], [b, 'a', 'b', 'a']]) {
      const engine = await engineOf(t, node, () => ends[other])
      ends[own].services = engine.services
      await node.ok('peer', 'settlement', peer, '--engine-url', engine.url, '--engine-token', TOKEN)
    }
    await a.ok('peer', 'settle', 'b', '30.00')
    await b.ok('peer', 'settle', 'a', '30.00', '--direction', 'paid')
    // The engine knows the account before it is asked to settle.
    const asks = async (services, account) => services.sendMessage(account, { hello: account }).catch(() => null)
    for (const { services, account } of [ends.a, ends.b]) {
      await until('a message to go', async () => (await asks(services, account))?.got.hello === account)
    }
    await a.ok('peer', 'settle', 'b', '12.50', '--direction', 'paid', '--engine')
    const list = async (node, peer) =>
      (await node.ok('peer', 'settlements', peer)).items.map((s) => [s.direction, s.state, units(s.amount)])
    await until('it is there', async () => (await list(b, 'a')).length === 2)
    await until('it is done', async () => (await list(a, 'b')).every(([, state]) => state === 'DONE'))
    assert.deepEqual((await list(a, 'b'))[0], ['sent', 'DONE', 1250n])
    assert.deepEqual((await list(b, 'a'))[0], ['received', 'DONE', 1250n])
    assert.deepEqual([await a.peerBalance('b'), await b.peerBalance('a')], [1750n, -1750n])
  }
}
