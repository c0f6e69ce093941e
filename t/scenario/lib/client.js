// An Open Payments client: a key, signed requests, and a server that publishes its wallet address.

import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { request } from './http.js'
import { serving } from './server.js'

export class Client {
  /** `address`: the wallet address it goes by; null: a client that sends its key. */
  constructor(address = null, kid = randomUUID()) {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    this.address = address
    this.kid = kid
    this.privateKey = privateKey
    this.jwk = { kid, alg: 'EdDSA', use: 'sig', ...publicKey.export({ format: 'jwk' }) }
  }

  /** Publishes `{jwk, publicName}` at an address of its own; `documents` counts what was asked for. */
  static async published(t, { publicName = 'A shop', path = '/shop' } = {}) {
    const client = new Client()
    client.keys = [client.jwk]
    client.asked = []
    const url = await serving(t, (req, res) => {
      client.asked.push(req.url)
      const body =
        req.url === path
          ? client.document
          : req.url === `${path}/jwks.json`
            ? { keys: client.keys }
            : null
      res.writeHead(body ? 200 : 404, { 'content-type': 'application/json' })
      res.end(JSON.stringify(body ?? {}))
    })
    client.address = url + path
    client.document = { id: client.address, publicName, assetCode: 'USD', assetScale: 2 }
    return client
  }

  /** The headers of a signed request. `covered` replaces what is covered. */
  headers(method, url, { token, body, created = Math.floor(Date.now() / 1000), covered, nonce, idempotencyKey } = {}) {
    const headers = {}
    if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey
    if (token) headers.authorization = `GNAP ${token}`
    if (body !== undefined) {
      headers['content-type'] = 'application/json'
      headers['content-length'] = String(Buffer.byteLength(body))
      headers['content-digest'] = `sha-512=:${createHash('sha512').update(body).digest('base64')}:`
    }
    const names = covered ?? ['@method', '@target-uri', ...Object.keys(headers)]
    const value = { '@method': method, '@target-uri': url, ...headers }
    const params = `(${names.map((n) => `"${n}"`).join(' ')});keyid="${this.kid}";created=${created}${nonce === undefined ? '' : `;nonce="${nonce}"`}`
    const base = [...names.map((n) => `"${n}": ${value[n]}`), `"@signature-params": ${params}`].join('\n')
    headers['signature-input'] = `sig1=${params}`
    headers.signature = `sig1=:${sign(null, Buffer.from(base), this.privateKey).toString('base64')}:`
    return headers
  }

  /** A signed request; `json` is its body. */
  async call(method, url, { json, token, headers = {}, ...options } = {}) {
    const body = json === undefined ? undefined : JSON.stringify(json)
    return request(url, {
      method,
      headers: { ...this.headers(method, url, { token, body, ...options }), ...headers },
      body
    })
  }

  /** POST /auth of a node: `{access, subject, interact}` or whatever else the body holds. */
  grant(node, { access, ...rest } = {}, options = {}) {
    const client = this.address ?? { jwk: this.jwk }
    const json = { client, ...(access ? { access_token: { access } } : {}), ...rest }
    return this.call('POST', `${node.url}/auth`, { json, ...options })
  }
}
