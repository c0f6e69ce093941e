// A stranger pays out of a wallet elsewhere, whose server is the test's.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { sleep } from './lib/http.js'
import { Visitor, words } from './lib/pages.js'
import { Server } from './lib/server.js'

export const maxMs = 60000

const amount = (value) => ({ value: String(value), assetCode: 'USD', assetScale: 2 })

/** The payer's server: `pays(res)` answers the request that makes the payment. */
class Payer extends Server {
  async serve(req, res) {
    const chunks = []
    for await (const c of req) chunks.push(c)
    const body = chunks.length ? JSON.parse(Buffer.concat(chunks)) : undefined
    const say = (status, value) => {
      res.writeHead(status, { 'content-type': 'application/json' })
      res.end(JSON.stringify(value))
    }
    const { url } = this
    const token = { value: 'a-token', manage: `${url}/auth/token/1`, expires_in: 600, access: [] }
    const more = { access_token: { value: 'go-on' }, uri: `${url}/auth/continue/1` }
    if (req.url === '/alice') return say(200, { id: `${url}/alice`, publicName: 'Alice', assetCode: 'USD', assetScale: 2, authServer: `${url}/auth`, resourceServer: `${url}/op` })
    if (req.url === '/auth/continue/1') return say(200, { access_token: token, continue: more })
    if (req.url === '/auth' && body.access_token.access[0].type === 'quote') return say(200, { access_token: token, continue: more })
    if (req.url === '/auth') {
      this.asked = body.interact.finish
      this.limits = body.access_token.access[0].limits
      return say(200, { interact: { redirect: `${url}/consent`, finish: 'their-nonce' }, continue: more })
    }
    if (req.url === '/op/quotes') {
      this.receiver = body.receiver
      return say(201, {
        id: `${url}/op/quotes/1`, walletAddress: `${url}/alice`, receiver: body.receiver, method: 'ilp', debitAmount: amount(210),
        receiveAmount: amount(200), createdAt: new Date().toISOString(), expiresAt: new Date(Date.now() + 60000).toISOString()
      })
    }
    if (req.method === 'POST' && req.url === '/op/outgoing-payments') return this.pays(res, say)
    say(404, { error: {} })
  }

  /** Where the browser goes when alice has agreed. */
  agreed() {
    const { uri, nonce } = this.asked
    const hash = createHash('sha256').update([nonce, 'their-nonce', 'a-reference', `${this.url}/auth`].join('\n')).digest('base64')
    return `${uri}?${new URLSearchParams({ hash, interact_ref: 'a-reference' })}`
  }
}

export const tests = {
  'only a clear no of the other wallet is told as one': async (t) => {
    const node = await t.serving('shop')
    await node.ok('wallet', 'add', 'bob', '--asset', 'USD')
    const payer = await new Payer().listen()
    t.defer(() => payer.close())
    for (const [what, pays, said] of [
      ['a refusal', (res, say) => say(403, { error: {} }), /Not paid/],
      ['too much to do', (res, say) => say(429, { error: {} }), /Not paid/],
      ['the connection ends', (res) => res.destroy(), null],
      ['an error', (res, say) => say(500, { error: {} }), null],
      ['an answer that is none', (res, say) => say(201, { id: 7 }), null]
    ]) {
      payer.pays = pays
      const who = new Visitor(node)
      const landing = await who.send('/bob', { headers: { accept: 'text/html' } })
      let begun
      for (let tries = 0; tries < 50 && begun?.status !== 303; tries++) {
        if (begun) await sleep(300) // each address may begin two in a second
        begun = await who.submit(landing.text(), { payer: `${payer.url}/alice`, amount: '2.00' })
      }
      assert.equal(begun.status, 303, `${what}: ${words(begun.text())}`)
      const asked = await who.get(begun.headers.location)
      assert.match(words(asked.text()), /It costs you 2\.10 USD/)
      assert.deepEqual(payer.limits, { receiver: payer.receiver, debitAmount: amount(210) }, 'this one payment and no more')
      const back = await who.get(payer.agreed())
      assert.equal(back.status, 303, what)
      const page = words((await who.get(back.headers.location)).text())
      if (said) assert.match(page, said, what)
      else assert.match(page, /Your wallet is paying .* did not say whether it made the payment/, what)
    }
  }
}
