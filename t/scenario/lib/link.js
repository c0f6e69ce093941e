// The test as a peer of a florin node: it posts Prepares to /ilp and reads what comes back.

import { randomBytes } from 'node:crypto'
import http from 'node:http'
import { request } from './http.js'
import * as ilp from './ilp.js'
import * as stream from './stream.js'

export class Link {
  /** `token` is what the node was given as --incoming-token for this peer. */
  constructor(node, token) {
    this.node = node
    this.token = token
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 64 })
  }

  /** Raw bytes to /ilp -> the HTTP answer. */
  post(bytes, headers = {}) {
    return request(`${this.node.url}/ilp`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.token}`,
        'content-type': 'application/octet-stream',
        'content-length': bytes.length,
        ...headers
      },
      body: bytes,
      agent: this.agent,
      timeoutMs: 45000
    })
  }

  /** A packet object or its bytes -> the decoded ILP reply (HTTP 200 is required). */
  async send(prepare) {
    const bytes = Buffer.isBuffer(prepare) ? prepare : ilp.encode(prepare)
    const r = await this.post(bytes)
    if (r.status !== 200) throw new Error(`POST /ilp: ${r.status} ${r.text()}`)
    return { ...ilp.decode(r.body), bytes: r.body }
  }

  close() {
    this.agent.destroy()
  }
}

/** A Prepare with sensible members; `fields` replaces any of them. */
export function prepare(fields) {
  return {
    type: ilp.PREPARE,
    amount: 0n,
    expiresAt: Date.now() + 20000,
    condition: randomBytes(32),
    data: Buffer.alloc(0),
    ...fields
  }
}

/** The sending half of one STREAM connection, a packet at a time. */
export class StreamSender {
  constructor(link, { destination, secret }) {
    this.link = link
    this.destination = destination
    this.secret = secret
    this.sequence = 0n
  }

  /** The Prepare of one STREAM packet, not sent yet. */
  packet({
    amount = 0n,
    minAmount = 0n,
    frames = [{ name: 'StreamMoney', streamId: 1n, shares: 1n }],
    fulfillable = true,
    sequence = ++this.sequence,
    packetType = ilp.PREPARE,
    plaintext,
    ...fields
  }) {
    const clear = plaintext ?? stream.encode({ packetType, sequence, amount: minAmount, frames })
    const data = stream.seal(this.secret, clear)
    return prepare({
      amount,
      destination: this.destination,
      data,
      condition: fulfillable ? stream.condition(this.secret, data) : randomBytes(32),
      ...fields
    })
  }

  /** Sends one -> {reply, stream, valid}; `valid` tells whether a Fulfill's preimage is the right one. */
  async send(options) {
    const p = this.packet(options)
    const reply = await this.link.send(p)
    return {
      prepare: p,
      reply,
      stream: stream.read(this.secret, reply.data),
      valid: reply.type === ilp.FULFILL && ilp.sha256(reply.fulfillment).equals(p.condition)
    }
  }
}
