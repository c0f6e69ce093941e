// HTTP from outside: one request per call, no retry, nothing added that the test did not ask for.

import { randomInt } from 'node:crypto'
import http from 'node:http'
import net from 'node:net'

/** -> {status, headers, body: Buffer, json()}; rejects when no complete answer came. */
export function request(url, { method = 'GET', headers = {}, body, timeoutMs = 20000, agent = false, localAddress } = {}) {
  return new Promise((resolve, reject) => {
    const req = http.request(url, { method, headers, agent, localAddress }, (res) => {
      const chunks = []
      res.on('data', (c) => chunks.push(c))
      res.on('error', reject)
      res.on('aborted', () => reject(new Error('answer cut off')))
      res.on('end', () => {
        const bytes = Buffer.concat(chunks)
        resolve({
          status: res.statusCode,
          headers: res.headers,
          body: bytes,
          text: () => bytes.toString(),
          json: () => JSON.parse(bytes.toString())
        })
      })
    })
    req.setTimeout(timeoutMs, () => req.destroy(new Error(`no answer from ${url} within ${timeoutMs} ms`)))
    req.on('error', reject)
    req.end(body)
  })
}

/**
 * A bare TCP connection: `received` grows as bytes arrive, `firstByteAt` is the time of the first.
 * `closed` resolves when the other side ends.
 */
export class RawConnection {
  static async open(port, host = '127.0.0.1') {
    const c = new RawConnection()
    c.received = Buffer.alloc(0)
    c.firstByteAt = null
    c.socket = net.connect({ port, host, noDelay: true })
    c.closed = new Promise((resolve) => c.socket.once('close', resolve))
    c.socket.on('error', () => {})
    c.socket.on('data', (chunk) => {
      c.firstByteAt ??= Date.now()
      c.received = Buffer.concat([c.received, chunk])
    })
    await new Promise((resolve, reject) => {
      c.socket.once('connect', resolve)
      c.socket.once('error', reject)
    })
    return c
  }

  write(bytes) {
    this.socket.write(bytes)
  }

  /** Waits for one complete answer with a Content-Length and gives its parts. */
  async answer(timeoutMs = 10000) {
    const end = Date.now() + timeoutMs
    for (;;) {
      const head = this.received.indexOf('\r\n\r\n')
      if (head >= 0) {
        const text = this.received.subarray(0, head).toString('latin1')
        const length = Number(/\r\ncontent-length:\s*(\d+)/i.exec(text)?.[1] ?? 0)
        if (this.received.length >= head + 4 + length) {
          const body = this.received.subarray(head + 4, head + 4 + length)
          this.received = this.received.subarray(head + 4 + length)
          return { status: Number(text.split(' ')[1]), head: text, body }
        }
      }
      if (Date.now() > end) throw new Error(`no answer; so far: ${this.received.toString('latin1')}`)
      if (this.socket.destroyed) throw new Error(`closed after ${this.received.length} bytes`)
      await sleep(5)
    }
  }

  destroy() {
    this.socket.destroy()
  }
}

export function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Calls `probe` until it gives something true; a lasting failure names `what`. */
export async function until(what, probe, timeoutMs = 20000) {
  const end = Date.now() + timeoutMs
  // Longer and longer pauses: what is waited for needs the processor more than the question.
  for (let pause = 10; ; pause = Math.min(pause * 1.5, 250)) {
    const got = await probe()
    if (got) return got
    if (Date.now() > end) throw new Error(`timed out waiting for ${what}`)
    await sleep(pause)
  }
}

// Below the ports that the kernel gives to outgoing connections, one of which could take a port
// between its choice here and its use.
const PORT_FIRST = 15000
const PORT_COUNT = 17000
const portsGiven = new Set()

function isFree(port) {
  return new Promise((resolve) => {
    const server = net.createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

/** A TCP port of 127.0.0.1 that is free, and that this process was not given before; `liked` where that one is. */
export async function freePort(liked) {
  if (liked && !portsGiven.has(liked) && (await isFree(liked))) return liked
  for (;;) {
    const port = PORT_FIRST + randomInt(PORT_COUNT)
    if (portsGiven.has(port)) continue
    portsGiven.add(port)
    if (await isFree(port)) return port
  }
}
