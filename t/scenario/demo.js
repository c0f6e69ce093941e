// The main job: three nodes, one payment across currencies, from one command.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { florinBinary, peerNodes, run } from './lib/node.js'
import { freePort, request, until } from './lib/http.js'
import { Ratio, pathRate, toUnits } from './lib/ratio.js'
import { Visitor } from './lib/pages.js'
import { pay, units } from './lib/setups.js'

export const maxMs = 400000

const USD = { assetCode: 'USD', assetScale: 2 }
const EUR = { assetCode: 'EUR', assetScale: 2 }
const SPREAD_BPS = 50

/** A port whose neighbours, which the demo takes too, are likely to be free. */
async function demoPort() {
  const port = await freePort()
  return port > 60000 ? port - 30000 : port
}

/** What the demo must deliver, from the connector's own rates file. */
function expectedEur(ratesText, sent) {
  return pathRate(ratesText, USD, EUR, SPREAD_BPS).times(new Ratio(sent)).floor()
}

/** The first payment is one that an application made under a grant that alice's wallet gave it. */
async function paidUnderAGrant(dir, port) {
  const at = (node, ...words) => run(['-C', join(dir, node), '--json', ...words])
  const items = async (node, ...words) => JSON.parse((await at(node, ...words)).stdout).items
  const grants = (await items('alice', 'grant', 'list')).filter((g) => g.access.some((a) => a.type === 'outgoing-payment'))
  assert.equal(grants.length, 1)
  assert.equal(grants[0].client, `http://localhost:${port}/alice`)
  const [payment] = await items('alice', 'payment', 'list')
  const [received] = await items('bob', 'payment', 'list')
  assert.equal(payment.receiver, received.url)
  assert.equal(payment.state, 'COMPLETED')
  assert.deepEqual(received.receivedAmount, payment.deliveredAmount)
  const login = await request(`http://localhost:${port}/wallet/login`)
  const visitor = new Visitor({ url: `http://localhost:${port}` })
  assert.equal(login.status, 200)
  assert.equal((await visitor.signIn('alice', 'demo')).status, 303, 'the password that it prints')
}

export const tests = {
  '`demo --once --json` pays, to the unit, and leaves clean books': async (t) => {
    for (const send of ['0.07', '123.45']) {
      const dir = join(t.dir, `demo-${send}`)
      const port = await demoPort()
      const args = ['demo', '--once', '--json', '--port', String(port), '--dir', dir, '--send', send]
      const r = await run(args, { timeoutMs: 150000 })
      assert.equal(r.code, 0, r.stderr + r.stdout)
      assert.equal(r.stdout.trimEnd().split('\n').length, 1, 'one JSON value')
      const out = JSON.parse(r.stdout)
      const sent = toUnits(send, 2)
      const expected = expectedEur(readFileSync(join(dir, 'connector', 'rates.json'), 'utf8'), sent)
      assert.equal(out.ok, true)
      assert.deepEqual(out.sent, { value: String(sent), ...USD })
      assert.deepEqual(out.delivered, { value: String(expected), ...EUR })
      assert.deepEqual(out.fee, { value: '0', ...USD })
      assert.equal(out.rate, new Ratio(expected).over(new Ratio(sent)).toSignificant(6))
      assert.ok(out.packets >= 1 && Number.isInteger(out.elapsedMs))
      assert.deepEqual(out.nodes.map((n) => n.audit), ['clean', 'clean', 'clean'])
      assert.equal(new Set(out.nodes.map((n) => n.publicUrl)).size, 3)
      const url = (node, kind) => new RegExp(`^http://localhost:${node}/op/${kind}-payments/[0-9a-f-]{36}$`)
      assert.match(out.outgoingPayment, url(port, 'outgoing'))
      assert.match(out.incomingPayment, url(port + 200, 'incoming'))
      for (const name of ['alice', 'connector', 'bob']) {
        const audit = await run(['-C', join(dir, name), 'audit'])
        assert.equal(audit.code, 0, `${name}: ${audit.stdout}${audit.stderr}`)
      }
      for (let i = 0; i < 3; i++) {
        await assert.rejects(request(`http://127.0.0.1:${port + 100 * i}/health`), 'the nodes are gone')
      }
    }
  },

  'the demo stays up for another payment and removes everything at Ctrl-C': async (t) => {
    const port = await demoPort()
    const child = spawn(florinBinary(), ['demo', '--port', String(port)], {
      env: { ...process.env, TMPDIR: t.dir },
      stdio: ['ignore', 'pipe', 'pipe']
    })
    t.defer(() => child.kill('SIGINT'))
    let out = ''
    child.stdout.on('data', (c) => (out += c))
    child.stderr.on('data', (c) => (out += c))
    const exited = new Promise((done) => child.on('close', (code) => done(code)))
    await until('the demo', () => /Ctrl-C/.test(out) || child.exitCode !== null, 150000)
    assert.equal(child.exitCode, null, out)
    assert.match(out, /10\.00 USD/)
    assert.match(out, /EUR/)
    assert.match(out, /the demo signed in as alice and accepted/)
    const data = readdirSync(t.dir).find((n) => n.startsWith('florin-demo'))
    await paidUnderAGrant(join(t.dir, data), port)
    const again = ['pay', 'alice', `$localhost:${port + 200}/bob`, '--send', '5.00', '--yes']
    const r = await run(['-C', join(t.dir, data, 'alice'), '--json', ...again])
    assert.equal(r.code, 0, r.stderr)
    assert.equal(JSON.parse(r.stdout).state, 'COMPLETED')
    child.kill('SIGINT')
    assert.equal(await exited, 0)
    assert.equal(existsSync(join(t.dir, data)), false)
    await assert.rejects(request(`http://127.0.0.1:${port}/health`))
  },

  'the demo says so when a port is taken': async (t) => {
    const peer = await t.peer()
    const r = await run(['demo', '--once', '--json', '--port', String(peer.port)], { env: { TMPDIR: t.dir } })
    assert.equal(r.code, 1)
    assert.match(r.stderr, /^florin: .+/m)
    assert.deepEqual(readdirSync(t.dir).filter((n) => n.startsWith('florin-demo')), [])
  },

  'three nodes, by hand: both directions, large and small, every book agrees': async (t) => {
    const [a, c, b] = [await t.serving('alpha'), await t.serving('center'), await t.serving('omega')]
    const credit = ['--credit-limit', '1000000.00']
    await peerNodes(a, c, 'USD', { aLimits: [...credit, '--route', 'test'], bLimits: [...credit, '--spread-bps', '50'] })
    await peerNodes(b, c, 'EUR', { aLimits: [...credit, '--route', 'test'], bLimits: [...credit, '--spread-bps', '50'] })
    for (const code of ['USD', 'EUR']) await c.ok('asset', 'deposit', code, '100000.00')
    await a.ok('wallet', 'add', 'alice', '--asset', 'USD')
    await b.ok('wallet', 'add', 'bob', '--asset', 'EUR')
    await a.ok('deposit', 'alice', '30000.00')
    const forth = pathRate(c.rates(), USD, EUR, SPREAD_BPS)
    let delivered = 0n
    let debited = 0n
    for (const send of ['10.00', '0.02', '19999.99']) {
      const { code, payment, stderr } = await pay(a, 'alice', `${b.url}/bob`, '--send', send)
      assert.equal(code, 0, `${send}: ${stderr}`)
      assert.equal(payment.state, 'COMPLETED')
      const sent = toUnits(send, 2)
      const whole = forth.times(new Ratio(sent)).floor()
      const got = units(payment.deliveredAmount)
      // Each packet is rounded down by itself: a payment in n packets may lose up to n - 1 units more.
      assert.ok(got <= whole && got > whole - BigInt(payment.packets), `${got} of ${whole} in ${payment.packets}`)
      if (Number(payment.packets) === 1) assert.equal(got, whole)
      delivered += got
      debited += units(payment.sentAmount)
    }
    assert.equal(await b.balance('bob'), delivered)
    assert.equal(await a.balance('alice'), 3000000n - debited)
    // Two books, one debt: what one side owes is what the other claims.
    assert.equal(await a.peerBalance('center'), debited)
    assert.equal(await c.peerBalance('alpha'), -debited)
    assert.equal(await c.peerBalance('omega'), delivered)
    assert.equal(await b.peerBalance('center'), -delivered)

    const back = await pay(b, 'bob', `${a.url}/alice`, '--send', '100.00')
    assert.equal(back.code, 0, back.stderr)
    const returned = units(back.payment.deliveredAmount)
    const most = pathRate(c.rates(), EUR, USD, SPREAD_BPS).times(new Ratio(10000n)).floor()
    assert.ok(returned <= most && returned > most - BigInt(back.payment.packets))
    assert.equal(await c.peerBalance('alpha'), returned - debited)
    assert.equal(await a.peerBalance('center'), debited - returned)
    for (const node of [a, c, b]) assert.deepEqual((await node.ok('doubt', 'list')).items, [])
  },

  'with the shortest hold packets still pass a connector': async (t) => {
    const options = { env: { FLORIN_ILP_MAX_HOLD_S: '2' } }
    const [a, c, b] = [await t.serving('alpha', options), await t.serving('center', options), await t.serving('omega', options)]
    await peerNodes(a, c, 'USD', { aLimits: ['--route', 'test'], bLimits: ['--credit-limit', '10000.00'] })
    await peerNodes(b, c, 'USD', { aLimits: ['--credit-limit', '10000.00'] })
    await a.ok('wallet', 'add', 'alice', '--asset', 'USD')
    await b.ok('wallet', 'add', 'bob', '--asset', 'USD')
    await a.ok('deposit', 'alice', '100.00')
    const { code, payment, stderr } = await pay(a, 'alice', `${b.url}/bob`, '--send', '25.00')
    assert.equal(code, 0, stderr)
    assert.equal(units(payment.deliveredAmount), 2500n)
    assert.equal(await b.balance('bob'), 2500n)
  },

  'a fixed delivery across currencies arrives in full': async (t) => {
    const [a, c, b] = [await t.serving('alpha'), await t.serving('center'), await t.serving('omega')]
    const options = ['--credit-limit', '10000.00', '--route', 'test']
    await peerNodes(a, c, 'USD', { aLimits: options, bLimits: ['--credit-limit', '10000.00', '--spread-bps', '50'] })
    await peerNodes(b, c, 'EUR', { aLimits: options, bLimits: ['--credit-limit', '10000.00'] })
    await c.ok('asset', 'deposit', 'EUR', '10000.00')
    await a.ok('wallet', 'add', 'alice', '--asset', 'USD')
    await b.ok('wallet', 'add', 'bob', '--asset', 'EUR')
    await a.ok('deposit', 'alice', '1000.00')
    const { code, payment, stderr } = await pay(a, 'alice', `${b.url}/bob`, '--deliver', '25.00')
    assert.equal(code, 0, stderr)
    assert.ok(units(payment.deliveredAmount) >= 2500n)
    assert.equal(await b.balance('bob'), units(payment.deliveredAmount))
    assert.ok(units(payment.sentAmount) <= units(payment.debitAmount))
    assert.equal(await a.balance('alice'), 100000n - units(payment.sentAmount))
  }
}
