// The order of durable steps, seen from outside: no promise leaves before its commit returned.
// The program must have been configured with --enable-failpoints.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as ilp from './lib/ilp.js'
import * as stream from './lib/stream.js'
import { RawConnection, sleep } from './lib/http.js'
import { run } from './lib/node.js'
import { StreamSender, prepare } from './lib/link.js'
import { RECEIVED_TOKEN, addPeer, connector, pay, payingNode, randomPreimage, receivingNode } from './lib/setups.js'

const HELD_MS = 1500

/** Each passing of a failpoint takes `action`. */
function failpoint(t, name, action) {
  const log = join(t.dir, `failpoint-${name}`)
  return {
    env: { FLORIN_FAILPOINT: `${name}:*:${action}`, FLORIN_FAILPOINT_LOG: log },
    passed: () => existsSync(log) && readFileSync(log, 'utf8').includes(name)
  }
}

/** The bytes of a POST /ilp, for a bare connection. */
function posted(node, token, bytes) {
  const head =
    `POST /ilp HTTP/1.1\r\nHost: 127.0.0.1:${node.port}\r\nAuthorization: Bearer ${token}\r\n` +
    `Content-Type: application/octet-stream\r\nContent-Length: ${bytes.length}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), bytes])
}

/**
 * Sends one Prepare and looks at the books until its answer is complete. Whenever a byte had arrived
 * before a look began, that look must see the effect. -> {answer, held}: looks that saw neither.
 */
async function watch(node, token, bytes, committed) {
  const c = await RawConnection.open(node.port)
  c.write(posted(node, token, bytes))
  let held = 0
  for (const end = Date.now() + 20000; Date.now() < end; await sleep(20)) {
    const byteCame = c.firstByteAt !== null
    const seen = await committed()
    if (byteCame) {
      assert.ok(seen, 'a byte of the answer came before its commit')
      break
    }
    if (!seen) held++
  }
  const { status, body } = await c.answer()
  c.destroy()
  assert.equal(status, 200)
  return { answer: ilp.decode(body), held }
}

export const tests = {
  'with the commit held back, not one byte of a Fulfill leaves': async (t) => {
    const { node, link } = await receivingNode(t)
    const connection = await node.spsp('alice')
    await node.stop()
    const fp = failpoint(t, 'writer.before_commit', `sleep=${HELD_MS}`)
    await node.serve(fp.env)
    const sender = new StreamSender(link, connection)
    for (let i = 1n; i <= 2n; i++) {
      const bytes = ilp.encode(sender.packet({ amount: 500n }))
      const credited = async () => (await node.balance('alice')) === 500n * i
      const { answer, held } = await watch(node, RECEIVED_TOKEN, bytes, credited)
      assert.equal(answer.type, ilp.FULFILL)
      assert.ok(held >= 3, `the commit was held (${held} looks saw neither byte nor credit)`)
    }
    assert.ok(fp.passed(), 'the failpoint was reached; is this a build with --enable-failpoints?')
  },

  'a relayed Fulfill waits for its commit too': async (t) => {
    const { node, right } = await connector(t)
    await node.stop()
    const fp = failpoint(t, 'writer.before_commit', `sleep=${HELD_MS}`)
    await node.serve(fp.env)
    const fulfillment = randomPreimage()
    let heldSeen = null
    right.behave = async () => {
      // The hold on the sender's account is durable before its Prepare goes on.
      heldSeen = (await node.ok('peer', 'show', 'left')).pending.value
      return ilp.encode({ type: ilp.FULFILL, fulfillment })
    }
    const packet = prepare({ amount: 300n, destination: 'test.right.x', condition: ilp.sha256(fulfillment) })
    const settled = async () => (await node.peerBalance('right')) === 300n
    const { answer } = await watch(node, 'token-left', ilp.encode(packet), settled)
    assert.deepEqual(answer.fulfillment, fulfillment)
    assert.equal(heldSeen.replace('-', ''), '300')
    assert.ok(fp.passed())
  },

  'no Prepare of a payment leaves before its hold is committed': async (t) => {
    const { node, peer, bob, pointer } = await payingNode(t)
    await node.stop()
    const fp = failpoint(t, 'writer.before_commit', 'sleep=150')
    await node.serve(fp.env)
    const covered = []
    peer.behave = async (s) => {
      const secret = bob.secretOf(s.prepare.destination)
      const payable = secret && stream.condition(secret, s.prepare.data).equals(s.prepare.condition)
      if (payable && s.prepare.amount > 0n) covered.push((await node.ok('balance', 'alice')).pending.value)
      return peer.receive(s)
    }
    const { code, stderr } = await pay(node, 'alice', pointer, '--send', '10.00')
    assert.equal(code, 0, stderr)
    assert.equal(bob.received, 1000n)
    assert.ok(covered.length > 0 && covered.every((held) => BigInt(held) > 0n), `held: ${covered}`)
    assert.ok(fp.passed())
  },

  'a failed commit ends the process and nothing was promised': async (t) => {
    const { node, link } = await receivingNode(t)
    const connection = await node.spsp('alice')
    await node.stop()
    const fp = failpoint(t, 'writer.commit_error', 'error')
    // The error may already hit the start: that, too, must end the process and not be survived.
    const started = await node.serve(fp.env).then(() => true, () => false)
    if (started) {
      const sender = new StreamSender(link, connection)
      // A commit of the node's own may be the first: then nobody is there any more.
      const c = await RawConnection.open(node.port).catch(() => null)
      c?.write(posted(node, RECEIVED_TOKEN, ilp.encode(sender.packet({ amount: 500n }))))
      await c?.closed
      assert.equal(c?.received.length ?? 0, 0, 'no answer at all')
    }
    const { code, signal } = await node.exited
    assert.ok(code !== 0 || signal, `exit ${code}`)
    assert.ok(fp.passed())
    await node.serve()
    assert.equal(await node.balance('alice'), 0n)
    assert.equal(await node.peerBalance('sender'), 0n)
  },

  'killed between commit and reply, the credit stays and is listed': async (t) => {
    const { node, link } = await receivingNode(t)
    const connection = await node.spsp('alice')
    await node.stop()
    await node.serve({ FLORIN_FAILPOINT: 'http.before_reply:1:kill' })
    const c = await RawConnection.open(node.port)
    const sender = new StreamSender(link, connection)
    c.write(posted(node, RECEIVED_TOKEN, ilp.encode(sender.packet({ amount: 500n }))))
    await c.closed
    assert.equal(c.received.length, 0)
    assert.equal((await node.exited).signal, 'SIGKILL')
    await node.serve()
    assert.equal(await node.balance('alice'), 500n)
    assert.equal(await node.peerBalance('sender'), -500n)
    const { items } = await node.ok('doubt', 'list')
    assert.equal(items.length, 1)
    assert.equal(items[0].direction, 'they_may_owe')
    assert.equal(items[0].peer, 'sender')
    assert.deepEqual(items[0].amount, { value: '500', assetCode: 'USD', assetScale: 2 })
    await node.ok('doubt', 'release', items[0].id, '--to', 'peer')
    assert.deepEqual((await node.ok('doubt', 'list')).items, [])
  },

  'killed while a payment is under way, it ends after the restart': async (t) => {
    const { node, peer, bob, pointer } = await payingNode(t, {
      env: { FLORIN_ILP_MAX_HOLD_S: '2' },
      receiver: { maxPacket: 1000n }
    })
    await node.stop()
    await node.serve({ FLORIN_FAILPOINT: 'send.fulfill_rx:40:kill' })
    const paying = node.cli('--json', 'pay', 'alice', pointer, '--send', '1000.00', '--yes')
    assert.equal((await node.exited).signal, 'SIGKILL')
    assert.equal((await paying).code, 3, 'the server went away')
    await node.serve()
    const end = Date.now() + 60000
    let shown
    do {
      await sleep(300)
      shown = (await node.ok('payment', 'list')).items.find((p) => p.direction === 'outgoing')
      assert.ok(Date.now() < end, `still ${shown.state}`)
    } while (!['COMPLETED', 'FAILED'].includes(shown.state))
    const value = (name) => BigInt(shown[name].value)
    assert.equal(value('sentAmount') + value('refundedAmount'), value('debitAmount'))
    const doubt = value('inDoubtAmount')
    const certain = value('sentAmount') - doubt
    assert.ok(bob.received >= certain && bob.received <= certain + doubt, `${bob.received} of ${certain} + ${doubt}`)
    const listed = (await node.ok('doubt', 'list')).items.reduce((sum, d) => sum + BigInt(d.amount.value), 0n)
    assert.equal(listed, doubt)
    assert.equal(await node.balance('alice'), 2000000n - value('sentAmount'))
    assert.ok(peer.count() > 40)
  },

  'one process per database': async (t) => {
    const node = await t.serving('single')
    await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
    const env = { FLORIN_SERVER_LISTEN: '127.0.0.1:0', FLORIN_SERVER_ADMIN_LISTEN: '127.0.0.1:0' }
    const second = await run(['-C', node.dir, 'serve'], { env, timeoutMs: 8000 })
    assert.ok([1, 2].includes(second.code), `exit ${second.code ?? second.signal}`)
    assert.match(second.stderr, /^florin: [^\n]+$/m)
    await node.ok('deposit', 'alice', '1.00')
    assert.equal(await node.balance('alice'), 100n)
    await addPeer(node, 'later', {})
  }
}
