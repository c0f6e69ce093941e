// A grant as the store keeps it, put there directly: for tests of the pages, which need no client
// that signs.

import { execFile } from 'node:child_process'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { join } from 'node:path'

const ACTIONS = ['create', 'read', 'read-all', 'list', 'list-all', 'complete']

/** Runs SQL on the node's database, beside the running server -> the rows. */
export function sql(node, text) {
  return new Promise((done, fail) => {
    const args = ['-json', '-cmd', '.timeout 10000', join(node.dir, 'florin.db'), `PRAGMA foreign_keys=ON; ${text}`]
    execFile('sqlite3', args, (error, stdout, stderr) => {
      if (error) fail(new Error(`${stderr}\n${text}`))
      else done(stdout.trim() ? JSON.parse(stdout) : [])
    })
  })
}

const quoted = (s) => `'${String(s ?? '').replaceAll("'", "''")}'`
const blob = (bytes) => `x'${Buffer.from(bytes).toString('hex')}'`
const uuidBytes = (uuid) => Buffer.from(uuid.replaceAll('-', ''), 'hex')
const sha256 = (text) => createHash('sha256').update(text).digest()
const accountOf = (name) => (name ? `(SELECT account FROM wallet WHERE name = ${quoted(name)})` : 'NULL')

function accessRow(key, position, { type, actions, wallet, limits }, url) {
  const bits = actions.reduce((sum, a) => sum + (1 << ACTIONS.indexOf(a)), 0)
  const cap = limits?.debitAmount ? 'debit' : limits?.receiveAmount ? 'receive' : ''
  const amount = limits?.debitAmount ?? limits?.receiveAmount ?? { value: '0', assetCode: '', assetScale: 0 }
  return `INSERT INTO grant_access VALUES (${key}, ${position}, ${quoted(type)}, ${bits},
    ${quoted(wallet ? `${url}/${wallet}` : '')}, ${accountOf(wallet)}, ${limits ? 1 : 0},
    ${quoted(limits?.receiver)}, ${quoted(limits?.interval)}, ${quoted(cap)}, ${amount.value},
    ${quoted(amount.assetCode)}, ${amount.assetScale});`
}

/** -> {path, id, nonce, grant, serverNonce}: the interaction's page, and its names. */
export async function storedGrant(node, { client, clientName = '', access = [], subject, finish, lifeMs = 600000 } = {}) {
  const [id, grant] = [randomUUID(), randomUUID()]
  const [nonce, serverNonce] = [randomBytes(32).toString('base64url'), randomBytes(16).toString('hex')]
  const now = Date.now()
  const key = (await sql(node, 'SELECT coalesce(max(key), 0) + 1 AS k FROM gnap_grant'))[0].k
  await sql(
    node,
    `BEGIN;
    INSERT INTO gnap_grant (key, id, client, client_name, state, subject, subject_wallet, continue_hash,
      poll_after_ms, created_ms, changed_ms)
    VALUES (${key}, ${blob(uuidBytes(grant))}, ${quoted(client)}, ${quoted(clientName)}, 'PENDING',
      ${quoted(subject ? `${node.url}/${subject}` : '')}, ${accountOf(subject)}, ${blob(randomBytes(32))},
      ${now}, ${now}, ${now});
    ${access.map((a, i) => accessRow(key, i, a, node.url)).join('\n')}
    INSERT INTO grant_interaction (id, grant_key, nonce_hash, state, finish_uri, client_nonce, server_nonce,
      created_ms, expires_ms)
    VALUES (${blob(uuidBytes(id))}, ${key}, ${blob(sha256(nonce))}, 'PENDING', ${quoted(finish?.uri)},
      ${quoted(finish?.nonce)}, ${quoted(serverNonce)}, ${now}, ${now + lifeMs});
    COMMIT`
  )
  return { path: `/auth/interact/${id}/${nonce}`, id, nonce, grant, key, serverNonce }
}

/** "PENDING", "APPROVED", "FINALIZED REJECTED" ..., with the end that the holder set. */
export async function grantState(node, { key }) {
  const [row] = await sql(node, `SELECT trim(state || ' ' || reason) AS state, ends_ms FROM gnap_grant WHERE key = ${key}`)
  return row
}
