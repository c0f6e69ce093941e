// The STREAM connection of an incoming payment, worked out from the node's master key: what any
// process of the node answers for it, at any time.

import { createCipheriv, createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const hmac = (key, text) => createHmac('sha256', key).update(text).digest()

/** -> {destination, secret} of the payment `id` to the wallet. */
export function connectionOf(node, wallet, id) {
  const master = Buffer.from(readFileSync(join(node.dir, 'master.key'), 'utf8').trim(), 'hex')
  const server = hmac(master, 'florin stream receiver 1')
  const tag = Buffer.concat([Buffer.from('i'), Buffer.from(id.replaceAll('-', ''), 'hex')])
  const plain = Buffer.concat([Buffer.from([1, tag.length]), tag])
  const iv = hmac(hmac(server, 'florin_stable_token_iv'), plain).subarray(0, 12)
  const cipher = createCipheriv('aes-256-gcm', hmac(server, 'ilp_stream_connection_token'), iv)
  const body = Buffer.concat([cipher.update(plain), cipher.final()])
  const token = Buffer.concat([iv, cipher.getAuthTag(), body])
  const connection = {
    destination: `${node.address}.${wallet}.${token.toString('base64url')}`,
    secret: hmac(hmac(server, 'ilp_stream_shared_secret'), token)
  }
  node.secrets.addConnection(connection)
  return connection
}
