// kill -9 under load: after the restart nothing was created or lost, and every payment ends.

import assert from 'node:assert/strict'
import { sleep } from '../scenario/lib/http.js'
import { Network, listAll, seeded } from './lib/network.js'

export const maxMs = 1800000

const KILLS = Number(process.env.CRASH_KILLS ?? 200)
const KILLS_BETWEEN_RESTS = 25
const FIRED_MS_MAX = 30000

const FAILPOINTS = [
  'writer.before_apply',
  'writer.before_commit',
  'writer.after_commit',
  'http.before_reply',
  'send.before_prepare',
  'send.fulfill_rx'
]

// Where money only arrives these are never passed.
const SENDER_ONLY = new Set(['send.before_prepare', 'send.fulfill_rx'])

async function judge(network) {
  await network.stopLoad()
  await network.rest()
  await network.check()
  await network.reconcile()
}

/** One node after the other dies at its next few passings of `name`; the books are judged each time. */
async function killAt(t, name) {
  const random = seeded(4)
  const network = await Network.start(t, random)
  try {
    for (const node of network.nodes) {
      network.startLoad(node === network.omega && SENDER_ONLY.has(name) ? 'back' : 'forth')
      await node.kill()
      await node.serve({ FLORIN_FAILPOINT: `${name}:${5 + random(40)}:kill` })
      const fired = await Promise.race([node.exited, sleep(FIRED_MS_MAX)])
      assert.equal(fired?.signal, 'SIGKILL', `${name} was not reached on ${node.name}`)
      await node.serve()
      await judge(network)
    }
  } finally {
    network.loading = false
  }
}

export const tests = {
  [`${KILLS} kills at random moments`]: async (t) => {
    const seed = Number(process.env.CRASH_SEED ?? Date.now() % 1000000)
    const random = seeded(seed)
    const network = await Network.start(t, random)
    try {
      let direction = 'forth'
      network.startLoad(direction)
      for (let i = 1; i <= KILLS; i++) {
        const node = network.nodes[random(3)]
        await sleep(20 + random(300))
        await node.kill()
        await node.serve()
        if (i % KILLS_BETWEEN_RESTS === 0 || i === KILLS) {
          await judge(network)
          direction = direction === 'forth' ? 'back' : 'forth'
          if (i < KILLS) network.startLoad(direction)
        }
      }
    } catch (e) {
      network.loading = false
      throw new Error(`CRASH_SEED=${seed}: ${e.message}`, { cause: e })
    }
    assert.ok(network.confirmed > 0n, 'incoming payments were paid')
    if (KILLS >= 50) assert.ok(network.reconciled > 0n, 'some books differed, and were reconciled')
    const lists = await Promise.all([network.alpha, network.omega].map((n) => listAll(n, '/outgoing-payments')))
    const payments = lists.flat()
    const completed = payments.filter((p) => p.state === 'COMPLETED').length
    assert.ok(completed > KILLS / 4, `${completed} of ${payments.length} payments were completed between the kills`)
  },

  ...Object.fromEntries(FAILPOINTS.map((name) => [`a kill at ${name} of each node`, (t) => killAt(t, name)]))
}
