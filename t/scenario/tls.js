// TLS on the public listener, with certificates of an authority that openssl makes here.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import { join } from 'node:path'
import tls from 'node:tls'
import { sleep, until } from './lib/http.js'
import { pay, receivingNode } from './lib/setups.js'

const openssl = (...args) => execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] })

class Authority {
  constructor(dir) {
    this.dir = dir
    this.file = join(dir, 'ca.pem')
    this.key = join(dir, 'ca.key')
    openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=test authority', '-keyout', this.key, '-out', this.file)
  }

  /** A certificate for loopback under this name -> {certificate, key}, PEM files. */
  issue(name) {
    const [request, certificate, key, extensions] = ['csr', 'crt', 'key', 'ext'].map((x) => join(this.dir, `${name}.${x}`))
    writeFileSync(extensions, 'subjectAltName=IP:127.0.0.1,DNS:localhost\n')
    openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', `/CN=${name}`, '-keyout', key, '-out', request)
    openssl('x509', '-req', '-in', request, '-CA', this.file, '-CAkey', this.key, '-CAcreateserial', '-days', '2', '-extfile', extensions, '-out', certificate)
    return { certificate, key }
  }
}

function get(node, path, { ca, agent, headers = {}, ...more } = {}) {
  return new Promise((done, fail) => {
    const r = https.get(`${node.url}${path}`, { ca, agent: agent ?? false, headers, ...more }, (res) => {
      let text = ''
      const peer = res.socket.getPeerCertificate()
      const protocol = res.socket.getProtocol()
      res.on('data', (c) => (text += c))
      res.on('end', () => done({ status: res.statusCode, headers: res.headers, text, name: peer.subject?.CN, protocol }))
    })
    r.setTimeout(20000, () => r.destroy(new Error('no answer')))
    r.on('error', fail)
  })
}

async function secureNode(t, pair) {
  const node = await t.node('secure', { scheme: 'https', env: { FLORIN_SERVER_TLS_CERTIFICATE: pair.certificate, FLORIN_SERVER_TLS_KEY: pair.key } })
  await node.serve()
  await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
  return node
}

export const tests = {
  'it serves over TLS, many requests on one connection and many at once': async (t) => {
    const authority = new Authority(t.dir)
    const ca = readFileSync(authority.file)
    const node = await secureNode(t, authority.issue('first'))
    const one = await get(node, '/alice', { ca })
    assert.equal(one.status, 200)
    assert.equal(JSON.parse(one.text).id, `${node.url}/alice`)
    assert.match(one.protocol, /TLSv1\.[23]/)
    assert.match(one.headers['strict-transport-security'], /max-age=31536000/)
    const agent = new https.Agent({ keepAlive: true, maxSockets: 4 })
    const many = await Promise.all(Array.from({ length: 200 }, () => get(node, '/alice', { ca, agent })))
    assert.ok(many.every((r) => r.status === 200))
    agent.destroy()
    await assert.rejects(get(node, '/alice'), /certificate|self.signed|issuer/i, 'an unknown authority')
    await assert.rejects(get(node, '/alice', { ca, maxVersion: 'TLSv1.1', minVersion: 'TLSv1' }))
    // Bytes that are no TLS do not harm it, nor does a handshake that stops in the middle.
    const half = tls.connect({ port: node.port, host: '127.0.0.1', ca })
    half.on('error', () => {})
    half.destroy()
    const plain = await fetch(`http://127.0.0.1:${node.port}/alice`).then((r) => r.status, () => 'refused')
    assert.notEqual(plain, 200)
    assert.equal((await get(node, '/health', { ca })).status, 200)
  },

  'a BTP link over TLS: payments both ways, packets of every size, an end that both see': async (t) => {
    const authority = new Authority(t.dir)
    const a = await secureNode(t, authority.issue('first'))
    const b = await t.serving('dialer', { env: { FLORIN_OUTBOUND_CA_FILE: authority.file } })
    await b.ok('wallet', 'add', 'bob', '--asset', 'USD')
    await a.ok('deposit', 'alice', '100.00')
    await b.ok('deposit', 'bob', '100.00')
    const credit = ['--asset', 'USD', '--credit-limit', '1000.00']
    await a.ok('peer', 'add', 'b', ...credit, '--ilp-address', b.address, '--url', 'btp:', '--incoming-token', 'token-of-b')
    const there = `btp+wss://127.0.0.1:${a.port}/ilp/btp`
    const tokens = ['--outgoing-token', 'token-of-b', '--incoming-token', 'token-that-is-not-used']
    await b.ok('peer', 'add', 'a', ...credit, '--ilp-address', a.address, '--url', there, ...tokens)
    const linked = (node, name) => async () => (await node.ok('peer', 'show', name)).linkedAt
    await until('the link', linked(b, 'a'), 40000)
    for (const [from, wallet, to] of [[a, 'alice', `${b.url}/bob`], [b, 'bob', `${a.url}/alice`]]) {
      const { code, stderr } = await pay(from, wallet, to, '--send', '7.00', '--message', 'x'.repeat(1500))
      assert.equal(code, 0, stderr)
    }
    assert.deepEqual([await a.balance('alice'), await b.balance('bob')], [10000n, 10000n])
    assert.deepEqual([await a.peerBalance('b'), await b.peerBalance('a')], [0n, 0n])
    const began = Date.now()
    assert.equal((await a.stop()).code, 0)
    assert.ok(Date.now() - began < 10000)
    await until('the end', async () => !(await linked(b, 'a')()))
    await a.serve()
    await until('the link', linked(b, 'a'), 40000)
    assert.equal((await b.ok('peer', 'test', 'a')).ok, true)
  },

  'a new certificate is taken at SIGHUP, a bad one is not': async (t) => {
    const authority = new Authority(t.dir)
    const ca = readFileSync(authority.file)
    const pair = authority.issue('first')
    const node = await secureNode(t, pair)
    assert.equal((await get(node, '/alice', { ca })).name, 'first')
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1 })
    await get(node, '/alice', { ca, agent })
    const next = authority.issue('second')
    writeFileSync(pair.certificate, readFileSync(next.certificate))
    node.child.kill('SIGHUP') // the key is not yet its key
    await until('the reload', () => /certificates_reload.*result=configuration/.test(node.log))
    assert.equal((await get(node, '/alice', { ca })).name, 'first')
    writeFileSync(pair.key, readFileSync(next.key))
    node.child.kill('SIGHUP')
    await until('the reload', () => /certificates_reload.*result=ok/.test(node.log))
    assert.equal((await get(node, '/alice', { ca })).name, 'second')
    assert.equal((await get(node, '/alice', { ca, agent })).status, 200, 'a connection from before goes on')
    agent.destroy()
    await sleep(10)
  },

  'what is no pair stops the start': async (t) => {
    const authority = new Authority(t.dir)
    const [a, b] = [authority.issue('a'), authority.issue('b')]
    const node = await t.node('secure', { scheme: 'https' })
    for (const [certificate, key] of [[a.certificate, b.key], [a.key, a.key], [join(t.dir, 'none'), a.key]]) {
      await assert.rejects(node.serve({ FLORIN_SERVER_TLS_CERTIFICATE: certificate, FLORIN_SERVER_TLS_KEY: key }), /tls_certificate/)
    }
  },

  'a public address without TLS or a proxy stops the start': async (t) => {
    const node = await t.node('open')
    const env = { FLORIN_SERVER_DEV: 'no', FLORIN_SERVER_PUBLIC_URL: 'https://wallet.example', FLORIN_SERVER_LISTEN: `0.0.0.0:${node.port}` }
    await assert.rejects(node.serve(env), /without TLS/)
    await node.serve({ ...env, FLORIN_SERVER_TRUSTED_PROXIES: '127.0.0.1' })
  },

  'a plain node is not changed by any of it': async (t) => {
    const { node } = await receivingNode(t)
    const r = await fetch(`${node.url}/alice`)
    assert.equal(r.status, 200)
    assert.equal(r.headers.get('strict-transport-security'), null)
  }
}
