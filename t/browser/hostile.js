// Texts that others choose, on every page of payers and of consent: 200 of them stay text. And what else a page must stand:
// to be framed, to be posted from elsewhere.

import assert from 'node:assert/strict'
import { serving } from '../scenario/lib/server.js'
import { twoNodes } from '../scenario/lib/setups.js'
import { sql, storedGrant } from '../scenario/lib/stored_grant.js'
import { browser, tab } from './lib/browser.js'
import { guarded } from './lib/headers.js'
import { hostile, parsesInert, staysInert } from './lib/hostile.js'
import { storedPasskey } from './lib/people.js'
import { forms } from '../scenario/lib/pages.js'

export const maxMs = 400000

const HTML = { accept: 'text/html' }
const PASSWORD = 'correct horse battery'
const LIVE = 15 // of the 200 that are opened, with scripts

const html = async (url, headers = {}) => (await fetch(url, { headers: { ...HTML, ...headers } })).text()

/** A page on another origin. */
async function elsewhere(t, body) {
  const url = await serving(t, (_, res) => {
    res.writeHead(200, { 'content-type': 'text/html' })
    res.end(body)
  })
  return `${url}/`
}

export const tests = {
  'what others write stays text': async (t) => {
    const { a, b } = await twoNodes(t)
    const page = await tab(await browser(t), { allowed: [a.url, b.url] })
    await page.goto(`${b.url}/bob`)

    const named = (text) => b.admin('PATCH', '/wallet-addresses/bob', { publicName: text })
    const names = hostile(128)
    const kept = await parsesInert(page, async (text) => ((await named(text)).status === 200 ? html(`${b.url}/bob`) : null), names)
    assert.ok(kept > 150, `only ${kept} names were kept`)
    await staysInert(
      page,
      async (text) => {
        await named(text)
        await page.goto(`${b.url}/bob`)
      },
      names.slice(0, LIVE)
    )
    await named('Bob')

    // one payment, whose description changes
    const request = await b.ok('request', 'bob', '1.00', '--description', 'x')
    const described = (text) => b.admin('PATCH', `/incoming-payments/${request.id}`, { metadata: { description: text } })
    const texts = hostile(1000)
    const written = await parsesInert(page, async (text) => ((await described(text)).status === 200 ? html(request.url) : null), texts)
    assert.ok(written > 180, `only ${written} descriptions were kept`)
    await staysInert(
      page,
      async (text) => {
        await described(text)
        await page.goto(request.url)
      },
      texts.slice(0, LIVE)
    )

    // what a payer's server says of itself
    await page.goto(`${b.url}/bob`)
    await page.fill('#payer', `$${a.url.slice(7)}/alice`)
    await page.fill('#pay-amount', '1')
    await page.click('button:text("See what it costs")')
    await page.waitForSelector('h1:text("from your wallet")')
    const visit = page.url()
    const cookie = (await page.context().cookies()).map((c) => `${c.name}=${c.value}`).join('; ')
    const told = await parsesInert(
      page,
      async (text) => {
        if (/[\0-\x1f]/.test(text)) return null
        const word = `'${text.replaceAll("'", "''")}'`
        await sql(b, `UPDATE visit SET facts = json_set(facts, '$.wallet', ${word}, '$.name', ${word}, '$.redirect', ${word}, '$.why', ${word})`)
        return html(visit, { cookie })
      },
      names.filter((_, i) => i % 4 === 0)
    )
    assert.ok(told > 40)

    // what a client says of itself
    const grant = await storedGrant(b, {
      client: 'https://shop.example/till',
      clientName: 'x',
      access: [{ type: 'outgoing-payment', actions: ['create'], wallet: 'bob', limits: { debitAmount: { value: '100', assetCode: 'USD', assetScale: 2 } } }]
    })
    const login = await fetch(`${b.url}${grant.path}`, { headers: HTML })
    guarded(login.headers)
    assert.equal((await b.admin('PATCH', '/wallet-addresses/bob', { password: PASSWORD })).status, 200)
    await page.goto(`${b.url}${grant.path}`)
    await page.fill('input[name=wallet]', 'bob')
    await page.fill('input[name=password]', PASSWORD)
    await page.click('button.strong')
    await page.waitForSelector('button[value=accept]')
    const session = (await page.context().cookies()).map((c) => `${c.name}=${c.value}`).join('; ')
    const asked = await parsesInert(
      page,
      async (text) => {
        if (/[\0-\x1f]/.test(text)) return null
        await sql(b, `UPDATE gnap_grant SET client_name = '${text.replaceAll("'", "''")}' WHERE key = ${grant.key}`)
        return html(`${b.url}${grant.path}`, { cookie: session })
      },
      names.filter((_, i) => i % 4 === 0)
    )
    assert.ok(asked > 40)
    // and what a passkey signs of it
    await storedPasskey(b, 'bob')
    const signed = await parsesInert(
      page,
      async (text) => {
        if (/[\0-\x1f]/.test(text)) return null
        await sql(b, `UPDATE gnap_grant SET client_name = '${text.replaceAll("'", "''")}' WHERE key = ${grant.key}`)
        const { fields } = forms(await html(`${b.url}${grant.path}`, { cookie: session })).find((f) => 'shown' in f.fields)
        const shown = await fetch(`${b.url}${grant.path}/passkey`, { method: 'POST', headers: { ...HTML, cookie: session }, body: new URLSearchParams(fields) })
        assert.equal(shown.status, 200)
        guarded(shown.headers, { scripts: true })
        return (await shown.text()).replace(/data-challenge="[^"]*"/, '')
      },
      names.filter((_, i) => i % 8 === 0)
    )
    assert.ok(signed > 20)
    assert.deepEqual(page.faults, [])
  },

  'no page in a frame, no post from elsewhere': async (t) => {
    const { b } = await twoNodes(t)
    const request = await b.ok('request', 'bob', '1.00')
    const chromium = await browser(t)
    const frames = await tab(chromium)
    await frames.goto(await elsewhere(t, [`${b.url}/bob`, request.url, `${b.url}/wallet/login`].map((u) => `<iframe src="${u}"></iframe>`).join('')))
    for (const frame of frames.frames()) assert.ok(!(await frame.content()).includes('Florin'), 'the frame stays empty')

    for (const path of ['/bob/pay', `${new URL(request.url).pathname}/pay`, '/wallet/login', '/wallet/theme', '/auth/interact/x/y/passkey']) {
      const page = await tab(chromium)
      const fields = '<input name="payer" value="$a.example/a"><input name="amount" value="1"><input name="theme" value="dark"><input name="next" value="/">'
      await page.goto(await elsewhere(t, `<form method="post" action="${b.url}${path}">${fields}<button>go</button></form>`))
      const [answer] = await Promise.all([page.waitForResponse((r) => r.request().method() === 'POST'), page.click('button')])
      assert.equal(answer.status(), 403, path)
      assert.match(await page.innerText('main'), /from a page of this wallet/)
      await page.context().close()
    }
    assert.deepEqual(await sql(b, 'SELECT count(*) AS n FROM visit'), [{ n: 0 }])
  }
}
