// What a quote promises a client: the path may worsen, and people may take their time.

import assert from 'node:assert/strict'
import { usd } from './lib/answers.js'
import { Client } from './lib/client.js'
import { addHolder, agreed, ask, Holder } from './lib/holder.js'
import { sleep, until } from './lib/http.js'
import { FakePeer } from './lib/peer.js'
import { addPeer } from './lib/setups.js'
import { WalletServer } from './lib/wallet_server.js'

export const maxMs = 150000

async function payer(t, env) {
  const node = await t.serving('payer', { env })
  await addHolder(node, 'alice', '--asset', 'USD')
  await node.ok('deposit', 'alice', '1000.00')
  const client = await Client.published(t)
  const wallet = `${node.url}/alice`
  const spend = (limit) => [
    { type: 'quote', actions: ['create', 'read'] },
    { type: 'outgoing-payment', actions: ['create', 'read'], identifier: wallet, limits: { debitAmount: usd(limit) } }
  ]
  const quote = (token, receiver, value) =>
    client.call('POST', `${node.url}/op/quotes`, {
      token,
      json: { walletAddress: wallet, receiver, method: 'ilp', debitAmount: usd(value) }
    })
  const pay = (token, quoteId, n) =>
    client.call('POST', `${node.url}/op/outgoing-payments`, { token, json: { walletAddress: wallet, quoteId, metadata: { n } } })
  const spent = async (token) => {
    const r = await client.call('GET', `${node.url}/op/outgoing-payment-grant`, { token })
    assert.equal(r.status, 200, r.text())
    return r.json()
  }
  /** The payment when it has ended, as its client reads it. */
  const ended = async (token, id) => {
    let shown
    await until('its end', async () => {
      const r = await client.call('GET', id, { token })
      assert.equal(r.status, 200, r.text())
      shown = r.json()
      return shown.failed || shown.sentAmount.value === shown.debitAmount.value
    }, 90000)
    return shown
  }
  return { node, client, holder: new Holder(node), spend, quote, pay, spent, ended }
}

/** A peer whose path brings `percent` of what is sent, and a wallet behind it. */
async function receiver(t, node) {
  const peer = await new FakePeer('test.fake').listen()
  t.defer(() => peer.close())
  const bob = peer.receiver('bob', { maxPacket: 1000n })
  const path = { bob, percent: 100n, worsensAfter: null }
  peer.behave = (s) => {
    if (path.worsensAfter !== null && bob.received >= path.worsensAfter) path.percent = 50n
    const amount = (s.prepare.amount * path.percent) / 100n
    return peer.receive({ ...s, prepare: { ...s.prepare, amount } })
  }
  await addPeer(node, 'fake', { url: `${peer.url}/ilp` })
  const server = await new WalletServer(bob).listen()
  t.defer(() => server.close())
  return { path, server }
}

export const tests = {
  'the path worsens after the quote: FAILED, the rest refunded and free again under the grant': async (t) => {
    const p = await payer(t)
    const { path, server } = await receiver(t, p.node)
    const { token } = await agreed(p.holder, p.client, p.spend(10000))
    const q = await p.quote(token, server.add().id, 10000)
    assert.equal(q.status, 201, q.text())
    path.worsensAfter = 3000n
    const made = await p.pay(token, q.json().id, 1)
    assert.equal(made.status, 201, made.text())
    assert.deepEqual(made.json().grantSpentDebitAmount, usd(10000), 'all of the limit is taken meanwhile')
    const shown = await p.ended(token, made.json().id)
    assert.equal(shown.failed, true)
    const left = BigInt(shown.sentAmount.value)
    assert.ok(left >= 3000n && left < 10000n, `${left} was sent`)
    assert.equal(left, path.bob.received)
    assert.deepEqual((await p.spent(token)).spentDebitAmount, usd(left))
    const payment = await p.node.ok('payment', 'show', made.json().id.split('/').pop())
    assert.equal(payment.state, 'FAILED')
    assert.equal(payment.error.code, 'InsufficientExchangeRate')
    assert.equal(BigInt(payment.refundedAmount.value), 10000n - left)
    assert.equal(await p.node.balance('alice'), 100000n - left)
    Object.assign(path, { percent: 100n, worsensAfter: null })
    const free = 10000 - Number(left)
    const open = server.add().id
    const more = await p.pay(token, (await p.quote(token, open, free + 1)).json().id)
    assert.equal(more.status, 403, more.text())
    const rest = await p.pay(token, (await p.quote(token, open, free)).json().id)
    assert.equal(rest.status, 201, rest.text())
    assert.equal((await p.ended(token, rest.json().id)).failed, false)
    assert.deepEqual((await p.spent(token)).spentDebitAmount, usd(10000))
    assert.equal(await p.node.balance('alice'), 100000n - 10000n)
  },

  'consent takes longer than the quote lives: quoted again, paid': async (t) => {
    const p = await payer(t, { FLORIN_QUOTES_LIFETIME_S: '1' })
    await p.node.ok('wallet', 'add', 'bob', '--asset', 'USD')
    const { url } = await p.node.ok('request', 'bob', '5.00')
    const only = await p.client.grant(p.node, { access: [{ type: 'quote', actions: ['create', 'read'] }] })
    const first = await p.quote(only.json().access_token.value, url, 500)
    assert.equal(first.status, 201, first.text())
    const asked = await ask(p.holder, p.client, p.spend(500))
    await sleep(1200)
    const { interact_ref } = await asked.decide('accept')
    const token = (await asked.go({ interact_ref })).json().access_token.value
    const late = await p.pay(token, first.json().id)
    assert.equal(late.status, 400, late.text())
    assert.equal(late.json().error.description, 'invalid quote')
    assert.equal((await p.spent(token)).spentDebitAmount, null, 'nothing was taken')
    const again = await p.quote(token, url, 500)
    assert.equal(again.status, 201, again.text())
    const made = await p.pay(token, again.json().id)
    assert.equal(made.status, 201, made.text())
    assert.equal((await p.ended(token, made.json().id)).failed, false)
    assert.equal(await p.node.balance('bob'), 500n)
    assert.deepEqual((await p.spent(token)).spentDebitAmount, usd(500))
  }
}
