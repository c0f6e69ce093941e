// Each request is answered in its own language: by the reader's choice, else by what the browser asks for.

import assert from 'node:assert/strict'
import http from 'node:http'

/** One request over the agent's one connection. */
function get(agent, url, headers = {}) {
  return new Promise((done, fail) => {
    const rq = http.get(url, { agent, headers: { accept: 'text/html', ...headers } }, (r) => {
      let text = ''
      r.setEncoding('utf8')
      r.on('data', (part) => (text += part))
      r.on('end', () => done({ status: r.statusCode, headers: r.headers, text }))
    })
    rq.setTimeout(60000, () => rq.destroy(new Error('no answer')))
    rq.on('error', fail)
  })
}

const ES = /<html lang="es"[\s\S]*Puntero de pago/
const EN = /<html lang="en"[\s\S]*Payment pointer/

export const tests = {
  'by cookie, by Accept-Language, English; each for itself': async (t) => {
    const node = await t.serving('wallet')
    await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    t.defer(() => agent.destroy())
    const cases = [
      [{}, EN, 'en'],
      [{ 'accept-language': 'es' }, ES, 'es'],
      [{}, EN, 'en'],
      [{ 'accept-language': 'es-MX, en;q=0.5' }, ES, 'es'],
      [{ 'accept-language': 'en, es;q=0.5' }, EN, 'en'],
      [{ 'accept-language': 'fr, es;q=0.1' }, ES, 'es'],
      [{ 'accept-language': 'es', cookie: 'a=b; florin-language=en' }, EN, 'en'],
      [{ cookie: 'florin-language=es' }, ES, 'es'],
      [{ cookie: 'florin-language=xx' }, EN, 'en'],
      [{ cookie: 'florin-language=es; florin-language=en' }, EN, 'en']
    ]
    for (const [headers, text, tag] of cases) {
      const r = await get(agent, `${node.url}/alice`, headers)
      const what = JSON.stringify(headers)
      assert.match(r.text, text, what)
      assert.equal(r.headers['content-language'], tag, what)
      assert.match(r.headers.vary, /Accept-Language/, what)
    }
    // Amounts are written, and read, as the language has them.
    const spanish = { 'accept-language': 'es' }
    assert.match((await get(agent, `${node.url}/alice?amount=1234.50`, spanish)).text, />1234,50 USD<[\s\S]*id="pay-amount"[^>]*value="1234,50"[\s\S]*id="amount"[^>]*value="1234,50"/)
    assert.match((await get(agent, `${node.url}/alice?amount=1234.50`)).text, />1234\.50 USD<[\s\S]*value="1234\.50"/)
    // Refusals, too; what programs read is English.
    assert.match((await get(agent, `${node.url}/nobody`, spanish)).text, /Aquí no hay a quién pagar/)
    assert.match((await get(agent, `${node.url}/nobody`, { ...spanish, accept: 'application/json' })).text, /no such wallet address/)
    // The console is English as a whole.
    const console = await get(agent, `${node.adminUrl}/console/login`, { ...spanish, cookie: 'florin-language=es' })
    assert.match(console.text, /<html lang="en"/)
    assert.doesNotMatch(console.text, /name="language"/)
  },

  'chosen by the form at the foot': async (t) => {
    const node = await t.serving('wallet')
    const choose = (fields) =>
      fetch(`${node.url}/wallet/language`, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual', signal: AbortSignal.timeout(60000) })
    const r = await choose({ language: 'es', next: '/wallet/login' })
    assert.equal(r.status, 303)
    assert.equal(r.headers.get('location'), '/wallet/login')
    assert.match(r.headers.get('set-cookie'), /^florin-language=es; Path=\/; Max-Age=31536000; HttpOnly; SameSite=Lax$/)
    for (const fields of [{ language: 'xx', next: '/' }, { language: 'es', next: '//elsewhere.example' }, { language: 'es' }, { next: '/' }]) {
      const refused = await choose(fields)
      assert.equal(refused.status, 400, JSON.stringify(fields))
      assert.equal(refused.headers.get('set-cookie'), null)
    }
  }
}
