// How much memory a node takes: idle, under packets for a long time, and what it loses.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import * as ilp from '../scenario/lib/ilp.js'
import { sleep } from '../scenario/lib/http.js'
import { StreamSender } from '../scenario/lib/link.js'
import { receivingNode } from '../scenario/lib/setups.js'

const KIB_IDLE_MAX = 20 * 1024
const IN_FLIGHT = 64
const LEAK_PACKETS = Number(process.env.MEMORY_LEAK_PACKETS ?? 10000)
const SOAK_PACKETS = Number(process.env.MEMORY_SOAK_PACKETS ?? 1000000)
const SOAK_WARM = SOAK_PACKETS / 5 // caches and pools are full by then
const SOAK_KIB_GROWTH_MAX = 2048

export const maxMs = 3600000

/** Resident KiB of the node's process. */
function residentKib(node) {
  const status = readFileSync(`/proc/${node.child.pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)[1])
}

/** Sends packets of one unit, many at once; every one must be fulfilled. */
async function sendPackets(sender, count) {
  let left = count
  const work = async () => {
    while (left > 0) {
      left--
      const { reply, valid } = await sender.send({ amount: 1n, minAmount: 1n })
      assert.equal(reply.type, ilp.FULFILL, `${reply.code} ${reply.message}`)
      assert.ok(valid)
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, work))
}

const idle = {
  'an idle node stays under 20 MiB resident': async (t) => {
    const { node } = await receivingNode(t)
    await node.spsp('alice')
    await sleep(1000)
    const kib = residentKib(node)
    console.log(`     ${kib} KiB resident`)
    assert.ok(kib < KIB_IDLE_MAX, `${kib} KiB resident`)
  }
}

// FLORIN is then a script that runs `serve` under valgrind and leaves its findings in
// DIR/valgrind.log.
const leaks = {
  [`valgrind shows no leak after ${LEAK_PACKETS} packets`]: async (t) => {
    const { node, link } = await receivingNode(t)
    const sender = new StreamSender(link, await node.spsp('alice'))
    await sendPackets(sender, LEAK_PACKETS)
    assert.equal(await node.balance('alice'), BigInt(LEAK_PACKETS))
    const { code } = await node.stop()
    const log = `${node.dir}/valgrind.log`
    assert.ok(existsSync(log), 'the node ran under valgrind')
    const said = readFileSync(log, 'utf8')
    assert.match(said, /ERROR SUMMARY: 0 errors/, said)
    assert.ok(/definitely lost: 0 bytes/.test(said) || /no leaks are possible/.test(said), said)
    assert.equal(code, 0, said)
  }
}

const soak = {
  [`memory is flat over ${SOAK_PACKETS} received packets`]: async (t) => {
    const env = { FLORIN_LIMITS_PACKETS_PER_PEER_PER_S: '0' }
    const { node, link } = await receivingNode(t, { env })
    const sender = new StreamSender(link, await node.spsp('alice'))
    await sendPackets(sender, SOAK_WARM)
    const warm = residentKib(node)
    await sendPackets(sender, SOAK_PACKETS - SOAK_WARM)
    const end = residentKib(node)
    console.log(`     ${warm} KiB resident after ${SOAK_WARM} packets, ${end} KiB at the end`)
    assert.ok(end - warm < SOAK_KIB_GROWTH_MAX, `${warm} KiB, then ${end} KiB`)
    assert.equal(await node.balance('alice'), BigInt(SOAK_PACKETS))
  }
}

export const tests = { idle, leaks, soak }[process.env.MEMORY_PART ?? 'idle']
