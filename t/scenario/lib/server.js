// HTTP servers of the test's own, on loopback: hosts, shops, wallets and whatever else a node calls.

import http from 'node:http'

/** What a subclass answers with `serve(req, res)`; what that throws ends the connection. */
export class Server {
  /** -> itself, with `port` and `url`. 0: a port that the system chooses. */
  async listen(port = 0) {
    this.server = http.createServer((req, res) => Promise.resolve(this.serve(req, res)).catch(() => res.destroy()))
    await new Promise((done, fail) => {
      this.server.once('error', fail)
      this.server.listen(port, '127.0.0.1', done)
    })
    this.port = this.server.address().port
    this.url = `http://127.0.0.1:${this.port}`
    return this
  }

  /** With its connections, whatever they are in the middle of. */
  close() {
    const done = new Promise((done) => this.server.close(done))
    this.server.closeAllConnections()
    return done
  }
}

/** A server of what `handler` answers, until the test's end -> its URL. */
export async function serving(t, handler) {
  const server = new Server()
  server.serve = async (req, res) => handler(req, res)
  await server.listen()
  t.defer(() => server.close())
  return server.url
}
