// A connection that sends bytes as they are, one request after another, and reads each answer.

import net from 'node:net'

export class KeptConnection {
  constructor(port) {
    this.port = port
  }

  open() {
    const socket = net.connect({ port: this.port, host: '127.0.0.1', noDelay: true })
    this.socket = socket
    this.received = Buffer.alloc(0)
    socket.on('data', (chunk) => {
      if (this.socket !== socket) return
      this.received = Buffer.concat([this.received, chunk])
      this.look()
    })
    socket.on('error', () => {})
    socket.on('close', () => this.socket === socket && this.end({ status: 0 }))
  }

  look() {
    const head = this.received.indexOf('\r\n\r\n')
    if (head < 0) return
    const text = this.received.subarray(0, head).toString('latin1')
    const status = Number(text.split(' ')[1])
    const length = Number(/\r\ncontent-length:\s*(\d+)/i.exec(text)?.[1] ?? 0)
    if (this.received.length < head + 4 + length) return
    const body = this.received.subarray(head + 4, head + 4 + length).toString()
    this.received = this.received.subarray(head + 4 + length)
    this.end({ status, body }, /\r\nconnection:\s*close/i.test(text))
  }

  end(answer, close = true) {
    clearTimeout(this.timer)
    if (close) this.close()
    const { done } = this
    this.done = null
    done?.(answer)
  }

  close() {
    const { socket } = this
    this.socket = null
    socket?.destroy()
  }

  /** -> {status, body}; status 0: the server closed the connection without a whole answer. */
  send(bytes, { alone = false, timeoutMs = 30000 } = {}) {
    if (alone) this.close()
    if (!this.socket) this.open()
    return new Promise((done, fail) => {
      this.done = (answer) => {
        if (alone) this.close()
        done(answer)
      }
      this.timer = setTimeout(() => {
        this.done = null
        this.close()
        fail(new Error(`no answer within ${timeoutMs} ms to\n${bytes.toString('latin1')}`))
      }, timeoutMs)
      // What is alone may announce more than it brings: it ends with its last byte.
      if (alone) this.socket.end(bytes)
      else this.socket.write(bytes)
    })
  }
}
