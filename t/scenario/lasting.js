// Payments that last: `florin pay --rate --for`, what Ctrl-C and kills leave, and what --trace shows.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { usd } from './lib/answers.js'
import { florinBinary } from './lib/node.js'
import { sleep, until } from './lib/http.js'
import { twoNodes, units } from './lib/setups.js'

const FUNDS = 100000n

/** A running `florin pay`; ended: {code, payment, stderr}. */
function paying(node, ...words) {
  const args = ['-C', node.dir, '--json', 'pay', 'alice', ...words, '--yes']
  const child = spawn(florinBinary(), args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (c) => (stdout += c))
  child.stderr.on('data', (c) => (stderr += c))
  const ended = new Promise((done) =>
    child.on('close', (code) => done({ code, payment: stdout ? JSON.parse(stdout) : null, stderr }))
  )
  return { child, ended }
}

const newest = async (node) => (await node.admin('GET', '/outgoing-payments')).json().items[0]

/** Until the newest payment is at work and some of it has left. */
async function someHasLeft(node) {
  const at = async () => {
    const payment = await newest(node)
    return payment?.state === 'SENDING' && units(payment.sentAmount) > 0n
  }
  await until('some of it has left', at, 20000)
}

export const tests = {
  'the sum is exact, and no more leaves than is due': async (t) => {
    const { a, b, pointer } = await twoNodes(t)
    const run = paying(a, pointer, '--rate', '0.50/s', '--for', '3s', '--trace')
    const { code, payment, stderr } = await run.ended
    assert.equal(code, 0, stderr)
    assert.equal(payment.state, 'COMPLETED')
    assert.deepEqual([units(payment.debitAmount), units(payment.sentAmount)], [150n, 150n])
    assert.ok(payment.elapsedMs >= 2500, `${payment.elapsedMs} ms`)
    assert.equal(await b.balance('bob'), 150n)
    const lines = stderr.split('\n').filter((l) => l.startsWith('{')).map((l) => JSON.parse(l))
    const sent = lines.filter((l) => l.event === 'send' && l.amount !== '0')
    assert.ok(sent.length >= 3, 'it did not leave at once')
    assert.equal(sent.reduce((sum, l) => sum + BigInt(l.amount), 0n), 150n)
    // The trace begins after the payment was made, so by its clock a little less is due.
    for (const l of sent) assert.ok(BigInt(l.sent) <= BigInt(Math.floor(((l.ms + 2000) * 150) / 3000)), JSON.stringify(l))
    assert.equal(lines.filter((l) => l.event === 'fulfilled').at(-1).sent, '150')
    const trace = (await a.admin('GET', `/outgoing-payments/${payment.id}/trace?after=1`)).json()
    assert.deepEqual([trace.items.length, trace.cut], [trace.next - 1, false])

    // Ctrl-C: what has left stays, the rest is back.
    const stopped = paying(a, pointer, '--rate', '1.00/s', '--for', '10m')
    await someHasLeft(a)
    stopped.child.kill('SIGINT')
    const end = await stopped.ended
    assert.equal(end.code, 0, end.stderr)
    assert.equal(end.payment.state, 'CANCELLED')
    const left = units(end.payment.sentAmount)
    assert.ok(left > 0n && left < 60000n)
    assert.equal(await a.balance('alice'), FUNDS - 150n - left)
    assert.equal(await b.balance('bob'), 150n + units(end.payment.deliveredAmount))

    for (const words of [
      ['--rate', '0.50/s'],
      ['--for', '3s'],
      ['--rate', '0.50', '--for', '3s'],
      ['--rate', '0.001/s', '--for', '3s'],
      ['--rate', '0.50/s', '--for', 'ever'],
      ['--rate', '0.01/h', '--for', '1s'],
      ['--rate', '0.50/s', '--for', '3s', '--send', '1.00']
    ]) {
      assert.equal((await paying(a, pointer, ...words).ended).code, 2, words.join(' '))
    }
    await a.ok('wallet', 'add', 'carol', '--asset', 'USD')
    const local = await paying(a, `${a.url}/carol`, '--rate', '0.50/s', '--for', '3s').ended
    assert.equal(local.code, 1)
    assert.match(local.stderr, /paid at once/)
    assert.equal((await a.admin('GET', `/outgoing-payments/${end.payment.id}/trace`)).status, 404)
  },

  'a node that is killed meanwhile goes on, and every unit is accounted for': async (t) => {
    const { a, b, pointer } = await twoNodes(t, { env: { FLORIN_ILP_MAX_HOLD_S: '2' } })
    const run = paying(a, pointer, '--rate', '1.00/s', '--for', '4s')
    await someHasLeft(a)
    const { id } = await newest(a)
    await a.kill()
    await run.ended
    await sleep(500)
    await a.serve()
    const get = async () => (await a.admin('GET', `/outgoing-payments/${id}`)).json()
    await until('its end', async () => (await get()).state !== 'SENDING', 60000)
    const payment = await get()
    const [debit, sent, refunded, doubt] = ['debitAmount', 'sentAmount', 'refundedAmount', 'inDoubtAmount'].map((m) => units(payment[m]))
    assert.equal(sent + refunded, debit)
    assert.equal(await a.balance('alice'), FUNDS - sent)
    const got = await b.balance('bob')
    assert.ok(got >= sent - doubt && got <= sent, `${got} of ${sent}, ${doubt} in doubt`)
    assert.ok(doubt <= 250n, `${doubt} in doubt: no more than became due in two seconds`)
    if (doubt === 0n) assert.equal(payment.state, 'COMPLETED')
  },

  'who was killed hard pays no longer: the node stops what nobody looks at, after its own restart too': async (t) => {
    const { a, b, pointer } = await twoNodes(t, { env: { FLORIN_ILP_MAX_HOLD_S: '2' } })
    const end = async (id) => {
      let payment
      const over = async () => {
        payment = (await a.admin('GET', `/payments/${id}`)).json()
        return payment.state !== 'SENDING'
      }
      await until('its end', over, 60000)
      assert.equal(payment.state, 'CANCELLED')
      assert.match(payment.error.description, /nobody looked at it/)
      assert.equal(units(payment.sentAmount) + units(payment.refundedAmount), 60000n)
      assert.ok(units(payment.sentAmount) < 6000n, 'it did not go on for long')
      return units(payment.sentAmount)
    }
    const one = paying(a, pointer, '--rate', '1.00/s', '--for', '10m')
    await someHasLeft(a)
    const { id } = await newest(a)
    const began = Date.now()
    one.child.kill('SIGKILL')
    const sent = await end(id)
    assert.ok(Date.now() - began >= 5000, 'a slow look is no reason')
    assert.equal(await a.balance('alice'), FUNDS - sent)
    assert.equal(await b.balance('bob'), sent)
    const two = paying(a, pointer, '--rate', '1.00/s', '--for', '10m')
    await someHasLeft(a)
    const second = (await newest(a)).id
    two.child.kill('SIGKILL')
    await a.kill()
    await a.serve()
    await end(second)
  },

  'payment cancel: ends one that lasts, with its reason, once': async (t) => {
    const { a, b, pointer } = await twoNodes(t)
    const made = async (more) => {
      const body = { walletAddress: 'alice', receiver: pointer, debitAmount: usd('20000'), overMs: 600000 }
      const quote = (await a.admin('POST', '/quotes', body)).json()
      return a.admin('POST', '/outgoing-payments', { quoteId: quote.id, ...more })
    }
    assert.equal((await made({ watchSeconds: 1 })).status, 400)
    assert.equal((await made({ watchSeconds: 3601 })).status, 400)
    const answer = await made()
    assert.equal(answer.status, 201, answer.text())
    const { id } = answer.json()
    await someHasLeft(a)
    // Nobody looks, and nobody has to.
    await sleep(1000)
    const r = await a.cli('payment', 'cancel', id, '--reason', 'the show is over')
    assert.equal(r.code, 0, r.stderr)
    const over = async () => (await a.ok('payment', 'show', id)).state !== 'SENDING'
    await until('its end', over, 20000)
    const payment = await a.ok('payment', 'show', id)
    assert.deepEqual([payment.state, payment.error.description], ['CANCELLED', 'the show is over'])
    const sent = units(payment.sentAmount)
    assert.ok(sent > 0n && sent < 6000n)
    assert.equal(units(payment.refundedAmount), 20000n - sent)
    assert.deepEqual([await a.balance('alice'), await b.balance('bob')], [FUNDS - sent, sent])
    assert.equal((await a.cli('payment', 'cancel', id)).code, 1, 'it has ended')
    assert.equal((await a.cli('payment', 'cancel', '00000000-0000-7000-8000-000000000000')).code, 1)
    assert.equal(units((await a.ok('payment', 'show', id)).sentAmount), sent, 'nothing more leaves')
    const short = (await a.admin('POST', '/quotes', { walletAddress: 'alice', receiver: pointer, debitAmount: usd('100') })).json()
    const refused = await a.admin('POST', '/outgoing-payments', { quoteId: short.id, watchSeconds: 10 })
    assert.deepEqual([refused.status, refused.json().error.details.field], [400, 'watchSeconds'])
  }
}
