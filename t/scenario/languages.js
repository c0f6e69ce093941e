// Each request is answered in its own language: by the reader's choice, else by what the browser asks for.

import assert from 'node:assert/strict'
import http from 'node:http'
import { Operator } from './lib/operator.js'

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
    // A wallet may be called as a page elsewhere is.
    await node.ok('wallet', 'add', 'consoles', '--asset', 'USD')
    assert.match((await get(agent, `${node.url}/consoles`, spanish)).text, /<html lang="es"[\s\S]*action="\/wallet\/language"/)
  },

  'in the console, whose own questions the admin API answers in English': async (t) => {
    const node = await t.serving('console')
    await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
    await node.ok('deposit', 'alice', '1234.50')
    const ann = new Operator(node)
    await ann.setUp('ann')
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    t.defer(() => agent.destroy())
    const session = [...ann.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const see = async (path, cookie) => (await get(agent, `${node.adminUrl}${path}`, { cookie: `${session}; ${cookie}` })).text
    const [en, es] = ['a=b', 'florin-language=es']
    for (const [path, cookie, text] of [
      ['/console/login', es, /<html lang="es"[\s\S]*Iniciar sesión en la consola/],
      ['/console/setup', es, /<html lang="es"[\s\S]*Alta de un operador/],
      ['/console/login', en, /<html lang="en"[\s\S]*Sign in to the console/],
      ['/console/wallets/alice', es, /<html lang="es"[\s\S]*<dt>Saldo<\/dt>[\s\S]*1234,50[\s\S]*class="badge good">activo</],
      ['/console/wallets/alice', en, /<html lang="en"[\s\S]*<dt>Balance<\/dt>[\s\S]*1234\.50[\s\S]*class="badge good">active</],
      ['/console/payments/none', es, /Aquí no hay nada/],
      ['/console/wallets?done=wallet.add', es, /Hecho: Abrir un monedero\./],
      // What programs read.
      ['/console/wallets?format=csv', es, /^"Name","Public name"[\s\S]*"active"/],
      ['/console/wallets?format=json', es, /"status":"active"/]
    ])
      assert.match(await see(path, cookie), text, `${path}, ${cookie}`)

    // Chosen at the foot; then forms are read, and refused, in that language.
    const chosen = await ann.submit(await ann.page('/console/wallets/alice'), { language: 'es' })
    assert.equal(chosen.headers.location, '/console/wallets/alice')
    const acts = async (name, fields, status, text) => assert.match((await ann.act('/console/wallets/alice', name, fields, status)).text(), text, name)
    await acts('wallet.deposit', { amount: 'x' }, 400, /<strong>Un importe de USD, por ejemplo 10,00\./)
    await acts('wallet.deposit', { amount: '1.000,25' }, 303, /^$/)
    assert.equal((await node.admin('GET', '/wallet-addresses/alice/balance')).json().balance.value, '223475')
    await acts('wallet.withdraw', { amount: '9000', confirm: 'alice' }, 422, /<strong>la cuenta tiene menos que esto<\/strong>/)
    await acts('wallet.withdraw', { amount: '1', confirm: 'bob' }, 400, /Escríbalo exactamente como aparece/)
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
