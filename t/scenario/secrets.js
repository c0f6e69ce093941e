// Logs hold no secret, at any level and whatever happens; the check that each test ends with finds one.

import assert from 'node:assert/strict'
import * as ilp from './lib/ilp.js'
import { request } from './lib/http.js'
import { behaviours } from './lib/peer.js'
import { Link, StreamSender, prepare } from './lib/link.js'
import { RECEIVED_TOKEN, addPeer, pay, receivingNode } from './lib/setups.js'

export const maxMs = 120000

export const tests = {
  'a secret in a log fails its test': async (t) => {
    const { node } = await receivingNode(t)
    await addPeer(node, 'other', { token: 'token-of-a-command', options: ['--max-packet', '1.00'] })
    await node.spsp('alice')
    assert.deepEqual(t.leaks(), [])
    const { log } = node
    const key = [...node.secrets.known].find(([, what]) => what === 'the master key')[0]
    for (const [value, what] of [
      [node.adminToken(), 'the admin token'],
      [key, 'the master key'],
      [RECEIVED_TOKEN, 'the member incomingToken'],
      ['token-of-a-command', 'the value of --incoming-token'],
      [[...node.secrets.known].find(([, w]) => w === 'a shared secret')[0], 'a shared secret']
    ]) {
      node.log = `${log}event=x value="${value}"\n`
      assert.deepEqual(t.leaks(), [`the log of wallet holds ${what}`])
      await assert.rejects(t.finish(), new RegExp(what))
    }
    node.log = log
  },

  'everything that can be logged is, and holds none': async (t) => {
    const env = { FLORIN_SERVER_LOG_LEVEL: 'debug', FLORIN_WEBHOOKS_SECRET: 'a-secret-of-the-webhooks' }
    const { node, link } = await receivingNode(t, { env })
    const peer = await t.peer('test.fake')
    peer.receiver('bob')
    await addPeer(node, 'fake', { url: `${peer.url}/ilp` })
    await addPeer(node, 'gone', {})
    await node.ok('deposit', 'alice', '100.00')
    const sender = new StreamSender(link, await node.spsp('alice'))
    assert.ok((await sender.send({ amount: 10n })).valid)
    await sender.send({ amount: 10n, packetType: ilp.REJECT })
    await sender.send({ amount: 10n, fulfillable: false })
    await sender.send({ amount: 10n, destination: `${sender.destination}x` })
    const wrong = new Link(node, 'a-token-that-nobody-knows')
    node.secrets.add('a token that is wrong', wrong.token)
    await wrong.post(ilp.encode(prepare({ amount: 1n, destination: sender.destination })))
    wrong.close()
    await link.post(Buffer.from('0c00', 'hex'))
    await link.send(prepare({ amount: 1n, destination: 'test.gone.x' }))
    for (const authorization of ['Bearer another-wrong-token', `Basic ${node.adminToken()}`]) {
      node.secrets.add('a wrong admin token', authorization.split(' ')[1])
      await request(`${node.adminUrl}/admin/v1/assets`, { headers: { authorization } })
    }
    // A token where it has no business: in a URL.
    await request(`${node.adminUrl}/admin/v1/assets?token=${node.adminToken()}`)
    await request(`${node.url}/${node.adminToken()}`)
    await node.ok('peer', 'set', 'fake', '--outgoing-token', 'a-new-outgoing-token', '--incoming-token', 'a-new-incoming-token')
    await node.admin('PATCH', '/peers/fake', { incomingToken: 'bad token with blanks', outgoingToken: 'yet-another-token' })
    assert.equal((await pay(node, 'alice', `${peer.url}/bob`, '--send', '5.00')).code, 0)
    for (const behave of [behaviours.readAndClose(), behaviours.status(401), behaviours.bytes(Buffer.from('no packet'))]) {
      peer.behave = behave
      await link.send(prepare({ amount: 1n, destination: 'test.fake.bob.x', expiresAt: Date.now() + 3000 }))
      await pay(node, 'alice', `${peer.url}/bob`, '--send', '1.00')
    }
    await node.cli('peer', 'test', 'fake')
    await node.stop()
    await node.serve()
    assert.match(node.log, /level=(info|warn)/)
  }
}
