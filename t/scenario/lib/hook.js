// A host's webhook: keeps what it got, answers as it is told, and checks every signature.

import assert from 'node:assert/strict'
import { createHmac, timingSafeEqual } from 'node:crypto'
import { Server } from './server.js'

export const HOOK_SECRET = 'whsec-of-the-test-and-its-host'

/** What a host does with a delivery; throws where the signature is not good. */
export function verify(header, body, secret = HOOK_SECRET) {
  const fields = (header ?? '').split(', ').map((f) => f.split('='))
  const t = fields.find(([k]) => k === 't')?.[1]
  assert.match(t ?? '', /^\d+$/)
  assert.ok(Math.abs(Date.now() / 1000 - Number(t)) < 300, `t=${t}`)
  const event = JSON.parse(body)
  const expected = createHmac('sha256', secret).update(`${t}.${event.id}.`).update(body).digest()
  const given = fields.filter(([k]) => k === 'v1').map(([, v]) => Buffer.from(v, 'hex'))
  assert.ok(given.some((mac) => mac.length === 32 && timingSafeEqual(mac, expected)), 'the signature is not good')
  return event
}

export class Hook extends Server {
  /** `answer(event, nth)` gives a status, or a promise of one; null drops the connection. */
  constructor(answer = () => 200, secret = HOOK_SECRET) {
    super()
    this.answer = answer
    this.secret = secret
    this.deliveries = [] // {event, status, at}
    this.problems = []
  }

  async listen(port) {
    await super.listen(port)
    this.server.keepAliveTimeout = 60000
    this.url += '/hook'
    return this
  }

  serve(request, response) {
    const chunks = []
    request.on('error', () => {})
    request.on('data', (c) => chunks.push(c))
    request.on('end', async () => {
      const body = Buffer.concat(chunks)
      let event
      try {
        assert.equal(request.method, 'POST')
        assert.equal(request.headers['content-type'], 'application/json')
        event = verify(request.headers['florin-signature'], body, this.secret)
      } catch (e) {
        this.problems.push(e)
        response.writeHead(400).end()
        return
      }
      const nth = this.deliveries.filter((d) => d.event.id === event.id).length
      const signature = request.headers['florin-signature']
      const delivery = { event, body: body.toString(), signature, status: undefined, at: Date.now() }
      this.deliveries.push(delivery)
      delivery.status = await this.answer(event, nth)
      if (delivery.status === null) request.socket.destroy()
      else response.writeHead(delivery.status, delivery.status === 302 ? { location: this.url } : {}).end()
    })
  }

  /** The events that were taken, in the order of their first taking. */
  taken() {
    const seen = new Map()
    for (const d of this.deliveries) {
      if (d.status >= 200 && d.status < 300 && !seen.has(d.event.id)) seen.set(d.event.id, d.event)
    }
    return [...seen.values()]
  }

  /** Each resource's events were taken in order and without gaps, and every signature was good. */
  check() {
    assert.deepEqual(this.problems, [])
    const next = new Map()
    for (const e of this.taken()) {
      const expected = next.get(e.data.id) ?? 1
      assert.equal(e.sequence, expected, `${e.type} of ${e.data.id}`)
      next.set(e.data.id, expected + 1)
    }
  }
}

export function hookEnv(hook, more = {}) {
  return { FLORIN_WEBHOOKS_URL: hook.url, FLORIN_WEBHOOKS_SECRET: HOOK_SECRET, FLORIN_WEBHOOKS_TIMEOUT_S: '2', ...more }
}
