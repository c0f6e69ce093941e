// A backup is made under load and restored elsewhere: the books there are clean, and are a part of
// the history here.

import assert from 'node:assert/strict'
import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './lib/node.js'
import { receivingNode } from './lib/setups.js'

export const maxMs = 120000

/** A directory with the node's configuration and, unless foreign, its key. */
function elsewhere(t, node, { foreign = false } = {}) {
  const dir = join(t.dir, `elsewhere-${Math.random()}`)
  mkdirSync(dir)
  for (const name of ['florin.conf', 'admin.token', 'rates.json', 'master.key']) {
    copyFileSync(join(node.dir, name), join(dir, name))
  }
  if (foreign) {
    const key = readFileSync(join(dir, 'master.key'), 'utf8')
    writeFileSync(join(dir, 'master.key'), key.replace(/^./, (c) => (c === '0' ? '1' : '0')))
  }
  return dir
}

const at = (dir, ...args) => run(['-C', dir, ...args])

export const tests = {
  'under load, restored elsewhere': async (t) => {
    const { node } = await receivingNode(t)
    await node.ok('deposit', 'alice', '1000.00')
    await node.ok('wallet', 'add', 'carol', '--asset', 'USD')
    let on = true
    let paid = 0
    const load = async () => {
      while (on) {
        await node.ok('pay', 'alice', `${node.url}/carol`, '--send', '1.00', '--yes')
        paid++
      }
    }
    const loads = [load(), load()]
    while (paid < 3) await new Promise((r) => setTimeout(r, 50))
    const before = paid
    const file = join(t.dir, 'copy.db')
    const made = await node.ok('backup', file)
    const after = paid + loads.length
    on = false
    await Promise.all(loads)
    assert.equal(made.bytes, statSync(file).size)
    assert.equal(statSync(file).mode & 0o077, 0, 'only the owner reads it')
    assert.equal(readFileSync(file).includes(Buffer.from(readFileSync(join(node.dir, 'master.key'), 'utf8').trim(), 'hex')), false)

    const dir = elsewhere(t, node)
    const restored = await at(dir, '--json', 'restore', file)
    assert.equal(restored.code, 0, restored.stderr)
    assert.equal(JSON.parse(restored.stdout).audit, 'clean')
    const audit = await at(dir, 'audit')
    assert.equal(audit.code, 0, audit.stdout + audit.stderr)

    // It runs there, after this one has stopped.
    await node.stop()
    const here = node.dir
    node.dir = dir
    await node.serve()
    const carol = Number(await node.balance('carol')) / 100
    assert.ok(carol >= before && carol <= after, `${before} <= ${carol} <= ${after}`)
    await node.stop()
    node.dir = here
  },

  'refusals': async (t) => {
    const { node } = await receivingNode(t)
    const file = join(t.dir, 'copy.db')
    await node.ok('backup', file)
    const again = await node.cli('backup', file)
    assert.equal(again.code, 1)
    assert.match(again.stderr, /already/)
    assert.equal((await node.cli('backup', '/nowhere/at/all')).code, 1)
    assert.equal((await node.admin('POST', '/backup', { file: 'relative' })).status, 400)

    const foreign = elsewhere(t, node, { foreign: true })
    const refused = await at(foreign, 'restore', file)
    assert.equal(refused.code, 1, refused.stderr)
    assert.match(refused.stderr, /another master key/)
    assert.equal(existsSync(join(foreign, 'florin.db')), false)

    const running = await node.cli('restore', file)
    assert.equal(running.code, 1)
    await node.stop()
    await node.serve() // one start more than the copy knows
    await node.stop()
    const older = await node.cli('restore', file)
    assert.equal(older.code, 1)
    assert.match(older.stderr, /accept-rollback/)
    const accepted = await node.cli('restore', file, '--accept-rollback')
    assert.equal(accepted.code, 0, accepted.stderr)
    writeFileSync(file, 'no database')
    const broken = await node.cli('restore', file, '--accept-rollback')
    assert.equal(broken.code, 1)
    const nothing = await node.cli('restore', join(t.dir, 'nothing'))
    assert.equal(nothing.code, 1)
    const empty = await at(join(t.dir, 'empty'), 'restore', file)
    assert.equal(empty.code, 2)
    assert.match(empty.stderr, /empty\/florin\.conf: [^\n]*master\.key/)
    assert.doesNotMatch(empty.stderr, /florin init/, 'a new node has another key')
  }
}
