// GNAP: what may be asked for, continued, rotated, revoked and cancelled, and by whom.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { Client } from './lib/client.js'
import { request, sleep, until } from './lib/http.js'
import { sql } from './lib/stored_grant.js'

const TOKEN = /^[A-Za-z0-9_-]{43}$/
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const incoming = { type: 'incoming-payment', actions: ['create', 'complete', 'read'] }
const quote = { type: 'quote', actions: ['create', 'read'] }
const interact = { start: ['redirect'] }

async function walletNode(t, { env } = {}) {
  const node = await t.serving('wallet', { env })
  await node.ok('wallet', 'add', 'alice', '--asset', 'USD', '--name', 'Alice Example')
  await node.ok('wallet', 'add', 'bob', '--asset', 'EUR')
  return node
}

const outgoing = (node, more = {}) => ({
  type: 'outgoing-payment',
  actions: ['create', 'read'],
  identifier: `${node.url}/alice`,
  ...more
})

function refused(r, status, code, about = '') {
  assert.equal(r.status, status, `${about}: ${r.text()}`)
  const { error } = r.json()
  assert.equal(error.code, code, about)
  assert.ok(error.description, about)
}

async function given(answer) {
  const r = await answer
  assert.equal(r.status, 200, r.text())
  return r.json()
}

export const tests = {
  'a token at once': async (t) => {
    const node = await walletNode(t)
    const client = await Client.published(t)
    const g = await given(client.grant(node, { access: [incoming, quote] }))
    assert.deepEqual(Object.keys(g).sort(), ['access_token', 'continue'])
    assert.deepEqual(Object.keys(g.access_token).sort(), ['access', 'expires_in', 'manage', 'value'])
    assert.match(g.access_token.value, TOKEN)
    assert.match(g.access_token.manage, new RegExp(`^${node.url}/auth/token/${UUID}$`))
    assert.equal(g.access_token.expires_in, 600)
    assert.deepEqual(g.access_token.access[0].type, 'incoming-payment')
    assert.deepEqual([...g.access_token.access[0].actions].sort(), ['complete', 'create', 'read'])
    assert.match(g.continue.access_token.value, TOKEN)
    assert.match(g.continue.uri, new RegExp(`^${node.url}/auth/continue/${UUID}$`))
    assert.equal(g.continue.wait, undefined)
    // Its document is not asked for: another wallet's server may have none.
    assert.ok(!client.asked.includes('/shop'))
  },

  'every way to name a client, and a trailing slash': async (t) => {
    const node = await walletNode(t)
    const client = await Client.published(t)
    const byKey = new Client()
    const body = { access_token: { access: [incoming] } }
    for (const [path, name, signer] of [
      ['/auth', client.address, client],
      ['/auth/', `${client.address}/`, client],
      ['/auth', { walletAddress: client.address }, client],
      ['/auth', { jwk: byKey.jwk }, byKey]
    ]) {
      const r = await signer.call('POST', `${node.url}${path}`, { json: { client: name, ...body } })
      assert.equal(r.status, 200, `${JSON.stringify(name)}: ${r.text()}`)
    }
    // Interaction that is not needed is not begun.
    const g = await given(client.grant(node, { access: [incoming], interact }))
    assert.ok(g.access_token)
    assert.equal(g.interact, undefined)
  },

  'what is refused': async (t) => {
    const node = await walletNode(t)
    const client = await Client.published(t)
    const byKey = new Client()
    const finish = (uri) => ({ start: ['redirect'], finish: { method: 'redirect', uri, nonce: 'n' } })
    const limits = (l) => ({ access: [outgoing(node, { limits: l })], interact })
    const amount = { value: '5', assetCode: 'USD', assetScale: 2 }
    const cases = [
      [{}, 'neither access nor subject'],
      [{ access: [] }, 'no item'],
      [{ access: [incoming, quote, incoming, quote] }, 'four items'],
      [{ access: [incoming, incoming] }, 'an item twice'],
      [{ access: [{ ...incoming, type: 'payment' }] }, 'a type'],
      [{ access: [{ ...quote, actions: ['list'] }] }, 'an action of another type'],
      [{ access: [{ ...incoming, color: 'red' }] }, 'a member'],
      [{ access: [{ ...incoming, identifier: 'alice' }] }, 'no address'],
      [{ access: [{ ...incoming, identifier: `${node.url}/nobody` }] }, 'no such wallet'],
      [{ access: [{ ...incoming, identifier: 'https://elsewhere.example/alice' }] }, 'a wallet elsewhere'],
      [{ access: [outgoing(node)] }, 'no interact'],
      [{ access: [{ type: 'outgoing-payment', actions: ['create'] }], interact }, 'no identifier'],
      [{ access: [{ type: 'incoming-payment', actions: ['list-all'] }], interact }, 'list-all, no identifier'],
      [{ access: [outgoing(node)], interact: { start: [] } }, 'no start'],
      [{ access: [outgoing(node)], interact: { start: ['app'] } }, 'another start'],
      [{ access: [outgoing(node)], interact: { ...interact, finish: { method: 'push', uri: 'https://a.example', nonce: 'n' } } }, 'push'],
      [{ access: [outgoing(node)], interact: { ...interact, finish: { method: 'redirect', uri: 'https://a.example' } } }, 'no nonce'],
      [{ access: [outgoing(node)], interact: finish('javascript:alert(1)') }, 'a script'],
      [{ access: [outgoing(node)], interact: finish('https://a.example/#x') }, 'a fragment'],
      [{ access: [outgoing(node)], interact: finish('https://user@a.example/') }, 'a user'],
      [limits({ debitAmount: amount, receiveAmount: amount }), 'both amounts'],
      [limits({ interval: 'monthly' }), 'an interval'],
      [limits({ receiver: 'https://a.example/b' }), 'a receiver'],
      [limits({ debitAmount: { ...amount, value: 5 } }), 'a number'],
      [{ subject: { sub_ids: [] }, interact }, 'no subject'],
      [{ subject: { sub_ids: [{ id: `${node.url}/alice`, format: 'email' }] }, interact }, 'a format'],
      [{ subject: { sub_ids: [{ id: `${node.url}/alice`, format: 'uri' }] } }, 'subject without interact']
    ]
    for (const [body, about] of cases) {
      refused(await client.grant(node, body), 400, 'invalid_request', about)
    }
    refused(await byKey.grant(node, { access: [outgoing(node)], interact }), 400, 'invalid_client', 'a key asks a person')
    for (const name of [undefined, 5, {}, { jwk: byKey.jwk, walletAddress: client.address }, { walletAddress: client.address, x: 1 }, 'alice']) {
      const r = await client.call('POST', `${node.url}/auth`, { json: { client: name, access_token: { access: [incoming] } } })
      refused(r, 400, 'invalid_request', JSON.stringify(name))
    }
    const r = await client.call('POST', `${node.url}/auth`, { json: { client: { jwk: { kty: 'RSA' } } } })
    refused(r, 400, 'invalid_client', 'an RSA key')
    for (const body of ['', '[]', '{', '{"client":1,"client":2}']) {
      const url = `${node.url}/auth`
      const answer = await request(url, { method: 'POST', headers: client.headers('POST', url, { body }), body })
      refused(answer, 400, 'invalid_request', body)
    }
  },

  'a quote may stand without identifier beside an outgoing payment': async (t) => {
    // The extension asks for both at once.
    const node = await walletNode(t)
    const client = await Client.published(t)
    const g = await given(client.grant(node, { access: [{ type: 'quote', actions: ['create'] }, outgoing(node)], interact }))
    assert.ok(g.interact.redirect)
  },

  'who has signed': async (t) => {
    const node = await walletNode(t)
    const client = await Client.published(t)
    const thief = new Client(client.address, client.kid)
    const stranger = new Client(client.address)
    const nowhere = new Client('http://127.0.0.1:9/nobody')
    const access = [incoming]
    refused(await thief.grant(node, { access }), 401, 'invalid_client', 'another key of that name')
    refused(await stranger.grant(node, { access }), 400, 'invalid_client', 'a key that is not published')
    refused(await nowhere.grant(node, { access }), 400, 'invalid_client', 'a client that can not be reached')
    refused(await client.grant(node, { access }, { created: Math.floor(Date.now() / 1000) - 4000 }), 401, 'invalid_client', 'old')
    const bare = await request(`${node.url}/auth`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client: client.address, access_token: { access } })
    })
    refused(bare, 401, 'invalid_client', 'not signed')
    const changed = await client.grant(node, { access }, { headers: { 'content-digest': 'sha-512=:AAAA:' } })
    refused(changed, 401, 'invalid_client', 'another digest')
  },

  'a person is asked': async (t) => {
    const node = await walletNode(t)
    const client = await Client.published(t)
    const finish = { method: 'redirect', uri: 'http://localhost:3999/back?x=1', nonce: randomUUID() }
    const g = await given(client.grant(node, { access: [outgoing(node)], interact: { ...interact, finish } }))
    assert.deepEqual(Object.keys(g).sort(), ['continue', 'interact'])
    assert.match(g.interact.redirect, new RegExp(`^${node.url}/auth/interact/${UUID}/[A-Za-z0-9_-]{43}$`))
    assert.ok(g.interact.finish.length >= 22)
    assert.equal(g.continue.wait, undefined, 'it is called back')
    const token = g.continue.access_token.value
    const go = (json, options = {}) => client.call('POST', g.continue.uri, { json, token, ...options })
    refused(await go(undefined), 401, 'request_denied', 'polled')
    refused(await go({}), 401, 'request_denied', 'polled with {}')
    refused(await go({ interact_ref: 'guess' }), 404, 'invalid_continuation', 'a wrong reference')
    refused(await go({ interact_ref: 5 }), 400, 'invalid_request', 'no reference')
    refused(await client.call('POST', g.continue.uri, { json: {}, token: 'x' }), 401, 'invalid_continuation', 'another token')
    refused(await client.call('POST', g.continue.uri, { json: {} }), 401, 'invalid_continuation', 'no token')
    refused(await client.call('POST', `${node.url}/auth/continue/${randomUUID()}`, { json: {}, token }), 401, 'invalid_continuation', 'no grant')
    refused(await client.call('POST', `${node.url}/auth/continue/x`, { json: {}, token }), 401, 'invalid_continuation', 'no id')
    const thief = new Client(client.address, client.kid)
    refused(await thief.call('POST', g.continue.uri, { json: {}, token }), 401, 'invalid_client', 'another key')
    // The trailing slash and the member that one SDK adds.
    const slash = await client.call('POST', `${g.continue.uri}/`, { json: { interact_ref: 'x', client: client.address }, token })
    refused(slash, 404, 'invalid_continuation', 'a slash')
    assert.equal((await client.call('DELETE', g.continue.uri, { token })).status, 204)
    assert.equal((await client.call('DELETE', g.continue.uri, { token })).status, 204)
    refused(await go({}), 401, 'invalid_continuation', 'cancelled')
    const [shown] = (await node.ok('grant', 'list')).items
    assert.equal(shown.state, 'FINALIZED')
    assert.equal(shown.reason, 'REVOKED')
    assert.equal(shown.clientName, 'A shop')
  },

  'polling has its pace': async (t) => {
    const node = await walletNode(t)
    const client = await Client.published(t)
    const subject = { sub_ids: [{ id: `${node.url}/alice`, format: 'uri' }] }
    const g = await given(client.grant(node, { subject, interact }))
    assert.equal(g.continue.wait, 5)
    const token = g.continue.access_token.value
    const poll = (json) => client.call('POST', g.continue.uri, { json, token })
    refused(await poll(undefined), 400, 'too_fast')
    await sleep(5200)
    const waiting = await given(poll({}))
    assert.deepEqual(waiting.continue, g.continue)
    assert.deepEqual(Object.keys(waiting), ['continue'])
    refused(await poll(undefined), 400, 'too_fast', 'the wait has begun again')
  },

  'names of clients for the consent page': async (t) => {
    const node = await walletNode(t)
    const client = await Client.published(t)
    client.document = { id: client.address }
    const ask = () => client.grant(node, { access: [outgoing(node)], interact })
    refused(await ask(), 400, 'invalid_client', 'no publicName')
    client.document = null
    refused(await ask(), 400, 'invalid_client', 'no document')
    client.document = { publicName: `<b>${'é'.repeat(200)}` }
    assert.equal((await ask()).status, 200)
    const [shown] = (await node.ok('grant', 'list')).items
    assert.match(shown.clientName, /^<b>é+$/)
    assert.ok(Buffer.byteLength(shown.clientName) <= 128)
  },

  'pending grants of one client are counted': async (t) => {
    const node = await walletNode(t, { env: { FLORIN_LIMITS_PENDING_GRANTS_PER_CLIENT: '2', FLORIN_LIMITS_INTERACTION_S: '3' } })
    const client = await Client.published(t)
    const other = await Client.published(t)
    const ask = (c) => c.grant(node, { access: [outgoing(node)], interact })
    const g = await given(ask(client))
    await given(ask(client))
    refused(await ask(client), 429, 'too_many_attempts')
    await given(ask(other))
    await given(client.grant(node, { access: [incoming] }))
    await until('the interactions to expire', async () => (await ask(client)).status === 200)
    const token = g.continue.access_token.value
    refused(await client.call('POST', g.continue.uri, { token }), 401, 'invalid_continuation', 'expired')
  },

  'what has had its time ends and goes by itself': async (t) => {
    const node = await walletNode(t, { env: { FLORIN_LIMITS_INTERACTION_S: '1' } })
    const client = await Client.published(t)
    const asked = await given(client.grant(node, { access: [outgoing(node)], interact }))
    const kept = await given(client.grant(node, { access: [incoming] }))
    const old = await given(client.grant(node, { access: [incoming] }))
    await given(client.grant(node, { access: [incoming] })) // the newest stays, so that its key isn't given again
    const grant = (g) => node.admin('GET', `/grants/${g.continue.uri.split('/').pop()}`)
    // Nobody comes back: the sweep is the one who says so.
    await until('the interaction to end', async () => (await grant(asked)).json().reason === 'EXPIRED')
    const { access_token: next } = await given(client.call('POST', old.access_token.manage, { token: old.access_token.value }))
    const days = (n) => n * 86400000
    await sql(node, `UPDATE grant_token SET ended_ms = ended_ms - ${days(8)} WHERE ended = 'ROTATED'`)
    await until('the rotated token to go', async () => (await sql(node, 'SELECT count(*) AS n FROM grant_token'))[0].n === 3)
    const get = (token) => client.call('POST', token.manage, { token: token.value })
    refused(await get(old.access_token), 404, 'invalid_rotation', 'it is forgotten')
    assert.equal((await get(next)).status, 200)
    await sql(
      node,
      `UPDATE grant_token SET expires_ms = expires_ms - ${days(31)}, ended_ms = ended_ms - ${days(31)}
       WHERE grant_key = (SELECT key FROM gnap_grant WHERE id = x'${old.continue.uri.split('/').pop().replaceAll('-', '')}');
       UPDATE gnap_grant SET changed_ms = changed_ms - ${days(31)}, look_ms = look_ms - ${days(31)} WHERE reason = 'ISSUED'`
    )
    await until('the old grant to go', async () => (await grant(old)).status === 404)
    assert.equal((await grant(kept)).json().reason, 'ISSUED', 'its token is younger')
    assert.equal((await get(kept.access_token)).status, 200)
    assert.equal((await grant(asked)).status, 200)
  },

  'tokens are rotated and revoked': async (t) => {
    const node = await walletNode(t, { env: { FLORIN_AUTH_TOKEN_LIFETIME_S: '2' } })
    const client = await Client.published(t)
    const thief = new Client(client.address, client.kid)
    const first = (await given(client.grant(node, { access: [incoming] }))).access_token
    assert.equal(first.expires_in, 2)
    const rotate = (token, by = client, options = {}) => by.call('POST', token.manage, { token: token.value, ...options })
    refused(await rotate(first, thief), 401, 'invalid_client', 'another key')
    refused(await rotate({ ...first, value: 'x' }), 404, 'invalid_rotation', 'another token')
    refused(await client.call('POST', first.manage), 401, 'invalid_client', 'no token')
    refused(await client.call('POST', `${node.url}/auth/token/${randomUUID()}`, { token: first.value }), 404, 'invalid_rotation', 'no such id')
    await sleep(2200)
    const created = Math.floor(Date.now() / 1000)
    const second = (await given(rotate(first, client, { created }))).access_token
    assert.deepEqual(Object.keys(second).sort(), ['access', 'expires_in', 'manage', 'value'])
    assert.notEqual(second.value, first.value)
    assert.notEqual(second.manage, first.manage)
    assert.deepEqual(second.access, first.access)
    // The same request again, then another one.
    assert.equal((await given(rotate(first, client, { created }))).access_token.value, second.value)
    refused(await rotate(first, client, { created: created - 1 }), 404, 'invalid_rotation', 'rotated before')
    assert.equal((await client.call('DELETE', second.manage, { token: second.value })).status, 204)
    assert.equal((await client.call('DELETE', second.manage, { token: second.value })).status, 204)
    refused(await rotate(second), 404, 'invalid_rotation', 'revoked')
  },

  'keys count at the time of each request': async (t) => {
    const node = await walletNode(t)
    const client = await Client.published(t)
    const g = await given(client.grant(node, { access: [incoming] }))
    client.keys = []
    await until('the key to be forgotten', async () => {
      const r = await client.call('POST', g.access_token.manage, { token: g.access_token.value })
      if (r.status === 200) g.access_token = r.json().access_token
      return r.status === 400 && r.json().error.code === 'invalid_client'
    })
  },

  'what was spent is for those who may pay': async (t) => {
    const node = await walletNode(t)
    const client = await Client.published(t)
    const g = await given(client.grant(node, { access: [incoming] }))
    const url = `${node.url}/op/outgoing-payment-grant`
    const get = (token, by = client) => by.call('GET', url, { token })
    const challenge = `GNAP as_uri=${node.url}/auth`
    const says = async (answer, status, description) => {
      const r = await answer
      assert.equal(r.status, status, r.text())
      assert.equal(r.json().error.description, description)
      assert.equal(r.headers['www-authenticate'], challenge)
    }
    await says(request(url), 401, 'Invalid Token')
    await says(request(url, { headers: { authorization: `Bearer ${g.access_token.value}` } }), 401, 'Invalid Token')
    await says(get('unknown'), 403, 'Inactive Token')
    await says(get(g.continue.access_token.value), 403, 'Inactive Token')
    await says(get(g.access_token.value), 403, 'Insufficient Grant')
    await client.call('DELETE', g.continue.uri, { token: g.continue.access_token.value })
    await says(get(g.access_token.value), 403, 'Inactive Token')
  },

  'the operator sees grants and ends them': async (t) => {
    const node = await walletNode(t)
    const client = await Client.published(t)
    const one = await given(client.grant(node, { access: [incoming] }))
    const limits = { debitAmount: { value: '500', assetCode: 'USD', assetScale: 2 }, interval: 'R/2026-01-01T00:00:00Z/P1M' }
    await given(client.grant(node, { access: [outgoing(node, { limits })], interact }))
    const list = async (query) => (await node.admin('GET', `/grants${query}`)).json().items
    const all = await list('')
    assert.equal(all.length, 2)
    assert.equal(all[0].state, 'PENDING')
    assert.deepEqual(all[0].access[0].limits, limits)
    assert.equal(all[0].access[0].spentDebitAmount, null)
    assert.equal((await list('?state=PENDING')).length, 1)
    assert.equal((await list('?state=FINALIZED&reason=ISSUED')).length, 1)
    assert.equal((await list(`?client=${encodeURIComponent(client.address)}`)).length, 2)
    assert.equal((await list('?client=https://nobody.example')).length, 0)
    assert.equal((await node.admin('GET', '/grants?state=OPEN')).status, 400)
    const id = one.continue.uri.split('/').pop()
    const revoked = await node.ok('grant', 'revoke', id)
    assert.equal(revoked.reason, 'REVOKED')
    assert.equal((await node.ok('grant', 'revoke', id)).reason, 'REVOKED')
    refused(await client.call('POST', one.access_token.manage, { token: one.access_token.value }), 404, 'invalid_rotation')
    assert.equal((await node.cli('grant', 'revoke', randomUUID())).code, 1)
  }
}
