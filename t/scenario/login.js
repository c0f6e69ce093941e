// Passwords, sessions, and the pages around them.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from './lib/http.js'
import { run } from './lib/node.js'
import { forms, Visitor, words } from './lib/pages.js'

const PASSWORD = 'correct horse battery'

async function addWallet(node, name, password = PASSWORD, ...more) {
  const r = await run(['-C', node.dir, 'wallet', 'add', name, '--asset', 'USD', '--password-stdin', ...more], {
    env: node.env,
    input: `${password}\n`
  })
  assert.equal(r.code, 0, r.stderr)
}

async function withAlice(t, options) {
  const node = await t.serving('wallet', options)
  await addWallet(node, 'alice')
  return node
}

const sessionOf = (visitor) => [...visitor.cookies].find(([name]) => name.includes('session'))

export const tests = {
  'an account holder signs in and out': async (t) => {
    const node = await withAlice(t)
    const v = new Visitor(node)
    assert.equal((await v.get('/wallet')).headers.location, '/wallet/login')
    const page = await v.get('/wallet/login')
    assert.equal(page.status, 200)
    for (const part of ["default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"]) {
      assert.ok(page.headers['content-security-policy'].includes(part), part)
    }
    assert.ok(!page.headers['content-security-policy'].includes('script'))
    assert.equal(page.headers['cache-control'], 'no-store')
    assert.equal(page.headers['referrer-policy'], 'no-referrer')
    assert.doesNotMatch(page.text(), /<script|https?:\/\/|\bon[a-z]+=|style=/i)
    const wrong = await v.submit(page.text(), { wallet: 'alice', password: 'wrong' })
    assert.equal(wrong.status, 403)
    assert.equal(sessionOf(v), undefined)
    // As a phone's keyboard writes it.
    const right = await v.submit(wrong.text(), { wallet: ' Alice ', password: PASSWORD })
    assert.equal(right.status, 303)
    assert.equal(right.headers.location, '/wallet')
    const line = right.headers['set-cookie'].find((c) => c.includes('session'))
    assert.match(line, new RegExp(`^florin-session-${node.port}=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Lax$`))
    const home = await v.get('/wallet')
    assert.equal(home.status, 200)
    assert.match(words(home.text()), /Signed in as alice.*0\.00 USD/)
    // The store has the token's hash and nothing else of it.
    const token = sessionOf(v)[1]
    await node.stop()
    const files = ['florin.db', 'florin.db-wal'].map((f) => {
      try {
        return readFileSync(join(node.dir, f))
      } catch {
        return Buffer.alloc(0)
      }
    })
    const stored = Buffer.concat(files)
    assert.ok(!stored.includes(token) && !stored.includes(PASSWORD))
    assert.ok(stored.includes(createHash('sha256').update(token).digest()))
    assert.ok(!node.log.includes(PASSWORD) && !node.log.includes(token))
    await node.serve()
    assert.equal((await v.get('/wallet')).status, 200, 'a session outlives a restart')
    const out = await v.submit((await v.get('/wallet')).text(), { token: forms((await v.get('/wallet')).text())[0].fields.token })
    assert.equal(out.status, 303)
    assert.equal(sessionOf(v), undefined)
    v.cookies.set(`florin-session-${node.port}`, token)
    assert.equal((await v.get('/wallet')).status, 303, 'the old token is nobody’s')
  },

  'each login is a new session, and ends the one before': async (t) => {
    const node = await withAlice(t)
    const v = new Visitor(node)
    await v.signIn('alice', PASSWORD)
    const [name, first] = sessionOf(v)
    await v.signIn('alice', PASSWORD)
    const second = sessionOf(v)[1]
    assert.notEqual(first, second)
    const old = new Visitor(node)
    old.cookies.set(name, first)
    assert.equal((await old.get('/wallet')).status, 303)
    // A token that an attacker has planted becomes nobody's session.
    const planted = new Visitor(node)
    planted.cookies.set(name, 'A'.repeat(43))
    await planted.signIn('alice', PASSWORD)
    assert.notEqual(sessionOf(planted)[1], 'A'.repeat(43))
  },

  'a form counts only from a page of ours that this browser was shown': async (t) => {
    const node = await withAlice(t)
    const v = new Visitor(node)
    const page = (await v.get('/wallet/login')).text()
    const { fields } = forms(page)[0]
    const good = { ...fields, wallet: 'alice', password: PASSWORD }
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: `http://127.0.0.1:${node.port + 1}` }
    ]) {
      assert.equal((await v.post('/wallet/login', good, headers)).status, 403, JSON.stringify(headers))
    }
    assert.equal((await v.post('/wallet/login', { ...good, token: '' })).status, 403)
    assert.equal((await v.post('/wallet/login', { ...good, token: 'A'.repeat(43) })).status, 403)
    assert.equal((await new Visitor(node).post('/wallet/login', good)).status, 403, 'another browser')
    const other = new Visitor(node)
    await other.get('/wallet/login')
    assert.equal((await other.post('/wallet/login', good)).status, 403, 'another browser with a mark of its own')
    assert.equal((await v.post('/wallet/logout', { token: fields.token })).status, 403, 'another form')
    const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }
    assert.equal((await v.send('/wallet/login', json)).status, 415)
    for (const body of ['wallet=%zz', 'wallet=a&wallet=b', 'wallet=%00', '&', 'x'.repeat(9000)]) {
      const r = await v.send('/wallet/login', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body
      })
      assert.ok([400, 413].includes(r.status), `${body.slice(0, 20)}: ${r.status}`)
    }
    assert.equal(sessionOf(v), undefined)
    for (const headers of [{ origin: node.url }, { 'sec-fetch-site': 'same-origin', origin: 'null' }]) {
      assert.equal((await v.post('/wallet/login', good, headers)).status, 303, JSON.stringify(headers))
    }
  },

  'a login leads to a page of ours and nowhere else': async (t) => {
    const node = await withAlice(t)
    for (const next of ['https://evil.example', '//evil.example/wallet', '/wallet/../alice', '/alice', '/wallet\\x']) {
      const v = new Visitor(node)
      const r = await v.signIn('alice', PASSWORD, `/wallet/login?next=${encodeURIComponent(next)}`)
      assert.equal(r.headers.location, '/wallet', next)
      const page = (await v.get('/wallet/login')).text()
      assert.equal((await v.submit(page, { wallet: 'alice', password: PASSWORD, next })).headers.location, '/wallet', next)
    }
    const r = await new Visitor(node).signIn('alice', PASSWORD, '/wallet/login?next=/wallet/keys')
    assert.equal(r.headers.location, '/wallet/keys')
  },

  'failed tries are slowed down, and an unknown wallet looks like a known one': async (t) => {
    const node = await withAlice(t)
    const tries = async (wallet) => {
      const v = new Visitor(node)
      const seen = []
      const page = (await v.get('/wallet/login')).text()
      for (let i = 0; i < 6; i++) {
        const r = await v.submit(page, { wallet, password: 'wrong' })
        seen.push(r.status)
        if (r.status === 429) {
          assert.ok(Number(r.headers['retry-after']) >= 1)
          assert.match(words(r.text()), /Too many tries/)
        } else {
          assert.match(words(r.text()), /The wallet or the password is wrong/)
        }
      }
      return seen
    }
    // The sixth may have become possible again on a slow machine; then it is one more failure.
    const statuses = await tries('alice')
    assert.deepEqual(statuses.slice(0, 5), [403, 403, 403, 403, 403])
    // Straight from here the address is slowed down as well, whoever is asked for.
    const v = new Visitor(node)
    const page = (await v.get('/wallet/login')).text()
    await until('a refusal that lasts', async () => {
      const r = await v.submit(page, { wallet: 'nobody', password: 'x' })
      return r.status === 429 && Number(r.headers['retry-after']) >= 2
    })
    assert.equal((await v.submit(page, { wallet: 'alice', password: PASSWORD })).status, 429, 'also with the right one')
  },

  'a browser that has signed in before is not slowed down by what strangers try': async (t) => {
    const node = await withAlice(t)
    await addWallet(node, 'mallory')
    const own = new Visitor(node)
    await own.signIn('alice', PASSWORD)
    const name = `florin-known-${node.port}`
    const token = own.cookies.get(name)
    assert.match(token, /^[A-Za-z0-9_-]{43}$/)
    node.secrets.add('the cookie of a known browser', token)
    const other = new Visitor(node)
    await other.signIn('mallory', PASSWORD)
    const stranger = new Visitor(node)
    const page = (await stranger.get('/wallet/login')).text()
    const guess = () => stranger.submit(page, { wallet: 'alice', password: 'wrong' })
    const tries = async (v, password) => {
      const r = await v.submit((await v.get('/wallet/login')).text(), { wallet: 'alice', password })
      return r.status
    }
    // Until all of it has happened while strangers had to wait.
    await until('one round within the wait', async () => {
      await until('a refusal that lasts', async () => {
        const r = await guess()
        return r.status === 429 && Number(r.headers['retry-after']) >= 8
      })
      const back = new Visitor(node)
      back.cookies.set(name, token) // the session is over
      const seen = [await tries(other, PASSWORD), await tries(back, 'wrong'), await tries(back, PASSWORD)]
      if ((await guess()).status !== 429) return false
      assert.deepEqual(seen, [429, 403, 303], "another user's browser, and the user's own")
      assert.equal(back.cookies.get(name), token)
      return true
    }, 100000)
  },

  'sessions end by themselves': async (t) => {
    const node = await withAlice(t, { env: { FLORIN_LIMITS_SESSION_IDLE_S: '3', FLORIN_LIMITS_SESSION_S: '600' } })
    const v = new Visitor(node)
    await v.signIn('alice', PASSWORD)
    assert.equal((await v.get('/wallet')).status, 200)
    await until('the idle end', async () => {
      await new Promise((done) => setTimeout(done, 3200))
      return (await v.get('/wallet')).status === 303
    })
  },

  'a session ends at its absolute end, however busy': async (t) => {
    const node = await withAlice(t, { env: { FLORIN_LIMITS_SESSION_IDLE_S: '600', FLORIN_LIMITS_SESSION_S: '3' } })
    const v = new Visitor(node)
    await v.signIn('alice', PASSWORD)
    await until('the end', async () => (await v.get('/wallet')).status === 303)
  },

  'the operator sets passwords': async (t) => {
    const node = await withAlice(t)
    const v = new Visitor(node)
    await v.signIn('alice', PASSWORD)
    const r = await run(['-C', node.dir, '--json', 'wallet', 'set', 'alice', '--password-stdin'], { input: 'another one\n' })
    assert.equal(r.code, 0, r.stderr)
    assert.ok(!r.stdout.includes('another one') && !r.stdout.includes('argon2'))
    assert.equal((await v.get('/wallet')).status, 303, 'its sessions end')
    assert.equal((await v.signIn('alice', PASSWORD)).status, 403)
    assert.equal((await v.signIn('alice', 'another one')).status, 303)
    // One user may have several wallets; any of their names will do.
    await node.ok('wallet', 'add', 'savings', '--asset', 'EUR', '--user', 'alice')
    const second = new Visitor(node)
    assert.equal((await second.signIn('savings', 'another one')).status, 303)
    assert.match(words((await second.get('/wallet')).text()), /alice.*USD.*savings.*EUR/)
    // A user without a password can't sign in at all.
    await node.ok('wallet', 'add', 'carol', '--asset', 'USD')
    assert.equal((await new Visitor(node).signIn('carol', '')).status, 403)
    for (const [body, status] of [
      [{}, 400],
      [{ password: '' }, 400],
      [{ password: 'x'.repeat(257) }, 400],
      [{ password: 'a\nb' }, 400],
      [{ password: 7 }, 400]
    ]) {
      assert.equal((await node.admin('PATCH', '/wallet-addresses/alice', body)).status, status, JSON.stringify(body))
    }
    assert.equal((await second.get('/wallet')).status, 200)
  },

  'files of the pages': async (t) => {
    const node = await t.serving('wallet')
    const v = new Visitor(node)
    const css = await v.get('/static/florin.css')
    assert.equal(css.status, 200)
    assert.match(css.headers['content-type'], /^text\/css/)
    assert.doesNotMatch(css.text(), /url\(|@import|https?:/)
    for (const path of ['/favicon.ico', '/robots.txt']) assert.equal((await v.get(path)).status, 200, path)
    for (const path of ['/static/nothing', '/static/login.html', '/pages/login.html', '/static/']) {
      assert.equal((await v.get(path)).status, 404, path)
    }
  }
}
