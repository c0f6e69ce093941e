// The test as one end of a BTP link: WebSocket frames and BTP packets written from the texts (RFC 6455,
// RFC 0023), with every way to break them.

import { createHash, randomBytes } from 'node:crypto'
import http from 'node:http'
import { Reader, varOctets } from './oer.js'
import * as ilp from './ilp.js'

export const RESPONSE = 1
export const ERROR = 2
export const MESSAGE = 6
export const TRANSFER = 7

const TEXT = 1
const BINARY = 2
const CLOSE = 8
const PING = 9
const SEAL = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const NOTHING = Buffer.alloc(0)

function entriesOf(reader) {
  const entries = {}
  for (let n = reader.varUint(); n > 0n; n--) {
    const name = reader.varOctets().toString()
    const contentType = reader.u8()
    entries[name] = { contentType, data: reader.varOctets() }
  }
  return entries
}

export function decode(bytes) {
  const outer = new Reader(bytes)
  const type = outer.u8()
  const id = outer.octets(4).readUInt32BE()
  const r = new Reader(outer.varOctets())
  const p = { type, id }
  if (type === TRANSFER) p.amount = r.u64()
  if (type === ERROR) {
    p.code = r.octets(3).toString()
    p.name = r.varOctets().toString()
    p.triggeredAt = r.varOctets().toString()
    p.data = r.varOctets().toString()
  }
  return { ...p, entries: entriesOf(r) }
}

/** entries: [[name, contentType, data]]. */
export function encode({ type, id, entries = [], head = NOTHING }) {
  const number = Buffer.alloc(4)
  number.writeUInt32BE(id)
  const parts = entries.map(([name, contentType, data]) =>
    Buffer.concat([varOctets(Buffer.from(name)), Buffer.from([contentType]), varOctets(Buffer.from(data))])
  )
  const contents = Buffer.concat([head, Buffer.from([1, entries.length]), ...parts])
  return Buffer.concat([Buffer.from([type]), number, varOctets(contents)])
}

export const ilpEntry = (packet) => [['ilp', 0, packet]]

export function greeting(token, id = 1) {
  return encode({
    type: MESSAGE,
    id,
    entries: [['auth', 0, ''], ['auth_username', 1, ''], ...(token === null ? [] : [['auth_token', 1, token]])]
  })
}

/** One frame; `masked` as a client's must be. */
export function frame(opcode, payload, { masked, fin = true } = {}) {
  const n = payload.length
  const head = [(fin ? 0x80 : 0) | opcode]
  if (n < 126) head.push(n)
  else if (n < 65536) head.push(126, n >> 8, n & 255)
  else head.push(127, 0, 0, 0, 0, (n >>> 24) & 255, (n >> 16) & 255, (n >> 8) & 255, n & 255)
  if (!masked) return Buffer.concat([Buffer.from(head), payload])
  head[1] |= 0x80
  const mask = randomBytes(4)
  return Buffer.concat([Buffer.from(head), mask, payload.map((b, i) => b ^ mask[i & 3])])
}

/** One end of an open WebSocket. */
export class BtpEnd {
  constructor(socket, early, { masked }) {
    this.socket = socket
    this.masked = masked
    this.waiting = new Map() // id -> resolve
    this.nextId = 100
    this.seen = [] // the other side's Prepares: {id, prepare, raw}
    this.greetings = []
    this.heard = [] // whatever was not asked for
    this.closeCode = null
    this.behave = () => ilp.reject('F02', 'nothing is here', { triggeredBy: 'test.btp' })
    this.buffer = NOTHING
    this.closed = new Promise((resolve) => socket.once('close', resolve))
    socket.on('error', () => {})
    socket.on('data', (chunk) => this.#take(chunk))
    if (early.length) this.#take(early)
  }

  frame(opcode, payload, options) {
    this.socket.write(frame(opcode, payload, { masked: this.masked, ...options }))
  }

  write(bytes) {
    this.frame(BINARY, bytes)
  }

  writeText(text) {
    this.frame(TEXT, Buffer.from(text))
  }

  ping() {
    this.frame(PING, Buffer.from('x'))
  }

  /** A packet as a Message -> what answers it, or null where the end comes first. */
  ask(packet, id = this.nextId++) {
    const answer = new Promise((resolve) => this.waiting.set(id, resolve))
    this.write(encode({ type: MESSAGE, id, entries: ilpEntry(packet) }))
    return Promise.race([answer, this.closed.then(() => null)])
  }

  /** As Link.send: a packet object or its bytes -> the decoded ILP reply. */
  async send(prepare) {
    const answer = await this.ask(Buffer.isBuffer(prepare) ? prepare : ilp.encode(prepare))
    if (!answer?.entries?.ilp) throw new Error(`no ILP answer: ${JSON.stringify(answer)}`)
    const bytes = answer.entries.ilp.data
    return { ...ilp.decode(bytes), bytes }
  }

  respond(id, packet) {
    this.write(encode({ type: RESPONSE, id, entries: packet ? ilpEntry(packet) : [] }))
  }

  destroy() {
    this.socket.destroy()
  }

  #take(chunk) {
    this.buffer = Buffer.concat([this.buffer, chunk])
    for (;;) {
      const f = readFrame(this.buffer)
      if (!f) return
      this.buffer = this.buffer.subarray(f.size)
      this.#frame(f)
    }
  }

  #frame({ opcode, payload, masked }) {
    if (masked === this.masked) throw new Error('a frame that is masked the wrong way')
    if (opcode === CLOSE) {
      this.closeCode = payload.length >= 2 ? payload.readUInt16BE() : 1005
      this.frame(CLOSE, payload)
      this.socket.end()
    } else if (opcode === BINARY) {
      this.#packet(decode(payload))
    } else {
      this.heard.push({ opcode })
    }
  }

  #packet(p) {
    if (p.type === MESSAGE && p.entries.auth) {
      this.greetings.push(p)
      this.greeted?.(p)
    } else if (p.type === MESSAGE) {
      const raw = p.entries.ilp.data
      const seen = { id: p.id, prepare: ilp.decode(raw), raw }
      this.seen.push(seen)
      Promise.resolve(this.behave(seen)).then((reply) => reply && this.respond(p.id, reply))
    } else if (this.waiting.has(p.id)) {
      this.waiting.get(p.id)(p)
      this.waiting.delete(p.id)
    } else {
      this.heard.push(p)
    }
  }
}

function readFrame(b) {
  if (b.length < 2) return null
  const masked = Boolean(b[1] & 0x80)
  let n = b[1] & 0x7f
  let at = 2
  if (n === 126) {
    if (b.length < 4) return null
    n = b.readUInt16BE(2)
    at = 4
  } else if (n === 127) {
    if (b.length < 10) return null
    n = Number(b.readBigUInt64BE(2))
    at = 10
  }
  const mask = masked ? b.subarray(at, at + 4) : null
  if (masked) at += 4
  if (b.length < at + n) return null
  const payload = Buffer.from(b.subarray(at, at + n))
  if (mask) for (let i = 0; i < n; i++) payload[i] ^= mask[i & 3]
  return { opcode: b[0] & 15, payload, masked, size: at + n }
}

/** A WebSocket to a node's /ilp/btp that has said nothing yet. */
export function openSocket(node, headers = {}) {
  return new Promise((resolve, reject) => {
    const rq = http.request(`${node.url}/ilp/btp`, {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': randomBytes(16).toString('base64'),
        ...headers
      }
    })
    rq.on('upgrade', (res, socket, early) => resolve(new BtpEnd(socket, early, { masked: true })))
    rq.on('response', (res) => {
      res.resume()
      reject(Object.assign(new Error(`no upgrade: ${res.statusCode}`), { status: res.statusCode }))
    })
    rq.on('error', reject)
    rq.end()
  })
}

/** The same, let in with this token. */
export async function dial(t, node, token) {
  const end = await openSocket(node)
  t.defer(() => end.destroy())
  const answer = new Promise((resolve) => end.waiting.set(1, resolve))
  end.write(greeting(token))
  const p = await Promise.race([answer, end.closed.then(() => null)])
  if (p?.type !== RESPONSE) throw new Error(`not let in: ${JSON.stringify(p)}`)
  return end
}

/** A server that nodes dial: `ends` are its connections, the newest last. */
export class BtpServer {
  constructor(token) {
    this.token = token
    this.ends = []
    this.behave = undefined
  }

  async listen(port = 0) {
    this.server = http.createServer((req, res) => res.writeHead(404).end())
    this.server.on('upgrade', (req, socket, early) => this.#upgrade(req, socket, early))
    await new Promise((done) => this.server.listen(port, '127.0.0.1', done))
    this.port = this.server.address().port
    this.url = `btp+ws://127.0.0.1:${this.port}/btp`
    return this
  }

  close() {
    for (const end of this.ends) end.destroy()
    return new Promise((done) => this.server.close(done))
  }

  get end() {
    return this.ends.at(-1)
  }

  #upgrade(req, socket, early) {
    const accept = createHash('sha1').update(req.headers['sec-websocket-key'] + SEAL).digest('base64')
    const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade']
    socket.write(`${[...lines, `Sec-WebSocket-Accept: ${accept}`].join('\r\n')}\r\n\r\n`)
    const end = new BtpEnd(socket, early, { masked: false })
    if (this.behave) end.behave = this.behave
    end.greeted = (p) => {
      if (p.entries.auth_token?.data.toString() === this.token) end.respond(p.id)
      else end.write(encode({ type: ERROR, id: p.id, head: errorHead('F00', 'NotAcceptedError') }))
    }
    this.ends.push(end)
  }
}

export function errorHead(code, name) {
  return Buffer.concat([
    Buffer.from(code),
    varOctets(Buffer.from(name)),
    varOctets(Buffer.from('20260101000000Z')),
    varOctets(NOTHING)
  ])
}
