// The calls of the Web Monetization extension, in its order and with what it relies on; and those of
// another wallet's server that pays in and reads. Both use the published client without its checks.

import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto'
import http from 'node:http'
import { sleep, until } from '../scenario/lib/http.js'
import { decide, finishPage, page } from './lib/browser.js'
import { PASSWORD, openPayments, refused, sdkClient, twoProviders } from './lib/wallets.js'

export const maxMs = 300000

const MINUTE_MS = 60000
const PAYMENT_EVERY_MS = 3000

const usd = (value) => ({ value: `${value}`, assetCode: 'USD', assetScale: 2 })

/** The extension exports base64 of a JSON JWK without `alg`; the account holder pastes it at the wallet. */
async function pastedKey(node, wallet) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const { kty, crv, x } = publicKey.export({ format: 'jwk' })
  const kid = randomUUID()
  const pasted = Buffer.from(JSON.stringify({ kty, crv, x, kid })).toString('base64')
  const { items } = await node.ok('wallet', 'list')
  const { id } = items.find((w) => w.name === wallet)
  const added = await node.admin('POST', `/wallet-addresses/${id}/keys`, { key: pasted })
  assert.equal(added.status, 201, added.text())
  return { keyId: kid, privateKey }
}

/** Connect: keys read, grant with two items, consent, hash, continuation at once. */
async function connect(t, net, { limit, tab }) {
  const before = await openPayments.createUnauthenticatedClient({ logLevel: 'silent', validateResponses: false })
  const wallet = await before.walletAddress.get({ url: net.alice })
  for (const member of ['id', 'assetScale', 'assetCode', 'authServer', 'resourceServer']) assert.ok(wallet[member])
  const key = await pastedKey(net.home, 'alice')
  const { keys } = await before.walletAddress.getKeys({ url: wallet.id })
  assert.ok(keys.some((k) => k.kid === key.keyId && k.alg === 'EdDSA'), 'the key is published at once')

  const client = await sdkClient(net.home, 'alice', key, { validateResponses: false, requestTimeoutMs: 10000 })
  const finish = await finishPage(t)
  const nonce = randomUUID()
  const grant = await client.grant.request(
    { url: wallet.authServer },
    {
      access_token: {
        access: [
          { type: 'quote', actions: ['create'] },
          { type: 'outgoing-payment', actions: ['create', 'read'], identifier: wallet.id, limits: { debitAmount: usd(limit) } }
        ]
      },
      interact: { start: ['redirect'], finish: { method: 'redirect', uri: finish.uri, nonce } }
    }
  )
  await decide(tab, grant.interact.redirect, { wallet: 'alice', password: PASSWORD })
  const { hash, interact_ref: interactRef } = finish.arrived()
  const text = [nonce, grant.interact.finish, interactRef, wallet.authServer].join('\n')
  assert.equal(hash, createHash('sha256').update(text).digest('base64'))
  const continuation = { url: grant.continue.uri, accessToken: grant.continue.access_token.value }
  const final = await client.grant.continue(continuation, { interact_ref: interactRef })
  return {
    client,
    wallet,
    token: { value: final.access_token.value, manage: final.access_token.manage },
    cancel: { url: final.continue.uri, accessToken: final.continue.access_token.value }
  }
}

/** Paying a page: an incoming payment at the receiver under a grant that is cancelled right after. */
async function session(client, pointer) {
  const receiver = await client.walletAddress.get({ url: pointer })
  const grant = await client.grant.request(
    { url: receiver.authServer },
    { access_token: { access: [{ type: 'incoming-payment', actions: ['create'], identifier: receiver.id }] } }
  )
  const payment = await client.incomingPayment.create(
    { url: receiver.resourceServer, accessToken: grant.access_token.value },
    {
      walletAddress: receiver.id,
      expiresAt: new Date(Date.now() + 600000).toISOString(),
      metadata: { source: 'Web Monetization' }
    }
  )
  await client.grant.cancel({ url: grant.continue.uri, accessToken: grant.continue.access_token.value })
  return payment
}

/** Raises the amount until a quote succeeds, or takes the server's word for the least amount. */
async function probe(me, receiver) {
  const quote = (value) =>
    me.client.quote.create(
      { url: me.wallet.resourceServer, accessToken: me.token.value },
      { walletAddress: me.wallet.id, receiver, method: 'ilp', debitAmount: usd(value) }
    )
  try {
    await quote(1)
    return 1
  } catch (e) {
    assert.equal(e.status, 400)
    assert.match(e.description, /non-positive receive amount/i)
    const least = Number(e.details.minSendAmount.value)
    assert.deepEqual(Object.keys(e.details.minSendAmount).sort(), ['assetCode', 'assetScale', 'value'])
    await quote(least)
    return least
  }
}

/** On an expired token it is rotated, as the extension does, and the call made again. */
async function withRotation(me, call) {
  try {
    return await call()
  } catch (e) {
    const expired =
      (e.status === 401 && e.description === 'Invalid Token') || (e.status === 403 && e.description === 'Inactive Token')
    if (!expired) throw e
    const { access_token: fresh } = await me.client.token.rotate({ url: me.token.manage, accessToken: me.token.value })
    me.token = { value: fresh.value, manage: fresh.manage }
    me.rotations = (me.rotations ?? 0) + 1
    return call()
  }
}

async function pagePaid(t) {
  // Tokens live 20 s here, so that a minute of payments has to rotate them.
  const net = await twoProviders(t, { env: { FLORIN_AUTH_TOKEN_LIFETIME_S: '20' } })
  const me = await connect(t, net, { limit: 1000, tab: await page(t) })
  const known = await withRotation(me, () =>
    me.client.outgoingPayment.getGrantSpentAmounts({ url: me.wallet.resourceServer, accessToken: me.token.value })
  )
  assert.deepEqual(known, { spentDebitAmount: null, spentReceiveAmount: null })

  const incoming = await session(me.client, net.bob)
  const step = await probe(me, incoming.id)
  assert.equal(step, 2, 'at 0.5 EUR the least that delivers a cent is two')
  const pay = (value) =>
    withRotation(me, () =>
      me.client.outgoingPayment.create(
        { url: me.wallet.resourceServer, accessToken: me.token.value },
        { walletAddress: me.wallet.id, incomingPayment: incoming.id, debitAmount: usd(value), metadata: { source: 'wm' } }
      )
    )
  const end = Date.now() + MINUTE_MS
  let sent = 0
  while (Date.now() < end) {
    const payment = await pay(step * 10)
    assert.equal(payment.receiver, incoming.id)
    assert.ok(payment.receiveAmount.value && payment.debitAmount.value && payment.id)
    sent += step * 10
    // One-time payments poll from 1.5 s on until both amounts are equal, at most eight times.
    await until(
      'the amounts to be equal',
      async () => {
        const now = await withRotation(me, () =>
          me.client.outgoingPayment.get({ url: payment.id, accessToken: me.token.value })
        )
        assert.ok(!now.failed)
        return now.sentAmount.value === now.debitAmount.value
      },
      12000
    )
    await sleep(PAYMENT_EVERY_MS)
  }
  assert.ok(me.rotations >= 1, 'an expired token was rotated')
  const spent = await withRotation(me, () =>
    me.client.outgoingPayment.getGrantSpentAmounts({ url: me.wallet.resourceServer, accessToken: me.token.value })
  )
  assert.deepEqual(spent.spentDebitAmount, usd(sent))
  await until('all of it to arrive', async () => (await net.away.balance('bob')) === BigInt(sent / 2))

  // Out of budget: the text by which the extension knows it.
  const rest = 1000 - sent
  const over = await refused(pay(rest + 1))
  assert.deepEqual([over.status, over.description], [403, 'unauthorized'])
  await pay(rest)

  await me.client.grant.cancel(me.cancel)
  const again = await refused(me.client.grant.cancel(me.cancel)).catch(() => null)
  if (again) assert.ok(again.status === 404 || again.code === 'invalid_continuation', 'cancelled before')
  const dead = await refused(me.client.token.rotate({ url: me.token.manage, accessToken: me.token.value }))
  assert.ok([400, 401, 404].includes(dead.status))
}

async function keyMissing(t) {
  const net = await twoProviders(t)
  const { privateKey } = generateKeyPairSync('ed25519')
  const client = await sdkClient(net.home, 'alice', { keyId: randomUUID(), privateKey })
  const request = client.grant.request(
    { url: `${net.home.url}/auth` },
    { access_token: { access: [{ type: 'quote', actions: ['create'] }] } }
  )
  const e = await refused(request)
  assert.deepEqual([e.status, e.code], [400, 'invalid_client'], '"add the key to your wallet"')
}

async function receiverGone(t) {
  const net = await twoProviders(t)
  const me = await connect(t, net, { limit: 100, tab: await page(t) })
  const quote = (receiver) =>
    me.client.quote.create(
      { url: me.wallet.resourceServer, accessToken: me.token.value },
      { walletAddress: me.wallet.id, receiver, method: 'ilp', debitAmount: usd(10) }
    )
  const missing = await refused(quote(`${net.away.url}/op/incoming-payments/${randomUUID()}`))
  assert.deepEqual([missing.status, missing.description], [400, 'invalid receiver'])
  const short = await me.client.walletAddress.get({ url: net.dora })
  const grant = await me.client.grant.request(
    { url: short.authServer },
    { access_token: { access: [{ type: 'incoming-payment', actions: ['create', 'complete'], identifier: short.id }] } }
  )
  const at = { url: short.resourceServer, accessToken: grant.access_token.value }
  const soon = await me.client.incomingPayment.create(at, {
    walletAddress: short.id,
    expiresAt: new Date(Date.now() + 1500).toISOString()
  })
  const complete = await me.client.incomingPayment.create(at, { walletAddress: short.id })
  await me.client.incomingPayment.complete({ url: complete.id, accessToken: at.accessToken })
  await sleep(2000)
  for (const { id } of [soon, complete]) {
    const e = await refused(quote(id))
    assert.deepEqual([e.status, e.description], [400, 'invalid receiver'])
  }
}

/** A server whose client identity has keys but no document, as another wallet's server has. */
async function serverIdentity(t) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const keyId = randomUUID()
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: keyId, alg: 'EdDSA' }
  const server = http.createServer((req, res) => {
    const found = req.url === '/.well-known/pay/jwks.json'
    res.writeHead(found ? 200 : 404, { 'content-type': 'application/json' })
    res.end(JSON.stringify(found ? { keys: [jwk] } : {}))
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  t.defer(() => new Promise((done) => server.close(done) && server.closeAllConnections()))
  return { url: `http://127.0.0.1:${server.address().port}/.well-known/pay`, keyId, privateKey }
}

async function serverReads(t) {
  const net = await twoProviders(t)
  const identity = await serverIdentity(t)
  const client = await openPayments.createAuthenticatedClient({
    walletAddressUrl: identity.url,
    keyId: identity.keyId,
    privateKey: identity.privateKey,
    logLevel: 'silent'
  })
  const bob = await client.walletAddress.get({ url: net.bob })
  const created = await client.grant.request(
    { url: bob.authServer },
    {
      access_token: { access: [{ type: 'incoming-payment', actions: ['create', 'read-all', 'complete'] }] },
      interact: { start: ['redirect'] }
    }
  )
  assert.ok(!openPayments.isPendingGrant(created), 'a pending grant would be an error for such a server')
  const accessToken = created.access_token.value
  const payment = await client.incomingPayment.create({ url: bob.resourceServer, accessToken }, { walletAddress: bob.id })
  const { authServer } = await client.incomingPayment.getPublic({ url: payment.id })
  assert.equal(authServer, bob.authServer)
  const read = await client.grant.request(
    { url: authServer },
    {
      access_token: { access: [{ type: 'incoming-payment', actions: ['read-all'] }] },
      interact: { start: ['redirect'] }
    }
  )
  const full = await client.incomingPayment.get({ url: payment.id, accessToken: read.access_token.value })
  assert.equal(full.methods.length, 1)
  // Its rotation URL is made of the authorization server and the last segment of `manage`.
  const manage = `${authServer}/token/${read.access_token.manage.split('/').pop()}`
  const rotated = await client.token.rotate({ url: manage, accessToken: read.access_token.value })
  const again = { url: payment.id, accessToken: rotated.access_token.value }
  assert.deepEqual((await client.incomingPayment.get(again)).methods, full.methods)
  const done = await client.incomingPayment.complete({ url: payment.id, accessToken })
  assert.equal(done.completed, true)
}

export const tests = {
  'a page is paid for a minute, the token rotated, the budget used up, the grant cancelled': pagePaid,
  'a key that the wallet does not know': keyMissing,
  'receivers that are missing, expired or completed': receiverGone,
  "another wallet's server pays in and reads": serverReads
}
