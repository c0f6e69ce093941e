// What a distribution ships: the service, the manual page, the completion, and the Debian package.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { request } from '../scenario/lib/http.js'
import { ROOT, florinBinary, peerNodes } from '../scenario/lib/node.js'

const UNIT = join(ROOT, 'packaging/florin.service')
const EXPOSURE_MAX = 20 // systemd-analyze counts in tenths: 2.0
const DEB = process.env.PACKAGE_DEB

export const maxMs = 300000

function output(program, args, options = {}) {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], ...options })
}

/** The names in `SystemCallFilter=`'s groups, each group opened until only calls are left. */
function callsOf(group) {
  return output('systemd-analyze', ['syscall-filter', group])
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line && !line.startsWith('#') && line !== group)
    .flatMap((word) => (word.startsWith('@') ? callsOf(word) : [word]))
}

/** What the unit's filters leave: a list that begins with ~ takes away. */
function allowedCalls() {
  const allowed = new Set()
  for (const [, minus, groups] of readFileSync(UNIT, 'utf8').matchAll(/^SystemCallFilter=(~?)(.+)$/gm)) {
    for (const call of groups.split(' ').flatMap(callsOf)) minus ? allowed.delete(call) : allowed.add(call)
  }
  assert.ok(allowed.size > 100, `${allowed.size} calls`)
  return allowed
}

/** The words after `florin` that the program itself lists. */
function commands() {
  return output(florinBinary(), ['help'])
    .split('\n')
    .map((line) => /^ {2}([a-z][a-z -]*[a-z]) {2,}/.exec(line)?.[1])
    .filter((name) => name)
}

function completions(line) {
  const script = `PATH=${resolve(florinBinary(), '..')}:$PATH; . ${ROOT}/scripts/completion/florin
    COMP_WORDS=(${line}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _florin; printf '%s\\n' "\${COMPREPLY[@]}"`
  return output('bash', ['-c', script]).trim().split('\n')
}

const shipped = {
  'the service is exposed to no more than 2.0': async () => {
    const dir = UNIT.replace(/[^/]*$/, '')
    output('systemd-analyze', ['security', '--offline=yes', `--threshold=${EXPOSURE_MAX}`, '--no-pager', UNIT], { cwd: dir })
    assert.throws(() => output('systemd-analyze', ['security', '--offline=yes', '--threshold=1', '--no-pager', UNIT]))
  },

  'a node makes no call that the service refuses': async (t) => {
    const program = florinBinary()
    const env = { FLORIN: join(ROOT, 't/package/under-strace'), PROGRAM_UNDER_STRACE: program }
    const before = { ...process.env }
    Object.assign(process.env, env)
    let a, b
    try {
      a = await t.serving('a')
      process.env.FLORIN = before.FLORIN ?? program
      b = await t.serving('b')
    } finally {
      process.env.FLORIN = before.FLORIN ?? program
    }
    await peerNodes(a, b, 'USD', { aLimits: ['--credit-limit', '100.00'], bLimits: ['--credit-limit', '100.00'] })
    await a.ok('wallet', 'add', 'alice', '--asset', 'USD')
    await b.ok('wallet', 'add', 'bob', '--asset', 'USD')
    await a.ok('deposit', 'alice', '10.00')
    const paid = await a.ok('pay', 'alice', `${b.url}/bob`, '--send', '1.00', '--yes')
    assert.equal(paid.state, 'COMPLETED')
    await a.ok('backup', join(a.dir, 'copy.db'))
    a.hangUp()
    assert.equal((await request(`${a.url}/alice`, { headers: { accept: 'text/html' } })).status < 500, true)
    assert.equal((await a.stop()).code, 0)

    const allowed = allowedCalls()
    const trace = readFileSync(join(a.dir, 'strace.log'), 'utf8')
    const made = new Set([...trace.matchAll(/^\d+ +(?:<\.\.\. )?([a-z_0-9]+)(?:\(| resumed)/gm)].map((m) => m[1]))
    assert.ok(made.has('fdatasync') && made.has('accept4') && made.has('connect'), [...made].join(' '))
    // SQLite gives its files to the directory's owner, but only as root, which the service is not.
    if (process.getuid() === 0) allowed.add('fchown')
    const refused = [...made].filter((call) => !allowed.has(call))
    assert.deepEqual(refused, [])
    assert.doesNotMatch(trace, /PROT_WRITE\|PROT_EXEC/)
    const families = new Set([...trace.matchAll(/ socket\((AF_[A-Z0-9]+)/g)].map((m) => m[1]))
    const unit = /^RestrictAddressFamilies=(.*)$/m.exec(readFileSync(UNIT, 'utf8'))[1].split(' ')
    // The resolver asks the kernel for the host's addresses, and does without where it may not.
    assert.deepEqual([...families].filter((f) => !unit.includes(f) && f !== 'AF_NETLINK'), [])
  },

  'the Debian package is built from the packages that the build needs': async () => {
    const needed = /^BUILD_PACKAGES="([^"]*)"/m.exec(readFileSync(join(ROOT, 'scripts/setup.sh'), 'utf8'))[1]
    const control = readFileSync(join(ROOT, 'packaging/debian/control'), 'utf8')
    const named = new Set(/^Build-Depends:((?:.*\n)(?: .*\n)*)/m.exec(control)[1].split(/[\s,]+/))
    const words = needed.split(/[\s\\]+/).filter((w) => w && w !== 'build-essential')
    assert.ok(words.length > 8, needed)
    assert.deepEqual(words.filter((w) => !named.has(w)), [])
  },

  'the manual page names every command': async () => {
    const page = output('man', ['--warnings', '-E', 'UTF-8', '-l', join(ROOT, 'docs/florin.1')], { env: { ...process.env, MANWIDTH: '200' } })
    const names = new Set(page.split(/[^a-z-]+/))
    const all = commands()
    assert.ok(all.length > 40, `${all.length} commands`)
    assert.deepEqual(all.map((c) => c.split(' ')[0]).filter((c) => !names.has(c)), [])
  },

  'the completion knows the commands, their second words and their options': async () => {
    assert.ok(completions('florin pe').includes('peer'))
    const second = commands().filter((c) => c.startsWith('peer ')).map((c) => c.slice(5))
    assert.deepEqual(completions('florin peer ""').sort(), second.sort())
    assert.ok(completions('florin peer add --cre').includes('--credit-limit'))
    assert.deepEqual(completions('florin -C dir wallet sho'), ['show'])
  }
}

const deb = {
  'the Debian package holds the program, the service, the manual, and they run': async (t) => {
    const root = join(t.dir, 'root')
    mkdirSync(root)
    output('dpkg-deb', ['-x', DEB, root])
    for (const file of ['usr/bin/florin', 'lib/systemd/system/florin.service', 'usr/share/man/man1/florin.1.gz',
      'usr/share/bash-completion/completions/florin', 'usr/share/doc/florin/operating.md']) {
      assert.doesNotThrow(() => readFileSync(join(root, file)), file)
    }
    // Each page that one of them links is there too, under the name that the link has.
    const docs = join(root, 'usr/share/doc/florin')
    for (const page of readdirSync(docs).filter((name) => name.endsWith('.md'))) {
      for (const [, name] of readFileSync(join(docs, page), 'utf8').matchAll(/\]\(([a-z-]+\.md)[#)]/g)) {
        assert.ok(existsSync(join(docs, name)), `${page} links ${name}`)
      }
    }
    const control = output('dpkg-deb', ['-f', DEB])
    assert.match(control, /^Depends: .*libmicrohttpd12.*libsqlite3-0/m)
    assert.match(output('dpkg-deb', ['--info', DEB, 'postinst']), /install -d -o florin -g florin -m 0700 \/var\/lib\/florin/)
    const program = process.env.FLORIN
    process.env.FLORIN = join(root, 'usr/bin/florin')
    try {
      const node = await t.serving('packaged')
      await node.ok('wallet', 'add', 'alice', '--asset', 'USD')
      assert.equal((await request(`${node.url}/alice`, { headers: { accept: 'application/json' } })).status, 200)
      assert.equal((await node.stop()).code, 0)
      assert.equal((await node.audit()).code, 0)
    } finally {
      process.env.FLORIN = program
    }
  }
}

export const tests = { ...shipped, ...(DEB ? deb : {}) }
