// What the answers of the admin API must be.

import assert from 'node:assert/strict'

export const usd = (value) => ({ value: String(value), assetCode: 'USD', assetScale: 2 })

/** `answer`: one that comes. -> its JSON value */
export async function ok(answer, status = 200) {
  const r = await answer
  assert.equal(r.status, status, r.text())
  return r.json()
}

/** A refusal with this code that names this field, or none. -> its description */
export async function refused(answer, status, code, field) {
  const r = await answer
  assert.equal(r.status, status, r.text())
  const { error } = r.json()
  assert.deepEqual([error.code, error.details.field], [code, field])
  return error.description
}
