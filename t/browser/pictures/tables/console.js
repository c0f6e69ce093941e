// Who runs the node: every page of the console, as the program's own table of pages lists them.

import assert from 'node:assert/strict'
import { addresses, busyNode, moved, patterns, signedIn } from '../../lib/console.js'
import { neighbours } from '../../lib/neighbours.js'

export const title = 'The operator'

/** The picture of a page: its name is that of its address. */
const shown = (pattern, words, looks = ['wide']) => [
  pattern.slice(1).replaceAll('/', '-').replace(/\{\w+\}/g, 'one'),
  looks,
  words,
  (page, { fill }) => page.see(addresses(pattern, fill)[0]),
  pattern
]

export const pictures = [
  shown('/console', 'The overview', ['wide', 'dark', 'phone']),
  shown('/console/checklist', 'What a new node needs'),
  shown('/console/payments', 'Payments of both directions', ['wide', 'phone']),
  shown('/console/payments/{id}', 'A payment: what happened, its attempts and lines of the ledger', ['wide', 'dark', 'phone']),
  shown('/console/peers', 'Peers, and what is left for each to send', ['wide', 'phone']),
  shown('/console/peers/{id}', 'A peer, and what was owed over time', ['wide', 'dark']),
  shown('/console/routes', 'Routes, and why an address goes where'),
  shown('/console/assets', 'Assets and their liquidity'),
  shown('/console/assets/{id}', 'An asset: its pool over time, its fees'),
  shown('/console/rates', 'Rates and spreads'),
  shown('/console/rates/history', 'The rate of a pair over time, and the prices behind it', ['wide', 'dark']),
  shown('/console/wallets', 'Wallets'),
  shown('/console/wallets/{id}', 'A wallet'),
  shown('/console/users', 'Users'),
  shown('/console/grants', 'Grants'),
  shown('/console/clients', 'Clients that asked for grants'),
  shown('/console/grants/{id}', 'A grant: what a client may do, and what it has spent'),
  shown('/console/keys', 'The keys of all wallets, and of the node', ['wide', 'phone']),
  shown('/console/keys/{id}', 'A key, to be revoked'),
  shown('/console/events', 'Events'),
  shown('/console/events/{id}', 'An event'),
  shown('/console/webhooks', 'Webhook endpoints'),
  shown('/console/webhooks/{id}', 'A webhook endpoint'),
  shown('/console/webhooks/{id}/deliveries', 'What it was told'),
  shown('/console/webhooks/{id}/deliveries/{event}', 'A delivery, which can be made again'),
  shown('/console/ledger', 'The balance sheet, which sums to zero'),
  shown('/console/ledger/accounts', 'Accounts'),
  shown('/console/ledger/transfers', 'Lines of the ledger'),
  shown('/console/doubts', 'Amounts in doubt'),
  shown('/console/withdrawals', 'Withdrawals in two phases'),
  shown('/console/cash', 'Deposits and withdrawals that account holders ask for'),
  shown('/console/cash/{id}', 'One of them, to be answered'),
  shown('/console/node', 'The node: each setting, and where it comes from'),
  shown('/console/backups', 'Backups'),
  shown('/console/operators', 'Operators'),
  shown('/console/logs', 'The newest lines of the log'),
  shown('/console/acts', 'The audit trail'),
  shown('/console/pages', 'All pages')
]

export async function prepare(t, world) {
  const { node, ann, fill } = await busyNode(t, neighbours)
  await moved(node)
  const page = await signedIn(t, world.browser, ann, { viewport: world.window, colorScheme: 'light' })
  assert.deepEqual(pictures.map((picture) => picture[4]).sort(), (await patterns(page)).sort())
  return { page, fill }
}
