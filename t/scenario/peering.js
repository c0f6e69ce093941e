// Becoming peers: by a link that one operator makes and the other accepts, and by Rafiki's exchange.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { usd } from './lib/answers.js'
import { request } from './lib/http.js'
import { serving } from './lib/server.js'
import { pay } from './lib/setups.js'
import { sql } from './lib/stored_grant.js'

const parts = (link) => {
  const [url, token] = link.split('#')
  return { url, token, headers: { authorization: `Bearer ${token}` } }
}

/** The other operator's server as a test speaks to it. */
async function knock(link, method = 'GET', body) {
  const { url, headers } = parts(link)
  const r = await request(url, {
    method,
    headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
    body: body && JSON.stringify(body)
  })
  return { status: r.status, body: r.json() }
}

const acceptance = (over = {}) => ({
  ilpAddress: 'test.stranger',
  url: 'http://127.0.0.1:9/ilp',
  asset: { code: 'USD', scale: 2 },
  showsToken: 'a-token-of-the-stranger',
  acceptsToken: 'another-token-of-it',
  ...over
})

export const tests = {
  'a link is made, shown, accepted, and both sides pay': async (t) => {
    const [a, b] = await Promise.all([t.serving('a'), t.serving('b')])
    for (const n of [a, b]) await n.ok('wallet', 'add', 'w', '--asset', 'USD')
    const made = await a.ok('peer', 'invite', 'bees', '--asset', 'USD', '--credit-limit', '50.00', '--max-packet', '5.00', '--spread-bps', '30', '--hours', '2')
    assert.deepEqual([made.creditLimit, made.maxPacketAmount, made.spreadBps], [usd(5000), usd(500), 30])
    assert.ok(made.url.startsWith(`${a.url}/ilp/invitations#`))
    for (const n of [a, b]) n.secrets.add('the invitation', parts(made.url).token)

    const terms = (await b.admin('POST', '/peers/invitations/preview', { url: made.url })).json()
    assert.deepEqual(
      [terms.ilpAddress, terms.url, terms.assetCode, terms.creditLimit, terms.maxPacketAmount, terms.spreadBps],
      ['test.a', `${a.url}/ilp`, 'USD', usd(5000), usd(500), 30]
    )
    const asked = await b.cli('peer', 'accept', made.url, '--name', 'ants')
    assert.equal(asked.code, 2, 'nobody is there to be asked')
    assert.match(asked.stdout, /test\.a/) // the terms can be read without
    assert.equal((await b.ok('peer', 'list')).items.length, 0)
    const file = join(t.dir, 'link')
    writeFileSync(file, `${made.url}\n`, { mode: 0o600 })
    const peer = await b.ok('peer', 'accept', `@${file}`, '--name', 'ants', '--credit-limit', '20.00', '--yes')
    assert.deepEqual([peer.name, peer.ilpAddress, peer.url, peer.creditLimit], ['ants', 'test.a', `${a.url}/ilp`, usd(2000)])
    const bees = await a.ok('peer', 'show', 'bees')
    assert.deepEqual(
      [bees.ilpAddress, bees.url, bees.creditLimit, bees.maxPacketAmount, bees.spreadBps],
      ['test.b', `${b.url}/ilp`, usd(5000), usd(500), 30]
    )
    for (const [n, p] of [[a, 'bees'], [b, 'ants']]) assert.equal((await n.ok('peer', 'test', p)).ok, true)
    for (const [from, to] of [[a, b], [b, a]]) {
      await from.ok('deposit', 'w', '10.00')
      const { payment, stderr } = await pay(from, 'w', `${to.url}/w`, '--send', '3.00')
      assert.equal(payment?.state, 'COMPLETED', stderr)
    }

    // Used: the same side again finds its peer there, anybody else nothing.
    const again = await b.cli('peer', 'accept', made.url, '--name', 'other', '--yes')
    assert.equal(again.code, 1)
    const taken = await knock(made.url, 'POST', acceptance())
    assert.deepEqual([taken.status, taken.body.error.code], [410, 'invitation_used'])
    assert.equal((await a.ok('peer', 'list')).items.length, 1)
  },

  'links that are none, expired, taken back or do not fit': async (t) => {
    const [a, b] = await Promise.all([t.serving('a'), t.serving('b')])
    const invite = async (name) => (await a.ok('peer', 'invite', name, '--asset', 'USD')).url
    const refusedBy = async (url, status, code, more = {}) => {
      const r = await b.admin('POST', '/peers/invitations/accept', { url, name: 'x', ...more })
      assert.deepEqual([r.status, r.json().error.code], [status, code], `${url} ${r.text()}`)
    }
    const link = await invite('one')
    const { url } = parts(link)
    await refusedBy('not a link', 400, 'malformed')
    await refusedBy(url, 400, 'malformed')
    await refusedBy(`${url}#`, 400, 'malformed')
    await refusedBy('ftp://127.0.0.1/x#token', 422, 'blocked')
    await refusedBy(`${url}#a-token-that-is-none`, 404, 'not_found')
    await refusedBy('http://127.0.0.1:9/ilp/invitations#t', 503, 'unreachable')
    await refusedBy(`${a.url}/health#t`, 502, 'protocol_violation')
    await refusedBy(link, 400, 'malformed', { name: 'No Name' })
    await refusedBy(link, 400, 'malformed', { name: 'invitations' })
    await refusedBy(link, 400, 'bad_asset', { creditLimit: { value: '1', assetCode: 'EUR', assetScale: 2 } })
    assert.equal((await request(url)).status, 401)

    // What another server may send.
    for (const [body, code] of [
      [acceptance({ asset: { code: 'EUR', scale: 2 } }), 'bad_asset'],
      [acceptance({ asset: { code: 'USD', scale: 3 } }), 'bad_asset'],
      [acceptance({ url: 'file:///etc/passwd' }), 'bad_url'],
      [acceptance({ ilpAddress: 'nothing' }), 'bad_address'],
      [acceptance({ ilpAddress: 'peer.config' }), 'bad_address'],
      [acceptance({ showsToken: 'short' }), 'bad_token'],
      [acceptance({ acceptsToken: 'with a blank in it, and long' }), 'bad_token'],
      [{}, 'malformed']
    ]) {
      const r = await knock(link, 'POST', body)
      assert.deepEqual([r.status, r.body.error.code], [400, code], JSON.stringify(body))
    }
    assert.equal((await a.ok('peer', 'list')).items.length, 0, 'nothing came of those')

    // An address that another peer has; the same acceptance twice; then it is used.
    await a.ok('peer', 'add', 'there', '--asset', 'USD', '--ilp-address', 'test.there', '--url', 'http://127.0.0.1:9/ilp', '--outgoing-token', 'o', '--incoming-token', 'i')
    for (const taken of ['test.there', 'test.there.below', 'test.a', 'test.a.w', 'private.b']) {
      const r = await knock(link, 'POST', acceptance({ ilpAddress: taken }))
      assert.deepEqual([r.status, r.body.error.code], [409, 'conflict'], taken)
    }
    for (let i = 0; i < 2; i++) assert.equal((await knock(link, 'POST', acceptance())).status, 200)
    const other = await knock(link, 'POST', acceptance({ showsToken: 'quite-another-token' }))
    assert.deepEqual([other.status, other.body.error.code], [410, 'invitation_used'])
    await refusedBy(link, 409, 'conflict')

    const old = await invite('old')
    await sql(a, "UPDATE peer_invitation SET expires_ms = 1 WHERE name = 'old'")
    assert.equal((await knock(old, 'POST', acceptance({ ilpAddress: 'test.late' }))).body.error.code, 'invitation_expired')
    await refusedBy(old, 409, 'expired')
    const back = await a.ok('peer', 'invite', 'back', '--asset', 'USD')
    assert.equal((await a.admin('DELETE', `/peers/invitations/${back.id}`)).status, 200)
    assert.equal((await a.admin('DELETE', `/peers/invitations/${back.id}`)).status, 404)
    await refusedBy(back.url, 404, 'not_found')
    for (const [body, status] of [
      [{ name: 'there', assetCode: 'USD' }, 409],
      [{ name: 'x', assetCode: 'QQQ' }, 400],
      [{ name: 'x', assetCode: 'USD', expiresInS: 1 }, 400],
      [{ assetCode: 'USD' }, 400]
    ]) {
      assert.equal((await a.admin('POST', '/peers/invitations', body)).status, status, JSON.stringify(body))
    }
  },

  "Rafiki's exchange: off by default, both ways, and no credit for strangers": async (t) => {
    const [open, shut] = await Promise.all([t.serving('open', { env: { FLORIN_ILP_AUTO_PEERING: 'yes' } }), t.serving('shut')])
    const details = (over = {}) => ({
      staticIlpAddress: 'test.rafiki',
      ilpConnectorUrl: 'http://127.0.0.1:9/',
      asset: { code: 'USD', scale: 2 },
      httpToken: 'a-token-that-florin-shows',
      maxPacketAmount: 1000,
      name: 'Cloud Nine Wallet',
      ...over
    })
    const ask = async (node, body) => {
      const r = await request(`${node.url}/ilp/auto-peering`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body)
      })
      return { status: r.status, body: r.json() }
    }
    assert.equal((await ask(shut, details())).status, 404)
    const made = await ask(open, details())
    assert.equal(made.status, 200)
    open.secrets.add('its token', made.body.httpToken)
    assert.deepEqual([made.body.staticIlpAddress, made.body.ilpConnectorUrl], ['test.open', `${open.url}/ilp`])
    const peer = await open.ok('peer', 'show', 'cloud-nine-wallet')
    assert.deepEqual([peer.ilpAddress, peer.creditLimit, peer.maxPacketAmount], ['test.rafiki', usd(0), usd(1000)])
    assert.equal((await t.link(open, made.body.httpToken).post(Buffer.from('0c', 'hex'))).status, 400)
    for (const [over, status] of [
      [{}, 400], // it is a peer already
      [{ staticIlpAddress: 'test.r2', asset: { code: 'ZZZ', scale: 2 } }, 404],
      [{ staticIlpAddress: 'test.r2', asset: { code: 'USD', scale: 9 } }, 404],
      [{ staticIlpAddress: 'nothing' }, 400],
      [{ staticIlpAddress: 'test.r2', name: 'r2', ilpConnectorUrl: 'x' }, 400],
      [{ staticIlpAddress: 'test.r2', name: 'r2', httpToken: 'short' }, 400],
      [{ staticIlpAddress: 'test.r2', name: 'r2', maxPacketAmount: -1 }, 400],
      // what is somebody's already, and the other network
      ...['test.open', 'test.open.x', 'test.rafiki.bob', 'g.r2', 'private.r2'].map((a) => [{ staticIlpAddress: a, name: 'r2' }, 400])
    ]) {
      assert.equal((await ask(open, details(over))).status, status, JSON.stringify(over))
    }

    const made2 = await ask(open, details({ staticIlpAddress: 'test.rafikis.bob', name: 'r2', httpToken: 'another-token-of-theirs' }))
    assert.equal(made2.status, 200, JSON.stringify(made2.body))
    open.secrets.add('its second token', made2.body.httpToken)
    const above = details({ staticIlpAddress: 'test.rafikis', name: 'r3', httpToken: 'a-third-token-of-theirs' })
    assert.equal((await ask(open, above)).status, 400)

    // We ask: another Florin, and a server that answers as Rafiki does.
    const ours = await shut.ok('peer', 'accept', `${open.url}/ilp/auto-peering`, '--auto', 'USD', '--name', 'open', '--yes')
    assert.deepEqual([ours.ilpAddress, ours.url], ['test.open', `${open.url}/ilp`])
    assert.equal((await shut.ok('peer', 'test', 'open')).ok, true)
    const seen = []
    const rafiki = await serving(t, async (req, res) => {
      let text = ''
      for await (const chunk of req) text += chunk
      seen.push(JSON.parse(text))
      res.writeHead(200, { 'content-type': 'application/json' })
      res.end(JSON.stringify({ staticIlpAddress: 'test.cloud', ilpConnectorUrl: 'http://127.0.0.1:9/', httpToken: 'their-token-for-us', name: 'Cloud', tenantId: 'x' }))
    })
    const cloud = await shut.ok('peer', 'accept', `${rafiki}/`, '--auto', 'EUR', '--name', 'cloud', '--credit-limit', '1.00', '--yes')
    assert.deepEqual([cloud.ilpAddress, cloud.assetCode, cloud.creditLimit.value], ['test.cloud', 'EUR', '100'])
    assert.deepEqual(
      [seen[0].staticIlpAddress, seen[0].ilpConnectorUrl, seen[0].asset],
      ['test.shut', `${shut.url}/ilp`, { code: 'EUR', scale: 2 }]
    )
    shut.secrets.add('our token', seen[0].httpToken)
    assert.equal((await t.link(shut, seen[0].httpToken).post(Buffer.from('0c', 'hex'))).status, 400)
  }
}
