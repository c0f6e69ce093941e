// `florin demo`, on ports that are free.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { freePort, until } from '../../scenario/lib/http.js'
import { florinBinary, run } from '../../scenario/lib/node.js'

/** Starts it -> {url of its overview, port, dir, out(), pay(amount): once more, from alice to bob -> the payment}. */
export async function startDemo(t) {
  const free = await freePort()
  const port = free > 60000 ? free - 30000 : free
  const dir = join(t.dir, 'demo')
  const child = spawn(florinBinary(), ['demo', '--port', String(port), '--dir', dir], { stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = new Promise((done) => child.on('close', (code) => done(code)))
  t.defer(async () => {
    child.kill('SIGINT')
    await exited
  })
  let out = ''
  child.stdout.on('data', (c) => (out += c))
  child.stderr.on('data', (c) => (out += c))
  await until('the demo', () => /Ctrl-C/.test(out) || child.exitCode !== null, 150000)
  const url = `http://localhost:${port + 300}`
  assert.ok(out.includes(`${url}/`), out)
  const pay = async (amount) => {
    const r = await run(['-C', join(dir, 'alice'), '--json', 'pay', 'alice', `$localhost:${port + 200}/bob`, '--send', amount, '--yes'])
    assert.equal(r.code, 0, r.stderr)
    return JSON.parse(r.stdout)
  }
  return { url, port, dir, out: () => out, pay }
}
