// The command line: what each command prints with --json, its exit status, and its error line.

import assert from 'node:assert/strict'
import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { usd } from './lib/answers.js'
import { run } from './lib/node.js'
import { request, until } from './lib/http.js'
import { addPeer } from './lib/setups.js'
import { vectors } from './lib/vectors.js'

const ERROR_LINE = /^florin: [^\n]+\n$/
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const PACKET_MEMBERS = {
  prepare: ['type', 'amount', 'expires_at_wire', 'execution_condition', 'destination', 'data'],
  fulfill: ['type', 'fulfillment', 'data'],
  reject: ['type', 'code', 'triggered_by', 'message_hex', 'data']
}

async function refused(node, status, ...args) {
  const r = await node.cli(...args)
  assert.equal(r.code, status, `florin ${args.join(' ')}: exit ${r.code}\n${r.stdout}${r.stderr}`)
  assert.match(r.stderr, ERROR_LINE, args.join(' '))
  return r
}

/** Feeds lines to `florin inspect` -> the JSON objects that came back, one per line. */
async function inspect(form, lines, ...options) {
  const r = await run(['inspect', form, ...options], { input: lines.join('\n') + '\n' })
  assert.equal(r.code, 0, r.stderr)
  const out = r.stdout.trimEnd().split('\n').map((l) => JSON.parse(l))
  assert.equal(out.length, lines.length, 'one line out for each line in')
  return out
}

export const tests = {
  'init makes a private directory and refuses one in use': async (t) => {
    const node = await t.node('fresh')
    assert.equal(statSync(node.dir).mode & 0o777, 0o700)
    for (const name of ['florin.conf', 'florin.db', 'master.key', 'admin.token', 'rates.json']) {
      assert.ok(existsSync(join(node.dir, name)), name)
    }
    for (const name of ['master.key', 'admin.token']) {
      assert.equal(statSync(join(node.dir, name)).mode & 0o777, 0o600, name)
    }
    const before = readFileSync(join(node.dir, 'master.key'))
    await refused(node, 1, 'init', '--dev')
    assert.deepEqual(readFileSync(join(node.dir, 'master.key')), before)
    // What can't be written leaves nothing behind.
    const half = join(t.dir, 'half')
    mkdirSync(half)
    symlinkSync(join(t.dir, 'nowhere'), join(half, 'florin.conf'))
    const r = await run(['-C', half, 'init', '--dev'])
    assert.equal(r.code, 1)
    assert.match(r.stderr, /florin\.conf can't be made/)
    assert.deepEqual(readdirSync(half), ['florin.conf'])
    const rates = JSON.parse(node.rates())
    assert.equal(rates.base, 'USD')
    assert.ok(rates.rates.EUR && rates.rates.GBP && rates.rates.XRP && rates.rates.BTC)

    // What is made up stays on developers' machines: others exchange nothing before they have prices.
    const real = join(t.dir, 'real')
    const made = await run(['-C', real, 'init', '--public-url', 'https://wallet.example', '--ilp-address', 'g.example'])
    assert.equal(made.code, 0, made.stderr)
    assert.deepEqual(JSON.parse(readFileSync(join(real, 'rates.json'), 'utf8')), { base: 'USD', rates: {} })
    const checked = await run(['-C', real, 'check'])
    assert.match(checked.stdout + checked.stderr, /tls_certificate/, 'all that it lacks is the certificate')
    assert.doesNotMatch(checked.stdout + checked.stderr, /rates\.json.*(is|not|byte)/)
  },

  'init and check refuse what cannot work': async (t) => {
    const init = (dir, ...args) => run(['-C', join(t.dir, dir), 'init', ...args])
    for (const [dir, ...args] of [
      ['a', '--dev', '--ilp-address', 'g.live'],
      ['b', '--dev', '--ilp-address', 'no address'],
      ['c', '--public-url', 'http://plain.example'],
      ['d', '--dev', '--public-url', 'http://127.0.0.1:3000/'],
      ['e', '--dev', '--listen', 'nonsense'],
      ['f', '--unknown'],
      ['g', 'superfluous'],
      ['h', '--listen']
    ]) {
      const r = await init(dir, ...args)
      assert.equal(r.code, 2, `${args.join(' ')}: exit ${r.code} ${r.stderr}`)
      assert.match(r.stderr, ERROR_LINE)
      assert.equal(existsSync(join(t.dir, dir, 'florin.db')), false, 'nothing was made')
    }
    const node = await t.node('checked')
    const conf = join(node.dir, 'florin.conf')
    const good = readFileSync(conf, 'utf8')
    for (const [text, pattern] of [
      ['\n[server]\npublic_ulr = x\n', /public_url/],
      ['\n[sever]\nlisten = x\n', /server/],
      ['\n[ilp]\nmax_hold_s = 1\n', /max_hold_s/],
      ['\n[limits]\nconnections = many\n', /connections/]
    ]) {
      writeFileSync(conf, good + text)
      for (const command of ['check', 'serve']) assert.match((await refused(node, 2, command)).stderr, pattern)
    }
    writeFileSync(conf, good)
    assert.equal((await node.cli('check')).code, 0)
  },

  'check shows each value and where it came from': async (t) => {
    const node = await t.node('checked', { env: { FLORIN_QUOTES_LIFETIME_S: '17' } })
    const { items } = await node.ok('check')
    const find = (section, key) => items.find((i) => i.section === section && i.key === key)
    for (const i of items) assert.deepEqual(Object.keys(i).sort(), ['key', 'section', 'source', 'value'])
    assert.deepEqual(find('quotes', 'lifetime_s'), {
      section: 'quotes',
      key: 'lifetime_s',
      value: '17',
      source: 'environment'
    })
    assert.equal(find('server', 'public_url').source, 'file')
    assert.equal(find('server', 'public_url').value, node.url)
    assert.equal(find('ilp', 'max_hold_s').value, '30')
    assert.equal(find('ilp', 'max_hold_s').source, 'default')
    appendFileSync(join(node.dir, 'florin.conf'), '\n[webhooks]\nsecret = do-not-show-this\n')
    const shown = await node.cli('check')
    assert.ok(!shown.stdout.includes('do-not-show-this'))
    assert.equal((await node.ok('check')).items.find((i) => i.key === 'secret').value, 'set')
  },

  'a rates file that serve can\'t use is named': async (t) => {
    const node = await t.node('priceless')
    const file = join(node.dir, 'rates.json')
    for (const [text, why] of [['{"base":"USD","rates":{"EUR":', /rates\.json, byte \d+: /], [null, /rates\.json: No such file/]]) {
      if (text) writeFileSync(file, text)
      else rmSync(file)
      for (const command of ['check', 'serve']) {
        const r = await node.cli(command) // serve says first that it is for no real money
        assert.equal(r.code, 2, r.stderr)
        assert.match(r.stderr, why, command)
      }
    }
  },

  'a port needs dev': async (t) => {
    const made = await run(['-C', join(t.dir, 'ported'), 'init', '--public-url', 'https://wallet.example:8443'])
    assert.equal(made.code, 0, made.stderr)
    assert.match(made.stderr, /wallet\.example:8443 has a port: [^\n]* dev = yes/)
    for (const [dir, ...more] of [['plain', '--public-url', 'https://wallet.example'], ['v6', '--public-url', 'https://[2001:db8::1]'], ['dev', '--dev']]) {
      const quiet = await run(['-C', join(t.dir, dir), 'init', ...more])
      assert.deepEqual([quiet.code, quiet.stderr], [0, ''])
    }
    const open = await run(['-C', join(t.dir, 'open'), 'init', '--public-url', 'https://wallet.example', '--listen', '0.0.0.0:443'])
    assert.match(open.stdout, /\nbefore it starts: \[server\] listen: .* \(set tls_certificate and tls_key.*\)\nstart it with/)
    const node = await t.serving('strict', { env: { FLORIN_SERVER_DEV: 'no', FLORIN_SERVER_PUBLIC_URL: 'https://wallet.example' } })
    for (const to of ['$localhost:7100/bob', 'https://bob.example:7100/bob']) {
      const r = await refused(node, 1, 'resolve', to)
      assert.match(r.stderr, /a receiver with a port needs dev = yes in \[server\] of florin\.conf/)
    }
    assert.doesNotMatch((await refused(node, 1, 'resolve', '$')).stderr, /a port/)
  },

  'a length of time that is none names its option': async (t) => {
    const node = await t.serving('lives')
    await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
    for (const life of ['60', 'd', '0d', '4000d', '1w', '-1d']) {
      const r = await refused(node, 2, 'request', 'alice', `--expires=${life}`)
      assert.match(r.stderr, /--expires/, life)
    }
  },

  'a stopped server is exit status 3': async (t) => {
    const node = await t.node('stopped')
    const id = randomUUID()
    for (const command of [
      ['asset', 'list'],
      ['asset', 'add', 'CHF', '--scale', '2'],
      ['asset', 'deposit', 'USD', '1.00'],
      ['wallet', 'list'],
      ['wallet', 'add', 'alice', '--asset', 'USD'],
      ['wallet', 'show', 'alice'],
      ['deposit', 'alice', '1.00'],
      ['withdraw', 'alice', '1.00'],
      ['balance', 'alice'],
      ['peer', 'list'],
      ['peer', 'show', 'x'],
      ['peer', 'test', 'x'],
      ['route', 'list'],
      ['route', 'explain', 'test.x'],
      ['rates'],
      ['resolve', '$localhost/alice'],
      ['quote', 'alice', '$localhost/bob', '--send', '1.00'],
      ['pay', 'alice', '$localhost/bob', '--send', '1.00', '--yes'],
      ['payment', 'list'],
      ['payment', 'show', id],
      ['doubt', 'list'],
      ['doubt', 'release', id, '--to', 'payer'],
      ['key', 'list', 'alice'],
      ['key', 'revoke', 'alice', 'k'],
      ['request', 'alice', '1.00'],
      ['grant', 'list'],
      ['grant', 'revoke', id],
      ['event', 'list'],
      ['event', 'redeliver', id],
      ['backup', join(node.dir, 'copy.db')]
    ]) {
      await refused(node, 3, ...command)
    }
  },

  'help, version and wrong usage': async () => {
    const version = await run(['--version'])
    assert.equal(version.code, 0)
    assert.match(version.stdout, /^florin \S+\n/)
    const help = await run(['help'])
    assert.equal(help.code, 0)
    const commands =
      'init serve check audit asset wallet deposit withdraw balance peer route rates resolve quote pay payment doubt inspect bench demo help key request grant event backup restore'
    for (const c of commands.split(' ')) {
      assert.match(help.stdout, new RegExp(`^ *(florin )?${c}\\b`, 'm'), c)
      const one = await run(['help', c])
      assert.equal(one.code, 0, c)
      assert.ok(one.stdout.includes(c))
    }
    for (const args of [['nonsense'], ['help', 'nonsense'], ['balance'], ['balance', 'a', 'b'], ['--nope'], ['peer', 'nope'], []]) {
      const r = await run(args)
      assert.equal(r.code, 2, `${args.join(' ')}: exit ${r.code}`)
      assert.match(r.stderr, /^florin: /, args.join(' '))
    }
  },

  'assets: the five that ship, and one more': async (t) => {
    const node = await t.serving('assets')
    const { items } = await node.ok('asset', 'list')
    assert.deepEqual(items.map((a) => `${a.code}/${a.scale}`).sort(), ['BTC/8', 'EUR/2', 'GBP/2', 'USD/2', 'XRP/9'])
    for (const a of items) {
      assert.match(a.id, UUID)
      assert.equal(a.liquidity.value, '0')
    }
    const chf = await node.ok('asset', 'add', 'CHF', '--scale', '2')
    assert.equal(chf.code, 'CHF')
    await refused(node, 1, 'asset', 'add', 'CHF', '--scale', '2')
    await refused(node, 1, 'asset', 'add', 'USD', '--scale', '6')
    await refused(node, 2, 'asset', 'add', 'JPY', '--scale', 'two')
    const set = await node.ok('asset', 'set', 'CHF', '--fee-fixed', '0.10', '--fee-bps', '25')
    assert.deepEqual(set.feeFixed, { value: '10', assetCode: 'CHF', assetScale: 2 })
    assert.equal(set.feeBps, 25)
    const deposit = await node.ok('asset', 'deposit', 'CHF', '12.34')
    assert.equal(deposit.amount.value, '1234')
    assert.equal((await node.ok('asset', 'list')).items.find((a) => a.code === 'CHF').liquidity.value, '1234')
    await refused(node, 1, 'asset', 'deposit', 'ZZZ', '1')
  },

  'wallets, deposits and withdrawals': async (t) => {
    const node = await t.serving('wallets')
    const alice = await node.ok('wallet', 'add', 'alice', '--asset', 'USD', '--name', 'Alice Example')
    assert.match(alice.id, UUID)
    assert.equal(alice.url, `${node.url}/alice`)
    assert.deepEqual(
      [alice.name, alice.publicName, alice.assetCode, alice.assetScale, alice.status, alice.user],
      ['alice', 'Alice Example', 'USD', 2, 'active', 'alice']
    )
    await refused(node, 1, 'wallet', 'add', 'alice', '--asset', 'EUR')
    for (const name of ['ilp', 'auth', 'op', 'admin', 'health', 'node', 'wallet', 'static', 'metrics', 'console']) {
      const r = await node.cli('wallet', 'add', name, '--asset', 'USD')
      assert.ok([1, 2].includes(r.code), `${name} is reserved`)
    }
    for (const name of ['Alice', 'a b', '-a', 'a/b', 'a.b', '', 'a'.repeat(64), 'é']) {
      const r = await node.cli('wallet', 'add', name, '--asset', 'USD')
      assert.ok([1, 2].includes(r.code), `"${name}": exit ${r.code}`)
    }
    // Where nobody can be asked whether to pay, nobody is asked for anything.
    const unasked = await node.cli('pay', 'alice', `${node.url}/alice`, '--send', '1.00')
    assert.deepEqual([unasked.code, unasked.stdout], [2, ''])
    assert.match(unasked.stderr, /nobody is there to be asked/)
    const id = randomUUID()
    const moved = await node.ok('deposit', 'alice', '10.00', '--id', id)
    assert.equal(moved.id, id)
    assert.deepEqual(moved.balance, usd(1000))
    assert.deepEqual(await node.ok('deposit', 'alice', '10.00', '--id', id), moved, 'the same answer again')
    await refused(node, 1, 'deposit', 'alice', '11.00', '--id', id)
    assert.deepEqual(await node.ok('balance', 'alice'), { wallet: 'alice', balance: usd(1000), pending: usd(0) })
    assert.deepEqual((await node.ok('withdraw', 'alice', '4.00')).balance, usd(600))
    await refused(node, 1, 'withdraw', 'alice', '6.01')
    assert.equal(await node.balance('alice'), 600n)
    await refused(node, 1, 'balance', 'nobody')
    await refused(node, 1, 'deposit', 'nobody', '1.00')
    for (const amount of ['1.005', '0', '0.00', '-1', 'x', '1e3', '92233720368547758.08', '1..0']) {
      const r = await node.cli('deposit', 'alice', amount)
      assert.ok([1, 2].includes(r.code), `"${amount}": exit ${r.code}`)
      assert.match(r.stderr, ERROR_LINE, amount)
    }
    await refused(node, 1, 'wallet', 'close', 'alice')
    await node.ok('withdraw', 'alice', '6.00')
    assert.equal((await node.ok('wallet', 'close', 'alice')).status, 'closed')
    assert.equal((await node.ok('wallet', 'show', 'alice')).status, 'closed')
    assert.equal((await node.ok('wallet', 'list')).items.length, 1)
  },

  'peers: added, shown without tokens, changed, settled, removed': async (t) => {
    const node = await t.serving('peers')
    await addPeer(node, 'acme', {
      options: ['--credit-limit', '100.00', '--max-packet', '5.00', '--spread-bps', '25', '--route', 'test.far', '--route', 'test.away']
    })
    const shown = await node.cli('--json', 'peer', 'show', 'acme')
    assert.ok(!/token-(that|acme)/.test(shown.stdout), 'tokens stay secret')
    const acme = JSON.parse(shown.stdout)
    assert.deepEqual(
      [acme.name, acme.assetCode, acme.assetScale, acme.ilpAddress, acme.spreadBps, acme.parent],
      ['acme', 'USD', 2, 'test.acme', 25, false]
    )
    assert.deepEqual([acme.creditLimit, acme.maxPacketAmount, acme.balance, acme.pending], [10000, 500, 0, 0].map(usd))
    assert.deepEqual([...acme.routes].sort(), ['test.away', 'test.far'])
    const plain = await node.ok('peer', 'set', 'acme', '--credit-limit', '7.00')
    assert.deepEqual(plain.creditLimit, usd(700))
    assert.equal(plain.spreadBps, 25, 'what was not named stays')
    const settled = await node.ok('peer', 'settle', 'acme', '3.00')
    assert.deepEqual(settled.amount, usd(300))
    assert.equal(await node.peerBalance('acme'), 300n)
    assert.equal((await node.ok('peer', 'remove', 'acme')).state, 'disabled', 'it has a balance')
    await addPeer(node, 'other', {})
    assert.equal((await node.ok('peer', 'list')).items.length, 2)
    await node.ok('peer', 'remove', 'other')
    assert.equal((await node.ok('peer', 'list')).items.length, 1)
    await refused(node, 1, 'peer', 'show', 'other')
    const again = ['--asset', 'USD', '--ilp-address', 'test.x', '--url', 'http://127.0.0.1:9/ilp', '--outgoing-token', 'o']
    await refused(node, 1, 'peer', 'add', 'acme', ...again, '--incoming-token', 'other-token')
    await refused(node, 1, 'peer', 'add', 'third', ...again, '--incoming-token', 'token-acme')
    const secret = join(t.dir, 'token')
    writeFileSync(secret, 'token-from-a-file\n', { mode: 0o600 })
    await node.ok('peer', 'add', 'filed', ...again, '--incoming-token', `@${secret}`)
    assert.equal((await t.link(node, 'token-from-a-file').post(Buffer.from('0c', 'hex'))).status, 400)
  },

  'a peer can be tested': async (t) => {
    const node = await t.serving('tester')
    const peer = await t.peer('test.live')
    await addPeer(node, 'live', { url: `${peer.url}/ilp` })
    const good = await node.ok('peer', 'test', 'live')
    assert.equal(good.ok, true)
    assert.equal(good.error, null)
    assert.ok(peer.count() >= 1)
    assert.ok(peer.seen.every((s) => s.prepare.amount === 0n))
    await addPeer(node, 'dead', {})
    const r = await node.cli('--json', 'peer', 'test', 'dead')
    assert.ok([0, 1].includes(r.code))
    assert.equal(JSON.parse(r.stdout).ok, false)
  },

  'routes and rates explain themselves': async (t) => {
    const node = await t.serving('routes')
    await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
    await addPeer(node, 'acme', { options: ['--route', 'test.far', '--spread-bps', '30'] })
    const { items } = await node.ok('route', 'list')
    const bySource = (source) => items.filter((r) => r.source === source).map((r) => r.prefix)
    assert.deepEqual(bySource('peer'), ['test.acme'])
    assert.deepEqual(bySource('static'), ['test.far'])
    assert.deepEqual(bySource('own'), ['test.routes'])
    for (const [address, kind, peer] of [
      ['test.far.x', 'peer', 'acme'],
      ['test.acme', 'peer', 'acme'],
      ['test.routes.alice.x', 'wallet', null],
      ['test.farther', 'none', null]
    ]) {
      const e = await node.ok('route', 'explain', address)
      assert.deepEqual([e.destination, e.kind, e.peer], [address, kind, peer])
      assert.ok(e.reason)
    }
    const rates = (await node.ok('rates')).items
    const eur = rates.find((r) => r.from === 'USD' && r.to === 'EUR')
    assert.match(eur.rate, /^\d+(\.\d+)?$/)
    assert.equal(eur.spreads.acme, 30)
    assert.equal(eur.stale, false)
    assert.equal(rates.length, 20, 'every ordered pair of five assets')
  },

  'lists come in pages': async (t) => {
    const node = await t.serving('pages')
    for (let i = 0; i < 7; i++) await node.ok('wallet', 'add', `w${i}`, '--asset', 'USD')
    const names = []
    let cursor = null
    do {
      const page = await node.admin('GET', `/wallet-addresses?limit=3${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`)
      assert.equal(page.status, 200)
      const { items, nextCursor } = page.json()
      assert.ok(items.length <= 3)
      names.push(...items.map((w) => w.name))
      cursor = nextCursor
    } while (cursor)
    assert.deepEqual(names, ['w0', 'w1', 'w2', 'w3', 'w4', 'w5', 'w6'])
    for (const query of ['limit=0', 'limit=x', 'limit=100000', 'cursor=%00', 'cursor=nonsense']) {
      assert.equal((await node.admin('GET', `/wallet-addresses?${query}`)).status, 400, query)
    }
  },

  'audit works beside the server and without it': async (t) => {
    const node = await t.serving('audited')
    assert.equal((await node.audit()).code, 0)
    const json = await node.cli('--json', 'audit')
    assert.equal(json.code, 0)
    JSON.parse(json.stdout)
    await node.stop()
    assert.equal((await node.audit()).code, 0)
  },

  'SIGTERM ends with 0, SIGHUP goes on serving': async (t) => {
    const node = await t.serving('signals')
    assert.match(node.readyLine, /^florin: ready public=http:\/\/127\.0\.0\.1:\d+ admin=http:\/\/127\.0\.0\.1:\d+ database=sqlite$/)
    node.child.kill('SIGHUP')
    await node.ok('asset', 'list')
    assert.equal((await request(`${node.url}/health`)).status, 200)
    assert.deepEqual(await node.stop(), { code: 0, signal: null })
  },

  'a rates file that changed is read again at SIGHUP': async (t) => {
    const node = await t.serving('rates')
    const rate = async () => (await node.ok('rates')).items.find((r) => r.from === 'USD' && r.to === 'EUR').rate
    writeFileSync(join(node.dir, 'rates.json'), '{"base":"USD","rates":{"EUR":0.5,"GBP":0.25}}')
    node.child.kill('SIGHUP')
    const end = Date.now() + 5000
    while ((await rate()) !== '0.5') assert.ok(Date.now() < end, 'the new rate is not seen')
    // A broken one changes nothing, and the log says where it is broken.
    for (const [text, what] of [
      ['{"base":"USD","rates":{"EUR":', 'a value is missing'],
      ['{"base":"USD","rates":{"EUR":0}}', 'not a positive number of at most 18 digits'],
      ['{"base":"USD","rates":{"EUR":"x"}}', 'not a positive number of at most 18 digits'],
      ['{"base":"USD","rates":[]}', 'rates is no object'],
      ['{"base":"USD"}', 'rates is missing'],
      ['{"rates":{"EUR":0.5}}', 'base is missing'],
      ['[]', 'not a JSON object']
    ]) {
      const begin = node.log.length
      writeFileSync(join(node.dir, 'rates.json'), text)
      node.child.kill('SIGHUP')
      await until('the log line', () => /event=rates_reload.*\n/.test(node.log.slice(begin)))
      const line = /event=rates_reload.*/.exec(node.log.slice(begin))[0].replaceAll('\\"', '"')
      assert.match(line, /result=(malformed|truncated|bad_amount|too_big) at=\d+/, text)
      assert.ok(line.includes('rates.json') && line.includes(what), `${text}: ${line}`)
      assert.equal(await rate(), '0.5', text)
    }
    writeFileSync(join(node.dir, 'rates.json'), '{"base":"USD","rates":{"EUR":0.75}}')
    node.child.kill('SIGHUP')
    await until('the mended file', async () => (await rate()) === '0.75')
  },

  'the log level is read again at SIGHUP': async (t) => {
    const node = await t.node('level')
    const conf = join(node.dir, 'florin.conf')
    const text = readFileSync(conf, 'utf8')
    const level = (l) => writeFileSync(conf, text.replace('[server]\n', `[server]\nlog_level = ${l}\n`))
    level('error')
    await node.serve()
    level('info')
    node.child.kill('SIGHUP')
    const end = Date.now() + 5000
    while (!node.log.includes('event=config_reload')) {
      assert.ok(Date.now() < end, 'nothing is logged at the new level')
      await request(`${node.url}/health`)
    }
    level('loud')
    node.child.kill('SIGHUP')
    while (!node.log.includes('event=config_reload result=configuration')) {
      assert.ok(Date.now() < end, 'a level that does not exist is not complained about')
      await request(`${node.url}/health`)
    }
    level('info')
    assert.deepEqual(await node.stop(), { code: 0, signal: null })
  },

  'no secret appears in the log': async (t) => {
    const node = await t.serving('quiet', { env: { FLORIN_SERVER_LOG_LEVEL: 'debug' } })
    await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
    await addPeer(node, 'acme', { token: 'incoming-secret-token' })
    const link = t.link(node, 'incoming-secret-token')
    const { destination, secret } = await node.spsp('alice')
    await link.post(Buffer.from('0c', 'hex'))
    await node.cli('peer', 'test', 'acme')
    await node.stop()
    const token = destination.split('.').pop()
    for (const text of ['incoming-secret-token', 'token-that-florin-sends', node.adminToken(), token, secret.toString('base64'), secret.toString('hex')]) {
      assert.ok(!node.log.includes(text), 'a secret in the log')
    }
  },

  'inspect packet: every vector': async () => {
    const { cases } = vectors('ilp_packets_valid')
    const out = await inspect('packet', cases.map((c) => c.packet))
    out.forEach((o, i) => {
      const c = cases[i]
      for (const key of PACKET_MEMBERS[c.type]) assert.deepEqual(o[key], c[key], `${c.note}: ${key}`)
    })
    const bad = vectors('ilp_packets_malformed').cases.filter((c) => c.expected === 'reject' && c.packet)
    const errors = await inspect('packet', [...bad.map((c) => c.packet), 'zz', cases[0].packet])
    assert.ok(errors.slice(0, -1).every((o) => typeof o.error === 'string'))
    assert.equal(errors.at(-1).type, cases[0].type, 'a bad line does not stop it')
  },

  'inspect stream: every vector': async () => {
    const { cases } = vectors('stream_packets')
    const bySecret = new Map()
    for (const c of cases) bySecret.set(c.shared_secret, [...(bySecret.get(c.shared_secret) ?? []), c])
    for (const [secret, group] of bySecret) {
      const out = await inspect('stream', group.map((c) => c.data), '--secret', secret)
      out.forEach((o, i) => {
        assert.equal(o.fulfillment, group[i].fulfillment)
        assert.equal(o.condition, group[i].condition)
        const { frames, ...head } = group[i].packet
        for (const [key, value] of Object.entries(head)) assert.deepEqual(o.packet[key], value, `${group[i].note}: ${key}`)
        assert.equal(o.packet.frames.length, frames.length)
      })
    }
  },

  'inspect address and pointer: every vector': async () => {
    const addresses = vectors('ilp_addresses').cases.filter((c) => /^[\x20-\x7e]+$/.test(c.address))
    const out = await inspect('address', addresses.map((c) => c.address))
    out.forEach((o, i) => assert.deepEqual([o.address, o.valid], [addresses[i].address, addresses[i].valid]))
    const pointers = vectors('payment_pointers').cases.filter((c) => c.pointer)
    const urls = await inspect('pointer', pointers.map((c) => c.pointer))
    urls.forEach((o, i) => {
      const c = pointers[i]
      // Accepted: what the RFC's grammar accepts, with the host in lower case (the advice of the vectors).
      if (!c.rfc_valid) assert.ok(o.error, c.pointer)
      else if (!o.error) assert.equal(o.url.toLowerCase(), c.rfc_endpoint_url.toLowerCase(), c.pointer)
      else assert.equal(c.agree, false, `${c.pointer}: ${o.error}`)
    })
  }
}
