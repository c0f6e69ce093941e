// SIGTERM under load: the node drains within 30 s, exits with 0, and every promise that it made is in
// the books that the next start reads.

import assert from 'node:assert/strict'
import * as ilp from './lib/ilp.js'
import { sleep, until } from './lib/http.js'
import { behaviours } from './lib/peer.js'
import { StreamSender, prepare } from './lib/link.js'
import { connector, payingNode, randomPreimage, receivingNode, units } from './lib/setups.js'

export const maxMs = 150000
const STOP_MS_MAX = 30000
const SENDERS = 24

/** Sends again and again until told to stop or the node is gone; counts what was fulfilled. */
function load(sendOne) {
  const state = { fulfilled: 0n, rejected: 0, gone: 0, on: true }
  const one = async () => {
    while (state.on) {
      try {
        const { type, amount } = await sendOne()
        if (type === ilp.FULFILL) state.fulfilled += amount
        else state.rejected++
      } catch {
        state.gone++
        return
      }
    }
  }
  state.done = Promise.all(Array.from({ length: SENDERS }, one))
  return state
}

/** SIGTERM; the exit must come within the time and with 0. */
async function stops(node) {
  const begin = Date.now()
  const { code, signal } = await node.stop()
  assert.equal(code, 0, `exit ${code}, ${signal}`)
  assert.ok(Date.now() - begin < STOP_MS_MAX + 3000, `${Date.now() - begin} ms`)
}

const doubts = async (node) => (await node.ok('doubt', 'list')).items

export const tests = {
  'receiving: what was fulfilled is credited after the restart, to the unit': async (t) => {
    const { node, link } = await receivingNode(t)
    const sender = new StreamSender(link, await node.spsp('alice'))
    const flow = load(async () => ({ type: (await sender.send({ amount: 3n })).reply.type, amount: 3n }))
    await until('some load', () => flow.fulfilled > 300n)
    await stops(node)
    flow.on = false
    await flow.done
    await node.serve()
    const balance = await node.balance('alice')
    const owed = (await doubts(node)).reduce((sum, d) => sum + units(d.amount), 0n)
    assert.ok(balance >= flow.fulfilled, `credited ${balance}, fulfilled ${flow.fulfilled}`)
    assert.ok(balance - flow.fulfilled <= owed, `${balance - flow.fulfilled} more, ${owed} listed`)
    assert.equal(await node.peerBalance('sender'), -balance)
  },

  'forwarding: both sides of the books agree with what was promised': async (t) => {
    const { node, link, right } = await connector(t)
    const known = new Map()
    let paid = 0n
    right.behave = async ({ prepare: p }) => {
      await sleep(30 + Math.random() * 300)
      paid += p.amount
      return ilp.encode({ type: ilp.FULFILL, fulfillment: known.get(p.condition.toString('hex')) })
    }
    const flow = load(async () => {
      const fulfillment = randomPreimage()
      const condition = ilp.sha256(fulfillment)
      known.set(condition.toString('hex'), fulfillment)
      const r = await link.send(prepare({ amount: 5n, destination: 'test.right.x', condition }))
      return { type: r.type, amount: 5n }
    })
    await until('some load', () => flow.fulfilled > 300n)
    await stops(node)
    flow.on = false
    await flow.done
    await node.serve()
    const [left, next] = [await node.peerBalance('left'), await node.peerBalance('right')]
    assert.equal(next, -left)
    assert.ok(-left >= flow.fulfilled, `took ${-left}, promised ${flow.fulfilled}`)
    const listed = (await doubts(node)).reduce((sum, d) => sum + units(d.amount), 0n)
    assert.ok(paid - next <= listed, `the next hop fulfilled ${paid}, booked ${next}, listed ${listed}`)
    assert.ok(-left - flow.fulfilled <= listed, `took ${-left}, promised ${flow.fulfilled}, listed ${listed}`)
  },

  'a next hop that never answers does not hold the stop': async (t) => {
    const { node, link, right } = await connector(t)
    right.behave = behaviours.never()
    const waiting = Array.from({ length: 10 }, () =>
      link.send(prepare({ amount: 5n, destination: 'test.right.x', expiresAt: Date.now() + 60000 })).catch(() => null)
    )
    await until('the packets', () => right.count() === 10)
    await stops(node)
    for (const r of await Promise.all(waiting)) assert.ok(r === null || r.type === ilp.REJECT)
    await node.serve()
    assert.equal(await node.peerBalance('left'), 0n)
    await until('the holds to end', async () => (await node.ok('peer', 'show', 'left')).pending.value === '0', 60000)
    const listed = (await doubts(node)).reduce((sum, d) => sum + units(d.amount), 0n)
    assert.equal(listed, 50n, 'each packet may still be claimed')
  },

  'a payment goes on after the restart and arrives whole': async (t) => {
    const { node, peer, bob, pointer } = await payingNode(t, { receiver: { maxPacket: 100n } })
    peer.behave = async (s) => {
      await sleep(20)
      return peer.receive(s)
    }
    const debitAmount = { value: '60000', assetCode: 'USD', assetScale: 2 }
    const quoted = await node.admin('POST', '/quotes', { walletAddress: 'alice', receiver: pointer, debitAmount })
    const made = await node.admin('POST', '/outgoing-payments', { quoteId: quoted.json().id })
    assert.equal(made.status, 201, made.text())
    await until('a part of it', () => bob.received > 10000n)
    await stops(node)
    await node.serve()
    const payment = await until(
      'the payment to end',
      async () => {
        const p = (await node.admin('GET', `/payments/${made.json().id}`)).json()
        return p.state !== 'SENDING' && p
      },
      60000
    )
    assert.equal(payment.state, 'COMPLETED', JSON.stringify(payment.error))
    assert.equal(units(payment.inDoubtAmount), 0n)
    assert.equal(bob.received, 60000n)
    assert.equal(await node.balance('alice'), 2000000n - 60000n)
  },

  'a stop while the admin API changes things: each change is whole or absent': async (t) => {
    const node = await t.serving('admin')
    await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
    const amount = { value: '1', assetCode: 'USD', assetScale: 2 }
    const flow = load(async () => {
      const r = await node.admin('POST', '/wallet-addresses/alice/deposits', { amount })
      return { type: r.status === 201 ? ilp.FULFILL : ilp.REJECT, amount: 1n }
    })
    await until('some load', () => flow.fulfilled > 100n)
    await stops(node)
    flow.on = false
    await flow.done
    await node.serve()
    const balance = await node.balance('alice')
    assert.ok(balance >= flow.fulfilled && balance <= flow.fulfilled + BigInt(SENDERS), `${balance}, said ${flow.fulfilled}`)
  }
}
