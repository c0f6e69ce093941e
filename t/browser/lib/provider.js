// A wallet provider that is an enemy: it speaks Open Payments well enough to be listened to, and says in one member of one
// answer what the test wants.

import { usd } from '../../scenario/lib/answers.js'
import { serving } from '../../scenario/lib/server.js'
import { randomUUID } from 'node:crypto'

/** Puts `value` at "a.b.c" of `document`; undefined takes it away. */
function put(document, path, value) {
  const names = path.split('.')
  const last = names.pop()
  const at = names.reduce((o, name) => o[name], document)
  if (value === undefined) delete at[last]
  else at[last] = value
  return document
}

export class HostileProvider {
  /** `spoil`: {of, member, value, as}: `value` stands in that member of the answer to `of`, which has the status `as`. */
  constructor() {
    this.spoiled = {}
    this.round = 0
    this.asked = new Map() // what was asked -> how often
    this.clients = null // path -> {publicName, keys} of those who ask for grants
    this.connection = null // () => {destination, secret} of a receiver that can be paid
  }

  get spoil() {
    return this.spoiled
  }

  /** With each one the grants of before are of another server. */
  set spoil(spoil) {
    this.spoiled = spoil
    this.round++
  }

  async listen(t) {
    this.url = await serving(t, (req, res) => {
      const parts = []
      req.on('data', (c) => parts.push(c))
      req.on('end', () => this.#answer(req, Buffer.concat(parts), res).catch(() => res.destroy()))
    })
    return this
  }

  async #answer(req, body, res) {
    const [what, document, status = 200] = await this.#say(req, body)
    this.asked.set(what, (this.asked.get(what) ?? 0) + 1)
    const { of, member, value, as } = this.spoil
    let text
    if (of !== what) text = JSON.stringify(document)
    else if (member === '*') text = String(value) // no JSON at all
    else text = JSON.stringify(put(document, member, value))
    res.writeHead(of === what && as ? as : status, { 'content-type': 'application/json' })
    res.end(text)
  }

  async #say(req, body) {
    const { url } = this
    const auth = `${url}/auth/${this.round}`
    const path = req.url.replace(/\?.*/, '')
    const asks = body.length ? JSON.parse(body) : {}
    const connection = async () => (this.connection ? await this.connection() : { destination: 'test.nowhere', secret: Buffer.alloc(32) })
    if (/spsp/.test(req.headers.accept ?? '')) {
      const { destination, secret } = await connection()
      return ['spsp', { destination_account: destination, shared_secret: secret.toString('base64') }]
    }
    if (/^\/auth\/\d+$/.test(path)) {
      const type = asks.access_token?.access?.[0]?.type
      if (type === 'outgoing-payment') {
        const access_token = { value: 'more' }
        return ['consent', { interact: { redirect: `${url}/consent`, finish: 'nonce' }, continue: { access_token, uri: `${url}/auth/continue/1`, wait: 1 } }]
      }
      return ['grant', { access_token: { value: randomUUID(), manage: `${url}/auth/token/1`, expires_in: 600, access: [] }, continue: { access_token: { value: 'c' }, uri: `${url}/auth/continue/2` } }]
    }
    if (path === '/op/quotes') return ['quote', { id: `${url}/op/quotes/1`, walletAddress: `${url}/bob`, receiver: asks.receiver, method: 'ilp', debitAmount: usd('100'), receiveAmount: usd('100'), createdAt: new Date().toISOString() }, 201]
    if (/^\/op(\/\d+)?\/incoming-payments/.test(path)) {
      if (req.method === 'GET' && !req.headers.authorization) return ['public', { authServer: auth, receivedAmount: usd('0') }]
      const { destination, secret } = await connection()
      const made = req.method === 'POST'
      return [
        'incoming',
        {
          id: made ? `${url}/op/incoming-payments/${randomUUID()}` : `${url}${path}`, walletAddress: `${url}/bob`, completed: false, receivedAmount: usd('0'),
          incomingAmount: made ? asks.incomingAmount : usd('100'), metadata: { description: 'Tea' }, createdAt: new Date().toISOString(),
          methods: [{ type: 'ilp', ilpAddress: destination, sharedSecret: secret.toString('base64url') }]
        },
        made ? 201 : 200
      ]
    }
    const client = this.clients?.get(path.replace(/\/jwks\.json$/, ''))
    if (client && path.endsWith('jwks.json')) return ['keys', { keys: client.keys }]
    const document = { id: `${url}${path}`, publicName: 'Bob Example', assetCode: 'USD', assetScale: 2, authServer: auth, resourceServer: `${url}/op` }
    if (client) document.publicName = client.publicName
    return ['wallet', document]
  }
}
