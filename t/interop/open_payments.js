// The published TypeScript client, with its checks of every answer on, against two providers.

import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { sleep, until } from '../scenario/lib/http.js'
import { decide, finishPage, page } from './lib/browser.js'
import { PASSWORD, openPayments, publishKey, refused, sdkClient, twoProviders } from './lib/wallets.js'

export const maxMs = 240000

const usd = (value) => ({ value: `${value}`, assetCode: 'USD', assetScale: 2 })
const eur = (value) => ({ value: `${value}`, assetCode: 'EUR', assetScale: 2 })

const INCOMING = { type: 'incoming-payment', actions: ['create', 'read', 'complete', 'list'] }
const QUOTE = { type: 'quote', actions: ['create', 'read'] }

async function token(client, authServer, ...access) {
  const grant = await client.grant.request({ url: authServer }, { access_token: { access } })
  assert.ok(!openPayments.isPendingGrant(grant), 'no interaction is needed')
  return grant
}

async function incomingPayment(client, wallet, { amount, ...more } = {}) {
  const grant = await token(client, wallet.authServer, INCOMING)
  return client.incomingPayment.create(
    { url: wallet.resourceServer, accessToken: grant.access_token.value },
    { walletAddress: wallet.id, ...(amount ? { incomingAmount: amount } : {}), ...more }
  )
}

/** What the interaction must hash to (spec: client nonce, server nonce, interact_ref, grant endpoint). */
function hash(nonce, grant, interactRef, authServer) {
  return createHash('sha256')
    .update([nonce, grant.interact.finish, interactRef, authServer].join('\n'))
    .digest('base64')
}

/** An outgoing-payment grant, consented to in a browser, finished by redirect. */
async function consented(t, client, wallet, { limits, actions = ['create', 'read', 'list'], more = [], tab } = {}) {
  const finish = await finishPage(t)
  const nonce = randomUUID()
  const grant = await client.grant.request(
    { url: wallet.authServer },
    {
      access_token: {
        access: [{ type: 'outgoing-payment', actions, identifier: wallet.id, ...(limits ? { limits } : {}) }, ...more]
      },
      interact: { start: ['redirect'], finish: { method: 'redirect', uri: finish.uri, nonce } }
    }
  )
  assert.ok(openPayments.isPendingGrant(grant))
  const text = await decide(tab ?? (await page(t)), grant.interact.redirect, {
    wallet: wallet.id.split('/').pop(),
    password: PASSWORD
  })
  const query = finish.arrived()
  assert.equal(query.kept, '1', "the client's own query parameters stay")
  assert.equal(query.hash, hash(nonce, grant, query.interact_ref, wallet.authServer))
  const continuation = { url: grant.continue.uri, accessToken: grant.continue.access_token.value }
  const final = await client.grant.continue(continuation, { interact_ref: query.interact_ref })
  assert.ok(openPayments.isFinalizedGrantWithAccessToken?.(final) ?? final.access_token)
  return { grant: final, text, interactRef: query.interact_ref, continuation }
}

function completed(client, payment, accessToken) {
  return until('the payment to complete', async () => {
    const now = await client.outgoingPayment.get({ url: payment.id, accessToken })
    assert.ok(!now.failed, 'the payment has not failed')
    return now.sentAmount.value === now.debitAmount.value && now
  })
}

async function peerToPeer(t, scheme) {
  const net = await twoProviders(t, { scheme })
  const client = await sdkClient(net.home, 'alice')
  const alice = await client.walletAddress.get({ url: net.alice })
  const bob = await client.walletAddress.get({ url: net.bob })
  assert.deepEqual([alice.id, alice.assetCode, alice.assetScale, alice.publicName], [net.alice, 'USD', 2, 'Alice'])
  assert.equal((await client.walletAddress.getKeys({ url: net.alice })).keys.length, 1)

  const payment = await incomingPayment(client, bob, { amount: eur(500), metadata: { note: 'order 7' } })
  const quoteGrant = await token(client, alice.authServer, QUOTE)
  const quoteToken = quoteGrant.access_token.value
  const quote = await client.quote.create(
    { url: alice.resourceServer, accessToken: quoteToken },
    { walletAddress: alice.id, receiver: payment.id, method: 'ilp' }
  )
  assert.deepEqual(quote.receiveAmount, eur(500))
  assert.deepEqual(await client.quote.get({ url: quote.id, accessToken: quoteToken }), quote)

  const { grant, text } = await consented(t, client, alice, { limits: { debitAmount: quote.debitAmount } })
  assert.match(text, /Alice/)
  const accessToken = grant.access_token.value
  // The quote has 30 s, and people may need longer: a client quotes again after consent.
  const again = await client.quote.create(
    { url: alice.resourceServer, accessToken: quoteToken },
    { walletAddress: alice.id, receiver: payment.id, method: 'ilp' }
  )
  assert.deepEqual(again.debitAmount, quote.debitAmount, 'the same rate gives the same quote')
  const out = await client.outgoingPayment.create(
    { url: alice.resourceServer, accessToken },
    { walletAddress: alice.id, quoteId: again.id, metadata: { for: 'order 7' } }
  )
  assert.deepEqual(out.grantSpentDebitAmount, quote.debitAmount)
  const done = await completed(client, out, accessToken)
  assert.deepEqual(done.metadata, { for: 'order 7' })

  const grantAtBob = await token(client, bob.authServer, { type: 'incoming-payment', actions: ['read-all'] })
  const read = await client.incomingPayment.get({ url: payment.id, accessToken: grantAtBob.access_token.value })
  assert.equal(read.completed, true)
  assert.deepEqual(read.receivedAmount, eur(500))
  assert.deepEqual(read.metadata, { note: 'order 7' })
  assert.deepEqual(read.methods, [])
  assert.equal(await net.away.balance('bob'), 500n)
  // At 0.5 this took 10.00; what the quote held above it has come back.
  assert.equal(await net.home.balance('alice'), 99000n)
  const spent = await client.outgoingPayment.getGrantSpentAmounts({ url: alice.resourceServer, accessToken })
  assert.deepEqual(spent.spentDebitAmount, quote.debitAmount)
  assert.deepEqual(spent.spentReceiveAmount, eur(500))
}

async function polling(t) {
  const net = await twoProviders(t)
  const client = await sdkClient(net.home, 'alice')
  const alice = await client.walletAddress.get({ url: net.alice })
  const dora = await client.walletAddress.get({ url: net.dora })
  const grant = await client.grant.request(
    { url: alice.authServer },
    {
      access_token: {
        access: [
          {
            type: 'outgoing-payment',
            actions: ['create', 'read'],
            identifier: alice.id,
            limits: { debitAmount: usd(300) }
          }
        ]
      },
      interact: { start: ['redirect'] }
    }
  )
  assert.ok(openPayments.isPendingGrant(grant))
  const continuation = { url: grant.continue.uri, accessToken: grant.continue.access_token.value }
  assert.ok(grant.continue.wait > 0)
  assert.deepEqual((await refused(client.grant.continue(continuation))).code, 'too_fast')
  await sleep(grant.continue.wait * 1000 + 200)
  const waiting = await client.grant.continue(continuation)
  assert.ok(!waiting.access_token, 'nobody has consented yet')
  await decide(await page(t), grant.interact.redirect, { wallet: 'alice', password: PASSWORD })
  await sleep(grant.continue.wait * 1000 + 200)
  const final = await client.grant.continue(continuation)
  const accessToken = final.access_token.value

  const incoming = await incomingPayment(client, dora)
  const pay = (value) =>
    client.outgoingPayment.create(
      { url: alice.resourceServer, accessToken },
      { walletAddress: alice.id, incomingPayment: incoming.id, debitAmount: usd(value) }
    )
  // Several payments under one grant, up to exactly its limit and no unit further.
  await completed(client, await pay(100), accessToken)
  await completed(client, await pay(150), accessToken)
  assert.deepEqual(
    await refused(pay(51)).then(({ status, description }) => ({ status, description })),
    { status: 403, description: 'unauthorized' }
  )
  const last = await pay(50)
  assert.deepEqual(last.grantSpentDebitAmount, usd(300))
  await completed(client, last, accessToken)
  assert.deepEqual((await refused(pay(1))).description, 'unauthorized')
  await until('all of it to arrive', async () => (await net.away.balance('dora')) === 300n)
  const public_ = await client.incomingPayment.getPublic({ url: incoming.id })
  assert.deepEqual(public_, { authServer: dora.authServer, receivedAmount: usd(300) })
}

async function lists(t) {
  const net = await twoProviders(t)
  const client = await sdkClient(net.home, 'alice')
  const alice = await client.walletAddress.get({ url: net.alice })
  const carol = await client.walletAddress.get({ url: net.carol })
  const incomingGrant = await token(client, carol.authServer, INCOMING)
  const at = (wallet, grant) => ({
    url: wallet.resourceServer,
    accessToken: grant.access_token.value,
    walletAddress: wallet.id
  })
  const ids = []
  for (let i = 0; i < 5; i++) {
    const payment = await client.incomingPayment.create(at(carol, incomingGrant), { walletAddress: carol.id })
    ids.unshift(payment.id)
  }
  const list = (args) => client.incomingPayment.list(at(carol, incomingGrant), args)
  const idsOf = (l) => l.result.map((p) => p.id)
  const first = await list({ first: 2 })
  assert.deepEqual(idsOf(first), ids.slice(0, 2))
  assert.deepEqual([first.pagination.hasNextPage, first.pagination.hasPreviousPage], [true, false])
  const second = await list({ first: 2, cursor: first.pagination.endCursor })
  assert.deepEqual(idsOf(second), ids.slice(2, 4))
  assert.deepEqual([second.pagination.hasNextPage, second.pagination.hasPreviousPage], [true, true])
  const third = await list({ first: 2, cursor: second.pagination.endCursor })
  assert.deepEqual(idsOf(third), ids.slice(4))
  assert.deepEqual([third.pagination.hasNextPage, third.pagination.hasPreviousPage], [false, true])
  const back = await list({ last: 2, cursor: third.pagination.startCursor })
  assert.deepEqual(idsOf(back), ids.slice(2, 4))
  assert.equal((await refused(list({ last: 2 }))).description, 'last requires cursor')
  assert.equal((await refused(list({ first: 101 }))).status, 400)

  const { grant } = await consented(t, client, alice, { limits: { debitAmount: usd(500) } })
  const out = []
  for (let i = 1; i <= 3; i++) {
    const payment = await client.outgoingPayment.create(at(alice, grant), {
      walletAddress: alice.id,
      incomingPayment: ids[i],
      debitAmount: usd(100)
    })
    out.unshift(payment.id)
  }
  const outgoing = await client.outgoingPayment.list(at(alice, grant), { first: 2 })
  assert.deepEqual(idsOf(outgoing), out.slice(0, 2))
  assert.ok(outgoing.pagination.hasNextPage)
  const rest = await client.outgoingPayment.list(at(alice, grant), { first: 2, cursor: outgoing.pagination.endCursor })
  assert.deepEqual(idsOf(rest), out.slice(2))

  // What the holder pays without a client is listed too, and is what the client takes for a payment.
  await net.home.ok('pay', 'alice', net.carol, '--send', '1.00', '--yes')
  const all = await consented(t, client, alice, { actions: ['list-all'], limits: { debitAmount: usd(1) } })
  const everything = await client.outgoingPayment.list(at(alice, all.grant), { first: 10 })
  assert.deepEqual(idsOf(everything).slice(1), out)
  assert.match(everything.result[0].receiver, /^http:\/\/.+\/op\/incoming-payments\/[0-9a-f-]{36}$/)
}

async function lifecycle(t) {
  const net = await twoProviders(t)
  const client = await sdkClient(net.home, 'alice')
  const bob = await client.walletAddress.get({ url: net.bob })
  const grant = await token(client, bob.authServer, INCOMING)
  const accessToken = grant.access_token.value
  const payment = await client.incomingPayment.create(
    { url: bob.resourceServer, accessToken },
    { walletAddress: bob.id }
  )
  assert.equal(payment.methods.length, 1)
  const full = await client.incomingPayment.get({ url: payment.id, accessToken })
  assert.deepEqual(full.methods, payment.methods, 'the same payment has the same methods')
  assert.equal((await client.incomingPayment.complete({ url: payment.id, accessToken })).completed, true)
  assert.equal((await refused(client.incomingPayment.complete({ url: payment.id, accessToken }))).status, 409)

  const manage = { url: grant.access_token.manage, accessToken }
  const rotated = await client.token.rotate(manage)
  assert.notEqual(rotated.access_token.value, accessToken)
  const old = await refused(client.incomingPayment.get({ url: payment.id, accessToken }))
  assert.deepEqual([old.status, old.description], [403, 'Inactive Token'])
  const fresh = { url: payment.id, accessToken: rotated.access_token.value }
  assert.equal((await client.incomingPayment.get(fresh)).id, payment.id)
  await client.token.revoke({ url: rotated.access_token.manage, accessToken: fresh.accessToken })
  assert.equal((await refused(client.incomingPayment.get(fresh))).description, 'Inactive Token')

  const other = await token(client, bob.authServer, INCOMING)
  const survivor = await client.incomingPayment.create(
    { url: bob.resourceServer, accessToken: other.access_token.value },
    { walletAddress: bob.id }
  )
  const continuation = { url: other.continue.uri, accessToken: other.continue.access_token.value }
  await client.grant.cancel(continuation)
  const dead = { url: survivor.id, accessToken: other.access_token.value }
  assert.equal((await refused(client.incomingPayment.get(dead))).status, 403)
  const unauthenticated = await openPayments.createUnauthenticatedClient({ logLevel: 'silent' })
  assert.deepEqual(await unauthenticated.incomingPayment.get({ url: survivor.id }), {
    authServer: bob.authServer,
    receivedAmount: eur(0)
  })
}

async function subject(t) {
  const net = await twoProviders(t)
  const client = await sdkClient(net.away, 'bob')
  const alice = await client.walletAddress.get({ url: net.alice })
  const finish = await finishPage(t)
  const nonce = randomUUID()
  const grant = await client.grant.request(
    { url: alice.authServer },
    {
      subject: { sub_ids: [{ id: alice.id, format: 'uri' }] },
      interact: { start: ['redirect'], finish: { method: 'redirect', uri: finish.uri, nonce } }
    }
  )
  await decide(await page(t), grant.interact.redirect, { wallet: 'alice', password: PASSWORD })
  const { interact_ref: interactRef } = finish.arrived()
  const continuation = { url: grant.continue.uri, accessToken: grant.continue.access_token.value }
  const final = await client.grant.continue(continuation, { interact_ref: interactRef })
  assert.deepEqual(final.subject.sub_ids, [{ id: alice.id, format: 'uri' }])
  assert.equal(final.access_token, undefined)
}

async function declined(t) {
  const net = await twoProviders(t)
  const client = await sdkClient(net.home, 'alice')
  const alice = await client.walletAddress.get({ url: net.alice })
  const finish = await finishPage(t)
  const grant = await client.grant.request(
    { url: alice.authServer },
    {
      access_token: { access: [{ type: 'outgoing-payment', actions: ['create'], identifier: alice.id }] },
      interact: { start: ['redirect'], finish: { method: 'redirect', uri: finish.uri, nonce: randomUUID() } }
    }
  )
  const text = await decide(await page(t), grant.interact.redirect, {
    wallet: 'alice',
    password: PASSWORD,
    decision: 'reject'
  })
  assert.match(text, /any amount until you revoke it/)
  assert.deepEqual(finish.arrived(), { kept: '1', result: 'grant_rejected' })
  const continuation = { url: grant.continue.uri, accessToken: grant.continue.access_token.value }
  const e = await refused(client.grant.continue(continuation, { interact_ref: randomUUID() }))
  assert.ok([401, 404].includes(e.status))
}

async function jwkClient(t) {
  const net = await twoProviders(t)
  const key = await publishKey(net.home, 'alice')
  const client = await sdkClient(net.home, 'alice', key)
  const bob = await client.walletAddress.get({ url: net.bob })
  const request = (access, more = {}) =>
    client.grant.request({ url: bob.authServer }, { access_token: { access }, ...more }, { jwk: key.jwk })
  const grant = await request([INCOMING])
  const payment = await client.incomingPayment.create(
    { url: bob.resourceServer, accessToken: grant.access_token.value },
    { walletAddress: bob.id, incomingAmount: eur(1) }
  )
  assert.equal(payment.completed, false)
  const interactive = request([{ type: 'outgoing-payment', actions: ['create'], identifier: bob.id }], {
    interact: { start: ['redirect'] }
  })
  const e = await refused(interactive)
  assert.deepEqual([e.status, e.code], [400, 'invalid_client'])
}

async function recurring(t) {
  const net = await twoProviders(t)
  const client = await sdkClient(net.home, 'alice')
  const alice = await client.walletAddress.get({ url: net.alice })
  const dora = await client.walletAddress.get({ url: net.dora })
  const incoming = await incomingPayment(client, dora)
  const start = new Date(Date.now() - 1000).toISOString()
  const limits = { debitAmount: usd(100), interval: `R/${start}/PT15S` }
  const { grant, text } = await consented(t, client, alice, { limits })
  assert.match(text, /1\.00/)
  const accessToken = grant.access_token.value
  // Two equal requests of one second have one signature, and the second gets the first one's answer.
  let n = 0
  const pay = (value) =>
    client.outgoingPayment.create(
      { url: alice.resourceServer, accessToken },
      { walletAddress: alice.id, incomingPayment: incoming.id, debitAmount: usd(value), metadata: { n: ++n } }
    )
  // A window may end between two payments, so the first that is refused ends the first window.
  let paid = 0
  const inWindow = async () => {
    for (let tries = 0; tries < 40; tries++) {
      try {
        await pay(60)
        paid += 60
      } catch (e) {
        assert.deepEqual([e.status, e.description], [403, 'unauthorized'])
        return
      }
    }
    assert.fail('a window took forty payments')
  }
  await inWindow()
  const before = paid
  await until('the next window', () => pay(60).then(() => true, () => sleep(500).then(() => false)), 40000)
  assert.ok(before >= 60)
  const spent = await client.outgoingPayment.getGrantSpentAmounts({ url: alice.resourceServer, accessToken })
  assert.deepEqual(spent.spentDebitAmount, usd(60), 'what is spent is of the window, not of the grant')
}

export const tests = {
  'pays another provider, finish by redirect, http': (t) => peerToPeer(t, 'http'),
  'pays another provider, finish by redirect, https with a private authority': (t) => peerToPeer(t, 'https'),
  'consent by polling, several payments under one grant, none above its limit': polling,
  'lists in pages, both ways': lists,
  'complete, rotate, revoke, cancel': lifecycle,
  'a subject grant tells whose address it is': subject,
  'a grant that is declined': declined,
  'a client that is a JWK': jwkClient,
  'a limit that comes back every window': recurring
}
