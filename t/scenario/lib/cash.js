// Deposits and withdrawals, asked for on the pages of a wallet.

import assert from 'node:assert/strict'
import { PASSWORD } from './holder.js'
import { Visitor } from './pages.js'

/** Fills in the form of /wallet/deposit or /wallet/withdraw. -> the answer */
export async function ask(v, page, fields) {
  const form = await v.get(`/wallet/${page}`)
  assert.equal(form.status, 200, form.text())
  return v.submitTo(form.text(), `/wallet/${page}`, { note: 'bank account 12', ...fields })
}

/** The same by the holder of a wallet, who gets a password for it. -> the request */
export async function askAs(node, wallet, page, fields) {
  assert.equal((await node.admin('PATCH', `/wallet-addresses/${wallet}`, { password: PASSWORD })).status, 200)
  const v = new Visitor(node)
  assert.equal((await v.signIn(wallet, PASSWORD)).status, 303)
  const r = await ask(v, page, { wallet, ...fields })
  assert.equal(r.status, 303, r.text())
  return (await node.admin('GET', '/cash-requests')).json().items[0]
}
