// The account holder's pages, as a browser without scripts uses them: cookies kept, forms posted.

import { request } from './http.js'

const entities = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
const unescape = (s) => s.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => entities[name])

const attributes = (tag) =>
  Object.fromEntries([...tag.matchAll(/([a-z-]+)="([^"]*)"/g)].map(([, name, value]) => [name, unescape(value)]))

/** Every form of a page: {action, method, fields, buttons: [{name, value, text}]}. */
export function forms(html) {
  return [...html.matchAll(/<form([^>]*)>(.*?)<\/form>/gs)].map(([, head, inner]) => {
    const inputs = [...inner.matchAll(/<input([^>]*)>/g)]
      .filter(([, t]) => !/type="(radio|checkbox)"/.test(t) || / checked/.test(t))
      .map(([, t]) => attributes(t))
    for (const [, head, options] of inner.matchAll(/<select([^>]*)>(.*?)<\/select>/gs)) {
      const all = [...options.matchAll(/<option([^>]*)>/g)]
      const chosen = all.find(([, t]) => / selected/.test(t)) ?? all[0]
      inputs.push({ ...attributes(head), value: chosen ? attributes(chosen[1]).value : '' })
    }
    for (const [, head, text] of inner.matchAll(/<textarea([^>]*)>(.*?)<\/textarea>/gs)) {
      inputs.push({ ...attributes(head), value: unescape(text) })
    }
    const buttons = [...inner.matchAll(/<button([^>]*)>(.*?)<\/button>/gs)]
    return {
      ...attributes(head),
      fields: Object.fromEntries(inputs.filter((i) => i.name).map((i) => [i.name, i.value ?? ''])),
      buttons: buttons.map(([, t, text]) => ({ ...attributes(t), text: text.trim() }))
    }
  })
}

/** What a person reads: no tags, one blank between words. */
export function words(html) {
  const body = html
    .replace(/<(head|style|script).*?<\/\1>/gs, ' ')
    .replace(/<\/?(bdi|strong|span|a|data|time)\b[^>]*>/g, '')
    .replace(/<[^>]*>/g, ' ')
  return unescape(body).replace(/\s+/g, ' ').trim()
}

export class Visitor {
  constructor(node) {
    this.node = node
    this.cookies = new Map()
  }

  cookieHeader() {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  /** One request, no redirect followed. `path` may be a whole URL. */
  async send(path, { method = 'GET', headers = {}, body } = {}) {
    const url = new URL(path, this.node.url)
    const cookie = this.cookieHeader()
    const answer = await request(url.href, { method, headers: { ...(cookie ? { cookie } : {}), ...headers }, body })
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)
      if (/Max-Age=0/i.test(line)) this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    return answer
  }

  get(path) {
    return this.send(path)
  }

  post(path, fields, headers = {}) {
    return this.send(path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(fields).toString()
    })
  }

  /** Fills in and posts the first form of a page that has these fields. */
  submit(html, fields, headers) {
    const form = forms(html).find((f) => Object.keys(fields).every((k) => k in f.fields || f.buttons.some((b) => b.name === k)))
    if (!form) throw new Error(`no form with ${Object.keys(fields)} in:\n${html}`)
    return this.post(form.action, { ...form.fields, ...fields }, headers)
  }

  /** Fills in and posts the form of a page that leads there. */
  submitTo(html, action, fields = {}, headers) {
    const form = forms(html).find((f) => f.method === 'post' && f.action === action)
    if (!form) throw new Error(`no form to ${action} in:\n${html}`)
    return this.post(form.action, { ...form.fields, ...fields }, headers)
  }

  /** Signs in on the login page -> the answer to the form. */
  async signIn(wallet, password, path = '/wallet/login') {
    const page = await this.get(path)
    return this.submit(page.text(), { wallet, password })
  }
}
