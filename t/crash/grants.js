// kill -9 while clients get grants, pay under them, rotate and give back tokens: after the restart what
// each of them was answered is so, no grant is above its limit, and each event arrives.

import assert from 'node:assert/strict'
import { sleep } from '../scenario/lib/http.js'
import { Market } from './lib/market.js'
import { seeded } from './lib/network.js'

export const maxMs = 1800000

const KILLS = Number(process.env.CRASH_KILLS ?? 30)
const KILLS_BETWEEN_RESTS = 15
const FAILPOINTS_BETWEEN_RESTS = 5
const FIRED_MS_MAX = 30000

// Between a commit and its reply, and around a commit; [name, the last passing that may be chosen, nodes].
const FAILPOINTS = [
  ['consent.decided', 2, ['alpha']],
  ['grant.issued', 2, ['alpha']],
  ['grant.revoked', 1, ['alpha']],
  ['token.rotated', 1, ['alpha']],
  ['token.revoked', 1, ['alpha']],
  ['payment.created', 20, ['alpha']],
  ['incoming.created', 20, ['alpha', 'omega']],
  ['incoming.completed', 2, ['alpha', 'omega']],
  ['hook.after_200', 20, ['alpha', 'omega']],
  ['writer.before_commit', 60, ['alpha', 'omega']],
  ['writer.after_commit', 60, ['alpha', 'omega']]
]

async function judge(market) {
  await market.someMore()
  await market.stopLoad()
  await market.rest()
  await market.check()
}

async function withMarket(t, work) {
  const seed = Number(process.env.CRASH_SEED ?? Date.now() % 1000000)
  const market = await Market.start(t, seeded(seed))
  try {
    await work(market)
  } catch (e) {
    market.loading = false
    throw new Error(`CRASH_SEED=${seed}: ${e.message}`, { cause: e })
  }
  return market
}

export const tests = {
  [`grants and payments under them, ${KILLS} kills at random moments`]: async (t) => {
    const market = await withMarket(t, async (m) => {
      m.startLoad()
      for (let i = 1; i <= KILLS; i++) {
        const node = m.random(4) ? m.alpha : m.omega
        await Promise.race([m.failed, sleep(50 + m.random(1000))])
        await node.kill()
        await node.serve()
        if (i % KILLS_BETWEEN_RESTS === 0 || i === KILLS) {
          await judge(m)
          if (i < KILLS) m.startLoad()
        }
      }
    })
    if (process.env.CRASH_LOG) console.log(market.seen)
  },

  'grants and payments under them, a kill at each step between a commit and its reply': async (t) => {
    await withMarket(t, async (m) => {
      m.restless = true
      for (const [i, [name, last, nodes]] of FAILPOINTS.entries()) {
        if (!m.loading) m.startLoad()
        for (const node of nodes.map((n) => m[n])) {
          await node.kill()
          await node.serve({ FLORIN_FAILPOINT: `${name}:${1 + m.random(last)}:kill` })
          const fired = await Promise.race([node.exited, m.failed, sleep(FIRED_MS_MAX)])
          assert.equal(fired?.signal, 'SIGKILL', `${name} was not reached on ${node.name}`)
          await node.serve()
        }
        if (i % FAILPOINTS_BETWEEN_RESTS === 0 || i === FAILPOINTS.length - 1) await judge(m)
      }
    })
  }
}
