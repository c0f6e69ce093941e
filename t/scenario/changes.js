// Peers that are changed, added and removed while packets are on their way, and next hops that answer
// in every way at once.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import * as ilp from './lib/ilp.js'
import { sleep, until } from './lib/http.js'
import { behaviours } from './lib/peer.js'
import { Link, prepare } from './lib/link.js'
import { addPeer, connector, randomPreimage, units } from './lib/setups.js'

export const maxMs = 150000
const SENDERS = 16

/** Packets whose preimages the right side knows. */
function known(right, answer) {
  const preimages = new Map()
  right.behave = (s) => {
    const fulfillment = preimages.get(s.prepare.condition.toString('hex'))
    return answer(s, ilp.encode({ type: ilp.FULFILL, fulfillment }))
  }
  return (fields = {}) => {
    const fulfillment = randomPreimage()
    const condition = ilp.sha256(fulfillment)
    preimages.set(condition.toString('hex'), fulfillment)
    return prepare({ amount: 5n, destination: 'test.right.x', condition, ...fields })
  }
}

/** Many senders at once until `work` has ended -> how often each code came, and what was fulfilled. */
async function underLoad(send, work, senders = SENDERS) {
  const seen = { fulfilled: 0n, codes: new Map(), statuses: new Map() }
  let on = true
  const one = async () => {
    while (on) {
      const r = await send()
      if (r.status && r.status !== 200) {
        seen.statuses.set(r.status, (seen.statuses.get(r.status) ?? 0) + 1)
        await sleep(5)
        continue
      }
      if (r.type === ilp.FULFILL) seen.fulfilled += r.amount
      else seen.codes.set(r.code, (seen.codes.get(r.code) ?? 0) + 1)
    }
  }
  const running = Promise.all(Array.from({ length: senders }, one))
  try {
    await work(seen)
  } finally {
    on = false
    await running
  }
  return seen
}

/** One packet -> its reply, or the HTTP status that refused it. */
async function post(link, packet) {
  const r = await link.post(ilp.encode(packet))
  return r.status === 200 ? { ...ilp.decode(r.body), amount: packet.amount } : { status: r.status }
}

const settledAmount = async (node, peer) => {
  const shown = await node.ok('peer', 'show', peer)
  return shown.pending.value === '0' && units(shown.balance)
}

async function ends(node, peer) {
  let balance
  await until('the holds to end', async () => (balance = await settledAmount(node, peer)) !== false, 60000)
  return balance
}

export const tests = {
  'a peer is not removed while its packets are on their way': async (t) => {
    const { node, link, right } = await connector(t)
    let answer
    const asked = new Promise((done) => (answer = done))
    const packet = known(right, async (s, fulfill) => {
      await asked
      return fulfill
    })
    const replies = Array.from({ length: 20 }, () => link.send(packet()))
    await until('the packets', () => right.count() === 20)
    for (const name of ['left', 'right']) {
      const r = await node.cli('peer', 'remove', name)
      assert.equal(r.code, 1, `${name}: ${r.stdout}`)
    }
    answer()
    for (const r of await Promise.all(replies)) assert.equal(r.type, ilp.FULFILL)
    assert.equal(await node.peerBalance('right'), 100n)
    assert.equal((await node.ok('peer', 'remove', 'right')).state, 'disabled', 'its account is not empty')
    assert.equal(await node.peerBalance('right'), 100n)
  },

  'a peer comes and goes under load': async (t) => {
    const { node, link, right } = await connector(t)
    right.behave = behaviours.reject('F99')
    const send = async () => {
      await sleep(20) // with something in flight at all times it could never be removed
      return post(link, prepare({ amount: 5n, destination: 'test.right.x' }))
    }
    const work = async () => {
      for (let removed = 0; removed < 5; ) {
        const gone = await node.admin('DELETE', '/peers/right')
        assert.ok([200, 409].includes(gone.status), gone.text())
        if (gone.status === 409) continue
        removed++
        await sleep(20)
        await addPeer(node, 'right', { url: `${right.url}/ilp` })
      }
    }
    const seen = await underLoad(send, work, 3)
    for (const code of seen.codes.keys()) assert.ok(['F99', 'F02', 'T01'].includes(code), code)
    assert.equal(await ends(node, 'left'), 0n)
    assert.equal(await ends(node, 'right'), 0n)
  },

  'tokens are replaced under load: the old one is out at once, what it began is finished': async (t) => {
    const { node, right } = await connector(t)
    const packet = known(right, async (s, fulfill) => {
      await sleep(50)
      return fulfill
    })
    let link = new Link(node, 'token-left')
    const links = [link]
    const seen = await underLoad(
      () => post(link, packet()),
      async () => {
        for (let i = 0; i < 8; i++) {
          const token = `token-left-${i}`
          await node.ok('peer', 'set', 'left', '--incoming-token', token)
          const refused = await link.post(ilp.encode(packet()))
          assert.equal(refused.status, 401)
          await sleep(50)
          link = new Link(node, token)
          links.push(link)
          await node.ok('peer', 'set', 'right', '--outgoing-token', `outgoing-${i}`)
          await sleep(50)
        }
      }
    )
    const last = packet({ amount: 0n })
    assert.equal((await post(link, last)).type, ilp.FULFILL)
    const arrived = right.seen.find((s) => s.prepare.condition.equals(last.condition))
    assert.equal(arrived.req.headers.authorization, 'Bearer outgoing-7')
    for (const l of links) l.close()
    assert.ok(seen.fulfilled > 0n)
    assert.deepEqual([...seen.codes], [], 'no packet with a good token was refused')
    assert.deepEqual([...seen.statuses.keys()].filter((s) => s !== 401), [])
    assert.equal(await ends(node, 'left'), -seen.fulfilled)
    assert.equal(await ends(node, 'right'), seen.fulfilled)
  },

  'limits, spread and address are changed under load: no limit is passed, no unit is lost': async (t) => {
    const { node, link, right } = await connector(t, { left: ['--credit-limit', '2.00'] })
    const other = await t.peer('test.right')
    const paid = { sum: 0n }
    const answer = async (s, fulfill) => {
      await sleep(20)
      paid.sum += s.prepare.amount
      return fulfill
    }
    const packet = known(right, answer)
    other.behave = (s) => right.behave(s)
    const limit = { now: 200n }
    const seen = await underLoad(
      () => post(link, packet()),
      async () => {
        for (let i = 0; i < 12; i++) {
          const owed = -(await node.peerBalance('left'))
          assert.ok(owed <= limit.now, `${owed} of ${limit.now}`)
          const next = i % 3 === 2 ? 50n : 200n + BigInt(i) * 100n
          const value = String(next)
          const creditLimit = { value, assetCode: 'USD', assetScale: 2 }
          const r = await node.admin('PATCH', '/peers/left', { creditLimit, spreadBps: i % 2 ? 100 : 0 })
          // Below what is owed and in flight it can't go.
          assert.ok(r.status === 200 || r.status === 409, r.text())
          if (r.status === 200) limit.now = next
          await node.admin('PATCH', '/peers/right', { url: `${(i % 2 ? other : right).url}/ilp` })
          const max = { value: i % 4 === 3 ? '4' : '1000', assetCode: 'USD', assetScale: 2 }
          await node.admin('PATCH', '/peers/right', { maxPacketAmount: max })
          await sleep(60)
        }
      }
    )
    for (const code of seen.codes.keys()) assert.ok(['T04', 'F08', 'T00'].includes(code), code)
    assert.equal(await ends(node, 'left'), -seen.fulfilled)
    assert.equal(await ends(node, 'right'), paid.sum)
    assert.ok(other.count() > 0)
  },

  'two operators at once: a change keeps what it does not name': async (t) => {
    const { node } = await connector(t)
    for (let i = 1; i <= 10; i++) {
      const creditLimit = { value: String(1000 + i), assetCode: 'USD', assetScale: 2 }
      const answers = await Promise.all([
        node.admin('PATCH', '/peers/left', { spreadBps: i }),
        node.admin('PATCH', '/peers/left', { creditLimit }),
        node.admin('PATCH', '/peers/left', { routes: [`test.r${i}`] })
      ])
      for (const r of answers) assert.equal(r.status, 200, r.text())
      const shown = await node.ok('peer', 'show', 'left')
      assert.deepEqual([shown.spreadBps, shown.creditLimit.value, shown.routes], [i, String(1000 + i), [`test.r${i}`]])
    }
  },

  'a next hop in every kind of weather: what is owed, and what is in doubt, to the unit': async (t) => {
    const { node, link, right } = await connector(t)
    let claimable = 0n
    const kinds = [
      (s, fulfill) => fulfill,
      () => ilp.reject('T04'),
      () => ilp.reject('F99', '', { data: randomBytes(30) }),
      () => ilp.encode({ type: ilp.FULFILL, fulfillment: randomBytes(32) }),
      (s) => behaviours.status(404)(s),
      ...[
        (s) => behaviours.status(500)(s),
        (s) => behaviours.readAndClose()(s),
        () => randomBytes(40),
        (s, fulfill) => behaviours.late(() => fulfill, 200)(s),
        (s, fulfill) => behaviours.cutOff(() => fulfill)(s)
      ].map((behave) => (s, fulfill) => {
        claimable += s.prepare.amount
        return behave(s, fulfill)
      })
    ]
    let n = 0
    const packet = known(right, (s, fulfill) => kinds[n++ % kinds.length](s, fulfill))
    const packets = Array.from({ length: 200 }, (_, i) => packet({ amount: BigInt(i + 1), expiresAt: Date.now() + 6000 }))
    const replies = await Promise.all(packets.map((p) => post(link, p)))
    const fulfilled = replies.filter((r) => r.type === ilp.FULFILL).reduce((sum, r) => sum + r.amount, 0n)
    assert.ok(fulfilled > 0n)
    assert.equal(await ends(node, 'left'), -fulfilled)
    assert.equal(await ends(node, 'right'), fulfilled)
    const { items } = await node.ok('doubt', 'list')
    // What it may claim is listed; and beside it only what nobody answered to us.
    const listed = items.reduce((sum, d) => sum + units(d.amount), 0n)
    const open = replies.map((r, i) => (/T00|R00/.test(r.code) && r.triggeredBy === node.address ? packets[i].amount : 0n))
    assert.ok(listed >= claimable, `${listed} of ${claimable}`)
    assert.ok(listed <= open.reduce((sum, amount) => sum + amount, 0n), `${listed}`)
    for (const d of items) await node.ok('doubt', 'release', d.id, '--to', 'peer')
    assert.deepEqual((await node.ok('doubt', 'list')).items, [])
  }
}
