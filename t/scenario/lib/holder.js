// The holder of a wallet, who agrees in a browser or declines, and the client that asks.

import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { run } from './node.js'
import { Visitor } from './pages.js'

export const PASSWORD = 'correct horse battery'

/** Adds a wallet whose user has a password. */
export async function addHolder(node, wallet, ...more) {
  const words = ['wallet', 'add', wallet, '--password-stdin', ...more]
  const r = await run(['-C', node.dir, ...words], { env: node.env, input: `${PASSWORD}\n` })
  assert.equal(r.code, 0, r.stderr)
}

export class Holder {
  constructor(node, wallet = 'alice') {
    this.node = node
    this.wallet = wallet
    this.visitor = new Visitor(node)
  }

  /** Decides on what the client asks -> the query with which the browser is sent back, or null. */
  async decide(redirect, decision = 'accept') {
    let page = await this.visitor.get(redirect)
    if (page.text().includes('name="wallet"')) {
      const signedIn = await this.visitor.submit(page.text(), { wallet: this.wallet, password: PASSWORD })
      assert.equal(signedIn.status, 303, signedIn.text())
      page = await this.visitor.get(redirect)
    }
    const password = decision === 'accept' && page.text().includes('name="password"') ? { password: PASSWORD } : {}
    const left = await this.visitor.submit(page.text(), { decision, ...password })
    assert.equal(left.status, 303, left.text())
    return Object.fromEntries(new URL(left.headers.location, this.node.url).searchParams)
  }
}

/** What a client asks a holder for, `finish`: an address of the client's, true for one that nobody opens -> {redirect, go(json, options), cancel(), decide(decision)}. */
export async function ask(holder, client, access, { finish = true } = {}) {
  const { node } = holder
  const nonce = randomUUID()
  const interact = { start: ['redirect'] }
  if (finish) interact.finish = { method: 'redirect', uri: finish === true ? 'http://127.0.0.1:9/back' : finish, nonce }
  const asked = await client.grant(node, { access, interact })
  assert.equal(asked.status, 200, asked.text())
  const { interact: there, continue: more } = asked.json()
  const token = more.access_token.value
  return {
    redirect: there.redirect,
    more,
    go: (json, options = {}) => client.call('POST', more.uri, { token, json, ...options }),
    cancel: () => client.call('DELETE', more.uri, { token }),
    decide: async (decision) => {
      const query = await holder.decide(there.redirect, decision)
      if (query.hash) {
        const base = [nonce, there.finish, query.interact_ref, `${node.url}/auth`].join('\n')
        assert.equal(query.hash, createHash('sha256').update(base).digest('base64'))
      }
      return query
    }
  }
}

/** A grant that was agreed to and given -> {token, manage, access, cancel()}. */
export async function agreed(holder, client, access) {
  const asked = await ask(holder, client, access)
  const { interact_ref } = await asked.decide('accept')
  const given = await asked.go({ interact_ref })
  assert.equal(given.status, 200, given.text())
  const { access_token: token } = given.json()
  return { token: token.value, manage: token.manage, access: token.access, more: asked.more, cancel: asked.cancel }
}
