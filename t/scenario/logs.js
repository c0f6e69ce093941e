// The log by requests: each request's id in its answer and in its lines, whose id counts, what is kept and how it is found.

import assert from 'node:assert/strict'
import { ok, refused } from './lib/answers.js'
import { RawConnection, request, until } from './lib/http.js'
import { Operator, PASSWORD } from './lib/operator.js'
import { words } from './lib/pages.js'

const OWN = /^[0-9a-hjkmnp-tv-z]{12}-[0-9a-hjkmnp-tv-z]{8}$/
const LINES_MAX = 4096
const FLOOD = 6000

const logs = (node, query = '') => ok(node.admin('GET', `/logs${query}`))

/** All lines that match, page by page. */
async function allLines(node, query = '') {
  const items = []
  for (let cursor = ''; cursor !== null; ) {
    const page = await logs(node, `?limit=100&${query}${cursor && `&cursor=${cursor}`}`)
    items.push(...page.items)
    cursor = page.nextCursor
  }
  return items
}

/** The lines of the log as the node's stderr had them. */
const written = (node) => node.log.split('\n').filter((line) => / event=/.test(line))

const tests = {}
export { tests }

tests['every answer names its request, and no two alike'] = async (t) => {
  const node = await t.serving('named')
  await node.addWallet('alice', 'USD')
  const seen = new Map()
  const statuses = new Set()
  const look = (what, { headers, status }) => {
    const id = headers['x-request-id']
    assert.match(id ?? '', OWN, what)
    assert.ok(!seen.has(id), `${what}: as ${seen.get(id)}`)
    seen.set(id, what)
    statuses.add(status)
  }
  for (let process = 0; process < 2; process++) {
    for (const [method, path, body] of [
      ['GET', '/alice'],
      ['HEAD', '/alice'],
      ['GET', '/nobody'],
      ['GET', '/static/florin.css'],
      ['GET', '/wallet'],
      ['OPTIONS', '/alice'],
      ['DELETE', '/health'],
      ['POST', '/ilp', 'x'],
      ['POST', '/auth', '{'],
      ['POST', '/alice', 'a body where none may be']
    ]) {
      look(`${method} ${path}`, await request(`${node.url}${path}`, { method, body }))
    }
    look('admin', await node.admin('GET', '/whoami'))
    look('metrics', await request(`${node.adminUrl}/metrics`, { headers: { authorization: `Bearer ${node.adminToken()}` } }))
    // What the gate refuses, before anything of it is believed.
    const c = await RawConnection.open(node.port)
    c.write('GET /alice HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n')
    const { status, head } = await c.answer()
    look('the gate', { status, headers: { 'x-request-id': /\r\nx-request-id: (\S+)/i.exec(head)?.[1] } })
    c.destroy()
    // Another process of the same database has ids of its own.
    await node.stop()
    await node.serve()
  }
  for (const status of [200, 204, 303, 401, 404, 405, 411]) assert.ok(statuses.has(status), `${status} of ${[...statuses]}`)
  const stream = await fetch(`${node.adminUrl}/admin/v1/events`, { headers: { authorization: `Bearer ${node.adminToken()}`, accept: 'text/event-stream' } })
  assert.match(stream.headers.get('x-request-id'), OWN)
  await stream.body.cancel()
}

tests['the lines of a request are found by its id, at the API, in the log and at the console'] = async (t) => {
  const node = await t.serving('found')
  const ann = new Operator(node)
  await ann.setUp('ann')
  const wrong = await new Operator(node).signIn('ann', 'not her password', '000000')
  const id = wrong.headers['x-request-id']
  const { items } = await logs(node, `?requestId=${id}`)
  assert.deepEqual(items.map((i) => [i.event, i.level, i.requestId]), [['console_login', 'warn', id], ['password', 'info', id]])
  assert.match(items[0].line, new RegExp(`^${items[0].at} level=warn event=console_login result=wrong request=${id}$`))
  await until('the line on stderr', () => node.log.includes(items[0].line))

  // What is kept are the very lines of the log, in its order.
  const kept = (await allLines(node)).reverse()
  assert.deepEqual(kept.map((i) => i.line), written(node).slice(0, kept.length))
  assert.deepEqual(kept.map((i) => i.number), kept.map((_, i) => i + 1))
  assert.equal(kept[0].requestId, null, 'a line of the start')

  // A failure on the way: its answer's body can be quoted, and its line is there.
  const failed = await node.admin('GET', '/receivers/resolve?pointer=http%3A%2F%2F127.0.0.1%3A9%2Fx')
  assert.equal(failed.status, 503, failed.text())
  const quoted = failed.json().error.details.requestId
  assert.equal(quoted, failed.headers['x-request-id'])
  const [line] = (await logs(node, `?requestId=${quoted}&text=reply_failed`)).items
  assert.match(line.line, /level=warn event=reply_failed method=GET pattern=\/admin\/v1\/receivers\/resolve status=503 ms=\d+ request=/)
  assert.ok(!('requestId' in (await node.admin('GET', '/assets/none')).json().error.details), 'only what failed here')

  // Filters.
  const grave = await allLines(node, 'level=warn')
  assert.deepEqual(grave.map((i) => i.number), (await allLines(node)).filter((i) => ['warn', 'error'].includes(i.level)).map((i) => i.number))
  assert.deepEqual((await allLines(node, 'text=CONSOLE_login')).map((i) => i.requestId), [id])
  assert.deepEqual(await allLines(node, 'text=no+such+text'), [])
  const one = await logs(node, '?limit=1')
  const [first, second] = (await logs(node, '?limit=2')).items
  assert.deepEqual(one.items, [first])
  assert.deepEqual((await logs(node, `?limit=1&cursor=${one.nextCursor}`)).items, [second])
  for (const [query, field] of [
    ['requestId=short', 'requestId'],
    ['requestId=%22%3Cscript%3E', 'requestId'],
    [`requestId=${'a'.repeat(65)}`, 'requestId'],
    ['level=loud', 'level'],
    [`text=${'a'.repeat(201)}`, 'text'],
    ['limit=0', 'limit'],
    ['cursor=7', 'cursor'],
    ['cursor=-1', 'cursor'],
    [`cursor=${one.nextCursor}9999999999999999999`, 'cursor']
  ]) {
    await refused(node.admin('GET', `/logs?${query}`), 400, 'malformed', field)
  }
  assert.equal((await request(`${node.adminUrl}/admin/v1/logs`)).status, 401)

  // The console.
  const page = await ann.page(`/console/logs?requestId=${id}`)
  assert.match(words(page), /newest lines of the log that this process has written: at most 4096 of them, or 512 KiB.*This process began.*console_login result=wrong/)
  assert.equal([...page.matchAll(/<pre>[^<]*event=/g)].length, 2)
  // A browser sends blanks of a form as plus signs, and a plus as %2B.
  assert.equal([...(await ann.page('/console/logs?text=event%3Dconsole_login+result')).matchAll(/<pre>/g)].length, 1)
  assert.match(await ann.page('/console/logs?text=a%2Bb'), /name="text" value="a\+b"/)
  assert.match(await ann.page('/console/logs?level=loud', 400), /id="filter-level"[\s\S]*error, warn, info or debug/)
  assert.match(await ann.page('/console/logs?requestId=x', 400), /id="filter-requestId"[^>]*aria-invalid="true"/)
  const overview = await ann.page('/console')
  assert.match(words(overview), /Errors of the last hour.*Log: console_login warn 1/)
  const href = /href="(\/console\/logs\?level=warn[^"]*console_login[^"]*)"/.exec(overview)[1].replaceAll('&amp;', '&')
  assert.match(words(await ann.page(href)), /console_login result=wrong/)
  const activity = await ok(node.admin('GET', '/activity'))
  assert.ok(activity.logged.some((l) => l.event === 'console_login' && l.level === 'warn' && l.count === 1))
  const metrics = (await request(`${node.adminUrl}/metrics`, { headers: { authorization: `Bearer ${node.adminToken()}` } })).text()
  assert.match(metrics, /^florin_log_lines_total\{level="warn",event="console_login"\} 1$/m)
  assert.match(metrics, /^florin_log_lines_dropped_total 0$/m)

  // A page that failed names its request, and whoever is signed in is led to its lines.
  const lost = await ann.get('/console/wallets/nobody')
  assert.ok(words(lost.text()).includes(lost.headers['x-request-id']))
  assert.doesNotMatch(lost.text(), /logs\?requestId/)

  // Lines of one process only: the cursor of another is refused, its lines are gone.
  await node.stop()
  await node.serve()
  await refused(node.admin('GET', `/logs?cursor=${one.nextCursor}`), 400, 'malformed', 'cursor')
  assert.deepEqual(await allLines(node, `requestId=${id}`), [])
}

tests['whose id counts: a trusted proxy\'s where it is well-formed, nobody else\'s'] = async (t) => {
  const node = await t.serving('proxied')
  const good = ['6f1e7c3a-0a8e-4d52-9a5b-4d6e1a2b3c4d', '0af7651916cd43dd8448eb211c80319c', 'a'.repeat(64), 'A_b.c-D0']
  const bad = ['short', 'a'.repeat(65), 'has a blank', 'quote"quote', 'key=value', 'a'.repeat(8) + '%0d%0aX:1', '<script>alert(1)', 'caf\u00e9caf\u00e9', '', 'tab\ttab1', "12345678' OR 1"]
  const ask = async (...ids) => {
    const c = await RawConnection.open(node.port)
    c.write(Buffer.from(`GET /nobody HTTP/1.1\r\nHost: 127.0.0.1:${node.port}\r\n${ids.map((id) => `X-Request-ID: ${id}\r\n`).join('')}Connection: close\r\n\r\n`, 'latin1'))
    const { head } = await c.answer()
    c.destroy()
    const all = [...head.matchAll(/\r\nx-request-id: ([^\r]*)/gi)].map((m) => m[1])
    assert.equal(all.length, 1, head)
    return all[0]
  }
  for (const id of [...good, ...bad]) assert.match(await ask(id), OWN, `from a stranger: ${id}`)
  await node.stop()
  await node.serve({ FLORIN_SERVER_TRUSTED_PROXIES: '127.0.0.1', FLORIN_SERVER_LOG_LEVEL: 'debug' })
  for (const id of good) assert.equal(await ask(id), id)
  for (const id of bad) assert.match(await ask(id), OWN, `from a proxy: ${id}`)
  assert.match(await ask(good[0], good[1]), OWN, 'two are none')
  // It is the id of the log's lines as well, exactly.
  const { items } = await logs(node, `?requestId=${good[0]}`)
  assert.deepEqual(items.map((i) => [i.event, i.requestId]), [['reply', good[0]]])
  for (const line of written(node)) assert.ok(bad.every((id) => id.length < 8 || !line.includes(id)), line)
}

tests['a flood of lines drops the oldest, and no more is kept than the limit'] = async (t) => {
  const node = await t.serving('flooded', { env: { FLORIN_SERVER_LOG_LEVEL: 'debug' } })
  await new Operator(node).signIn('nobody', PASSWORD, '000000')
  const count = async () => (await ok(node.admin('GET', '/activity'))).logged.find((l) => l.event === 'console_login')?.count
  assert.equal(await count(), 1)
  const connections = await Promise.all(Array.from({ length: 4 }, () => RawConnection.open(node.adminPort)))
  const one = `GET /health HTTP/1.1\r\nHost: 127.0.0.1:${node.adminPort}\r\n\r\n`
  await Promise.all(
    connections.map(async (c) => {
      for (let sent = 0, got = 0; got < FLOOD / 4; got++) {
        for (; sent < FLOOD / 4 && sent - got < 50; sent++) c.write(one)
        assert.equal((await c.answer()).status, 200)
      }
      c.destroy()
    })
  )
  const { items } = await logs(node, '?limit=100')
  assert.ok(items[0].number > FLOOD, `${items[0].number}`)
  const kept = await allLines(node, 'text=pattern%3D%2Fhealth')
  assert.ok(kept.length > LINES_MAX / 2 && kept.length <= LINES_MAX, `${kept.length}`)
  assert.deepEqual(await allLines(node, 'text=console_login'), [], 'the oldest are gone')
  assert.equal(await count(), 1, 'but counted still')
}
