// `florin pay`: what leaves a wallet, what arrives, what comes back, and peers that misbehave.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import * as ilp from './lib/ilp.js'
import * as stream from './lib/stream.js'
import { florinBinary, run } from './lib/node.js'
import { behaviours } from './lib/peer.js'
import { Ratio, pathRate } from './lib/ratio.js'
import { sleep, until } from './lib/http.js'
import { serving } from './lib/server.js'
import { addPeer, books, changesNothing, doubted, pay, payingNode, units } from './lib/setups.js'

const USD = { assetCode: 'USD', assetScale: 2 }
const EUR = { assetCode: 'EUR', assetScale: 2 }
const FUNDS = 2000000n
const QUICK = { FLORIN_ILP_MAX_HOLD_S: '2' } // packets live 2 s

export const maxMs = 150000

/** Every finished payment accounts for every unit, and the wallet shows it. */
async function settled(node, payment) {
  const [debit, sent, refunded] = [payment.debitAmount, payment.sentAmount, payment.refundedAmount].map(units)
  assert.equal(sent + refunded, debit, 'sent + refunded = debit')
  assert.equal(await node.balance('alice'), FUNDS - sent)
  const { pending } = await node.ok('balance', 'alice')
  assert.equal(pending.value, '0')
  assert.equal(await doubted(node, 'fake'), units(payment.inDoubtAmount))
}

/**
 * After packets whose outcome is unknown: nothing was delivered, what the peer may claim is listed and
 * counts as sent, and the operator can give it back.
 */
async function onlyDoubts(node, payment) {
  assert.equal(payment.state, 'FAILED')
  assert.equal(units(payment.deliveredAmount), 0n)
  assert.equal(units(payment.sentAmount), units(payment.inDoubtAmount))
  assert.equal(await node.peerBalance('fake'), 0n)
  await settled(node, payment)
  for (const d of (await node.ok('doubt', 'list')).items) await node.ok('doubt', 'release', d.id, '--to', 'payer')
  assert.equal(await node.balance('alice'), FUNDS)
  assert.equal(await doubted(node, 'fake'), 0n)
}

function isMoney(peer, { prepare }) {
  const secret = [...peer.receivers.values()].map((r) => r.owns(prepare.destination) && r.secretOf(prepare.destination))
  const known = secret.find(Boolean)
  return Boolean(known) && stream.condition(known, prepare.data).equals(prepare.condition) && prepare.amount > 0n
}

/** Probes are answered as they should be; packets that could be fulfilled meet `behave`. */
function troubleForMoney(peer, behave) {
  peer.behave = (s) => (isMoney(peer, s) ? behave(s) : peer.receive(s))
}

/** What a program shows on a terminal; it must end with 0. */
async function onTerminal(words, env) {
  const quoted = words.map((w) => `'${w}'`).join(' ')
  const child = spawn('script', ['-qec', quoted, '/dev/null'], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  child.stdout.on('data', (c) => (out += c))
  const code = await new Promise((done) => child.on('close', done))
  assert.equal(code, 0, out)
  return out
}

async function paysInFull(t, amount, expected, { receiver, options, flag = '--send' } = {}) {
  const { node, peer, bob, pointer } = await payingNode(t, { receiver, options })
  const { code, payment, stderr } = await pay(node, 'alice', pointer, flag, amount)
  assert.equal(code, 0, stderr)
  assert.equal(payment.state, 'COMPLETED')
  assert.equal(units(payment.sentAmount), expected)
  assert.equal(units(payment.deliveredAmount), expected)
  assert.equal(units(payment.inDoubtAmount), 0n)
  assert.equal(bob.received, expected)
  assert.equal(await node.peerBalance('fake'), expected)
  await settled(node, payment)
  return { node, peer, bob, payment }
}

/** A payment that takes some seconds: packets of a tenth of it, answered one after the other. */
async function slowly(t) {
  const setup = await payingNode(t, { receiver: { maxPacket: 1000n } })
  let turn = Promise.resolve()
  troubleForMoney(setup.peer, async (s) => {
    turn = turn.then(() => sleep(250))
    await turn
    return setup.peer.receive(s)
  })
  return { ...setup, words: ['-C', setup.node.dir, 'pay', 'alice', setup.pointer, '--send', '100.00', '--yes'] }
}

/** Numbers that rise from 0 to 100, at least one of them in between. */
function rises(percents) {
  assert.ok(percents.some((p) => p > 0 && p < 100), percents.join(' '))
  percents.forEach((p, i) => assert.ok(p <= 100 && (i === 0 || p >= percents[i - 1]), percents.join(' ')))
}

export const tests = {
  'where nobody looks, progress is a plain line for each step, and with --json there is none': async (t) => {
    const { node, words } = await slowly(t)
    const r = await run(words, { env: node.env })
    assert.equal(r.code, 0, r.stderr)
    assert.match(r.stderr, /^(sent \d+ %\n)+$/)
    const percents = [...r.stderr.matchAll(/sent (\d+) %/g)].map(([, n]) => Number(n))
    assert.equal(new Set(percents).size, percents.length, 'none twice')
    rises(percents)
    const quiet = await run(['--json', ...words], { env: node.env })
    assert.equal(quiet.stderr, '')
    assert.equal(JSON.parse(quiet.stdout).state, 'COMPLETED')
  },

  'on a terminal progress is one bar, which is gone at the end': async (t) => {
    const { node, words } = await slowly(t)
    const out = await onTerminal([florinBinary(), ...words], node.env)
    const bars = [...out.matchAll(/\r\[([#.]{30})\] +(\d+) %/g)]
    rises(bars.map(([, , n]) => Number(n)))
    for (const [, bar, n] of bars) assert.equal(bar.indexOf('.') < 0 ? 30 : bar.indexOf('.'), Math.floor((30 * Number(n)) / 100))
    const after = out.slice(out.lastIndexOf('%') + 1)
    assert.match(after, /^\r {40,}\r/, 'the bar is wiped')
    assert.match(after, /COMPLETED/)
  },

  'one asset, no limit: 10.00 arrives as 10.00': async (t) => {
    const { payment, bob } = await paysInFull(t, '10.00', 1000n)
    assert.equal(payment.rate, '1')
    assert.equal(Number(payment.packets), bob.packets)
    assert.equal(payment.error, null)
  },

  'one unit is a payment': async (t) => {
    await paysInFull(t, '0.01', 1n)
  },

  'a fixed delivery of 12.34': async (t) => {
    await paysInFull(t, '12.34', 1234n, { flag: '--deliver' })
  },

  '1,000,007 units in packets of at most 1,000': async (t) => {
    const { peer, bob } = await paysInFull(t, '10000.07', 1000007n, { receiver: { maxPacket: 1000n } })
    assert.ok(bob.packets >= 1001)
    const money = peer.seen.filter((s) => isMoney(peer, s) && s.prepare.amount <= 1000n)
    assert.equal(money.length, bob.packets)
    assert.equal(new Set(peer.seen.map((s) => s.prepare.condition.toString('hex'))).size, peer.count())
  },

  'the packet cap of the peering binds what we send': async (t) => {
    const { peer, bob } = await paysInFull(t, '100.07', 10007n, { options: ['--max-packet', '3.00'] })
    assert.ok(bob.packets >= 34)
    assert.ok(peer.seen.filter((s) => isMoney(peer, s)).every((s) => s.prepare.amount <= 300n))
  },

  'packets carry a minimum, and the payment is closed at the end': async (t) => {
    const { peer, bob } = await paysInFull(t, '10.00', 1000n)
    let least = 0n
    let closed = false
    for (const s of peer.seen) {
      const request = stream.read(bob.secretOf(s.prepare.destination), s.prepare.data)
      assert.equal(request.packetType, ilp.PREPARE)
      if (isMoney(peer, s)) least += request.amount
      else if (stream.frame(request, 'ConnectionClose')) closed = true
      assert.ok(s.prepare.expiresAt > s.at, 'sent before it expired')
    }
    assert.ok(least >= 989n && least <= 1000n, `minimum of all packets: ${least}`)
    assert.ok(closed)
  },

  'temporary errors are tried again with new packets': async (t) => {
    const { node, peer, bob, pointer } = await payingNode(t, { receiver: { maxPacket: 100n } })
    let n = 0
    const codes = ['T00', 'T01', 'T03', 'T04', 'T05', 'T99']
    troubleForMoney(peer, (s) => (n++ % 4 === 0 && n < 24 ? ilp.reject(codes[(n / 4) | 0]) : peer.receive(s)))
    const { code, payment, stderr } = await pay(node, 'alice', pointer, '--send', '30.00')
    assert.equal(code, 0, stderr)
    assert.equal(bob.received, 3000n)
    assert.equal(new Set(peer.seen.map((s) => s.raw.toString('hex'))).size, peer.count(), 'no packet went twice')
    await settled(node, payment)
  },

  'receivers that answer F04 or F05 where others say F99 are paid too': async (t) => {
    const { node, peer, bob, pointer } = await payingNode(t, { receiver: { maxPacket: 500n } })
    peer.behave = (s) => {
      const reply = ilp.decode(peer.receive(s))
      if (reply.type !== ilp.REJECT || reply.code !== 'F99') return ilp.encode(reply)
      return ilp.encode({ ...reply, code: s.prepare.amount % 2n ? 'F04' : 'F05' })
    }
    const { code, payment, stderr } = await pay(node, 'alice', pointer, '--send', '25.00')
    assert.equal(code, 0, stderr)
    assert.equal(bob.received, 2500n)
    await settled(node, payment)
  },

  'F08 without data is found out by trying': async (t) => {
    const { node, peer, bob, pointer } = await payingNode(t)
    peer.behave = (s) => (s.prepare.amount > 777n ? ilp.reject('F08') : peer.receive(s))
    const { code, payment, stderr } = await pay(node, 'alice', pointer, '--send', '50.00')
    assert.equal(code, 0, stderr)
    assert.equal(bob.received, 5000n)
    await settled(node, payment)
  },

  'a receiver that stops: the rest returns to the payer': async (t) => {
    for (const stopClose of [true, false]) {
      const receiver = { maxPacket: 1000n, stopAfter: 25000n, stopClose }
      const { node, bob, pointer } = await payingNode(t, { receiver })
      const { code, payment } = await pay(node, 'alice', pointer, '--send', '1000.00')
      assert.equal(code, 1)
      assert.equal(payment.state, 'FAILED')
      assert.ok(payment.error?.code)
      assert.ok(bob.received > 0n && bob.received <= 25000n, `${bob.received}`)
      assert.equal(units(payment.sentAmount), bob.received)
      assert.equal(units(payment.deliveredAmount), bob.received)
      assert.equal(await node.peerBalance('fake'), bob.received)
      await settled(node, payment)
    }
  },

  'a receiver that was never there moves nothing': async (t) => {
    const { node, peer, pointer } = await payingNode(t)
    peer.behave = behaviours.reject('F02')
    const before = await node.balance('alice')
    const { code, stderr } = await pay(node, 'alice', pointer, '--send', '10.00')
    assert.equal(code, 1)
    assert.match(stderr, /^florin: /)
    assert.equal(await node.balance('alice'), before)
  },

  'peers that refuse badly get nothing': async (t) => {
    const { node, peer, bob, pointer } = await payingNode(t, { env: QUICK })
    for (const [name, behave] of Object.entries({
      'wrong preimage': behaviours.preimage(randomBytes(32)),
      'HTTP 401': behaviours.status(401),
      F00: behaviours.reject('F00')
    })) {
      troubleForMoney(peer, behave)
      const { code, payment } = await pay(node, 'alice', pointer, '--send', '10.00')
      assert.equal(code, 1, name)
      assert.equal(payment.state, 'FAILED', name)
      assert.equal(units(payment.sentAmount), 0n, name)
      assert.equal(units(payment.refundedAmount), 1000n, name)
      assert.equal(await node.peerBalance('fake'), 0n, name)
      await settled(node, payment)
    }
    assert.equal(bob.received, 0n)
  },

  'a payment that fails shows the last Reject': async (t) => {
    const { node, peer, pointer } = await payingNode(t, { env: QUICK })
    const said = { message: 'closed for today \u001b[31m', triggeredBy: 'test.fake.desk' }
    troubleForMoney(peer, behaviours.reject('F00', said))
    const { code, payment, stderr } = await pay(node, 'alice', pointer, '--send', '10.00')
    assert.equal(code, 1)
    assert.equal(payment.error.code, 'ConnectorError')
    const { reject } = payment.error
    assert.deepEqual(reject, { code: 'F00', triggeredBy: 'test.fake.desk', message: 'closed for today ?[31m' })
    assert.match(stderr, /F00 from test\.fake\.desk: closed for today/)
    const shown = await node.cli('payment', 'show', payment.id)
    assert.match(shown.stdout, /ERROR +a connector on the path [^\n]*; the last Reject was F00 from test\.fake\.desk: closed/)
    assert.match(shown.stdout, /DELIVERED BY THEN +ERROR[^\n]*\n[^\n]* ConnectorError *\n/)
    // No liquidity is told as that, and not as the rate that the sender then can't hold.
    troubleForMoney(peer, behaviours.reject('T04', { message: 'exceeded', triggeredBy: 'test.fake.desk' }))
    const dry = await pay(node, 'alice', pointer, '--send', '10.00')
    assert.equal(dry.code, 1)
    assert.ok(['IdleTimeout', 'InsufficientExchangeRate'].includes(dry.payment.error.code), dry.payment.error.code)
    assert.match(dry.payment.error.description, /^a connector on the path has not enough liquidity[^;]*; the last Reject was T04 from test\.fake\.desk: exceeded$/)
    assert.match(dry.stderr, /has not enough liquidity/)
    assert.match((await node.cli('payment', 'show', dry.payment.id)).stdout, /ERROR +a connector on the path has not enough liquidity/)
    // The same where there is no path at all: the quote says what came back.
    peer.behave = behaviours.reject('F02', { message: 'no such road', triggeredBy: 'test.fake' })
    const quoted = await node.cli('quote', 'alice', pointer, '--send', '1.00')
    assert.equal(quoted.code, 1)
    assert.match(quoted.stderr, /F02 from test\.fake: no such road/)
  },

  'a peer that answers garbage gets nothing': async (t) => {
    const { node, peer, pointer } = await payingNode(t, { env: QUICK })
    const answers = [randomBytes(80), Buffer.alloc(0), ilp.encode({ type: ilp.FULFILL, fulfillment: randomBytes(32) }).subarray(0, 30)]
    let n = 0
    troubleForMoney(peer, () => answers[n++ % answers.length])
    const { code, payment } = await pay(node, 'alice', pointer, '--send', '10.00')
    assert.equal(code, 1)
    await onlyDoubts(node, payment)
  },

  'a peer that reads a Prepare and closes sees each once': async (t) => {
    const { node, peer, pointer } = await payingNode(t, { env: QUICK })
    troubleForMoney(peer, behaviours.readAndClose())
    const { code, payment } = await pay(node, 'alice', pointer, '--send', '10.00')
    assert.equal(code, 1)
    assert.equal(new Set(peer.seen.map((s) => s.raw.toString('hex'))).size, peer.count())
    assert.ok(peer.seen.some((s) => isMoney(peer, s)))
    await onlyDoubts(node, payment)
  },

  'a peer that never answers: the payment ends, and the operator decides': async (t) => {
    const { node, peer, pointer } = await payingNode(t, { env: QUICK })
    troubleForMoney(peer, behaviours.never())
    const { code, payment } = await pay(node, 'alice', pointer, '--send', '10.00')
    assert.equal(code, 1)
    await onlyDoubts(node, payment)
  },

  'a Fulfill that comes too late does not count': async (t) => {
    const { node, peer, pointer } = await payingNode(t, { env: QUICK })
    troubleForMoney(peer, behaviours.late((s) => peer.receive(s), 300))
    const { code, payment } = await pay(node, 'alice', pointer, '--send', '10.00')
    assert.equal(code, 1)
    await onlyDoubts(node, payment)
  },

  'two answers to one Prepare count once': async (t) => {
    const { node, peer, bob, pointer } = await payingNode(t, { receiver: { maxPacket: 100n } })
    troubleForMoney(peer, behaviours.twice(async (s) => peer.receive(s)))
    const { code, payment } = await pay(node, 'alice', pointer, '--send', '10.00')
    assert.equal(code, 0)
    assert.equal(bob.received, 1000n)
    assert.equal(units(payment.sentAmount), 1000n)
    await settled(node, payment)
  },

  'a receiver that claims less than the minimum ends the payment': async (t) => {
    const { node, peer, bob, pointer } = await payingNode(t, { receiver: { maxPacket: 100n } })
    troubleForMoney(peer, (s) => {
      const reply = ilp.decode(peer.receive(s))
      const secret = bob.secretOf(s.prepare.destination)
      const told = { ...stream.read(secret, reply.data), amount: 1n }
      return ilp.encode({ ...reply, data: stream.seal(secret, stream.encode(told)) })
    })
    const { code, payment } = await pay(node, 'alice', pointer, '--send', '10.00')
    assert.equal(code, 1)
    assert.equal(payment.state, 'FAILED')
    assert.equal(units(payment.sentAmount), bob.received, 'what was fulfilled is spent')
    await settled(node, payment)
  },

  'pointers that do not resolve move nothing': async (t) => {
    const { node, peer } = await payingNode(t)
    const json = (body, type = 'application/spsp4+json', status = 200) => (req, res) => {
      res.writeHead(status, { 'content-type': type, location: `${peer.url}/bob` })
      res.end(typeof body === 'string' ? body : JSON.stringify(body))
    }
    const secret = randomBytes(32).toString('base64')
    const good = { destination_account: 'test.fake.bob.x', shared_secret: secret }
    const handlers = {
      'not found': json({ id: 'InvalidReceiverError' }, 'application/spsp4+json', 404),
      'server error': json('oops', 'text/plain', 500),
      redirect: json('', 'text/plain', 302),
      'no JSON': json('<html>hello</html>'),
      'empty body': json(''),
      'no account': json({ shared_secret: secret }),
      'no secret': json({ destination_account: 'test.fake.bob.x' }),
      'bad account': json({ ...good, destination_account: 'nonsense..address' }),
      'short secret': json({ ...good, shared_secret: randomBytes(31).toString('base64') }),
      'secret is no base64': json({ ...good, shared_secret: '*'.repeat(44) }),
      'members of other types': json({ destination_account: 7, shared_secret: [] }),
      'too large': json('{"x":"' + 'a'.repeat(200000) + '"}'),
      'deep JSON': json('['.repeat(3000)),
      'cut off': (req, res) => {
        res.writeHead(200, { 'content-type': 'application/spsp4+json', 'content-length': 500 })
        res.write('{"destination_account":')
        setTimeout(() => req.socket.destroy(), 50)
      }
    }
    await changesNothing(node, async () => {
      for (const [name, handler] of Object.entries(handlers)) {
        const url = await serving(t, handler)
        const r = await node.cli('pay', 'alice', `${url}/bob`, '--send', '1.00', '--yes')
        assert.equal(r.code, 1, `${name}: exit ${r.code}\n${r.stderr}${r.stdout}`)
        assert.match(r.stderr, /^florin: [^\n]+\n$/, name)
        assert.equal((await node.cli('resolve', `${url}/bob`)).code, 1, name)
      }
      for (const pointer of ['http://127.0.0.1:1/bob', '$', '', 'ftp://127.0.0.1/x', '$a b', `${node.url}/nobody`]) {
        const r = await node.cli('pay', 'alice', pointer, '--send', '1.00', '--yes')
        assert.ok(r.code === 1 || r.code === 2, `"${pointer}": exit ${r.code}`)
        assert.match(r.stderr, /^florin: /, pointer)
      }
    })
    assert.equal(peer.count(), 0)
  },

  'more than the wallet holds is refused before a packet': async (t) => {
    const { node, bob, pointer } = await payingNode(t, { funds: '5.00' })
    await changesNothing(node, async () => {
      const r = await node.cli('pay', 'alice', pointer, '--send', '5.01', '--yes')
      assert.equal(r.code, 1)
      assert.match(r.stderr, /^florin: .*insufficient|^florin: .*balance/i)
    })
    assert.equal(bob.received, 0n)
  },

  'a request is paid by its own amount': async (t) => {
    const node = await t.serving('own', {})
    await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
    await node.ok('wallet', 'add', 'bob', '--asset', 'USD')
    await node.ok('deposit', 'alice', '50.00')
    const { url } = await node.ok('request', 'bob', '12.50')
    const part = await pay(node, 'alice', url, '--deliver', '2.00')
    assert.equal(part.code, 0, part.stderr)
    const quote = await node.ok('quote', 'alice', url)
    assert.equal(units(quote.receiveAmount), 1050n, 'what is still open of it')
    const rest = await pay(node, 'alice', url)
    assert.equal(rest.code, 0, rest.stderr)
    assert.equal(await node.balance('bob'), 1250n)
    const list = await node.cli('payment', 'list', '--wallet', 'bob')
    assert.match(list.stdout, /CREATED +WALLET/)
    assert.equal(list.stdout.trimEnd().split('\n').length, 2, 'of bob only')
    assert.match(list.stdout, / bob +incoming/)
    assert.equal((await node.ok('payment', 'list', '--wallet', 'alice')).items.length, 2)
    assert.match((await node.cli('payment', 'show', url.split('/').pop())).stdout, /WALLET +bob/)
    const any = (await node.ok('request', 'bob')).url
    await changesNothing(node, async () => {
      for (const to of [any, `${node.url}/bob`]) {
        const r = await node.cli('pay', 'alice', to, '--yes')
        assert.equal(r.code, 1, r.stderr)
        assert.match(r.stderr, /asks for no amount: one must be given/)
      }
    })
    const both = await node.cli('quote', 'alice', url, '--send', '1.00', '--deliver', '1.00')
    assert.equal(both.code, 2)
  },

  'a pool without liquidity is told from a wallet without money': async (t) => {
    const node = await t.serving('pools', {})
    await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
    await node.ok('wallet', 'add', 'bob', '--asset', 'EUR')
    await node.ok('deposit', 'alice', '50.00')
    const poor = await node.cli('pay', 'alice', `${node.url}/bob`, '--send', '10.00', '--yes')
    assert.equal(poor.code, 1)
    assert.match(poor.stderr, /the pool has too little to exchange it.*insufficient/)
    assert.equal(await node.balance('alice'), 5000n)
    await node.ok('asset', 'deposit', 'EUR', '100.00')
    assert.equal((await pay(node, 'alice', `${node.url}/bob`, '--send', '10.00')).code, 0)
  },

  'amounts: too fine, zero, negative and garbage are usage errors': async (t) => {
    const { node, peer, pointer } = await payingNode(t)
    await changesNothing(node, async () => {
      for (const amount of ['1.001', '0', '-1', '1e2', 'ten', '', '1,00', '99999999999999999999', ' 1', '.']) {
        const r = await node.cli('pay', 'alice', pointer, '--send', amount, '--yes')
        assert.ok(r.code === 1 || r.code === 2, `"${amount}": exit ${r.code}`)
        assert.match(r.stderr, /^florin: /, amount)
      }
    })
    assert.equal(peer.seen.filter((s) => isMoney(peer, s)).length, 0)
  },

  'the fee is taken beside the payment': async (t) => {
    const { node, bob, pointer } = await payingNode(t)
    await node.ok('asset', 'set', 'USD', '--fee-fixed', '0.30', '--fee-bps', '150')
    const { code, payment, stderr } = await pay(node, 'alice', pointer, '--send', '100.00')
    assert.equal(code, 0, stderr)
    const fee = units(payment.fee)
    assert.equal(fee, 30n + 150n, 'fixed, and 1.5 % of the debit amount')
    assert.equal(units(payment.debitAmount), 10000n)
    assert.equal(bob.received, 10000n - fee)
    assert.equal(await node.balance('alice'), FUNDS - 10000n)
  },

  'a payment that fails half-way pays its part of the fee': async (t) => {
    const { node, peer, bob, pointer } = await payingNode(t, { options: ['--max-packet', '10.00'] })
    await node.ok('asset', 'set', 'USD', '--fee-fixed', '5.00')
    let left = 6
    troubleForMoney(peer, (s) => (left-- > 0 ? peer.receive(s) : ilp.reject('F02')))
    const { code, payment } = await pay(node, 'alice', pointer, '--send', '105.00')
    assert.equal(code, 1)
    assert.equal(payment.state, 'FAILED')
    assert.ok(bob.received > 0n && bob.received < 10000n, `${bob.received} arrived`)
    const fee = (500n * bob.received) / 10000n
    assert.equal(units(payment.fee), fee, 'that of the packets which arrived, rounded down')
    assert.equal(units(payment.sentAmount), bob.received + fee)
    assert.equal(units(payment.refundedAmount), 10500n - bob.received - fee)
    assert.equal(await node.balance('alice'), FUNDS - bob.received - fee)
  },

  'a receiver in another asset: the quote is the rate of the path, and holds': async (t) => {
    const { node, peer, bob, pointer } = await payingNode(t, { receiver: { ...EUR, maxPacket: 100000n } })
    // The path: this peer takes USD and gives EUR, half a percent below the rates of this node.
    const path = pathRate(node.rates(), USD, EUR, 50)
    const convert = (amount) => path.times(new Ratio(amount)).floor()
    peer.behave = (s) => peer.receive({ ...s, prepare: { ...s.prepare, amount: convert(s.prepare.amount) } })
    const quote = await node.ok('quote', 'alice', pointer, '--send', '10.00')
    assert.deepEqual([quote.receiveAmount.assetCode, quote.receiveAmount.assetScale], ['EUR', 2])
    const best = convert(1000n)
    assert.ok(units(quote.receiveAmount) <= best && units(quote.receiveAmount) >= (best * 98n) / 100n)
    const { code, payment, stderr } = await pay(node, 'alice', pointer, '--send', '10.00')
    assert.equal(code, 0, stderr)
    assert.equal(bob.received, best)
    assert.deepEqual(payment.deliveredAmount, { value: String(best), ...EUR })
    assert.equal(payment.rate, new Ratio(best, 1000n).toSignificant(6))
    await settled(node, payment)
  },

  'a path much worse than the own rates is refused before money moves': async (t) => {
    const { node, peer, bob, pointer } = await payingNode(t)
    peer.behave = (s) => peer.receive({ ...s, prepare: { ...s.prepare, amount: s.prepare.amount / 2n } })
    await changesNothing(node, async () => {
      const r = await node.cli('pay', 'alice', pointer, '--send', '10.00', '--yes')
      assert.equal(r.code, 1)
      assert.match(r.stderr, /^florin: [^\n]+\n$/)
    })
    assert.equal(bob.received, 0n)
  },

  'a path on which nothing arrives is refused before money moves': async (t) => {
    const { node, peer, bob, pointer } = await payingNode(t)
    peer.behave = (s) => peer.receive({ ...s, prepare: { ...s.prepare, amount: 0n } })
    await changesNothing(node, async () => {
      const r = await node.cli('pay', 'alice', pointer, '--send', '10.00', '--yes')
      assert.equal(r.code, 1)
      assert.match(r.stderr, /^florin: [^\n]+\n$/)
    })
    assert.equal(bob.received, 0n)
  },

  'a rate that falls during the payment stops it': async (t) => {
    const { node, peer, bob, pointer } = await payingNode(t, { receiver: { maxPacket: 100n } })
    peer.behave = (s) => {
      const amount = bob.received >= 500n ? s.prepare.amount / 2n : s.prepare.amount
      return peer.receive({ ...s, prepare: { ...s.prepare, amount } })
    }
    const { code, payment } = await pay(node, 'alice', pointer, '--send', '100.00')
    assert.equal(code, 1)
    assert.equal(units(payment.deliveredAmount), bob.received)
    assert.equal(units(payment.sentAmount), bob.received, 'what was sent before went 1:1')
    await settled(node, payment)
  },

  'between two wallets of one node no packet is needed': async (t) => {
    const { node, peer } = await payingNode(t)
    await node.ok('wallet', 'add', 'carol', '--asset', 'USD')
    const { code, payment, stderr } = await pay(node, 'alice', `${node.url}/carol`, '--send', '12.00')
    assert.equal(code, 0, stderr)
    assert.equal(await node.balance('carol'), 1200n)
    assert.equal(peer.count(), 0)
    await settled(node, payment)
  },

  'between two wallets of one node across currencies': async (t) => {
    const { node } = await payingNode(t)
    await node.ok('wallet', 'add', 'dora', '--asset', 'EUR')
    // The quote's incoming payment stays until it expires; no money moves.
    const before = await books(node)
    assert.equal((await pay(node, 'alice', `${node.url}/dora`, '--send', '10.00')).code, 1, 'no liquidity yet')
    const after = await books(node)
    const [asked] = after.payments.splice(0, 1)
    assert.deepEqual([asked.direction, asked.state, units(asked.receivedAmount)], ['incoming', 'PENDING', 0n])
    assert.deepEqual(after, before)
    await node.ok('asset', 'deposit', 'EUR', '100.00')
    const { code, payment, stderr } = await pay(node, 'alice', `${node.url}/dora`, '--send', '10.00')
    assert.equal(code, 0, stderr)
    const expected = pathRate(node.rates(), USD, EUR).times(new Ratio(1000n)).floor()
    assert.equal(units(payment.deliveredAmount), expected)
    assert.equal(await node.balance('dora'), expected)
  },

  'a quote can be used once, and not after it expired': async (t) => {
    const { node, pointer } = await payingNode(t, { env: { FLORIN_QUOTES_LIFETIME_S: '2' } })
    const quote = { walletAddress: 'alice', receiver: pointer, debitAmount: { value: '100', ...USD } }
    let q = (await node.admin('POST', '/quotes', quote)).json()
    assert.equal(q.receiveAmount?.assetCode, 'USD')
    const first = await node.admin('POST', '/outgoing-payments', { quoteId: q.id })
    assert.equal(first.status, 201, first.text())
    const again = await node.admin('POST', '/outgoing-payments', { quoteId: q.id })
    assert.equal(again.status, 409)
    const { id } = first.json()
    await until('the payment', async () => (await node.ok('payment', 'show', id)).state === 'COMPLETED')
    q = (await node.admin('POST', '/quotes', quote)).json()
    await sleep(2100)
    await changesNothing(node, async () => {
      assert.equal((await node.admin('POST', '/outgoing-payments', { quoteId: q.id })).status, 409)
      assert.equal((await node.admin('POST', '/outgoing-payments', { quoteId: randomUUID() })).status, 404)
    })
  },

  'the same key makes one payment': async (t) => {
    const { node, bob, pointer } = await payingNode(t)
    const quote = { walletAddress: 'alice', receiver: pointer, debitAmount: { value: '100', ...USD } }
    const q = (await node.admin('POST', '/quotes', quote)).json()
    const headers = { 'idempotency-key': randomUUID() }
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => node.admin('POST', '/outgoing-payments', { quoteId: q.id }, headers))
    )
    assert.ok(answers.every((r) => r.status === 201), answers.map((r) => r.text()).join('\n'))
    assert.equal(new Set(answers.map((r) => r.json().id)).size, 1)
    const { id } = answers[0].json()
    await until('the payment', async () => (await node.ok('payment', 'show', id)).state === 'COMPLETED')
    assert.equal(bob.received, 100n)
  },

  'several payments at once keep to what the wallet holds': async (t) => {
    const { node, bob, pointer } = await payingNode(t, { funds: '10.00' })
    const all = await Promise.all(Array.from({ length: 4 }, () => pay(node, 'alice', pointer, '--send', '3.00')))
    const done = all.filter((r) => r.code === 0).length
    assert.equal(done, 3)
    assert.equal(bob.received, 900n)
    assert.equal(await node.balance('alice'), 100n)
  },

  'a payment is listed with its ledger lines': async (t) => {
    const { node, payment } = await paysInFull(t, '10.00', 1000n)
    const { items } = await node.ok('payment', 'list')
    assert.ok(items.some((p) => p.id === payment.id && p.direction === 'outgoing'))
    const shown = await node.ok('payment', 'show', payment.id)
    assert.ok(shown.transfers.length > 0)
    assert.ok(shown.transfers.every((l) => l.state !== 'PENDING'))
    assert.ok((await books(node)).payments.length === 1)
  },

  'resolve tells where a pointer leads': async (t) => {
    const { node, pointer } = await payingNode(t)
    const remote = await node.ok('resolve', pointer)
    assert.equal(remote.local, false)
    assert.match(remote.ilpAddress, /^test\.fake\.bob\./)
    const local = await node.ok('resolve', `${node.url}/alice`)
    assert.equal(local.local, true)
    assert.deepEqual([local.assetCode, local.assetScale], ['USD', 2])
    const short = await node.ok('resolve', `$127.0.0.1:${node.port}/alice`)
    assert.equal(short.url, `${node.url}/alice`)
  },

  'quote shows what pay will do and moves nothing': async (t) => {
    const { node, pointer } = await payingNode(t)
    await changesNothing(node, async () => {
      const q = await node.ok('quote', 'alice', pointer, '--send', '10.00')
      assert.equal(units(q.debitAmount), 1000n)
      assert.ok(units(q.receiveAmount) >= 989n && units(q.receiveAmount) <= 1000n)
      const d = await node.ok('quote', 'alice', pointer, '--deliver', '10.00')
      assert.equal(units(d.receiveAmount), 1000n)
      const without = await node.cli('quote', 'alice', pointer)
      assert.equal(without.code, 1)
      assert.match(without.stderr, /asks for no amount: one must be given/)
      assert.equal((await node.cli('quote', 'alice', pointer, '--send', '1', '--deliver', '1')).code, 2)
    })
  },

  'through a peer on the other side of a route': async (t) => {
    const { node, peer } = await payingNode(t)
    const far = await t.peer('test.far')
    const eve = far.receiver('eve')
    await addPeer(node, 'hub', { url: `${peer.url}/ilp`, options: ['--route', 'test.far'] })
    peer.behave = (s) => far.receive(s)
    const { code, stderr } = await pay(node, 'alice', `${far.url}/eve`, '--send', '2.00')
    assert.equal(code, 0, stderr)
    assert.equal(eve.received, 200n)
    assert.equal(await node.peerBalance('hub'), 200n)
  }
}
