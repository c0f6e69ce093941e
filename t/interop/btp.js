// ilp-plugin-btp at the other end of a BTP link: it dials, or it is dialed; payments both ways, and after
// either side was away.

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { randomBytes, randomUUID } from 'node:crypto'
import { freePort, request, until } from '../scenario/lib/http.js'
import { pay, units } from '../scenario/lib/setups.js'
import { spspServer, stream } from './lib/npm.js'

const PluginBtp = createRequire(import.meta.url)('ilp-plugin-btp')

const CREDIT = ['--credit-limit', '1000000.00']

async function wallet(node) {
  await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
  await node.ok('deposit', 'alice', '1000.00')
}

function addNpm(node, ...options) {
  return node.ok('peer', 'add', 'npm', '--asset', 'USD', '--ilp-address', 'test.npm', ...options, ...CREDIT)
}

async function connect(t, plugin) {
  t.defer(() => plugin.disconnect())
  await plugin.connect()
  return plugin
}

/** The plugin as a client of the node. */
async function dialing(t) {
  const token = `token-${randomUUID()}`
  const node = await t.serving('florin')
  await wallet(node)
  await addNpm(node, '--url', 'btp:', '--incoming-token', token)
  const dial = () =>
    connect(
      t,
      new PluginBtp({
        server: `btp+ws://127.0.0.1:${node.port}/ilp/btp`,
        btpAccount: 'npm',
        btpToken: token,
        reconnectInterval: 200
      })
    )
  return { node, plugin: await dial(), again: dial }
}

/** The node as a client of the plugin. */
async function dialed(t) {
  const secret = `token-${randomUUID()}`
  const port = await freePort()
  const node = await t.serving('florin')
  await wallet(node)
  const listen = () => connect(t, new PluginBtp({ listener: { port, secret } }))
  const there = listen()
  await addNpm(
    node,
    ...['--url', `btp+ws://127.0.0.1:${port}/`, '--outgoing-token', secret],
    ...['--incoming-token', 'token-that-is-not-used']
  )
  return { node, plugin: await there, again: listen }
}

/** A client's connection to alice; its end takes the plugin's link with it. */
async function connectionTo(node, plugin) {
  const r = await request(`${node.url}/alice`, { headers: { accept: 'application/spsp4+json' } })
  const { destination_account: destinationAccount, shared_secret: secret } = r.json()
  return stream.createConnection({ plugin, destinationAccount, sharedSecret: Buffer.from(secret, 'base64') })
}

async function clientPays(node, plugin, amount) {
  const connection = await connectionTo(node, plugin)
  const s = connection.createStream()
  await s.sendTotal(amount, { timeout: 60000 })
  await connection.end()
  assert.equal(connection.totalDelivered, amount)
}

async function serverIsPaid(t, node, plugin) {
  const server = await stream.createServer({ plugin, disconnectDelay: 1 })
  let received = 0n
  server.on('connection', (connection) => {
    connection.on('error', () => {})
    connection.on('stream', (s) => {
      s.setReceiveMax('1000000')
      s.on('money', (amount) => (received += BigInt(amount)))
    })
  })
  const pointer = await spspServer(t, () => server.generateAddressAndSecret())
  const { code, payment, stderr } = await pay(node, 'alice', `${pointer}/npm`, '--send', '7.00')
  assert.equal(code, 0, stderr)
  assert.deepEqual([units(payment.deliveredAmount), received], [700n, 700n])
}

/** Money in over one link, and out over the next: `again` is another plugin in the place of the first. */
async function bothWays(t, node, plugin, again) {
  await clientPays(node, plugin, '1234')
  assert.equal(await node.peerBalance('npm'), -1234n)
  await serverIsPaid(t, node, await again())
  assert.equal(await node.peerBalance('npm'), -1234n + 700n)
  assert.equal(await node.balance('alice'), 100000n + 1234n - 700n)
}

export const tests = {
  async 'ilp-plugin-btp dials, and money goes both ways'(t) {
    const { node, plugin, again } = await dialing(t)
    await bothWays(t, node, plugin, again)
  },

  async 'ilp-plugin-btp is dialed, and money goes both ways'(t) {
    const { node, plugin, again } = await dialed(t)
    await bothWays(t, node, plugin, again)
  },

  async 'the node is killed: ilp-plugin-btp dials again, and the payment goes through'(t) {
    const { node, plugin } = await dialing(t)
    await node.kill()
    await node.serve()
    await until('the link', async () => (await node.ok('peer', 'show', 'npm')).linkedAt, 40000)
    await clientPays(node, plugin, '10')
    assert.equal(await node.peerBalance('npm'), -10n)
  },

  async 'ilp-plugin-btp goes away and comes back: the node dials again'(t) {
    const { node, plugin, again } = await dialed(t)
    await clientPays(node, plugin, '10')
    await until('the end', async () => !(await node.ok('peer', 'show', 'npm')).linkedAt)
    await clientPays(node, await again(), '10')
    assert.equal(await node.peerBalance('npm'), -20n)
  },

  async 'a token that nobody has is refused'(t) {
    const { node } = await dialing(t)
    const stranger = new PluginBtp({
      server: `btp+ws://:wrong@127.0.0.1:${node.port}/ilp/btp`,
      reconnectInterval: 100000
    })
    t.defer(() => stranger.disconnect())
    await assert.rejects(stranger.connect())
  },

  async 'packets of 32767 bytes of data pass'(t) {
    const { node, plugin } = await dialing(t)
    const ilp = createRequire(import.meta.url)('ilp-packet')
    const answer = await plugin.sendData(
      ilp.serializeIlpPrepare({
        amount: '0',
        destination: 'test.nowhere',
        executionCondition: randomBytes(32),
        expiresAt: new Date(Date.now() + 10000),
        data: randomBytes(32767)
      })
    )
    assert.equal(ilp.deserializeIlpReject(answer).code, 'F02')
    assert.equal((await node.ok('peer', 'show', 'npm')).link, 'btp')
  }
}
