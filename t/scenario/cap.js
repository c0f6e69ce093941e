// Many payers at once, with real packets, into one incoming payment: never above its amount; with one
// asset to the unit, with two by no more than the slack.

import assert from 'node:assert/strict'
import { sleep, until } from './lib/http.js'
import { peerNodes } from './lib/node.js'
import { units } from './lib/setups.js'

export const maxMs = 240000

const CAP = 5000n
const PAYERS = 2 // wallets of each paying node
const FINAL = ['COMPLETED', 'FAILED', 'CANCELLED']
const LIMITS = ['--credit-limit', '1000000.00']
const usd = (value, assetCode = 'USD') => ({ value: String(value), assetCode, assetScale: 2 })

/** Nodes that pay (their assets), each a peer of the receiving one; packets are small. */
async function network(t, assets) {
  const env = { FLORIN_ILP_MAX_HOLD_S: '5' }
  const omega = await t.serving('omega', { env })
  await omega.ok('wallet', 'add', 'bob', '--asset', 'USD')
  await omega.ok('asset', 'deposit', 'USD', '1000000.00')
  const payers = []
  for (const [i, asset] of assets.entries()) {
    const node = await t.serving(`payer${i}`, { env })
    await peerNodes(node, omega, asset, { aLimits: LIMITS, bLimits: [...LIMITS, '--max-packet', '2.00'] })
    for (let k = 0; k < PAYERS; k++) {
      await node.ok('wallet', 'add', `w${k}`, '--asset', asset)
      await node.ok('deposit', `w${k}`, '1000.00')
    }
    payers.push({ node, asset })
  }
  return { omega, payers }
}

async function payment(node, wallet, asset, receiver, value) {
  const q = await node.admin('POST', '/quotes', { walletAddress: wallet, receiver, debitAmount: usd(value, asset) })
  assert.equal(q.status, 201, q.text())
  return { node, quoteId: q.json().id }
}

/** All of them start at once; what they are when they have ended. */
async function paidAtOnce(quoted) {
  const answers = await Promise.all(quoted.map(({ node, quoteId }) => node.admin('POST', '/outgoing-payments', { quoteId })))
  return Promise.all(
    answers.map(async (r, i) => {
      assert.equal(r.status, 201, r.text())
      const read = async () => (await quoted[i].node.admin('GET', `/outgoing-payments/${r.json().id}`)).json()
      return until('the payment to end', async () => {
        const p = await read()
        return FINAL.includes(p.state) && p
      }, 150000)
    })
  )
}

async function fill(t, assets, each) {
  const { omega, payers } = await network(t, assets)
  const made = await omega.admin('POST', '/incoming-payments', { walletAddress: 'bob', incomingAmount: usd(CAP) })
  assert.equal(made.status, 201, made.text())
  const { id, url } = made.json()
  const quoted = []
  for (const { node, asset } of payers) {
    for (let k = 0; k < PAYERS; k++) quoted.push(await payment(node, `w${k}`, asset, url, each))
  }
  let highest = 0n
  let ended = false
  const read = async () => (await omega.admin('GET', `/incoming-payments/${id}`)).json()
  const watch = (async () => {
    while (!ended) {
      const received = units((await read()).receivedAmount)
      assert.ok(received >= highest, 'it never goes down')
      highest = received
      await sleep(20)
    }
  })()
  const payments = await paidAtOnce(quoted)
  ended = true
  await watch
  const end = await read()
  const received = units(end.receivedAmount)
  for (const p of payments) assert.equal(units(p.sentAmount) + units(p.refundedAmount), units(p.debitAmount), p.id)
  assert.ok(payments.filter((p) => units(p.sentAmount) > 0n).length > 1, 'several paid')
  assert.equal(payments.reduce((sum, p) => sum + units(p.deliveredAmount), 0n), received, 'what they delivered is there')
  assert.equal(payments.reduce((sum, p) => sum + units(p.inDoubtAmount), 0n), 0n)
  assert.equal(await omega.balance('bob'), received)
  return { received, state: end.state, payments }
}

export const tests = {
  'payers of one asset never bring a unit more': async (t) => {
    const { received, state, payments } = await fill(t, ['USD', 'USD'], 1800)
    assert.ok(received <= CAP, `${received} of ${CAP}`)
    assert.equal(state === 'COMPLETED', received === CAP)
    assert.ok(received > (CAP * 3n) / 4n, `${received} of ${CAP} came`)
    assert.ok(payments.some((p) => p.state === 'FAILED'), 'together they had more than it takes')
  },

  'payers of several assets bring no more than the slack': async (t) => {
    const { received, payments } = await fill(t, ['EUR', 'USD'], 1800)
    const slack = CAP / 100n // incoming_slack_bps
    assert.ok(received <= CAP + slack, `${received} of ${CAP}`)
    assert.ok(received > (CAP * 3n) / 4n, `${received} of ${CAP} came`)
    assert.ok(payments.some((p) => p.state === 'FAILED'))
  }
}
