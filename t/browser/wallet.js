// The account holder's pages as people use them: with scripts and without, by the keyboard, and for everybody.

import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from '../scenario/lib/client.js'
import { agreed, ask, Holder } from '../scenario/lib/holder.js'
import { until } from '../scenario/lib/http.js'
import { twoNodes } from '../scenario/lib/setups.js'
import { everybody } from './lib/access.js'
import { browser, tab } from './lib/browser.js'
import { hostile, skeleton } from './lib/hostile.js'
import { allMarked, speak } from './lib/languages.js'
import { clientsPage, holder, PASSWORD, PATIENT, provider, signIn, usd } from './lib/people.js'
import { sql } from '../scenario/lib/stored_grant.js'

export const maxMs = 300000

const fillSend = async (page, node, to, amount) => {
  await page.goto(`${node.url}/wallet/send`)
  await page.fill('#to', to)
  await page.fill('#amount', amount)
}

async function jwkFile(t) {
  const jwk = new Client().jwk
  const file = join(t.dir, `${jwk.kid}.jwk`)
  writeFileSync(file, JSON.stringify(jwk))
  return file
}

/** The passkeys of a browser's virtual device. */
async function device(page) {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true }
  })
  const call = (what, more = {}) => cdp.send(`WebAuthn.${what}`, { authenticatorId, ...more })
  return {
    verifies: (isUserVerified) => call('setUserVerified', { isUserVerified }),
    /** Holds these keys instead of those that it has, which are the answer. */
    holds: async (keys = []) => {
      const { credentials } = await call('getCredentials')
      await call('clearCredentials')
      for (const credential of keys) await call('addCredential', { credential })
      return credentials
    }
  }
}

async function enrol(page, url, name = 'My phone') {
  await page.goto(`${url}/wallet/passkeys`)
  await page.fill('#password', PASSWORD)
  await page.click('text=Add a passkey')
  await page.fill('#name', name)
  await page.click('text=Make the passkey')
  await page.waitForSelector(`main >> text=${name}`)
}

/** A grant above the threshold, from the client's request to its token, signed by a passkey of alice, who is signed in on `page`; `bobs`: keys of somebody else. */
async function agreeByPasskey(t, node, page, keys, bobs, shop) {
  const client = await Client.published(t)
  const access = [{ type: 'outgoing-payment', actions: ['create', 'read'], identifier: `${node.url}/alice`, limits: { debitAmount: usd('50000') } }]
  const wanted = () => ask(new Holder(node, 'alice'), client, access, { finish: shop.uri })
  const choose = async (asked) => {
    await page.goto(asked.redirect)
    assert.equal(await page.locator('script').count(), 0, 'no script where a password is typed')
    await page.fill('input[name=limit0]', '250.00')
    await page.fill('input[name=until]', '2099-12-31')
    await page.focus('main button[formaction]')
    await page.keyboard.press('Enter')
    await page.waitForSelector('form[data-passkey]')
  }
  const sign = async () => {
    await page.focus('form[data-passkey] button:not([form])')
    await page.keyboard.press('Enter')
  }
  const refused = async () => {
    await page.waitForSelector('.problem:text("Nothing was accepted")')
    assert.ok(page.url().startsWith(node.url), page.url())
  }
  const asked = await wanted()
  await page.goto(asked.redirect)
  await everybody(page, 'consent-or-passkey')
  assert.equal(await page.locator('main form button').first().getAttribute('value'), 'accept', 'what Enter in a field does')
  for (const tag of ['en-x-marks', 'es', 'en']) {
    await choose(asked)
    await speak(page, tag)
    await choose(asked)
    if (tag === 'en-x-marks') await allMarked(page, 'consent-passkey', ['shop'])
    if (tag === 'es') assert.match(await page.innerText('main'), /Aceptar con una llave de acceso[^]*250,00 USD/)
  }
  assert.match(await page.innerText('main'), /A shop[^]*up to 250\.00 USD in total/)
  await everybody(page, 'consent-passkey')

  // Somebody else's: the browser does not offer it, and where it does the page does not take it.
  const alices = await keys.holds(bobs)
  await sign()
  await page.waitForSelector('.problem:text("gave no passkey")')
  await page.evaluate(() => delete document.querySelector('form[data-passkey]').dataset.credentials)
  await sign()
  await refused()
  await keys.holds(alices)
  // Signed for 250.00, and sent for more.
  await choose(asked)
  await page.evaluate(() => (document.querySelector('input[name=limit0]').value = '500.00'))
  await sign()
  await refused()
  // Declined there, as anywhere.
  const no = await wanted()
  await choose(no)
  await page.click('button[value=reject]')
  await page.waitForURL(`${shop.uri}**`)
  assert.deepEqual(shop.seen.pop(), { result: 'grant_rejected' })

  await choose(asked)
  const [sent] = await Promise.all([page.waitForRequest((r) => r.method() === 'POST'), sign()])
  await page.waitForURL(`${shop.uri}**`)
  const { interact_ref } = shop.seen.pop()
  const given = await asked.go({ interact_ref })
  assert.equal(given.status, 200, given.text())
  assert.deepEqual(given.json().access_token.access[0].limits.debitAmount, usd('25000'))
  // What was sent is worth nothing in another request.
  const next = await wanted()
  await choose(next)
  const fields = await page.evaluate(() => Object.fromEntries(new FormData(document.querySelector('form[data-passkey]'))))
  const old = Object.fromEntries(new URLSearchParams(sent.postData()))
  for (const name of ['credential', 'clientData', 'authData', 'signature']) fields[name] = old[name]
  const again = await page.request.post(next.redirect, { form: fields, maxRedirects: 0 })
  assert.equal(again.status(), 403)
  assert.match(await again.text(), /Nothing was accepted/)
}

export const tests = {
  'pay another provider by the keyboard, and follow it': async (t) => {
    const { a: node, b, pointer } = await twoNodes(t, { env: PATIENT })
    await holder(node, 'alice')
    const page = await tab(await browser(t), { allowed: [node.url] })
    await signIn(page, node)
    const home = await page.context().newPage()
    await home.goto(`${node.url}/wallet`)
    await fillSend(page, node, pointer, '')
    await page.waitForFunction(() => /Pays bob in USD/.test(document.querySelector('[data-resolve]').textContent))
    await page.focus('#amount')
    await page.keyboard.type('2.50')
    await page.keyboard.press('Enter')
    await page.waitForSelector('[data-confirm]')
    assert.match(await page.innerText('[data-countdown]'), /in [0-5]:\d\d/)
    await everybody(page, 'wallet-price')
    await page.focus('[data-confirm]')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/wallet\/payments\//)
    await page.waitForSelector('.badge.good')
    assert.match(await page.innerText('main'), /Arrived\s+2\.50 USD/)
    await everybody(page, 'wallet-payment')
    assert.equal(await b.balance('bob'), 250n)
    // The overview that was open all the time has followed.
    await home.waitForFunction(() => /997\.50 USD/.test(document.querySelector('main').innerText))
    await home.close()
    // Little by little, with its total, until it is stopped.
    await fillSend(page, node, pointer, '60.00')
    await page.selectOption('#over', '1h')
    await page.click('main button[type=submit]')
    await page.click('[data-confirm]')
    await page.waitForURL(/\/wallet\/payments\//)
    await page.waitForFunction(() => Number(document.querySelector('progress')?.value) > 0)
    await everybody(page, 'wallet-streaming')
    await page.click('text=Stop the payment')
    await page.waitForSelector('text=cancelled')
    assert.deepEqual(page.faults, [])
  },

  'a price ends, and another one is asked for': async (t) => {
    const node = await provider(t, { FLORIN_QUOTES_LIFETIME_S: '3' })
    const page = await tab(await browser(t), { allowed: [node.url] })
    await signIn(page, node)
    await fillSend(page, node, `${node.url}/carol`, '4.00')
    await page.click('main button[type=submit]')
    await page.waitForSelector('[data-confirm]:disabled')
    assert.equal(await page.innerText('[data-countdown]'), 'over')
    assert.equal(await node.balance('carol'), 0n)
    await until('a price is paid in time', async () => {
      await page.click('text=Ask for a new price')
      await page.waitForSelector('[data-confirm]')
      await page.click('[data-confirm]:enabled', { timeout: 2000 }).catch(() => {})
      await page.waitForLoadState()
      return /\/wallet\/payments\//.test(page.url()) || (await node.balance('carol')) === 400n
    })
    assert.equal(await node.balance('carol'), 400n)
    assert.deepEqual(page.faults, [])
  },

  'without scripts everything works as well': async (t) => {
    const node = await provider(t)
    const b = await browser(t)
    // A price that is over when it is sent: nothing is paid, and another one is a click away.
    const late = await tab(b, { scripts: false, allowed: [node.url] })
    await signIn(late, node)
    await fillSend(late, node, `${node.url}/carol`, '4.00')
    await late.click('main button[type=submit]')
    await late.waitForSelector('[data-confirm]:enabled')
    await sql(node, `UPDATE quote SET expires_ms = ${Date.now() - 1000}`)
    await late.click('[data-confirm]')
    assert.match(await late.innerText('main'), /The price is over|too old|expired/i)
    assert.equal(await node.balance('carol'), 0n)
    await late.click('text=Ask for a new price')
    await late.click('[data-confirm]')
    await late.waitForURL(/\/wallet\/payments\//)
    assert.equal(await node.balance('carol'), 400n)
    await node.ok('pay', 'carol', `${node.url}/alice`, '--send', '4.00', '--yes')
    const page = await tab(b, { scripts: false, allowed: [node.url] })
    await signIn(page, node, 'carol')
    await page.click('main >> text=Request')
    await page.fill('#amount', '3.00')
    await page.fill('#description', 'Tea & cake')
    await page.click('main button[type=submit]')
    const url = (await page.innerText('.copied .value')).trim()
    const requested = page.url()
    const payer = await tab(b, { scripts: false, allowed: [node.url] })
    await signIn(payer, node)
    await fillSend(payer, node, url, '')
    await payer.click('main button[type=submit]')
    await payer.click('[data-confirm]')
    await payer.waitForURL(/\/wallet\/payments\//)
    assert.match(await payer.innerText('main'), /completed/)
    await page.goto(requested)
    assert.match(await page.innerText('main'), /completed/)
    await page.goto(`${node.url}/wallet/payments?text=tea`)
    assert.match(await page.innerText('main'), /Tea & cake/)
    await page.goto(`${node.url}/wallet/payments?text=coffee`)
    assert.match(await page.innerText('main'), /Nothing fits/)
    await payer.goto(`${node.url}/wallet`)
    await payer.click('text=Sign out')
    await payer.waitForURL(/\/wallet\/login/)
    assert.deepEqual([...page.faults, ...payer.faults], [])
  },

  'a key made in the browser signs, its app is seen, and revoked': async (t) => {
    const node = await provider(t)
    const page = await tab(await browser(t), { allowed: [node.url], acceptDownloads: true })
    await signIn(page, node)
    const sent = []
    page.on('request', (r) => sent.push(r.postData() ?? ''))
    await page.goto(`${node.url}/wallet/keys`)
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('[data-make-key]')])
    const pem = readFileSync(await download.path(), 'utf8')
    await everybody(page, 'wallet-key-made')
    const { kid } = JSON.parse(await page.inputValue('#key'))
    await page.click('text=Publish the key')
    await page.waitForSelector(`main .copied .value:text-is("${kid}")`)
    const { d } = createPrivateKey(pem).export({ format: 'jwk' })
    assert.ok(sent.some((text) => text.includes(kid)))
    assert.ok(!sent.some((text) => text.includes(d) || text.includes(pem.split('\n')[1].slice(0, 40))), 'the private half stays')
    // A program with that file asks for access, as the wallet's own client.
    const client = new Client(`${node.url}/alice`, kid)
    client.privateKey = createPrivateKey(pem)
    const access = [{ type: 'outgoing-payment', actions: ['create', 'read'], identifier: `${node.url}/alice`, limits: { debitAmount: { value: '2000', assetCode: 'USD', assetScale: 2 } } }]
    const grant = await agreed(new Holder(node, 'alice'), client, access)
    await page.reload()
    assert.doesNotMatch(await page.innerText('main'), /never used/)
    await everybody(page, 'wallet-keys')
    await page.goto(`${node.url}/wallet/apps`)
    await everybody(page, 'wallet-apps')
    await page.click('main h3 a')
    await everybody(page, 'wallet-app')
    await page.click('text=Revoke the access')
    await everybody(page, 'wallet-app-sure')
    await page.click('text=Yes, revoke it')
    await page.waitForSelector('.badge:text("revoked")')
    const after = await client.call('POST', grant.manage, { token: grant.token })
    assert.ok(after.status >= 400, `${after.status}`)
    assert.deepEqual(page.faults, [])
  },

  'a passkey is made, signs in, and is removed': async (t) => {
    // Browsers take no address of numbers for the site of a passkey.
    const node = await t.node('wallet')
    const url = `http://localhost:${node.port}`
    node.env = { ...node.env, FLORIN_SERVER_PUBLIC_URL: url }
    await node.serve()
    node.url = url
    await holder(node, 'alice')
    await holder(node, 'bob')
    const shop = await clientsPage(t)
    const page = await tab(await browser(t), { allowed: [url, new URL(shop.uri).origin] })
    const keys = await device(page)
    await signIn(page, node, 'bob')
    await enrol(page, url)
    const bobs = await keys.holds([])
    await page.click('text=Sign out')
    await signIn(page, { url })
    await page.goto(`${url}/wallet/passkeys`)
    await page.fill('#password', 'not this one')
    await page.click('text=Add a passkey')
    await page.waitForSelector('.problem')
    await everybody(page, 'wallet-passkeys-problem')
    await page.fill('#password', PASSWORD)
    await page.click('text=Add a passkey')
    await page.fill('#name', 'My phone')
    await everybody(page, 'wallet-passkey-new')
    await page.click('text=Make the passkey')
    await page.waitForSelector('main >> text=My phone')
    await everybody(page, 'wallet-passkeys')
    await page.goto(`${url}/wallet`)
    await page.click('text=Sign out')
    await page.click('text=passkey instead')
    await everybody(page, 'wallet-passkey-login')
    await page.click('text=Use a passkey')
    await page.waitForURL(`${url}/wallet`)
    assert.match(await page.innerText('body'), /Signed in as alice/)
    // It leads to where somebody was on their way.
    await page.click('text=Sign out')
    await page.goto(`${url}/wallet/login?next=/wallet/send`)
    await page.click('text=passkey instead')
    await page.click('text=Use a passkey')
    await page.waitForURL(`${url}/wallet/send`)
    await agreeByPasskey(t, node, page, keys, bobs, shop)
    await page.goto(`${url}/wallet`)
    // Somebody who is not verified by the device gets nowhere; a removed one neither.
    await page.click('text=Sign out')
    await keys.verifies(false)
    await page.goto(`${url}/wallet/login/passkey`)
    await page.click('text=Use a passkey')
    await page.waitForSelector('.problem')
    await keys.verifies(true)
    await signIn(page, { url })
    await page.goto(`${url}/wallet/passkeys`)
    await page.click('summary:text("Remove")')
    await page.click('text=Yes, remove it')
    await page.waitForSelector('text=None yet')
    await page.goto(`${url}/wallet/login/passkey`)
    await page.click('text=Use a passkey')
    await page.waitForSelector('text=not known here')
    assert.deepEqual(page.faults, [])
  },

  'messages of the browser itself: to who asked for them, of what they want to know, each once': async (t) => {
    const node = await provider(t)
    const b = await browser(t)
    /** A page of alice's whose messages are noted; `may`: what she answered the browser. */
    const noted = async (may, language = 'en') => {
      const page = await tab(b, { allowed: [node.url] })
      const context = page.context()
      await context.grantPermissions(may ? ['notifications'] : [])
      page.messages = []
      page.asked = 0
      await context.exposeFunction('noteMessage', (...all) => page.messages.push(all))
      await context.exposeFunction('noteAsked', () => page.asked++)
      // A browser without a head always says "denied" here, whatever it was asked and answers.
      await context.addInitScript((mayBeAsked) => {
        const Real = globalThis.Notification
        globalThis.Notification = class extends Real {
          static get permission() {
            return localStorage.getItem('answered') ?? (mayBeAsked ? 'default' : Real.permission)
          }

          constructor(title, { body, tag }) {
            super(title, { body, tag })
            globalThis.noteMessage(title, body, tag)
          }

          static async requestPermission() {
            globalThis.noteAsked()
            localStorage.setItem('answered', await Real.requestPermission())
            return localStorage.getItem('answered')
          }
        }
      }, may)
      await signIn(page, node)
      await speak(page, language)
      await page.goto(`${node.url}/wallet/notices`)
      return page
    }
    const badge = (page, number) => page.waitForSelector(`nav [data-newest="${number}"]`)
    const pay = () => node.ok('pay', 'carol', `${node.url}/alice`, '--send', '0.10', '--yes')
    const newest = async () => Number((await sql(node, "SELECT max(number) AS n FROM notice JOIN wallet_user u ON u.id = user_id WHERE u.name = 'alice'"))[0].n)
    await node.ok('deposit', 'carol', '10.00')

    const no = await noted(false)
    assert.equal(await no.evaluate(() => Notification.permission), 'denied')
    assert.ok(await no.isVisible('[data-notify-refused]'))
    assert.equal(await no.isVisible('[data-notify-on]'), false)
    const page = await noted(true, 'es')
    assert.equal(page.asked, 0, 'nobody is asked before they ask for it')
    // Not asked for yet: nothing is shown.
    await pay()
    await badge(page, await newest())
    await page.click('[data-notify-on]')
    await page.waitForSelector('[data-notify-off]')
    assert.equal(page.asked, 1)
    assert.deepEqual(page.messages, [])
    // Two pages are open: one message, in the reader's words, and nobody else's words in it.
    const home = await page.context().newPage()
    await home.goto(`${node.url}/wallet`)
    await pay()
    for (const p of [page, home, no]) await badge(p, await newest())
    const first = [['Florin', 'Hay algo nuevo en su monedero.', 'florin-notify']]
    await until('the message', () => page.messages.length > 0)
    await page.reload()
    await home.reload()
    await badge(page, await newest())
    assert.deepEqual(page.messages, first)
    // What is muted shows nothing, though the pages have followed; what comes after it does.
    await no.goto(`${node.url}/wallet/settings`)
    await no.uncheck('input[name=received]')
    await no.click('form[action="/wallet/settings/notices"] button')
    await no.waitForURL(/done=notices/)
    await no.goto(`${node.url}/wallet/notices`)
    const count = await newest()
    await pay()
    await home.waitForFunction(() => /1000,30/.test(document.querySelector('main').innerText))
    assert.equal(await newest(), count)
    await speak(page, 'en')
    await page.reload()
    await home.close()
    await node.ok('key', 'add', 'alice', '--jwk', await jwkFile(t))
    await badge(page, count + 1)
    await until('the next message', () => page.messages.length > 1)
    assert.deepEqual(page.messages, [...first, ['Florin', 'There is something new in your wallet.', 'florin-notify']])
    // No more of them, after that was said.
    await page.click('[data-notify-off]')
    await node.ok('key', 'add', 'alice', '--jwk', await jwkFile(t))
    for (const p of [page, no]) await badge(p, count + 2)
    assert.equal(page.messages.length, 2)
    assert.deepEqual(no.messages, [], 'and none where the browser was told to show none')
    assert.deepEqual([...page.faults, ...no.faults], [])
  },

  'what others write stays text': async (t) => {
    const PAGE = 25 // of the list
    const NOTES = 100 // of one payment's page
    const node = await provider(t)
    const amount = { value: '1', assetCode: 'USD', assetScale: 2 }
    for (let i = 0; i < PAGE; i++) {
      const quote = await node.admin('POST', '/quotes', { walletAddress: 'alice', receiver: `${node.url}/carol`, debitAmount: amount })
      const paid = await node.admin('POST', '/outgoing-payments', { quoteId: quote.json().id })
      assert.equal(paid.status, 201, paid.text())
    }
    const page = await tab(await browser(t), { allowed: [node.url] })
    await signIn(page, node)
    await page.click('main .line a')
    await page.waitForURL(/payments/)
    const payment = page.url()
    const quoted = (text) => `'${text.replaceAll("'", "''")}'`
    const nth = (i) => `(SELECT account FROM outgoing_payment ORDER BY account LIMIT 1 OFFSET ${i})`
    const rounds = (texts, n) => Array.from({ length: Math.ceil(texts.length / n) }, (_, i) => texts.slice(i * n, (i + 1) * n))
    const harmless = (n) => Array.from({ length: n }, () => 'Bob Example')
    /** Both addresses with these texts in place -> what the pages are made of. */
    const shown = async (statements, urls) => {
      await sql(node, statements.join(' '))
      const made = []
      for (const url of urls) {
        await page.goto(url)
        made.push(await skeleton(page))
        assert.equal(await page.evaluate(() => window.struck), undefined)
      }
      assert.deepEqual(page.faults, [])
      return made
    }
    const names = (texts) =>
      shown(
        texts.map((text, i) => `UPDATE outgoing_payment SET metadata = ${quoted(JSON.stringify({ payee: { name: text, address: text } }))} WHERE account = ${nth(i)};`),
        [`${node.url}/wallet`, `${node.url}/wallet/payments`, payment]
      )
    const notes = (texts) =>
      shown(
        ['DELETE FROM note;', ...texts.map((text, i) => `INSERT INTO note (outgoing, received, stream, text, created_ms) VALUES (${nth(PAGE - 1)}, 1, ${i}, ${quoted(text)}, 1);`)],
        [payment]
      )
    const ASKED = 20 // of a page of deposits and withdrawals
    const answers = (texts) =>
      shown(
        [
          'DELETE FROM cash_request;',
          ...texts.map(
            (text) => `INSERT INTO cash_request (id, account, kind, amount, note, state, answer, created_ms, expires_ms, ended_ms)
              SELECT randomblob(16), account, 'deposit', 1, ${quoted(text)}, 'REFUSED', ${quoted(text)}, 1, 3, 2 FROM wallet WHERE name = 'alice';`
          )
        ],
        [`${node.url}/wallet/deposit`]
      )
    // Apps and keys in notices: cut to what a notice keeps.
    const NOTICES = 50
    const kinds = ['app_allowed', 'app_ended', 'key_added', 'key_revoked']
    const notices = (texts) =>
      shown(
        [
          'DELETE FROM notice;',
          ...texts.map(
            (text, i) => `INSERT INTO notice (user_id, number, kind, wallet, subject, amount, text, created_ms)
              SELECT user_id, ${i + 1}, '${kinds[i % kinds.length]}', account, randomblob(16), 0, ${quoted(text)}, 1 FROM wallet WHERE name = 'alice';`
          )
        ],
        [`${node.url}/wallet/notices`, `${node.url}/wallet`]
      )
    const noticed = await notices(harmless(NOTICES))
    assert.ok(noticed[0].bdi >= NOTICES, 'they are there')
    for (const round of rounds(hostile(255), NOTICES)) assert.deepEqual(await notices(round), noticed, JSON.stringify(round))
    const texts = hostile(1000)
    const named = await names(harmless(PAGE))
    for (const round of rounds(texts, PAGE)) assert.deepEqual(await names(round), named, JSON.stringify(round))
    const noted = await notes(harmless(NOTES))
    assert.ok(noted[0]['p[class]'] >= NOTES, 'they are there')
    for (const round of rounds(texts, NOTES)) assert.deepEqual(await notes(round), noted)
    const answered = await answers(harmless(ASKED))
    assert.ok(answered[0].bdi >= 2 * ASKED, 'they are there, too')
    const short = hostile(200).filter((text) => [...text].length <= 200 && !text.includes('\0'))
    for (const round of rounds(short, ASKED)) {
      const full = [...round, ...harmless(ASKED - round.length)]
      assert.deepEqual(await answers(full), answered, JSON.stringify(round))
    }
  }
}
