// Names that lead where a test wants: a small library is loaded into the node (fake_names.c).

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import net from 'node:net'
import { ROOT } from './node.js'

/** -> the environment for a node, where `names` is {name: 'address/port|address/port>...'}. */
export async function fakeNames(t, names) {
  const library = join(t.dir, 'fake_names.so')
  const source = join(ROOT, 't/scenario/lib/fake_names.c')
  await promisify(execFile)(process.env.CC ?? 'cc', ['-shared', '-fPIC', '-o', library, source, '-ldl', '-pthread'])
  const list = Object.entries(names).map(([name, leads]) => `${name}=${leads}`)
  return { LD_PRELOAD: library, FAKE_NAMES: list.join(' ') }
}

/** A listener that only counts who connects, and remembers what was said to it. */
export class Canary {
  constructor() {
    this.connections = 0
    this.heard = ''
  }

  async listen(host, port = 0) {
    this.server = net.createServer((socket) => {
      this.connections++
      socket.on('error', () => {})
      socket.on('data', (bytes) => {
        this.heard += bytes.toString('latin1')
        socket.destroy()
      })
    })
    await new Promise((done, fail) => {
      this.server.once('error', fail)
      this.server.listen({ port, host }, done)
    })
    this.port = this.server.address().port
    return this
  }

  close() {
    return new Promise((done) => this.server.close(done))
  }
}
