// A node that gets its address from its parent by ILDCP, and gives its children theirs.

import assert from 'node:assert/strict'
import { freePort, sleep, until } from './lib/http.js'
import * as ilp from './lib/ilp.js'
import { prepare } from './lib/link.js'
import { adopt } from './lib/node.js'
import { varOctets } from './lib/oer.js'
import { addPeer, pay } from './lib/setups.js'

function config(address, { scale = 2, code = 'USD' } = {}) {
  const data = Buffer.concat([varOctets(Buffer.from(address)), Buffer.from([scale]), varOctets(Buffer.from(code))])
  return ilp.encode({ type: ilp.FULFILL, fulfillment: Buffer.alloc(32), data })
}

/** Asks again until the node has the address: a renumbered parent is found at the next question. */
function moved(node, address) {
  return until(`${node.name} to be ${address}`, async () => {
    if ((await node.ownAddress()) === address) return true
    node.hangUp()
    await sleep(100)
    return false
  })
}

async function paid(from, to, amount) {
  const before = await to.balance('w')
  const { code, stderr } = await pay(from, 'w', `${to.url}/w`, '--send', amount)
  assert.equal(code, 0, stderr)
  assert.ok((await to.balance('w')) > before)
}

function ask(link, fields = {}) {
  return link.send(prepare({ destination: 'peer.config', condition: ilp.PEER_CONDITION, ...fields }))
}

/** A node without an address whose parent is a scripted peer. */
async function below(t, { asset = 'USD', behave } = {}) {
  const up = await t.peer('test.up')
  up.behave = behave
  const node = await t.serving('low', { address: null })
  await node.ok(
    ...['peer', 'add', 'up', '--parent', '--asset', asset, '--url', `${up.url}/ilp`],
    ...['--outgoing-token', 'o', '--incoming-token', 'token-up']
  )
  return { node, up }
}

export const tests = {
  'three generations: addresses, payments, a restart, and a parent that moves': async (t) => {
    const up = await t.serving('up')
    const low = await t.serving('low', { address: null })
    const leaf = await t.serving('leaf', { address: null })
    for (const node of [up, low, leaf]) await node.ok('wallet', 'add', 'w', '--asset', 'USD')
    await up.ok('deposit', 'w', '100.00')
    await adopt(up, low, 'USD')
    await adopt(low, leaf, 'USD')
    await moved(low, 'test.up.low')
    await moved(leaf, 'test.up.low.leaf')
    assert.equal((await low.ok('peer', 'show', 'up')).assignedAddress, 'test.up.low')
    assert.equal((await low.ok('peer', 'show', 'leaf')).ilpAddress, 'test.up.low.leaf')
    assert.equal((await up.ok('route', 'explain', 'test.up.low.leaf.w.x')).peer, 'low')
    assert.equal((await leaf.ok('route', 'explain', 'test.elsewhere')).peer, 'low')
    await paid(up, leaf, '3.00')
    await paid(leaf, up, '1.00')

    // Nobody answers: what was said before holds.
    await up.stop()
    await low.stop()
    await low.serve()
    assert.equal(await low.ownAddress(), 'test.up.low')
    assert.match((await low.spsp('w')).destination, /^test\.up\.low\.w\./)

    await up.serve({ FLORIN_ILP_ADDRESS: 'test.moved' })
    await moved(low, 'test.moved.low')
    await moved(leaf, 'test.moved.low.leaf')
    assert.match((await leaf.spsp('w')).destination, /^test\.moved\.low\.leaf\.w\./)
    const wallet = (await leaf.admin('GET', '/wallet-addresses/w')).json()
    assert.equal(wallet.ilpAddress, 'test.moved.low.leaf.w')
    assert.equal((await low.ok('route', 'explain', 'test.moved.low.leaf.x')).peer, 'leaf')
    assert.equal((await low.ok('route', 'explain', 'test.up.low.leaf.x')).peer, 'up', 'the old one is no more ours')
    await paid(up, leaf, '2.00')
  },

  'only a good answer is an address': async (t) => {
    const bad = [
      ilp.reject('F00', 'no such thing'),
      config('g.live.low'),
      config('peer.low'),
      config('test.up.low', { scale: 9 }),
      config('test.up.low', { code: 'EUR' }),
      config('test..low'),
      config(`test.${'x'.repeat(600)}`),
      ilp.encode({ type: ilp.FULFILL, fulfillment: Buffer.alloc(32), data: Buffer.alloc(3) }),
      ilp.encode({ type: ilp.FULFILL, fulfillment: Buffer.alloc(32, 1), data: config('test.up.low').subarray(34) })
    ]
    let answer = bad[0]
    const { node, up } = await below(t, { behave: () => answer })
    for (const b of bad) {
      answer = b
      const seen = up.count()
      await until('the question', () => {
        node.hangUp()
        return sleep(50).then(() => up.count() > seen)
      })
    }
    assert.equal(await node.ownAddress(), 'test.florin')
    assert.ok(up.seen.every((s) => s.prepare.destination === 'peer.config' && s.prepare.amount === 0n))
    answer = config('test.up.low')
    await moved(node, 'test.up.low')
    // A later bad answer takes nothing away.
    answer = config('test.other', { scale: 3 })
    const seen = up.count()
    node.hangUp()
    await until('the question', () => up.count() > seen)
    assert.equal(await node.ownAddress(), 'test.up.low')
  },

  'children wait until the parent has spoken, and a parent gets no address from us': async (t) => {
    const node = await t.serving('low', { address: null })
    await node.ok(
      ...['peer', 'add', 'up', '--parent', '--asset', 'USD', '--url', `http://127.0.0.1:${await freePort()}/ilp`],
      ...['--outgoing-token', 'o', '--incoming-token', 'token-up']
    )
    await addPeer(node, 'kid', { address: 'test.florin.kid', options: ['--child'] })
    let r = await ask(t.link(node, 'token-kid'))
    assert.deepEqual([r.type, r.code], [ilp.REJECT, 'T00'])
    r = await ask(t.link(node, 'token-up'))
    assert.deepEqual([r.type, r.code], [ilp.REJECT, 'F00'])
  },

  'who is told what': async (t) => {
    const node = await t.serving('node')
    await addPeer(node, 'kid', { options: ['--child'], address: 'test.node.some.kid' })
    const link = t.link(node, 'token-kid')
    let r = await ask(link)
    assert.equal(r.type, ilp.FULFILL)
    assert.deepEqual(r.bytes, config('test.node.some.kid'))
    r = await ask(link, { amount: 1n })
    assert.equal(r.code, 'F03')
    r = await ask(link, { condition: Buffer.alloc(32) })
    assert.equal(r.code, 'F00')
    // peer.settle is for a settlement engine, and there is none.
    for (const [destination, code] of [['peer.else', 'F01'], ['peer.config.x', 'F01'], ['peer.settle', 'F02']]) {
      r = await link.send(prepare({ destination, condition: ilp.PEER_CONDITION }))
      assert.deepEqual([r.code, r.triggeredBy], [code, 'test.node'], 'never forwarded')
    }
    const refused = await node.cli('peer', 'add', 'x', '--asset', 'USD', '--url', 'http://127.0.0.1:9/ilp',
      '--outgoing-token', 'o', '--incoming-token', 'i')
    assert.equal(refused.code, 2)
  }
}
