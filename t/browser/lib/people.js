// A provider with holders of wallets, and what they do on many pages.

import assert from 'node:assert/strict'
import { usd } from '../../scenario/lib/answers.js'
import { PASSWORD } from '../../scenario/lib/holder.js'
import { run } from '../../scenario/lib/node.js'
import { serving } from '../../scenario/lib/server.js'
import { sql } from '../../scenario/lib/stored_grant.js'

export { PASSWORD, usd }

/** Gives a wallet a password; makes it where it is not there. */
export async function holder(node, wallet, ...more) {
  const known = await node.admin('PATCH', `/wallet-addresses/${wallet}`, { password: PASSWORD })
  if (known.status === 200) return
  const words = ['-C', node.dir, 'wallet', 'add', wallet, '--asset', 'USD', '--password-stdin', ...more]
  const r = await run(words, { env: node.env, input: `${PASSWORD}\n` })
  assert.equal(r.code, 0, r.stderr)
}

/** A passkey of no device there is: pages offer it all the same. */
export const storedPasskey = (node, user, name = 'My phone') =>
  sql(node, `INSERT INTO passkey (user_id, credential, algorithm, public_key, counter, name, created_ms) SELECT id, randomblob(16), -7, zeroblob(64), 0, '${name}', 1767225600000 FROM wallet_user WHERE name = '${user}'`)

export const PATIENT = { FLORIN_QUOTES_LIFETIME_S: '300' } // no price ends while a slow machine looks at its page

/** alice has 1000.00 USD, Carol Example nothing. */
export async function provider(t, env = PATIENT) {
  const node = await t.serving('wallet', { env: { FLORIN_ACCOUNTS_ADDRESSES_PER_USER: '5', ...env } })
  await holder(node, 'alice')
  await holder(node, 'carol', '--name', 'Carol Example')
  await node.ok('deposit', 'alice', '1000.00')
  return node
}

export async function signIn(page, node, wallet = 'alice') {
  await page.goto(`${node.url}/wallet`)
  await page.fill('input[name=wallet]', wallet)
  await page.fill('input[name=password]', PASSWORD)
  await page.click('main button[type=submit]')
  await page.waitForURL(`${node.url}/wallet`)
}

/** On the page of somebody who is not signed in yet, wherever it leads. */
export async function answerLogin(page, wallet = 'alice') {
  await page.fill('input[name=wallet]', wallet)
  await page.fill('input[name=password]', PASSWORD)
  await page.click('button.strong')
}

/** A client's page on loopback, to which the wallet leads back. */
export async function clientsPage(t) {
  const seen = []
  const home = await serving(t, (req, res) => {
    const url = new URL(req.url, 'http://127.0.0.1')
    if (url.pathname === '/finish') seen.push(Object.fromEntries(url.searchParams))
    res.writeHead(200, { 'content-type': 'text/html' })
    res.end('<h1>back at the client</h1>')
  })
  return { uri: `${home}/finish`, seen }
}
