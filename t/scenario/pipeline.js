// The pipeline of packets, row by row: the tables of docs/ilp.md say which check refuses with which code, and
// each code of each row is provoked here. A row or a code without a case fails, and a case without its row. The
// floods after it leave neither rows nor memory. FLORIN_TEST_LONG=yes makes them a hundred times longer.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as ilp from './lib/ilp.js'
import * as stream from './lib/stream.js'
import { sleep, until } from './lib/http.js'
import { connectionOf } from './lib/incoming.js'
import { ROOT } from './lib/node.js'
import { behaviours } from './lib/peer.js'
import { prepare, StreamSender } from './lib/link.js'
import { MAX_I64 } from './lib/oer.js'
import { addPeer, books } from './lib/setups.js'
import { sql } from './lib/stored_grant.js'

const FLOOD = process.env.FLORIN_TEST_LONG ? 200000 : 2000
const FLOOD_KIB_MAX = 8 * 1024

/** The tables of docs/ilp.md: ["receive 9 R01", ...], a name for each code that a row says. */
function documented() {
  const text = readFileSync(join(ROOT, 'docs/ilp.md'), 'utf8').split('\n## The pipeline\n')[1].split('\n## ')[0]
  const names = []
  let section = 'any'
  for (const line of text.split('\n')) {
    const heading = /^\*\*(Receive|Forward)\*\*$/.exec(line)
    if (heading) section = heading[1].toLowerCase()
    const row = /^\| (\d+) \|[^|]*\|([^|]*)\|/.exec(line)
    if (!row) continue
    for (const code of new Set(row[2].match(/\b[FTR]\d\d\b/g))) names.push(`${section} ${row[1]} ${code}`)
  }
  return names
}

/** What a Reject of the node's own looks like; `data` says more, where more is promised. */
async function refusedBy(ctx, packet, code, data = (d) => assert.equal(d.length, 0)) {
  const r = await ctx.link.send(packet)
  assert.equal(r.type, ilp.REJECT)
  assert.equal(r.code, code, r.message.toString())
  assert.equal(r.triggeredBy, ctx.node.address)
  await data(r.data)
}

const amounts = (received, maximum) => (d) => {
  assert.equal(d.length, 16)
  assert.deepEqual(ilp.f08(d), { received, maximum })
}

/** An authentic STREAM reply: who can read it is told what arrived. */
const told = (sender, sequence, arrived) => (d) => {
  const reply = stream.read(sender.secret, d)
  assert.ok(reply, 'it decrypts')
  assert.equal(reply.sequence, sequence)
  assert.equal(reply.amount, arrived)
}

async function refusedStream(ctx, sender, code, options, arrived) {
  const packet = sender.packet(options)
  const data = arrived === undefined ? undefined : told(sender, sender.sequence, arrived)
  await refusedBy(ctx, packet, code, data)
}

const to = (destination, fields = {}) => prepare({ amount: 100n, destination, ...fields })

/** Name of a row and a code -> what provokes it. */
const cases = {
  'any 1 R02': (c) => refusedBy(c, to('test.right.x', { expiresAt: Date.now() - 1 }), 'R02'),
  'any 2 T03': async (c) => {
    await addPeer(c.node, 'leaver', { token: 'token-leaver' })
    await c.node.ok('peer', 'set', 'leaver', '--state', 'draining')
    await refusedBy({ ...c, link: c.t.link(c.node, 'token-leaver') }, to('test.right.x', { amount: 1n }), 'T03')
  },
  'any 2 T05': async ({ node, t, right }) => {
    await addPeer(node, 'crowd', { token: 'token-crowd', creditLimit: '1000.00' })
    const link = t.link(node, 'token-crowd')
    right.behave = behaviours.slow(behaviours.reject('F99'), 1500)
    const all = await Promise.all(Array.from({ length: 40 }, () => link.send(to('test.right.x', { amount: 1n }))))
    const codes = new Set(all.map((r) => r.code))
    assert.deepEqual([...codes].sort(), ['F99', 'T05'])
    const mine = all.find((r) => r.code === 'T05')
    assert.deepEqual([mine.triggeredBy, mine.data.length], [node.address, 0])
    assert.ok(all.filter((r) => r.code === 'F99').length >= 16)
  },
  'any 3 F00': (c) => refusedBy(c, to('peer.config', { amount: 0n, condition: randomBytes(32) }), 'F00'),
  'any 3 F03': (c) => refusedBy(c, to('peer.config', { amount: 1n, condition: ilp.PEER_CONDITION }), 'F03'),
  'any 3 F01': (c) => refusedBy(c, to('peer.settled', { amount: 0n, condition: ilp.PEER_CONDITION }), 'F01'),
  'any 3 T00': async ({ t }) => {
    const silent = await t.peer('test.up')
    silent.behave = behaviours.never()
    const orphan = await t.serving('orphan', { address: null })
    await orphan.ok('peer', 'add', 'up', '--parent', '--asset', 'USD', '--url', `${silent.url}/ilp`, '--outgoing-token', 'a', '--incoming-token', 'b')
    await orphan.ok('peer', 'add', 'kid', '--child', '--asset', 'USD', '--url', `${silent.url}/ilp`, '--outgoing-token', 'c', '--incoming-token', 'd')
    const r = await t.link(orphan, 'd').send(to('peer.config', { amount: 0n, condition: ilp.PEER_CONDITION }))
    assert.deepEqual([r.type, r.code], [ilp.REJECT, 'T00'])
  },
  'any 4 F08': async (c) => {
    await refusedBy(c, to('test.right.x', { amount: MAX_I64 + 1n }), 'F08', amounts(MAX_I64 + 1n, MAX_I64))
    const capped = { ...c, link: c.t.link(c.node, 'token-capped') }
    await refusedBy(capped, to('test.right.x', { amount: 1001n }), 'F08', amounts(1001n, 1000n))
  },

  'receive 6 F02': async (c) => {
    for (const d of ['test.hub', 'test.hub.alice', 'test.hub.nobody']) await refusedBy(c, to(d), 'F02')
  },
  'receive 7 F06': (c) => refusedBy(c, to('test.hub.alice.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'), 'F06'),
  'receive 8 F02': async (c) => {
    const { destination } = await c.node.spsp('alice')
    await refusedBy(c, to(destination.replace('.alice.', '.bob.')), 'F02')
  },
  'receive 9 F07': async (c) => refusedStream(c, await c.sender('carol'), 'F07', { amount: 100n }),
  'receive 9 R01': async (c) => refusedStream(c, await c.sender('bob'), 'R01', { amount: 1n }),
  'receive 9 F08': async (c) => {
    const sender = await c.sender('xenia') // XRP at scale 9: more of its units than there are
    const packet = sender.packet({ amount: MAX_I64 })
    await refusedBy(c, packet, 'F08', (d) => {
      const { received, maximum } = ilp.f08(d)
      assert.ok(received === MAX_I64 && maximum > 0n && maximum < MAX_I64, `${received} ${maximum}`)
    })
  },
  'receive 10 F06': async (c) => {
    const { destination } = await c.node.spsp('alice')
    await refusedBy(c, to(destination, { data: randomBytes(80) }), 'F06')
  },
  'receive 10 F00': async (c) => refusedStream(c, await c.sender('alice'), 'F00', { amount: 1n, packetType: ilp.FULFILL }),
  'receive 11 F99': async (c) => {
    const sender = await c.sender('alice')
    await refusedStream(c, sender, 'F99', { amount: 70n, fulfillable: false }, 70n)
    await refusedStream(c, sender, 'F99', { amount: 70n, minAmount: 71n }, 70n)
  },
  'receive 13 R00': (c) => behindACommit(c, async () => c.held.packet({ amount: 5n, expiresAt: Date.now() + 1200 })),
  'receive 13 F02': async (c) => {
    const sender = await c.sender('dora')
    await c.node.ok('wallet', 'close', 'dora')
    await refusedStream(c, sender, 'F02', { amount: 5n })
  },
  'receive 13 F99': async (c) => {
    const { id } = await c.node.ok('request', 'alice', '0.50')
    const sender = new StreamSender(c.link, connectionOf(c.node, 'alice', id))
    await refusedStream(c, sender, 'F99', { amount: 51n }, 51n)
  },
  'receive 13 T04': async (c) => {
    const poor = { ...c, link: c.t.link(c.node, 'token-poor') }
    const sender = new StreamSender(poor.link, await c.node.spsp('alice'))
    await refusedStream(poor, sender, 'T04', { amount: 1001n })
  },

  'forward 6 F02': async (c) => {
    for (const d of ['test.nowhere.x', 'test.left.x', 'g.right.x', 'test.rightful']) await refusedBy(c, to(d), 'F02')
  },
  'forward 7 T01': (c) => refusedBy(c, to('test.gone.x'), 'T01'),
  'forward 8 F07': (c) => refusedBy(c, to('test.franc.x'), 'F07'),
  'forward 8 R01': (c) => refusedBy(c, to('test.euro.x', { amount: 1n }), 'R01'),
  'forward 8 F08': (c) =>
    refusedBy(c, to('test.euro.x', { amount: 5000n }), 'F08', (d) => {
      const { received, maximum } = ilp.f08(d)
      // 9.10 EUR is its cap, at 0.91
      assert.deepEqual([received, maximum], [5000n, 1000n])
    }),
  'forward 9 R02': (c) => refusedBy(c, to('test.right.x', { expiresAt: Date.now() + 1500 }), 'R02'),
  'forward 10 R00': (c) => behindACommit(c, async () => to('test.right.x', { expiresAt: Date.now() + 1400 })),
  'forward 10 T04': async (c) => {
    const poor = { ...c, link: c.t.link(c.node, 'token-poor') }
    await refusedBy(poor, to('test.right.x', { amount: 1001n }), 'T04')
  }
}

/** A packet that waits for the commit of the one before until its time is over. */
async function behindACommit(c, packet) {
  await c.slowCommits()
  const before = c.link.send(c.held.packet({ amount: 3n }))
  await sleep(300)
  await refusedBy(c, await packet(), 'R00')
  assert.equal((await before).type, ilp.FULFILL)
}

async function network(t) {
  const right = await t.peer('test.right')
  const node = await t.node('hub')
  node.env = { FLORIN_LIMITS_IN_FLIGHT_PER_PEER: '16' }
  await node.serve()
  await node.ok('asset', 'add', 'CHF', '--scale', '2')
  for (const [name, asset] of [['alice', 'USD'], ['bob', 'EUR'], ['carol', 'CHF'], ['dora', 'USD'], ['xenia', 'XRP']])
    await node.ok('wallet', 'add', name, '--asset', asset)
  for (const asset of ['EUR', 'XRP', 'CHF']) await node.ok('asset', 'deposit', asset, '100000.00')
  await addPeer(node, 'left', { token: 'token-left', creditLimit: '90000000000000000.00' })
  await addPeer(node, 'poor', { token: 'token-poor', creditLimit: '10.00' })
  await addPeer(node, 'capped', { token: 'token-capped', options: ['--credit-limit', '100.00', '--max-packet', '10.00'] })
  await addPeer(node, 'right', { url: `${right.url}/ilp` })
  await addPeer(node, 'gone', {})
  await addPeer(node, 'euro', { asset: 'EUR', url: `${right.url}/ilp`, options: ['--max-packet', '9.10'] })
  await addPeer(node, 'franc', { asset: 'CHF', url: `${right.url}/ilp` })
  const link = t.link(node, 'token-left')
  const ctx = { t, node, link, right }
  ctx.sender = async (wallet) => new StreamSender(link, await node.spsp(wallet))
  ctx.held = await ctx.sender('alice')
  let slow = false
  ctx.slowCommits = async () => {
    if (slow) return
    slow = true
    await node.stop()
    await node.serve({ FLORIN_FAILPOINT: 'writer.before_commit:*:sleep=2500', FLORIN_ILP_MIN_MESSAGE_WINDOW_MS: '100' })
  }
  return ctx
}

/** Resident memory of the node's process, KiB. */
function resident(node) {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${node.child.pid}/status`, 'utf8'))[1])
}

const rows = async (node) =>
  JSON.stringify(await sql(node, `SELECT (SELECT count(*) FROM transfer) || ' ' || (SELECT count(*) FROM credit_batch) || ' ' ||
    (SELECT count(*) FROM flight_window) || ' ' || (SELECT count(*) FROM event) || ' ' || (SELECT count(*) FROM doubt) AS n`))

async function flood(link, packet) {
  let left = FLOOD
  const codes = new Map()
  const worker = async () => {
    while (left-- > 0) {
      const r = await link.send(packet())
      const code = r.type === ilp.FULFILL ? 'fulfilled' : r.code
      codes.set(code, (codes.get(code) ?? 0) + 1)
    }
  }
  await Promise.all(Array.from({ length: 32 }, worker))
  return Object.fromEntries(codes)
}

export const maxMs = process.env.FLORIN_TEST_LONG ? 3600000 : 150000

export const tests = {
  'each code of each row, with its data; no row without a case': async (t) => {
    assert.deepEqual(Object.keys(cases).sort(), documented().sort())
    const ctx = await network(t)
    const slow = (name) => name.endsWith(' R00')
    for (const [name, provoke] of Object.entries(cases).sort(([a], [b]) => slow(a) - slow(b))) {
      await provoke(ctx).catch((e) => Promise.reject(Object.assign(e, { message: `${name}: ${e.message}` })))
    }
    assert.equal(await ctx.node.balance('alice'), 6n, 'what was sent before the two that waited')
    for (const peer of ['poor', 'capped', 'right', 'euro', 'franc']) {
      const { balance, pending } = await ctx.node.ok('peer', 'show', peer)
      assert.deepEqual([balance.value, pending.value], ['0', '0'], peer)
    }
  },

  'floods of packets without money and of packets that nobody can read leave nothing': async (t) => {
    const { node, link, right, sender } = await network(t)
    const alice = await sender('alice')
    right.behave = behaviours.reject('F99')
    const unreadable = () => to(alice.destination, { amount: 1n, data: randomBytes(200) })
    const kinds = [
      ['no money, for a wallet', () => alice.packet({ amount: 0n }), ['fulfilled', 'T05']],
      ['no money, onwards', () => to('test.right.x', { amount: 0n }), ['F99', 'T05']],
      ['unreadable, for a wallet', unreadable, ['F06', 'T05']],
      ['for nobody', () => to(`test.hub.alice.${randomBytes(24).toString('base64url')}`), ['F06', 'T05']]
    ]
    for (const [, packet] of kinds) await flood(link, packet) // once, so that caches are there
    const before = { rows: await rows(node), books: await books(node), kib: resident(node) }
    const others = t.link(node, 'token-capped')
    for (const [what, packet, allowed] of kinds) {
      const flooding = flood(link, packet)
      // Another peer is served all the while.
      for (let i = 0; i < 5; i++) {
        const mine = new StreamSender(others, { destination: alice.destination, secret: alice.secret })
        const r = await mine.send({ amount: 0n })
        assert.ok(r.valid, `${what}: another peer gets ${r.reply.code}`)
      }
      for (const code of Object.keys(await flooding)) assert.ok(allowed.includes(code), `${what}: ${code}`)
    }
    assert.equal(await rows(node), before.rows)
    assert.deepEqual(await books(node), before.books)
    right.seen.length = 0
    await until('memory to be as before', async () => resident(node) - before.kib < FLOOD_KIB_MAX, 5000)
  }
}
