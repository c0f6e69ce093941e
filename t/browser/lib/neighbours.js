// The nodes of the pictures: alice's and bob's, with the same addresses each time where these are free.

import assert from 'node:assert/strict'
import { twoNodes } from '../../scenario/lib/setups.js'
import { PASSWORD, PATIENT } from './people.js'

const PORTS = [8101, 8102]

export async function neighbours(t) {
  const { a, b, pointer } = await twoNodes(t, { env: { ...PATIENT, FLORIN_ACCOUNTS_ADDRESSES_PER_USER: '5' }, ports: PORTS })
  for (const [node, name, words] of [[a, 'alice', 'Alice Example'], [b, 'bob', 'Bob’s Honey']]) {
    const r = await node.admin('PATCH', `/wallet-addresses/${name}`, { publicName: words, password: PASSWORD })
    assert.equal(r.status, 200, r.text())
  }
  return { a, b, pointer }
}
