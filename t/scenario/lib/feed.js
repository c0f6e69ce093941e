// A price feed as [rates] url asks for it. The test says what it answers; it counts how it is asked.

import http from 'node:http'

export class Feed {
  constructor() {
    this.asked = []
    this.answer = (res) => this.json(res, '{"base":"USD","rates":{"EUR":0.91,"GBP":"0.8"}}')
  }

  async listen(port = 0) {
    this.server = http.createServer((req, res) => {
      this.asked.push({ method: req.method, url: req.url, headers: req.headers })
      this.answer(res)
    })
    await new Promise((done) => this.server.listen(port, '127.0.0.1', done))
    this.url = `http://127.0.0.1:${this.server.address().port}/prices?key=k-of-the-feed`
    this.shown = this.url.replace(/\?.*/, '')
    return this
  }

  json(res, text, status = 200) {
    res.writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
    res.end(text)
  }

  /** From now on each answer is this text. */
  gives(text, status = 200) {
    this.answer = (res) => this.json(res, text, status)
  }

  close() {
    this.server.closeAllConnections()
    return new Promise((done) => this.server.close(done))
  }
}
