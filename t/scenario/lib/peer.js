// A peer that a test scripts: an ILP-over-HTTP endpoint on loopback which records every Prepare and
// answers as its current behaviour says, and which serves SPSP for its own receivers.

import { randomBytes } from 'node:crypto'
import { sleep } from './http.js'
import { Secrets } from './secrets.js'
import { Server } from './server.js'
import * as ilp from './ilp.js'
import * as stream from './stream.js'

/** A behaviour is async (seen) -> reply bytes, or undefined when it dealt with seen.res itself. */
export class FakePeer extends Server {
  constructor(address = 'test.fake') {
    super()
    this.address = address
    this.seen = [] // {prepare, raw, req, res, at, fulfilled}, in order of arrival
    this.receivers = new Map() // name -> Receiver
    this.behave = (s) => this.receive(s)
    this.token = null // when set: the bearer token that must come
  }

  /** How many Prepares carried money or could have been fulfilled: what a payer may lose by. */
  count(filter = () => true) {
    return this.seen.filter(filter).length
  }

  receiver(name, options) {
    const r = new Receiver(`${this.address}.${name}`, options)
    this.receivers.set(name, r)
    return r
  }

  /** The default behaviour: a STREAM receiver for every name that exists, F02 for the rest. */
  receive({ prepare }) {
    for (const r of this.receivers.values()) {
      if (r.owns(prepare.destination)) return r.reply(prepare)
    }
    return ilp.reject('F02', 'no such receiver', { triggeredBy: this.address })
  }

  async serve(req, res) {
    const chunks = []
    for await (const c of req) chunks.push(c)
    const raw = Buffer.concat(chunks)
    if (req.method === 'GET') return this.#spsp(req, res)
    if (this.token && req.headers.authorization !== `Bearer ${this.token}`) {
      res.writeHead(401).end()
      return
    }
    const s = { prepare: ilp.decode(raw), raw, req, res, at: Date.now() }
    this.seen.push(s)
    const reply = await this.behave(s)
    s.fulfilled = Boolean(reply) && reply[0] === ilp.FULFILL
    if (reply && !res.writableEnded) answer(res, reply)
  }

  #spsp(req, res) {
    const r = this.receivers.get(new URL(req.url, this.url).pathname.slice(1))
    if (!r) {
      res.writeHead(404, { 'content-type': 'application/spsp4+json' })
      res.end(JSON.stringify({ id: 'InvalidReceiverError', message: 'no such receiver' }))
      return
    }
    if (!/spsp/.test(req.headers.accept ?? '')) return this.#document(req, res, r)
    const { destination, secret } = r.connection()
    res.writeHead(200, { 'content-type': 'application/spsp4+json', 'cache-control': 'no-cache' })
    res.end(JSON.stringify({ destination_account: destination, shared_secret: secret.toString('base64') }))
  }

  #document(req, res, r) {
    const { assetCode, assetScale } = r
    const id = `${this.url}${req.url}`
    res.writeHead(200, { 'content-type': 'application/json' })
    res.end(JSON.stringify({ id, assetCode, assetScale, authServer: `${id}/auth`, resourceServer: `${id}/op` }))
  }
}

function answer(res, body) {
  res.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': body.length })
  res.end(body)
}

/** Keeps what one name receives; each connection has its own token and secret. */
export class Receiver {
  /**
   * asset: told when asked; stopAfter: units after which money is refused with F99 (stopClose: and
   * the connection is closed); maxPacket: F08 above it; per: called with each accepted amount.
   */
  constructor(base, { assetCode = 'USD', assetScale = 2, stopAfter, stopClose = false, maxPacket } = {}) {
    Object.assign(this, { base, assetCode, assetScale, stopAfter, stopClose, maxPacket })
    this.secrets = new Map()
    this.told = new Secrets()
    this.received = 0n
    this.packets = 0
  }

  connection() {
    const token = randomBytes(12).toString('base64url')
    const secret = randomBytes(32)
    this.secrets.set(token, secret)
    const connection = { destination: `${this.base}.${token}`, secret }
    this.told.addConnection(connection)
    return connection
  }

  owns(destination) {
    return destination === this.base || destination.startsWith(`${this.base}.`)
  }

  secretOf(destination) {
    return this.secrets.get(destination.slice(this.base.length + 1).split('.')[0])
  }

  reply(prepare) {
    const secret = this.secretOf(prepare.destination)
    if (!secret) return ilp.reject('F02', '', { triggeredBy: this.base })
    if (this.maxPacket !== undefined && prepare.amount > this.maxPacket) {
      return ilp.reject('F08', '', {
        triggeredBy: this.base,
        data: ilp.f08Data(prepare.amount, this.maxPacket)
      })
    }
    const request = stream.read(secret, prepare.data)
    if (!request) return ilp.reject('F06', '', { triggeredBy: this.base })

    const frames = []
    if (stream.frame(request, 'ConnectionNewAddress')) {
      const { assetCode, assetScale } = this
      frames.push({
        name: 'ConnectionAssetDetails',
        sourceAssetCode: assetCode,
        sourceAssetScale: assetScale
      })
    }
    const closing = stream.frame(request, 'ConnectionClose')
    const fulfillment = stream.fulfillment(secret, prepare.data)
    const payable = ilp.sha256(fulfillment).equals(prepare.condition)
    const full = this.stopAfter !== undefined && this.received + prepare.amount > this.stopAfter
    if (closing || !payable || prepare.amount < request.amount || full) {
      if (full && payable && this.stopClose) {
        frames.push({ name: 'ConnectionClose', errorCode: 9, errorMessage: 'enough' })
      }
      const data = this.#seal(secret, ilp.REJECT, request, prepare, frames)
      return ilp.reject('F99', '', { triggeredBy: this.base, data })
    }
    this.received += prepare.amount
    this.packets++
    const data = this.#seal(secret, ilp.FULFILL, request, prepare, frames)
    return ilp.encode({ type: ilp.FULFILL, fulfillment, data })
  }

  #seal(secret, packetType, request, prepare, frames) {
    const { sequence } = request
    return stream.seal(secret, stream.encode({ packetType, sequence, amount: prepare.amount, frames }))
  }
}

/** Ways to answer a Prepare. Those that take `peer` fall back on its receivers for probes. */
export const behaviours = {
  preimage: (fulfillment) => () => ilp.encode({ type: ilp.FULFILL, fulfillment }),

  reject:
    (code, options = {}) =>
    () =>
      ilp.reject(code, options.message ?? '', options),

  bytes: (bytes) => () => bytes,

  status:
    (code) =>
    ({ res }) => {
      res.writeHead(code, { 'content-type': 'text/plain' })
      res.end('scripted refusal\n')
    },

  never: () => () => undefined,

  /** The right answer, sent `ms` after the packet's expiry as this peer was told it. */
  late: (reply, ms) => async (s) => {
    const body = await reply(s)
    await sleep(Math.max(0, s.prepare.expiresAt - Date.now()) + ms)
    return body
  },

  slow: (reply, ms) => async (s) => {
    await sleep(ms)
    return reply(s)
  },

  /** Two complete HTTP answers for one request; the second must not become another packet's. */
  twice: (reply) => async (s) => {
    const body = await reply(s)
    const head = `HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: ${body.length}\r\n\r\n`
    const one = Buffer.concat([Buffer.from(head), body])
    s.req.socket.write(Buffer.concat([one, one]))
  },

  /** Reads the whole request, then ends the connection without a byte. */
  readAndClose: () => (s) => {
    s.req.socket.destroy()
  },

  /** An answer that says one length and ends before it. */
  cutOff: (reply) => async (s) => {
    const body = await reply(s)
    const head = `HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: ${body.length}\r\n\r\n`
    s.req.socket.end(Buffer.concat([Buffer.from(head), body.subarray(0, body.length - 1)]))
  }
}
