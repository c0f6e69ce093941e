// Quotes: the smallest amount, fees, what is kept for 30 seconds, what a wallet may have quoted; and
// payments that are cancelled or tried again.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sleep, until } from './lib/http.js'
import { peerNodes } from './lib/node.js'
import { changesNothing, pay, payingNode, units } from './lib/setups.js'

const SCALES = { USD: 2, EUR: 2, GBP: 2, XRP: 9, BTC: 8 }
const ASSETS = Object.keys(SCALES)

export const maxMs = 150000

const amount = (value, code) => ({ value: String(value), assetCode: code, assetScale: SCALES[code] })

/** One wallet of each asset, with money and with a fee. */
async function fiveWallets(t, env = {}) {
  const node = await t.serving('wallet', { env })
  for (const [i, code] of ASSETS.entries()) {
    const name = code.toLowerCase()
    await node.ok('wallet', 'add', name, '--asset', code)
    await node.ok('deposit', name, '1000000')
    await node.ok('asset', 'deposit', code, '1000000')
    if (i % 2) await node.ok('asset', 'set', code, '--fee-bps', '100')
    else await node.ok('asset', 'set', code, '--fee-fixed', SCALES[code] === 2 ? '0.03' : '0.00000003', '--fee-bps', '7')
  }
  return node
}

const quote = (node, from, to, members) =>
  node.admin('POST', '/quotes', { walletAddress: from.toLowerCase(), receiver: `${node.url}/${to.toLowerCase()}`, ...members })

const start = (node, id) => node.admin('POST', '/outgoing-payments', { quoteId: id })

async function finished(node, id) {
  let payment
  await until('the end of the payment', async () => {
    payment = await node.ok('payment', 'show', id)
    return !['FUNDING', 'SENDING'].includes(payment.state)
  })
  return payment
}

/** The smallest debit amount, found from the refusal of one unit. */
async function smallest(node, from, to) {
  const refused = await quote(node, from, to, { debitAmount: amount(1, from) })
  if (refused.status === 201) return 1n
  assert.equal(refused.status, 400, refused.text())
  const { minSendAmount } = refused.json().error.details
  assert.equal(minSendAmount.assetCode, from)
  assert.equal(minSendAmount.assetScale, SCALES[from])
  return BigInt(minSendAmount.value)
}

function changeRates(node, change) {
  const file = join(node.dir, 'rates.json')
  const rates = JSON.parse(readFileSync(file, 'utf8'))
  change(rates.rates)
  writeFileSync(file, JSON.stringify(rates))
}

export const tests = {
  'between any two assets the smallest amount pays, and one unit less is refused': async (t) => {
    const node = await fiveWallets(t)
    for (const from of ASSETS) {
      for (const to of ASSETS.filter((code) => code !== from)) {
        const least = await smallest(node, from, to)
        const made = await quote(node, from, to, { debitAmount: amount(least, from) })
        assert.equal(made.status, 201, `${from} to ${to}: ${made.text()}`)
        assert.ok(units(made.json().receiveAmount) >= 1n)
        if (least > 1n) {
          const less = await quote(node, from, to, { debitAmount: amount(least - 1n, from) })
          assert.equal(less.status, 400, `${from} to ${to}`)
          assert.equal(less.json().error.details.minSendAmount.value, String(least))
        }
        const payment = await finished(node, (await start(node, made.json().id)).json().id)
        assert.equal(payment.state, 'COMPLETED')
        assert.equal(units(payment.sentAmount), least)
        assert.equal(units(payment.deliveredAmount), units(made.json().receiveAmount))
        assert.equal(units(payment.refundedAmount), 0n)
      }
    }
  },

  'a fee is part of a debit amount and comes on top of a receive amount': async (t) => {
    const node = await fiveWallets(t)
    // EUR: 1 %, USD: 0.03 and 0.07 %
    const cases = [
      ['EUR', 'USD', 100n, 0n],
      ['USD', 'EUR', 7n, 3n],
      ['XRP', 'GBP', 100n, 0n],
      ['BTC', 'EUR', 7n, 3n]
    ]
    for (const [from, to, bps, fixed] of cases) {
      const ceil = (principal) => (principal * bps + 9999n) / 10000n + fixed
      const debit = SCALES[from] === 2 ? 12345n : 123456789n
      const sent = (await quote(node, from, to, { debitAmount: amount(debit, from) })).json()
      assert.equal(units(sent.debitAmount), debit)
      assert.equal(units(sent.fee), ceil(debit), `${from}: of the debit amount`)
      const received = (await quote(node, from, to, { receiveAmount: amount(777, to) })).json()
      assert.equal(units(received.receiveAmount), 777n)
      const send = units(received.debitAmount) - units(received.fee)
      assert.equal(units(received.fee), ceil(send), `${from}: of what is sent`)
      const payment = await finished(node, (await start(node, received.id)).json().id)
      assert.equal(units(payment.deliveredAmount), 777n)
      assert.equal(units(payment.sentAmount), units(received.debitAmount))
    }
  },

  'a wallet of this node is paid by an incoming payment too, which then takes nothing more': async (t) => {
    const node = await fiveWallets(t)
    for (const [members, asks] of [
      [{ debitAmount: amount(1000, 'USD') }, undefined],
      [{ receiveAmount: amount(500, 'EUR') }, amount(500, 'EUR')]
    ]) {
      const q = (await quote(node, 'USD', 'EUR', members)).json()
      assert.match(q.receiver, new RegExp(`^${node.url}/op/incoming-payments/[0-9a-f-]{36}$`))
      const incoming = async () => (await node.admin('GET', `/incoming-payments/${q.receiver.split('/').pop()}`)).json()
      const open = await incoming()
      assert.equal(open.state, 'PENDING')
      assert.deepEqual(open.incomingAmount ?? undefined, asks)
      const payment = await finished(node, (await start(node, q.id)).json().id)
      assert.equal(payment.state, 'COMPLETED')
      assert.equal(payment.receiver, q.receiver)
      const paid = await incoming()
      assert.equal(paid.state, 'COMPLETED')
      assert.deepEqual(paid.receivedAmount, payment.deliveredAmount)
      const more = await node.admin('POST', '/quotes', {
        walletAddress: 'usd', receiver: q.receiver, debitAmount: amount(100, 'USD')
      })
      assert.equal(more.status, 409, more.text())
    }
    assert.equal((await node.ok('event', 'list')).items.filter((e) => e.type === 'incoming_payment.completed').length, 2)
  },

  'fees on both sides, inside the node and in packets from another: every asset, fixed and in basis points': async (t) => {
    const node = await fiveWallets(t)
    const fees = { USD: [2n, 0n], EUR: [0n, 150n], GBP: [5n, 33n], XRP: [1000000n, 100n], BTC: [0n, 1n] }
    const major = (units, code) => `${units / 10n ** BigInt(SCALES[code])}.${String(units % 10n ** BigInt(SCALES[code])).padStart(SCALES[code], '0')}`
    for (const code of ASSETS) {
      const [fixed, bps] = fees[code]
      const asset = await node.ok('asset', 'set', code, '--receive-fee-fixed', major(fixed, code), '--receive-fee-bps', String(bps))
      assert.deepEqual([asset.receiveFeeFixed, asset.receiveFeeBps], [amount(fixed, code), Number(bps)])
    }
    const far = await t.serving('payer')
    await far.ok('asset', 'set', 'USD', '--fee-fixed', '0.05', '--fee-bps', '30')
    await far.ok('wallet', 'add', 'alice', '--asset', 'USD')
    await far.ok('deposit', 'alice', '1000')
    const credit = ['--credit-limit', '10000.00']
    await peerNodes(far, node, 'USD', { aLimits: [...credit, '--route', 'test'], bLimits: credit })
    for (const [i, to] of ASSETS.entries()) {
      const from = ASSETS[(i + 1) % ASSETS.length]
      const name = to.toLowerCase()
      const least = { XRP: 1234567890n, BTC: 1234567n }[from] ?? 12345n
      for (const pays of ['here', 'there']) {
        const before = await node.balance(name)
        let payment
        if (pays === 'here') {
          const q = (await quote(node, from, to, { debitAmount: amount(least, from) })).json()
          payment = await finished(node, (await start(node, q.id)).json().id)
        } else {
          const r = await pay(far, 'alice', `${node.url}/${name}`, '--send', '10.00')
          assert.equal(r.code, 0, r.stderr)
          payment = r.payment
        }
        assert.equal(payment.state, 'COMPLETED', `${pays} to ${to}`)
        const sent = units(payment.debitAmount)
        const [sendFixed, sendBps] = pays === 'there' ? [5n, 30n] : ASSETS.indexOf(from) % 2 ? [0n, 100n] : [3n, 7n]
        assert.equal(units(payment.fee), (sent * sendBps + 9999n) / 10000n + sendFixed)
        const [incoming] = (await node.admin('GET', `/incoming-payments?walletAddress=${name}`)).json().items
        const came = units(payment.deliveredAmount)
        assert.equal(units(incoming.receivedAmount), came, 'before the fee')
        const [fixed, bps] = fees[to]
        const due = fixed + (came * bps + 9999n) / 10000n
        assert.equal(units(incoming.fee), due < came ? due : came)
        assert.equal(await node.balance(name), before + came - units(incoming.fee))
        const lines = (await node.ok('payment', 'show', incoming.id)).transfers
        assert.equal(lines.filter((l) => l.kind === 'fee').reduce((n, l) => n + units(l.amount), 0n), units(incoming.fee))
      }
    }
  },

  'fees come in versions, by the API too': async (t) => {
    const node = await t.serving('wallet')
    const path = `/assets/${(await node.ok('asset', 'list')).items.find((a) => a.code === 'USD').id}/fees`
    const add = (body) => node.admin('POST', path, body)
    const first = await add({ type: 'sending', fixed: amount(3, 'USD'), basisPoints: 7 })
    assert.equal(first.status, 201, first.text())
    assert.deepEqual({ ...first.json(), createdAt: null, version: null }, { type: 'sending', fixed: amount(3, 'USD'), basisPoints: 7, createdAt: null, version: null })
    assert.equal((await add({ type: 'sending', fixed: amount(3, 'USD'), basisPoints: 7 })).json().version, first.json().version)
    assert.equal((await add({ type: 'receiving', basisPoints: 9 })).status, 201)
    await node.ok('asset', 'set', 'USD', '--fee-bps', '8')
    const listed = []
    for (let cursor = ''; cursor !== null;) {
      const page = (await node.admin('GET', `${path}?limit=2${cursor}`)).json()
      listed.push(...page.items)
      cursor = page.nextCursor && `&cursor=${page.nextCursor}`
    }
    assert.deepEqual(listed.map((f) => [f.type, f.fixed.value, f.basisPoints]), [['sending', '3', 8], ['receiving', '0', 9], ['sending', '3', 7]])
    for (const bad of [{}, { type: 'both' }, { type: 'sending', basisPoints: 10000 }, { type: 'sending', fixed: amount(1, 'EUR') }]) {
      assert.equal((await add(bad)).status, 400, JSON.stringify(bad))
    }
    assert.equal((await node.admin('GET', `${path}?cursor=x`)).status, 400)
    assert.equal((await node.admin('POST', '/assets/nothing/fees', { type: 'sending' })).status, 404)
  },

  'setting one thing of an asset leaves alone what others set meanwhile': async (t) => {
    const node = await t.serving('wallet')
    const { id } = (await node.ok('asset', 'list')).items.find((a) => a.code === 'USD')
    const asset = async () => (await node.admin('GET', `/assets/${id}`)).json()
    const set = (body) => node.admin('PATCH', `/assets/${id}`, body)
    for (let i = 1; i <= 20; i++) {
      const all = await Promise.all([
        node.admin('POST', `/assets/${id}/fees`, { type: 'receiving', basisPoints: i }),
        set({ feeBps: 100 + i }),
        set({ liquidityThreshold: amount(i, 'USD') }),
        set({ liquidityThresholdHigh: amount(1000 + i, 'USD') })
      ])
      assert.deepEqual(all.map((r) => r.status), [201, 200, 200, 200])
      const now = await asset()
      assert.deepEqual([now.receiveFeeBps, now.feeBps, now.liquidityThreshold.value, now.liquidityThresholdHigh.value], [i, 100 + i, String(i), String(1000 + i)])
    }
  },

  'what is quoted is paid, whatever rate and fee have become since': async (t) => {
    const node = await fiveWallets(t)
    const q = (await quote(node, 'USD', 'EUR', { debitAmount: amount(10000, 'USD') })).json()
    await node.ok('asset', 'set', 'USD', '--fee-fixed', '1.00', '--fee-bps', '1000')
    changeRates(node, (rates) => { rates.EUR = String(Number(rates.EUR) / 2) })
    node.child.kill('SIGHUP')
    await until('the new rate', async () => {
      const now = (await quote(node, 'USD', 'EUR', { debitAmount: amount(10000, 'USD') })).json()
      return units(now.fee) === 1100n && units(now.receiveAmount) < units(q.receiveAmount) / 2n + 1n
    })
    const begun = (await start(node, q.id)).json()
    assert.equal(begun.fee.value, q.fee.value)
    const payment = await finished(node, begun.id)
    assert.equal(payment.state, 'COMPLETED')
    assert.equal(units(payment.debitAmount), units(q.debitAmount))
    assert.equal(units(payment.fee), units(q.fee))
    assert.equal(units(payment.deliveredAmount), units(q.receiveAmount))
  },

  'and our own rate to the next hop is kept as well': async (t) => {
    const { node, bob, pointer } = await payingNode(t)
    await node.ok('wallet', 'add', 'euro', '--asset', 'EUR')
    await node.ok('deposit', 'euro', '100.00')
    await node.ok('asset', 'deposit', 'USD', '100000')
    const q = (await node.admin('POST', '/quotes', {
      walletAddress: 'euro', receiver: pointer, debitAmount: amount(1000, 'EUR')
    })).json()
    assert.ok(q.id, JSON.stringify(q))
    changeRates(node, (rates) => { rates.EUR = String(Number(rates.EUR) * 3) })
    node.child.kill('SIGHUP')
    await until('the new rate', async () => {
      const now = (await node.admin('POST', '/quotes', {
        walletAddress: 'euro', receiver: pointer, debitAmount: amount(1000, 'EUR')
      })).json()
      return now.receiveAmount && units(now.receiveAmount) < units(q.receiveAmount) / 2n
    })
    const payment = await finished(node, (await start(node, q.id)).json().id)
    assert.equal(payment.state, 'COMPLETED', JSON.stringify(payment.error))
    assert.equal(units(payment.sentAmount), 1000n)
    assert.ok(bob.received >= units(q.receiveAmount))
  },

  'a quote is no option for more than the wallet has': async (t) => {
    const node = await fiveWallets(t, { FLORIN_QUOTES_LIFETIME_S: '3' })
    await node.ok('wallet', 'add', 'poor', '--asset', 'USD')
    await node.ok('deposit', 'poor', '10.00')
    const ask = (value) => quote(node, 'poor', 'EUR', { debitAmount: amount(value, 'USD') })
    const first = await ask(600)
    assert.equal(first.status, 201)
    await changesNothing(node, async () => {
      const refused = await ask(401)
      assert.equal(refused.status, 422, refused.text())
      assert.match(refused.text(), /other unexpired quotes/)
    })
    assert.equal((await ask(400)).status, 201)
    assert.equal((await start(node, first.json().id)).status, 201)
    assert.equal((await ask(200)).status, 422)
    await sleep(3100)
    assert.equal((await ask(400)).status, 201)
  },

  'a payment is cancelled between two attempts, and its attempts show': async (t) => {
    const { node, peer, pointer } = await payingNode(t, { env: { FLORIN_ILP_MAX_HOLD_S: '2' } })
    const q = (await node.admin('POST', '/quotes', {
      walletAddress: 'alice', receiver: pointer, debitAmount: amount(1000, 'USD')
    })).json()
    const before = await node.balance('alice')
    await peer.close()
    const { id } = (await start(node, q.id)).json()
    let shown
    await until('the first attempt', async () => {
      shown = await node.ok('payment', 'show', id)
      return shown.nextAttemptAt !== null
    }, 40000)
    assert.equal(shown.state, 'SENDING')
    assert.equal(shown.attemptLog.length, shown.attempts)
    assert.ok(shown.attemptLog[0].endedAt && shown.attemptLog[0].error)
    const cancelled = await node.admin('POST', `/outgoing-payments/${id}/cancel`, { reason: 'not needed any more' })
    assert.equal(cancelled.status, 200, cancelled.text())
    const payment = await finished(node, id)
    assert.equal(payment.state, 'CANCELLED')
    assert.equal(payment.error.description, 'not needed any more')
    assert.equal(units(payment.refundedAmount), 1000n)
    assert.equal(await node.balance('alice'), before)
    assert.equal((await node.admin('POST', `/outgoing-payments/${id}/cancel`)).status, 409)
  },

  'a payment that is cancelled while the last of it is on its way is a whole one, with its fee': async (t) => {
    const { node, peer, pointer, bob } = await payingNode(t, { options: ['--max-packet', '10.00'] })
    await node.ok('asset', 'set', 'USD', '--fee-fixed', '5.00')
    const q = (await node.admin('POST', '/quotes', {
      walletAddress: 'alice', receiver: pointer, debitAmount: amount(10500, 'USD')
    })).json()
    const before = await node.balance('alice')
    let asked = false
    let held = 0
    // All of it is in flight when the cancellation comes; the run hears of it with the first Fulfill.
    peer.behave = async (seen) => {
      if (seen.prepare.amount > 0n) {
        const place = held++
        await until('the cancellation', () => asked)
        if (place > 0) await sleep(700)
      }
      return peer.receive(seen)
    }
    const { id } = (await start(node, q.id)).json()
    await until('all of it on its way', () => held === 10)
    assert.equal((await node.admin('POST', `/outgoing-payments/${id}/cancel`, { reason: 'too late' })).status, 200)
    asked = true
    const payment = await finished(node, id)
    assert.equal(payment.state, 'COMPLETED')
    assert.equal(units(payment.refundedAmount), 0n)
    assert.equal(bob.received, 10000n)
    assert.equal(await node.balance('alice'), before - 10500n)
  }
}
