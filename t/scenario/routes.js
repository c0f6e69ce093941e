// Routes that peers tell each other (CCP).

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { until } from './lib/http.js'
import * as ilp from './lib/ilp.js'
import { prepare } from './lib/link.js'
import { adopt, peerNodes } from './lib/node.js'
import { varOctets } from './lib/oer.js'
import { addPeer, pay } from './lib/setups.js'

const CREDIT = ['--credit-limit', '1000.00']
const ON = ['--ccp', 'on', ...CREDIT]

const text = (s) => varOctets(Buffer.from(s))
const u32 = (n) => Buffer.from([n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255])
const count = (n) => (n < 256 ? Buffer.from([1, n]) : Buffer.from([2, n >> 8, n & 255]))

function control({ mode = 1, table = Buffer.alloc(16), epoch = 0 } = {}) {
  return Buffer.concat([Buffer.from([mode]), table, u32(epoch), count(0)])
}

function update(table, from, to, routes = [], gone = [], { hold = 45000, current = to } = {}) {
  return Buffer.concat([
    ...[table, u32(current), u32(from), u32(to), u32(hold), text('test.fake'), count(routes.length)],
    ...routes.flatMap(([prefix, ...path]) => [text(prefix), count(path.length), ...path.map(text), randomBytes(32), count(0)]),
    ...[count(gone.length), ...gone.map(text)]
  ])
}

function parts(data) {
  let at = 0
  const take = (n) => data.subarray(at, (at += n))
  const int = (n) => take(n).readUIntBE(0, n)
  const octets = () => {
    const n = int(1)
    return take(n < 128 ? n : int(n - 128)).toString()
  }
  const many = (one) => Array.from({ length: int(int(1)) }, one)
  const u = { table: take(16), current: int(4), from: int(4), to: int(4), hold: int(4), speaker: octets() }
  u.routes = many(() => {
    const prefix = octets()
    const path = many(octets)
    take(32)
    many(() => [take(3), octets()])
    return [prefix, ...path]
  })
  u.gone = many(octets)
  return u
}

function send(link, what, data, fields = {}) {
  return link.send(prepare({ destination: `peer.route.${what}`, condition: ilp.PEER_CONDITION, data, ...fields }))
}

const EMPTY = ilp.encode({ type: ilp.FULFILL, fulfillment: Buffer.alloc(32) })

async function table(node) {
  const { items } = await node.ok('route', 'list')
  return Object.fromEntries(items.map((r) => [r.prefix, r]))
}

/** The peer that an address goes to, once it goes there. */
function leads(node, address, peer, timeoutMs) {
  return until(`${node.name}: ${address} to go to ${peer}`, async () => {
    const e = await node.ok('route', 'explain', address)
    return e.peer === peer && e
  }, timeoutMs)
}

async function sent(from, to, amount = '1.00') {
  const { code, stderr } = await pay(from, 'w', `${to.url}/w`, '--send', amount)
  assert.equal(code, 0, stderr)
}

/** A node with a scripted peer that exchanges routes: -> {node, peer, link, seen(what)} */
async function withFake(t, { env, options = ON } = {}) {
  const peer = await t.peer('test.fake')
  peer.behave = () => EMPTY
  const node = await t.serving('node', { env })
  await addPeer(node, 'fake', { url: `${peer.url}/ilp`, options })
  const seen = (what) => peer.seen.filter((s) => s.prepare.destination === `peer.route.${what}`).map((s) => s.prepare)
  return { node, peer, link: t.link(node, 'token-fake'), seen }
}

export const tests = {
  'four nodes in a line, one dies, another way is found': async (t) => {
    const [a, b, c, d] = await Promise.all(['a', 'b', 'c', 'd'].map((name) => t.serving(name)))
    for (const n of [a, d]) await n.ok('wallet', 'add', 'w', '--asset', 'USD')
    await a.ok('deposit', 'w', '100.00')
    await peerNodes(a, b, 'USD', { aLimits: ON, bLimits: ON })
    await peerNodes(b, c, 'USD', { aLimits: ON, bLimits: ON })
    await peerNodes(c, d, 'USD', { aLimits: ON, bLimits: ON })
    const e = await leads(a, 'test.d.w.x', 'b')
    assert.equal(e.prefix, 'test.d')
    assert.deepEqual(e.candidates, [
      {
        prefix: 'test.d',
        peer: 'b',
        source: 'ccp',
        path: ['test.b', 'test.c'],
        chosen: true,
        reason: 'it is the best way to the longest prefix'
      }
    ])
    await leads(d, 'test.a.w.x', 'c')
    const known = await table(a)
    assert.deepEqual(known['test.c'], { prefix: 'test.c', peer: 'b', source: 'ccp', path: ['test.b'] })
    assert.deepEqual(known['test.b'], { prefix: 'test.b', peer: 'b', source: 'peer', path: [] })
    assert.equal(known['test.a'].source, 'own')
    await sent(a, d)

    // A second way, longer: it is known and not taken.
    const [x, y] = await Promise.all(['x', 'y'].map((name) => t.serving(name)))
    await peerNodes(a, x, 'USD', { aLimits: ON, bLimits: ON })
    await peerNodes(x, y, 'USD', { aLimits: ON, bLimits: ON })
    await peerNodes(y, d, 'USD', { aLimits: ON, bLimits: ON })
    const both = await until('both ways', async () => {
      const found = await a.ok('route', 'explain', 'test.d.w.x')
      return found.candidates.length === 2 && found
    })
    assert.equal(both.peer, 'b')
    assert.match(both.candidates.find((w) => w.peer === 'x').reason, /shorter/)

    // c dies. Its neighbours would forget it at the end of the hold-down; their operators are faster.
    await c.kill()
    for (const n of [b, d]) await n.ok('peer', 'set', 'c', '--ccp', 'off')
    await leads(a, 'test.d.w.x', 'x')
    await leads(d, 'test.a.w.x', 'y')
    await sent(a, d)
    assert.equal((await a.ok('peer', 'show', 'b')).ccp, true)
  },

  'a node that stops speaking is forgotten': async (t) => {
    const { node, link, seen } = await withFake(t)
    await until('the question', () => seen('control').length)
    const id = randomBytes(16)
    const r = await send(link, 'update', update(id, 0, 1, [['test.far', 'test.fake']], [], { hold: 2000 }))
    assert.deepEqual(r.bytes, EMPTY)
    await leads(node, 'test.far.x', 'fake')
    const asked = seen('control').length
    await until('the route to go', async () => (await node.ok('route', 'explain', 'test.far.x')).kind === 'none')
    await until('the table to be asked again', () => seen('control').length > asked)
    assert.equal(seen('control').at(-1).data.readUInt32BE(17), 0, 'from nothing')
  },

  'gaps, loops, limits and what may not be said': async (t) => {
    const { node, link, seen } = await withFake(t, { env: { FLORIN_LIMITS_ROUTES_PER_PEER: '3' } })
    await until('the question', () => seen('control').length)
    const id = randomBytes(16)
    let r = await send(link, 'update', update(id, 0, 2, [
      ['test.one', 'test.fake'],
      ['test.loop', 'test.fake', 'test.node'],
      ['test.node.alice', 'test.fake'],
      ['test', 'test.fake'],
      ['g.live', 'test.fake'],
      ['peer.x', 'test.fake'],
      ['test.two', 'test.fake', 'test.more'],
      ['test.three', 'test.fake'],
      ['test.four', 'test.fake']
    ]))
    assert.equal(r.type, ilp.FULFILL)
    await leads(node, 'test.two.x', 'fake')
    const learned = Object.values(await table(node)).filter((i) => i.source === 'ccp').map((i) => i.prefix)
    assert.deepEqual(learned, ['test.one', 'test.three', 'test.two'])
    const asked = seen('control').length
    r = await send(link, 'update', update(id, 5, 6))
    assert.deepEqual([r.type, r.code], [ilp.REJECT, 'F00'])
    await until('the missing part to be asked', () => seen('control').length > asked)
    assert.equal(seen('control').at(-1).data.readUInt32BE(17), 2)
    for (const [what, data, fields, code] of [
      ['update', Buffer.from('00', 'hex'), {}, 'F00'],
      ['control', Buffer.alloc(5), {}, 'F00'],
      ['control', control({ mode: 2 }), {}, 'F00'],
      ['update', update(id, 2, 3).subarray(0, 40), {}, 'F00'],
      ['update', update(id, 2, 3), { amount: 1n }, 'F03'],
      ['update', update(id, 2, 3), { condition: randomBytes(32) }, 'F00'],
      ['other', update(id, 2, 3), {}, 'F01']
    ]) {
      r = await send(link, what, data, fields)
      assert.deepEqual([r.type, r.code], [ilp.REJECT, code], what)
    }
    r = await send(link, 'update', update(id, 2, 3, [], ['test.one', 'test.never']))
    assert.equal(r.type, ilp.FULFILL)
    await until('the route to go', async () => !(await table(node))['test.one'])
  },

  'what is told, and to whom': async (t) => {
    const { node, link, seen } = await withFake(t)
    await addPeer(node, 'other', { options: ['--route', 'test.static', '--route', 'g.live'] })
    await addPeer(node, 'kid', { address: 'test.node.kid', options: ['--child'] })
    const r = await send(link, 'control', control())
    assert.deepEqual(r.bytes, EMPTY)
    await until('the table', () => seen('update').length)
    const first = parts(seen('update')[0].data)
    assert.deepEqual([first.from, first.speaker, first.hold, first.gone], [0, 'test.node', 45000, []])
    assert.deepEqual(first.routes.sort(), [
      ['test.node', 'test.node'],
      ['test.other', 'test.node'],
      ['test.static', 'test.node']
    ])
    await node.ok('peer', 'remove', 'other')
    await until('the change', () => seen('update').length > 1)
    const second = parts(seen('update')[1].data)
    assert.deepEqual(second.table, first.table)
    assert.equal(second.from, first.to)
    assert.deepEqual(second.gone.sort(), ['test.other', 'test.static'])
    // Switched off, it is the unknown protocol that it was.
    await node.ok('peer', 'set', 'fake', '--ccp', 'off')
    const off = await send(link, 'control', control())
    assert.deepEqual([off.type, off.code], [ilp.REJECT, 'F01'])
  },

  'off by default': async (t) => {
    const { node, link, seen } = await withFake(t, { options: CREDIT })
    assert.equal((await node.ok('peer', 'show', 'fake')).ccp, false)
    const r = await send(link, 'update', update(randomBytes(16), 0, 1, [['test.far', 'test.fake']]))
    assert.deepEqual([r.type, r.code], [ilp.REJECT, 'F01'])
    assert.equal(seen('control').length, 0)
    assert.equal((await node.ok('route', 'explain', 'test.far.x')).kind, 'none')
    assert.equal((await node.cli('peer', 'set', 'fake', '--ccp', 'maybe')).code, 2)
  },

  'a parent that moves: its children announce themselves anew': async (t) => {
    const up = await t.serving('up')
    const [left, right] = await Promise.all(['left', 'right'].map((name) => t.serving(name, { address: null })))
    for (const n of [left, right]) await n.ok('wallet', 'add', 'w', '--asset', 'USD')
    await left.ok('deposit', 'w', '10.00')
    const both = { parentOptions: ['--ccp', 'on'], childOptions: ['--ccp', 'on'] }
    await adopt(up, left, 'USD', both)
    await adopt(up, right, 'USD', both)
    await leads(left, 'test.up.right.w.x', 'up')
    assert.ok((await table(left))['test.up'], 'the parent announces itself')
    await sent(left, right)
    await up.stop()
    await up.serve({ FLORIN_ILP_ADDRESS: 'test.moved' })
    for (const n of [left, right]) {
      await until(`${n.name} to move`, async () => {
        n.hangUp()
        return (await n.ownAddress()) === `test.moved.${n.name}`
      })
    }
    await until('the new announcement', async () => (await table(left))['test.moved'])
    await sent(left, right)
  }
}
