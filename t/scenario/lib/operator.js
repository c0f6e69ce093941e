// The operator's console, as a browser without scripts uses it: set up with a token, signed in, forms sent.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { Visitor, words } from './pages.js'

export const PASSWORD = 'correct horse battery staple'
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const STEP_MS = 30000

const bytesOf = (text) => {
  const bits = [...text.replace(/=+$/, '')].map((c) => BASE32.indexOf(c).toString(2).padStart(5, '0')).join('')
  return Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)))
}

/** RFC 6238: the code of the time step that is `ahead` of now's. */
export function codeOf(secret, ahead = 0) {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / STEP_MS) + ahead))
  const tag = createHmac('sha1', bytesOf(secret)).update(counter).digest()
  const at = tag[19] & 15
  return String((tag.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0')
}

/** A browser at the admin listener. */
export class Operator extends Visitor {
  constructor(node) {
    super({ ...node, url: node.adminUrl })
    this.florin = node
  }

  /** With a token of `florin operator token`: sets password and codes, and is signed in. */
  async setUp(name = 'ann', password = PASSWORD) {
    const { setupToken, setupPath } = await this.florin.ok('operator', 'token', name)
    this.florin.secrets.add('a set-up token', setupToken)
    this.florin.secrets.add('a password', password)
    const first = await this.get(setupPath)
    const second = await this.submit(first.text(), { setup: setupToken })
    assert.equal(second.status, 200, words(second.text()))
    this.secret = /data-copy="([A-Z2-7]+)"/.exec(second.text())[1]
    this.florin.secrets.add('the secret of the codes', this.secret)
    const answer = await this.submit(second.text(), { password, again: password, code: codeOf(this.secret) })
    assert.equal(answer.status, 303, words(answer.text()))
    return setupToken
  }

  async signIn(name, password, code) {
    const page = await this.get('/console/login')
    return this.submit(page.text(), { name, password, code })
  }

  /** The page of a path, which must be shown -> its HTML. */
  async page(path, status = 200) {
    const answer = await this.get(path)
    assert.equal(answer.status, status, `${path}: ${words(answer.text())}`)
    for (const [form, id] of answer.text().matchAll(/<form[^>]*method="post"[^>]*id="([^"]+)".*?<\/form>/gs)) {
      const names = [...form.matchAll(/<(?:input|select|textarea)[^>]* name="([^"]+)"/g)].map((m) => m[1])
      assert.deepEqual(names, [...new Set(names)], `${id} on ${path}: a browser sends a name for each, and one that comes twice is refused`)
      assert.ok(names.length <= 48, `${id} on ${path}: a form has at most 48 fields`)
    }
    return answer.text()
  }

  /** Fills in the form of an act on its page, and sends it; answered by `status`. */
  async act(path, name, fields = {}, status = 303) {
    const html = await this.page(path)
    const form = new RegExp(`<form method="post" action="[^"]*" id="${name.replaceAll('.', '\\.')}">.*?</form>`, 's').exec(html)
    assert.ok(form, `${name} on ${path}:\n${words(html)}`)
    // A box that is not ticked is no field yet: those that `fields` names become one.
    const ticked = form[0].replace(/type="checkbox" name="([^"]+)"/g, (tag, box) => (fields[box] === 'yes' ? `${tag} checked` : tag))
    const answer = await this.submit(ticked.replace(/<select[^>]*name="([^"]+)"/g, '<input name="$1">$&').replace(/<textarea[^>]*name="([^"]+)"/g, '<input name="$1">$&'), fields)
    assert.equal(answer.status, status, `${name}: ${words(answer.text())}`)
    return answer
  }

  /** What the trail says, newest first: ["ann peer.settle acme", ...]. */
  async acts() {
    const { items } = (await this.florin.admin('GET', '/operator-acts')).json()
    return items.map((a) => `${a.who} ${a.act} ${a.subject ?? ''}`.trim())
  }
}
