// Two wallet providers that peer, and account holders with client keys of their own.

import assert from 'node:assert/strict'
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRequire } from 'node:module'
import { peerNodes, run } from '../../scenario/lib/node.js'

const require = createRequire(import.meta.url)
export const openPayments = require('@interledger/open-payments')

export const PASSWORD = 'correct horse battery staple'

/** Options of a node that answers https with the certificate of lib/private_ca.sh, or plain http. */
function listenerOptions(scheme, env) {
  if (scheme === 'http') return { scheme, env }
  const ca = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../node_modules/.florin-ca')
  return {
    scheme,
    env: {
      FLORIN_SERVER_TLS_CERTIFICATE: `${ca}/server.pem`,
      FLORIN_SERVER_TLS_KEY: `${ca}/server.key`,
      FLORIN_OUTBOUND_CA_FILE: `${ca}/ca.pem`,
      ...env
    }
  }
}

export async function addWallet(node, name, asset, ...options) {
  const words = ['wallet', 'add', name, '--asset', asset, '--password-stdin', ...options]
  const r = await run(['-C', node.dir, '--json', ...words], { env: node.env, input: `${PASSWORD}\n` })
  assert.equal(r.code, 0, r.stderr)
  return `${node.url}/${name}`
}

/**
 * alice (USD) and carol (USD) at one provider, bob (EUR) and dora (USD) at another; 1 USD is 0.5 EUR there.
 * -> {home, away, alice, bob, carol, dora}: two nodes and four wallet addresses
 */
export async function twoProviders(t, { scheme = 'http', env = {}, funds = '1000.00' } = {}) {
  const [home, away] = [await t.node('home', listenerOptions(scheme, env)), await t.node('away', listenerOptions(scheme, env))]
  for (const node of [home, away]) {
    writeFileSync(join(node.dir, 'rates.json'), JSON.stringify({ base: 'USD', rates: { EUR: '0.5' } }))
    await node.serve()
  }
  const alice = await addWallet(home, 'alice', 'USD', '--name', 'Alice')
  const carol = await addWallet(home, 'carol', 'USD')
  const bob = await addWallet(away, 'bob', 'EUR', '--name', 'Bob')
  const dora = await addWallet(away, 'dora', 'USD')
  await home.ok('deposit', 'alice', funds)
  await away.ok('asset', 'deposit', 'EUR', '100000.00')
  await peerNodes(home, away, 'USD', { bLimits: ['--credit-limit', '100000.00'] })
  return { home, away, alice, bob, carol, dora }
}

/** An Ed25519 key whose public half the wallet publishes -> {keyId, privateKey, jwk}. */
export async function publishKey(node, wallet) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const keyId = randomUUID()
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: keyId, alg: 'EdDSA', use: 'sig' }
  const file = join(node.dir, `${keyId}.json`)
  writeFileSync(file, JSON.stringify(jwk))
  await node.ok('key', 'add', wallet, '--jwk', file)
  return { keyId, privateKey, jwk }
}

/** The published TypeScript client, acting as one of the node's wallets. */
export async function sdkClient(node, wallet, key, options = {}) {
  const { keyId, privateKey } = key ?? (await publishKey(node, wallet))
  return openPayments.createAuthenticatedClient({
    walletAddressUrl: `${node.url}/${wallet}`,
    keyId,
    privateKey,
    logLevel: 'silent',
    requestTimeoutMs: 20000,
    ...options
  })
}

/** The client's error of a call that must fail -> {status, code, description, details}. */
export async function refused(call) {
  try {
    await call
  } catch (e) {
    const { status, code, description, details, validationErrors } = e
    assert.equal(validationErrors, undefined, `an answer that does not fit the documents: ${validationErrors}`)
    return { status, code, description, details }
  }
  assert.fail('the call was not refused')
}
