import { randomUUID } from 'node:crypto'
import { sleep } from './http.js'
import { Server } from './server.js'

/** A wallet's server that a test scripts: documents, grants and incoming payments of one wallet. */
export class WalletServer extends Server {
  constructor(receiver) {
    super()
    this.receiver = receiver
    this.calls = [] // "METHOD path status"
    this.tokens = new Set()
    this.payments = new Map()
    this.expiresIn = 600
    this.grantStatus = 200 // another one: no grant is given
    this.refuseOnce = 0 // so many signed requests get 401
    this.rotationMs = 0 // a token is rotated only then
    this.auth = '/auth' // the authorization server; another one is known no more
  }

  amount(value) {
    return { value: String(value), assetCode: 'USD', assetScale: 2 }
  }

  add({ incomingAmount, expiresAt, metadata } = {}) {
    const id = `${this.url}/op/incoming-payments/${randomUUID()}`
    const { destination, secret } = this.receiver.connection()
    this.payments.set(id, {
      id, walletAddress: `${this.url}/bob`, completed: false, incomingAmount, metadata,
      receivedAmount: this.amount(0), createdAt: new Date().toISOString(),
      expiresAt: expiresAt ?? new Date(Date.now() + 600000).toISOString(),
      methods: [{ type: 'ilp', ilpAddress: destination, sharedSecret: secret.toString('base64url') }]
    })
    return this.payments.get(id)
  }

  async serve(req, res) {
    const chunks = []
    for await (const c of req) chunks.push(c)
    const body = chunks.length ? JSON.parse(Buffer.concat(chunks)) : undefined
    if (this.rotationMs && /\/auth\/token\//.test(req.url)) await sleep(this.rotationMs)
    const [status, answer] = this.#answer(req, body)
    this.calls.push(`${req.method} ${req.url.replace(/[0-9a-f-]{36}/, 'ID')} ${status}`)
    res.writeHead(status, { 'content-type': 'application/json' })
    res.end(answer === undefined ? '' : JSON.stringify(answer))
  }

  #answer(req, body) {
    const signed = /keyid="[^"]+"/.test(req.headers['signature-input'] ?? '') && /^sig1=:/.test(req.headers.signature ?? '')
    const token = (req.headers.authorization ?? '').replace(/^GNAP /, '')
    if (req.url === '/bob') {
      const { url } = this
      return [200, { id: `${url}/bob`, publicName: 'Bob', assetCode: 'USD', assetScale: 2, authServer: url + this.auth, resourceServer: `${url}/op` }]
    }
    if (/^(\/other)?\/auth(\/token\/.*)?$/.test(req.url)) {
      if (!signed || !req.url.startsWith(this.auth)) return [401, { error: { code: 'invalid_client' } }]
      if (this.grantStatus !== 200) return [this.grantStatus, { error: {} }]
      if (req.url === this.auth) this.asked = body
      else if (!this.tokens.delete(token)) return [404, { error: { code: 'invalid_rotation' } }]
      const value = randomUUID()
      this.tokens.add(value)
      return [200, {
        access_token: { value, manage: `${this.url}${this.auth}/token/${randomUUID()}`, expires_in: this.expiresIn, access: [] },
        continue: { access_token: { value: 'c' }, uri: `${this.url}/auth/continue/1` }
      }]
    }
    const payment = this.payments.get(`${this.url}${req.url.replace(/\/complete$/, '')}`)
    if (req.method === 'GET' && !req.headers.authorization) {
      return payment ? [200, { authServer: this.url + this.auth, receivedAmount: payment.receivedAmount }] : [404, { error: {} }]
    }
    if (!signed || !this.tokens.has(token) || this.refuseOnce-- > 0) return [401, { error: { description: 'Invalid Token' } }]
    if (req.method === 'POST' && req.url === '/op/incoming-payments') return [201, this.add(body)]
    if (!payment) return [404, { error: {} }]
    if (req.url.endsWith('/complete')) payment.completed = true
    return [200, payment]
  }
}
