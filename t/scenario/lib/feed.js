// A price feed as [rates] url asks for it. The test says what it answers; it counts how it is asked.

import { Server } from './server.js'

export class Feed extends Server {
  constructor() {
    super()
    this.asked = []
    this.answer = (res) => this.json(res, '{"base":"USD","rates":{"EUR":0.91,"GBP":"0.8"}}')
  }

  async listen(port) {
    await super.listen(port)
    this.url += '/prices?key=k-of-the-feed'
    this.shown = this.url.replace(/\?.*/, '')
    return this
  }

  serve(req, res) {
    this.asked.push({ method: req.method, url: req.url, headers: req.headers })
    this.answer(res)
  }

  json(res, text, status = 200) {
    res.writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
    res.end(text)
  }

  /** From now on each answer is this text. */
  gives(text, status = 200) {
    this.answer = (res) => this.json(res, text, status)
  }
}
