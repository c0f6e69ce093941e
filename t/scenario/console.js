// The operator's console: its login, its pages, what is done there and what of it is written down.

import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { askAs } from './lib/cash.js'
import { readFileSync } from 'node:fs'
import { until } from './lib/http.js'
import { codeOf, Operator, PASSWORD } from './lib/operator.js'
import { forms, words } from './lib/pages.js'
import { addPeer, payingNode } from './lib/setups.js'
import { storedGrant } from './lib/stored_grant.js'

async function signOut(operator) {
  const { action, fields } = forms(await operator.page('/console')).find((f) => f.action === '/console/logout')
  assert.equal((await operator.post(action, fields)).status, 303)
}

export const maxMs = 120000

const usd = (value) => ({ value: String(value), assetCode: 'USD', assetScale: 2 })

/** The fields of each line. */
function csv(text) {
  const rows = text.trimEnd().split('\r\n')
  return rows.map((line) => [...line.matchAll(/"((?:[^"]|"")*)"(?:,|$)/g)].map((m) => m[1].replaceAll('""', '"')))
}

const tests = {}
export { tests }

tests['an operator is set up with a token that is good once, and signs in with a code that is good once'] = async (t) => {
  const node = await t.serving('console')
  const ann = new Operator(node)
  for (const path of ['/', '/console', '/console/peers', '/console/acts?who=ann', '/console/ledger/export', '/console/peers/x/statement']) {
    assert.equal((await ann.get(path)).status, 303, path)
  }
  assert.equal((await ann.get('/console/peers?x=1')).headers.location, '/console/login?next=%2Fconsole%2Fpeers%3Fx%3D1')
  assert.equal((await ann.get('/console/live')).status, 401)
  const page = await ann.get('/console/login')
  assert.match(page.headers['content-security-policy'], /default-src 'none'.*frame-ancestors 'none'/)
  assert.ok(!/script|unsafe/.test(page.headers['content-security-policy']))
  const setup = await ann.get('/console/setup')
  assert.equal((await ann.submit(setup.text(), { setup: 'A'.repeat(43) })).status, 403, 'a token that nobody gave')

  const { setupToken } = await node.ok('operator', 'token', 'ann')
  node.secrets.add('a set-up token', setupToken)
  const second = await ann.submit(setup.text(), { setup: setupToken })
  assert.match(words(second.text()), /At least 12 characters/)
  const short = await ann.submit(second.text(), { password: 'eleven long', again: 'eleven long', code: '000000' })
  assert.equal(short.status, 400)
  assert.match(short.text(), /That password is too short/)

  const token = await ann.setUp('ann')
  const cookie = [...ann.cookies.keys()].find((name) => name === `florin-console-${node.adminPort}`)
  assert.ok(cookie, [...ann.cookies.keys()].join())
  assert.match(words(await ann.page('/console/checklist')), /Signed in as ann.*An operator can sign in here/)
  const late = new Operator(node)
  assert.equal((await late.submit((await late.get('/console/setup')).text(), { setup: token })).status, 403, 'the token is used up')

  // The code of the set-up was one of the login: it is not good again, nor is one before it.
  const bea = new Operator(node)
  for (const ahead of [-1, 0]) assert.equal((await bea.signIn('ann', PASSWORD, codeOf(ann.secret, ahead))).status, 403, `${ahead}`)
  assert.equal((await bea.signIn('ann', 'wrong', codeOf(ann.secret, 1))).status, 403)
  assert.equal((await bea.signIn('nobody', PASSWORD, codeOf(ann.secret, 1))).status, 403)
  const next = codeOf(ann.secret, 1)
  const right = await bea.signIn('ann', PASSWORD, next)
  assert.equal(right.status, 303, words(right.text()))
  assert.match(right.headers['set-cookie'].join(), /Path=\/console; HttpOnly; SameSite=Strict/)
  await bea.page('/console')
  assert.equal((await new Operator(node).signIn('ann', PASSWORD, next)).status, 403, 'a code is good once')

  // A new token lets her begin anew, and ends what was open.
  const again = new Operator(node)
  await again.setUp('ann', 'another long password')
  assert.equal((await bea.get('/console')).status, 303)
  assert.equal((await ann.get('/console')).status, 303)
  await signOut(again)
  assert.equal((await again.get('/console')).headers.location, '/console/login?next=%2Fconsole')
  const acts = await again.acts()
  assert.deepEqual(acts, ['ann operator.sign_out', 'ann operator.set_up', 'ann operator.sign_in', 'ann operator.set_up'])
}

tests['tries are counted, codes as well as passwords'] = async (t) => {
  const node = await t.serving('throttled')
  const ann = new Operator(node)
  await ann.setUp('ann')
  const thief = new Operator(node)
  const status = []
  // The password is right, the code is not.
  for (let i = 0; i < 7; i++) status.push((await thief.signIn('ann', PASSWORD, '000000')).status)
  assert.deepEqual(status.slice(0, 5), [403, 403, 403, 403, 403])
  assert.ok(status.slice(5).includes(429), `${status}`) // how long is waited grows; a slow machine may have waited once
  // Forms of other pages, without a token, or from elsewhere are nothing.
  const page = await ann.page('/console/wallets')
  const form = forms(page).find((f) => f.action === '/console/wallets/add')
  const fields = { ...form.fields, name: 'alice', assetCode: 'USD' }
  assert.equal((await ann.post(form.action, { ...fields, token: '' })).status, 403)
  assert.equal((await ann.post('/console/assets/add', { ...fields, code: 'AAA', scale: '2' })).status, 403, 'a token of another form')
  assert.equal((await ann.post(form.action, fields, { 'sec-fetch-site': 'cross-site' })).status, 403)
  assert.equal((await new Operator(node).post(form.action, fields)).status, 303, 'nobody is signed in')
  assert.equal((await node.admin('GET', '/wallet-addresses')).json().items.length, 0)
  // The same form twice acts once.
  for (let i = 0; i < 2; i++) assert.equal((await ann.post(form.action, fields)).status, 303)
  assert.equal((await node.admin('GET', '/wallet-addresses')).json().items.length, 1)
  assert.deepEqual((await ann.acts()).filter((a) => a.includes('wallet')), ['ann wallet.add alice'])
}

/** An endpoint, its secrets shown once, its filter, a delivery told again. */
async function webhookActs(node, ann) {
  const secretOf = (answer) => {
    const secret = /data-copy="([\w-]{43})"/.exec(answer.text())[1]
    node.secrets.add('the secret of an endpoint', secret)
    return secret
  }
  const url = 'http://127.0.0.1:9/hook'
  // A box for each type that docs/events.md lists, and what was ticked stays where the form is refused.
  const boxes = [...(await ann.page('/console/webhooks')).matchAll(/type="checkbox" name="types\.([^"]+)"/g)].map((m) => m[1])
  const listed = [...readFileSync(new URL('../../docs/events.md', import.meta.url), 'utf8').matchAll(/^\| (`[a-z_]+\.[a-z_]+`[^|]*) \|/gm)].flatMap((m) => [...m[1].matchAll(/`([a-z_.]+)`/g)].map((n) => n[1]))
  assert.deepEqual(boxes.filter((type) => !/^[a-z_]+\.[a-z_]+$/.test(type)), [])
  assert.ok(boxes.length >= 27, `${boxes.length}`)
  assert.deepEqual(boxes.filter((type) => !listed.some((l) => l === type || type.endsWith(l))), [])
  const wrong = await ann.act('/console/webhooks', 'webhook.add', { url: 'no url', 'types.grant.revoked': 'yes' }, 400)
  assert.deepEqual([...wrong.text().matchAll(/name="types\.([^"]+)"[^>]* checked/g)].map((m) => m[1]), ['grant.revoked'])
  const first = secretOf(await ann.act('/console/webhooks', 'webhook.add', { url }, 200))
  const hook = (await node.admin('GET', '/webhook-endpoints')).json().items.find((e) => e.url === url).id
  const page = `/console/webhooks/${hook}`
  assert.ok(!(await ann.page(page)).includes(first), 'a secret is shown once')
  await node.ok('request', 'alice', '1.00')
  const event = await until('the delivery', async () => (await node.admin('GET', `/webhook-endpoints/${hook}/deliveries`)).json().items[0])
  await ann.act(`${page}/deliveries/${event.id}`, 'delivery.redeliver')
  await ann.act(page, 'webhook.set', { 'types.outgoing_payment.completed': 'yes', 'types.outgoing_payment.failed': 'yes', enabled: '' })
  const filtered = (await node.admin('GET', `/webhook-endpoints/${hook}`)).json()
  assert.deepEqual([filtered.types, filtered.enabled], [['outgoing_payment.completed', 'outgoing_payment.failed'], false])
  const second = secretOf(await ann.act(page, 'webhook.secret', {}, 200))
  assert.notEqual(first, second)
  // One more, to be removed; what must be typed is looked at.
  await ann.act('/console/webhooks', 'webhook.add', { url: `${url}2`, 'types.grant.revoked': 'yes' }, 200).then(secretOf)
  const other = (await node.admin('GET', '/webhook-endpoints')).json().items.find((e) => e.url === `${url}2`).id
  await ann.act(`/console/webhooks/${other}`, 'webhook.remove', { confirm: 'yes' }, 400)
  await ann.act(`/console/webhooks/${other}`, 'webhook.remove', { confirm: 'remove' })
  assert.equal((await node.admin('GET', `/webhook-endpoints/${other}`)).status, 404)
  for (const act of ['webhook.add ', `webhook.set ${hook}`, `webhook.secret ${hook}`, `webhook.remove ${other}`, `delivery.redeliver ${hook}`]) {
    assert.ok((await ann.acts()).some((a) => a.includes(act.trim())), act)
  }
  return { hook, told: event.id }
}

tests['every page shows what the admin API says, and every act is one of its requests and is written down'] = async (t) => {
  const { node, pointer } = await payingNode(t)
  await node.ok('pay', 'alice', pointer, '--send', '12.50', '--trace', '--yes')
  const failed = await node.cli('--json', 'pay', 'alice', `${pointer}-gone`, '--send', '1.00', '--yes')
  assert.notEqual(failed.code, 0)
  await node.ok('request', 'alice', '5.00', '--description', '=HYPERLINK("http://x")')
  const ann = new Operator(node)
  await ann.setUp('ann')

  // Acts, each by the form of its page.
  await ann.act('/console/wallets', 'wallet.add', { name: 'bob', assetCode: 'USD', publicName: '=1+1' })
  await ann.act('/console/wallets/bob', 'wallet.deposit', { amount: '7.25' })
  await ann.act('/console/wallets/bob', 'wallet.withdraw', { amount: '0.25', confirm: 'bob' })
  await ann.act('/console/wallets/bob', 'wallet.rename', { publicName: '@Bob <b>' })
  const pem = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' })
  await ann.act('/console/wallets/bob', 'key.add', { key: pem.replaceAll('\n', '\r\n'), kid: 'shop' })
  const [key] = (await node.admin('GET', '/wallet-addresses/bob/keys')).json().items
  assert.equal(key.kid, 'shop')
  await ann.act(`/console/keys/${key.id}`, 'key.revoke', { confirm: 'shop' }, 400)
  await ann.act(`/console/keys/${key.id}`, 'key.revoke', { confirm: 'revoke' })
  assert.ok((await node.admin('GET', '/wallet-addresses/bob/keys')).json().items[0].revokedAt)
  await ann.act('/console/assets', 'asset.add', { code: 'CHF', scale: '2' })
  await ann.act('/console/assets/USD', 'asset.deposit', { amount: '100.00' })
  await ann.act('/console/assets/USD', 'asset.fee', { type: 'sending', basisPoints: '10' })
  await ann.act('/console/assets/USD', 'asset.set', { liquidityThreshold: '50.00', liquidityThresholdHigh: '150.00' })
  await ann.act('/console/peers/fake', 'peer.settle', { direction: 'received', amount: '3.00', reference: 'bank 7' })
  await ann.act('/console/peers/fake', 'peer.set', { creditLimit: '92233720368547758.07', liquidityThreshold: '92233720368547758.07' })
  assert.match(await ann.page('/console/peers/fake'), /Left for it to send: [1-9][0-9.]* USD \(we owe it [1-9][^<]*<span class="badge bad">low<\/span><\/label> <progress[^>]* value="(99|100)"/)
  await ann.act('/console/peers/fake', 'peer.set', { creditLimit: '9.00', routes: 'test.fake2 test.fake3' })
  assert.doesNotMatch(await ann.page('/console/peers/fake'), /id="peer.activate"/, 'it is active')
  await ann.act('/console/peers/fake', 'peer.drain')
  await ann.act('/console/peers/fake', 'peer.activate')
  await ann.act('/console/peers/fake', 'peer.token.add', { addIncomingToken: 'token-of-the-console-1' })
  await ann.act('/console/peers/fake', 'peer.test', {}, 200)
  await ann.act('/console/rates', 'spread.set', { direction: 'in', from: 'USD', to: 'EUR', basisPoints: '25' })
  await ann.act('/console/backups', 'backup.make')
  const invited = await ann.act('/console/peers', 'peer.invite', { name: 'west', assetCode: 'USD', creditLimit: '10.00' }, 200)
  const link = /data-copy="([^"]+#[^"]+)"/.exec(invited.text())[1]
  node.secrets.add('an invitation', link.split('#')[1])
  const made = await ann.act('/console/operators', 'operator.add', { name: 'bea' }, 200)
  node.secrets.add('a set-up token', /data-copy="([A-Za-z0-9_-]{43})"/.exec(made.text())[1])
  await ann.act('/console/operators', 'operator.remove', { operator: 'bea', confirm: 'bea' })

  // What is wrong stands beside its field, and what was typed stays.
  const wrong = await ann.act('/console/wallets', 'wallet.add', { name: 'Not A Name', assetCode: 'USD' }, 400)
  assert.match(wrong.text(), /id="wallet\.add-name"[^>]*value="Not A Name"[^>]*aria-invalid="true"/)
  await ann.act('/console/wallets/bob', 'wallet.withdraw', { amount: '0.25', confirm: 'Bob' }, 400)
  await ann.act('/console/wallets/bob', 'wallet.withdraw', { amount: '0.25', confirm: '{id}' }, 400)
  await ann.act('/console/wallets/bob', 'wallet.withdraw', { amount: 'much', confirm: 'bob' }, 400)
  const poor = await ann.act('/console/wallets/bob', 'wallet.withdraw', { amount: '1000.00', confirm: 'bob' }, 422)
  assert.match(words(poor.text()), /less than that|not enough|too little|has less|holds/i)
  await ann.act('/console/assets/USD', 'asset.fee', { type: 'sending', basisPoints: '99999' }, 400)
  const balance = (await node.admin('GET', '/wallet-addresses/bob/balance')).json()
  assert.equal(balance.balance.value, '700', 'refusals moved nothing')

  assert.deepEqual((await ann.acts()).reverse().slice(1), [
    'ann wallet.add bob', 'ann wallet.deposit bob', 'ann wallet.withdraw bob', 'ann wallet.rename bob', 'ann key.add bob',
    `ann key.revoke ${key.id}`, 'ann asset.add',
    'ann asset.deposit USD', 'ann asset.fee USD', 'ann asset.set USD', 'ann peer.settle fake', 'ann peer.set fake', 'ann peer.set fake', 'ann peer.drain fake',
    'ann peer.activate fake', 'ann peer.token.add fake', 'ann peer.test fake', 'ann spread.set', 'ann backup.make', 'ann peer.invite west',
    'ann operator.add bea', 'ann operator.remove'
  ])
  const trail = JSON.stringify((await node.admin('GET', '/operator-acts')).json())
  for (const secret of ['token-of-the-console-1', link.split('#')[1], PASSWORD]) assert.ok(!trail.includes(secret), secret)
  assert.ok(trail.includes('bank 7'))

  const { hook, told } = await webhookActs(node, ann)
  await storedGrant(node, { client: 'https://shop.example/till', clientName: '<b>Shop', access: [{ type: 'quote', actions: ['create'], wallet: 'alice' }] })
  const grant = (await node.admin('GET', '/grants')).json().items[0].id

  // Pages.
  const payment = (await node.admin('GET', '/outgoing-payments')).json().items[0].id
  const incoming = (await node.admin('GET', '/incoming-payments')).json().items.find((p) => JSON.stringify(p.metadata).includes('HYPERLINK')).id
  const event = (await node.admin('GET', '/events')).json().items[0].id
  const deposit = await askAs(node, 'bob', 'deposit', { amount: '4.00', note: '=HYPERLINK("x")' })
  const shown = {
    '/console': /Payments a second.*Last hour.*Liquidity.*USD: 100\.00 USD in the pool.*Peers.*fake/,
    '/console/checklist': /A backup was made/,
    '/console/payments': /outgoing.*alice.*completed|incoming.*pending/,
    '/console/payments?walletAddress=bob': /Nothing matches\. ?Show all/,
    [`/console/payments/${payment}`]: /What happened Made, \d{4}-\d\d-\d\d .*Attempt: 12\.50 USD sent.*Packets After .*fulfilled.*Lines of the ledger/,
    [`/console/payments/${incoming}`]: /Incoming payment.*HYPERLINK/,
    '/console/peers': /fake.*Invite a peer/,
    '/console/peers/fake': /Left for it to send.*bank 7.*Statement/,
    '/console/routes': /test\.fake2.*fake/,
    '/console/routes?destination=test.fake2.x': /Where it goes.*test\.fake2/,
    '/console/assets': /USD.*CHF|CHF.*USD/,
    '/console/assets/USD': /0\.10 %/,
    '/console/rates': /USD EUR.*Spreads in force.*0\.25 % ann/,
    '/console/rates/history?from=USD&to=EUR': /USD to EUR.*Rate over time.*As a table.*USD\/EUR 0\.\d+ file/,
    '/console/rates/history?from=EUR&to=GBP&span=month': /USD\/GBP.*USD\/EUR|USD\/EUR.*USD\/GBP/,
    '/console?span=day': /Last day/,
    '/console/wallets': /alice.*bob/,
    '/console/wallets/bob': /7\.00 USD.*Keys of its clients/,
    '/console/users': /alice alice no 0/,
    '/console/keys': /shop.*bob revoked.*Keys of the node/,
    '/console/keys?state=ACTIVE': /Nothing matches/,
    '/console/keys?kid=shop&walletAddress=bob&state=REVOKED': /shop.*bob revoked/,
    [`/console/keys/${key.id}`]: /State revoked Wallet bob Key id shop/,
    '/console/grants': /shop\.example/,
    [`/console/grants/${grant}`]: /shop\.example.*quote/,
    '/console/events': /outgoing_payment\.created/,
    '/console/events?state=PARKED': /Nothing matches/,
    '/console/events?type=outgoing_payment.completed&state=PENDING': /outgoing_payment\.completed pending/,
    '/console/events?type=peer.down': /Nothing matches/,
    [`/console/events/${event}`]: /Delivery.*The event/,
    '/console/webhooks': /127\.0\.0\.1:9\/hook.*Add an endpoint/,
    [`/console/webhooks/${hook}`]: /outgoing_payment\.completed.*On no.*Newest deliveries/,
    [`/console/webhooks/${hook}/deliveries`]: /incoming_payment\.created/,
    [`/console/webhooks/${hook}/deliveries?state=WAITING`]: /Nothing matches/,
    [`/console/webhooks/${hook}/deliveries/${told}`]: /Delivery.*Deliver again.*The event/,
    '/console/pages': /All pages.*\/console\/webhooks\/\{id\}/,
    '/console/ledger': /Balance sheet.*wallet/,
    '/console/ledger/accounts?assetCode=USD&kind=wallet': /wallet:alice/,
    '/console/ledger/transfers': /posted/,
    '/console/doubts': /Nothing is in doubt/,
    '/console/withdrawals': /None was begun/,
    '/console/cash': /deposit bob 4\.00 USD pending =HYPERLINK/,
    '/console/cash?state=PENDING': /deposit bob 4\.00 USD/,
    [`/console/cash/${deposit.id}`]: /Deposit What is asked for.*From where =HYPERLINK.*Ends \d.*Your answer Approve the deposit/,
    '/console/node': /public_url.*Keys of the node/,
    '/console/backups': /florin-\d+\.db/,
    '/console/operators': /ann yes/,
    '/console/logs?level=warn': /newest lines of the log.*level=warn event=dev/,
    '/console/clients': /shop\.example/,
    '/console/acts?who=ann': /ann wallet\.add bob/
  }
  // None that the program lists is left out.
  const patterns = [...(await ann.page('/console/pages')).matchAll(/<bdi>(\/console[^<]*)<\/bdi>/g)].map((m) => m[1])
  assert.ok(patterns.length > 30, patterns.join(' '))
  const paths = Object.keys(shown).map((path) => path.replace(/\?.*/, ''))
  assert.deepEqual(patterns.filter((p) => !paths.some((path) => new RegExp(`^${p.replace(/\{\w+\}/g, '[^/]+')}$`).test(path))), [])
  for (const [path, text] of Object.entries(shown)) {
    const answer = await ann.get(path)
    assert.equal(answer.status, 200, `${path}: ${words(answer.text())}`)
    assert.match(words(answer.text()), text, path)
    assert.match(answer.headers['content-security-policy'], /default-src 'none'; script-src 'self'; connect-src 'self'/, path)
    assert.ok(!/unsafe/.test(answer.headers['content-security-policy']))
    assert.doesNotMatch(answer.text(), /<script>|\son[a-z]+="|style="|<b>/, path)
  }
  // Only outgoing payments so far, and an endpoint that is off.
  const steps = await ann.page('/console/checklist')
  assert.match(steps, /<li class="now"><a href="\/console\/payments\?direction=incoming">A first payment has arrived/)
  assert.match(steps, /<li class="now"><a href="\/console\/webhooks">The host is told of events/)
  assert.match(words(await ann.page('/console')), /To be answered 1 deposits and withdrawals.*Events that wait – for nobody/)
  await ann.act(`/console/cash/${deposit.id}`, 'cash.approve', { answer: 'There it is' })
  assert.match(words(await ann.page(`/console/cash/${deposit.id}`)), /State approved.*Answer There it is.*Ends – Ended \d/)
  const out = await askAs(node, 'bob', 'withdraw', { amount: '1.00' })
  await ann.act(`/console/cash/${out.id}`, 'cash.paid')
  assert.match(words(await ann.page(`/console/cash/${out.id}?done=cash.paid`)), /Withdrawal Done: Approve the withdrawal.*State approved.*To where/)
  assert.match(words(await ann.page('/console')), /To be answered 0/)
  assert.equal((await ann.get('/console/wallets/nobody')).status, 404)
  assert.equal((await ann.get('/console/payments?walletAddress=nobody')).status, 404)
  const bad = await ann.get('/console/events?resource=x')
  assert.equal(bad.status, 400)
  assert.match(bad.text(), /id="filter-resource"[^>]*aria-invalid="true"/)
  for (const [path, field] of [['events?type=payment', 'type'], ['keys?state=LOST', 'state']]) {
    const odd = await ann.get(`/console/${path}`)
    assert.equal(odd.status, 400, path)
    assert.match(odd.text(), new RegExp(`id="filter-${field}-problem"`), path)
  }
  // The longest type is whole.
  const longest = 'incoming_payment.partial_payment_received'
  assert.match(await ann.page(`/console/events?type=${longest}`), new RegExp(`<option value="${longest}" selected>${longest}<`))
  const events = await ann.page('/console/events?type=outgoing_payment.completed')
  assert.match(events, /<option value="outgoing_payment\.completed" selected>/)
  const settings = words(await ann.page('/console/node'))
  assert.ok(!settings.includes(node.adminToken()))
  assert.match(settings, /server dev yes file|server dev true file/)

  // Files: exactly what the filter shows, and nothing that a spreadsheet would run.
  const list = csv(await ann.page('/console/wallets?format=csv'))
  assert.deepEqual(list[0].slice(0, 2), ['Name', 'Public name'])
  assert.deepEqual(list.slice(1).map((row) => row[0]).sort(), ['alice', 'bob'])
  assert.equal(list.find((row) => row[0] === 'bob')[1], "'@Bob <b>")
  const paid = csv(await ann.page('/console/payments?walletAddress=alice&format=csv'))
  assert.equal(paid.length - 1, (await node.admin('GET', '/payments?walletAddress=alice')).json().items.length)
  // As JSON: what the API says of each, page behind page, with the same filter.
  for (const [page, path] of [['payments?walletAddress=alice', '/payments?walletAddress=alice'], ['payments?state=FAILED', '/payments?state=FAILED'], ['withdrawals?limit=100', '/withdrawals'], ['keys?state=REVOKED', '/keys?state=REVOKED'],
    ['events?type=outgoing_payment.completed', '/events?type=outgoing_payment.completed&order=desc&include=delivery'], ['logs?text=console_setup', '/logs?text=console_setup']]) {
    const file = await ann.get(`/console/${page}&format=json`)
    assert.equal(file.status, 200, page)
    assert.match(file.headers['content-disposition'], /^attachment; filename="\w+\.json"$/)
    assert.deepEqual(file.json(), (await node.admin('GET', path)).json().items, page)
    assert.match((await ann.page(`/console/${page}`)).replaceAll('&amp;', '&'), /href="[^"]*format=json"/)
  }
  // Filters: exactly those, in pages of whatever size.
  const all = (await node.admin('GET', '/payments')).json().items
  const day = new Date().toISOString().slice(0, 10)
  for (const [query, fits] of [
    ['direction=outgoing', (p) => p.direction === 'outgoing'],
    ['direction=incoming&state=PENDING', (p) => p.direction === 'incoming' && p.state === 'PENDING'],
    ['state=FAILED', (p) => p.state === 'FAILED'],
    [`from=${day}&to=${day}`, (p) => p.createdAt.startsWith(day)],
    ['to=2020-01-01', () => false],
    ['from=2999-01-01', () => false]
  ]) {
    const ids = []
    for (let cursor = ''; cursor !== null; ) {
      const page = (await node.admin('GET', `/payments?limit=1&${query}${cursor && `&cursor=${cursor}`}`)).json()
      ids.push(...page.items.map((p) => p.id))
      cursor = page.nextCursor
    }
    assert.deepEqual(ids, all.filter(fits).map((p) => p.id), query)
    const file = csv(await ann.page(`/console/payments?${query}&format=csv`))
    assert.deepEqual(file.slice(1).map((row) => row.at(-1)), ids, query)
  }
  assert.equal((await node.admin('GET', '/payments?from=today')).status, 400)
  const [newest] = (await node.admin('GET', '/events?order=desc&limit=1')).json().items
  assert.equal(newest.id, (await node.admin('GET', '/events')).json().items.at(-1).id)
  const accounts = csv(await ann.page('/console/ledger/accounts?format=csv'))
  const at = accounts[0].indexOf('Balance')
  const sums = {}
  for (const row of accounts.slice(1)) sums[row[at + 1]] = (sums[row[at + 1]] ?? 0n) + BigInt(row[at].replace('.', ''))
  assert.ok(Object.keys(sums).includes('USD'))
  for (const [asset, sum] of Object.entries(sums)) assert.equal(sum, 0n, asset)
  const sheet = words(await ann.page('/console/ledger'))
  assert.match(sheet, /USD together \d+ 0\.00 USD/)
  const journal = (await ann.page('/console/ledger/export')).trimEnd().split(/\r?\n/)
  assert.ok(journal.some((line) => line.includes('total')))
  const statement = await ann.get('/console/peers/fake/statement')
  assert.equal(statement.status, 200)
  assert.match(statement.headers['content-type'], /^text\/csv/)
  assert.equal((await ann.get('/console/acts?format=csv')).status, 200)
}

tests['the overview follows what happens'] = async (t) => {
  const node = await t.serving('live')
  const ann = new Operator(node)
  await ann.setUp('ann')
  const page = await ann.page('/console')
  const [, url, stamp] = /data-live="([^"]+)" data-stamp="([^"]+)"/.exec(page)
  const answer = await fetch(`${node.adminUrl}${url}`, { headers: { cookie: ann.cookieHeader() } })
  const reader = answer.body.getReader()
  let text = ''
  const read = (async () => {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      text += Buffer.from(value)
    }
  })()
  t.defer(() => reader.cancel().catch(() => {}))
  const last = () => [...text.matchAll(/data: (\S+)/g)].at(-1)?.[1]
  await until('the stamp of the page', () => last() === stamp)
  assert.match(words(await ann.page('/console/webhooks')), /Nobody is told\. The first one can be added below/)
  await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
  await until('another stamp', () => last() !== stamp)
  assert.match(await ann.page('/console'), new RegExp(`data-stamp="${last()}"`))
  // Whoever is signed out follows no more.
  await signOut(ann)
  await node.ok('wallet', 'add', 'bob', '--asset', 'USD')
  await read
}

tests['the ledger is shown of many assets too'] = async (t) => {
  const node = await t.serving('console')
  const ann = new Operator(node)
  await ann.setUp()
  const codes = Array.from({ length: 90 }, (_, i) => `LEDGER${i}`)
  for (const code of codes) assert.equal((await node.admin('POST', '/assets', { code, scale: 18 })).status, 201)
  const html = await ann.page('/console/ledger')
  for (const code of codes) {
    assert.ok(html.includes(`href="/console/ledger/accounts?assetCode=${code}&amp;kind=fee"`), code)
  }
}
