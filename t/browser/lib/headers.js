// What every page says to the browser about itself.

import assert from 'node:assert/strict'

/** The headers of an answer (of fetch or of playwright) that is a page. */
export function guarded(headers, { scripts = false } = {}) {
  const get = (name) => (typeof headers.get === 'function' ? headers.get(name) : headers[name]) ?? ''
  const policy = get('content-security-policy')
  assert.match(policy, /default-src 'none'/)
  assert.match(policy, /frame-ancestors 'none'/)
  assert.match(policy, /base-uri 'none'/)
  assert.match(policy, /form-action 'self'/)
  assert.doesNotMatch(policy, /unsafe-|\*|data:|blob:/)
  if (scripts) assert.match(policy, /script-src 'self';/)
  else assert.doesNotMatch(policy, /script-src/)
  assert.equal(get('x-frame-options'), 'DENY')
  assert.equal(get('x-content-type-options'), 'nosniff')
  assert.equal(get('referrer-policy'), 'no-referrer')
  assert.equal(get('cross-origin-opener-policy'), 'same-origin')
  assert.match(get('content-type'), /^text\/html; charset=utf-8$/)
}
