// A person's device that holds passkeys (WebAuthn Level 2, 6): ES256, made and used without a browser.

import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { forms } from './pages.js'

const sha256 = (bytes) => createHash('sha256').update(bytes).digest()
const text = (bytes) => Buffer.from(bytes).toString('base64url')
const PRESENT = 0x01
const VERIFIED = 0x04
const HAS_KEY = 0x40

export class Device {
  constructor(node) {
    this.origin = node.url
    this.host = new URL(node.url).hostname
    this.id = randomBytes(16)
    this.count = 0
    this.keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  }

  said(type, challenge) {
    return Buffer.from(JSON.stringify({ type, challenge, origin: this.origin, crossOrigin: false }))
  }

  data(flags, more = Buffer.alloc(0)) {
    const head = Buffer.alloc(5)
    head[0] = flags
    head.writeUInt32BE(++this.count, 1)
    return Buffer.concat([sha256(this.host), head, more])
  }

  /** The fields of the form that makes a passkey. */
  made(challenge) {
    const { x, y } = this.keys.publicKey.export({ format: 'jwk' })
    // {1: 2, 3: -7, -1: 1, -2: x, -3: y} of RFC 9053 7.1
    const cose = Buffer.concat([
      Buffer.from('a5010203262001215820', 'hex'), Buffer.from(x, 'base64url'), Buffer.from('225820', 'hex'), Buffer.from(y, 'base64url')
    ])
    const credential = Buffer.concat([Buffer.alloc(16), Buffer.from([0, this.id.length]), this.id, cose])
    return { clientData: text(this.said('webauthn.create', challenge)), authData: text(this.data(PRESENT | VERIFIED | HAS_KEY, credential)) }
  }

  /** Those of a form that is signed. */
  signed(challenge, { flags = PRESENT | VERIFIED, type = 'webauthn.get' } = {}) {
    const said = this.said(type, challenge)
    const data = this.data(flags)
    return {
      credential: text(this.id),
      clientData: text(said),
      authData: text(data),
      signature: text(sign('sha256', Buffer.concat([data, sha256(said)]), this.keys.privateKey))
    }
  }

  /** Becomes a passkey of who is signed in. */
  async enrol(visitor, password, name = 'phone') {
    const page = await visitor.submitTo((await visitor.get('/wallet/passkeys')).text(), '/wallet/passkeys/new', { password })
    const form = forms(page.text()).find((f) => f.action === '/wallet/passkeys')
    return visitor.post(form.action, { ...form.fields, name, ...this.made(form['data-challenge']) })
  }
}
