// What pages do better with scripts: copy, count down, show times in the reader's zone and large amounts in
// groups of digits, and follow what changes. Everything works without it.
'use strict'
{
  const RETRY_MS = 10000 // where no stream can be had
  const AGAIN_MS = 5000
  const main = document.querySelector('main')
  const skew = Number(document.documentElement.dataset.now) - Date.now() // of the server's clock
  const now = () => Date.now() + skew
  const language = document.documentElement.lang
  const say = (text) => {
    document.getElementById('say').textContent = text
  }

  /** What the page says in its language, with values for its {name}s. */
  const word = (name, values = {}) => {
    const text = document.getElementById('words').content.querySelector(`[data-word="${name}"]`).textContent
    return text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole)
  }
  globalThis.florin = { say, word } // for the other scripts

  // ---- copying ----

  const copyOld = (text) => {
    const area = document.createElement('textarea')
    area.value = text
    document.body.append(area)
    area.select()
    const done = document.execCommand('copy')
    area.remove()
    return done
  }

  const copy = async (button) => {
    const text = button.dataset.copy
    let done = false
    try {
      await navigator.clipboard.writeText(text)
      done = true
    } catch {
      done = copyOld(text) // without https there is no clipboard
      button.focus()
    }
    say(word(done ? 'copied' : 'not-copied'))
    if (!done) return
    button.dataset.done = 'yes'
    setTimeout(() => delete button.dataset.done, 2000)
  }

  document.addEventListener('click', (event) => {
    const target = event.target.closest('button')
    if (target?.dataset.copy !== undefined) copy(target)
    if (target?.dataset.print !== undefined) print()
    // Somebody who changes their mind is no error.
    if (target?.dataset.share !== undefined) navigator.share({ title: target.dataset.title, url: target.dataset.share }).catch(() => {})
  })

  // ---- times ----

  const zone = document.documentElement.dataset.zone || Intl.DateTimeFormat().resolvedOptions().timeZone
  // As the server writes them (src/base/figure.c): 26 November 2026, 17:20.
  const style = (dateStyle, timeStyle) => {
    const form = (options) => new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { ...options, timeZone: zone })
    const date = form({ dateStyle })
    const time = form({ timeStyle })
    return { format: (at) => `${date.format(at)}, ${time.format(at)}` }
  }
  const local = style('long', 'short')
  const exact = style('medium', 'medium') // for those who look for one moment among many

  const left = (ms) => {
    const s = Math.ceil(ms / 1000)
    const two = (n) => String(n).padStart(2, '0')
    if (s >= 86400) return word('in-days', { d: Math.floor(s / 86400), h: Math.floor((s % 86400) / 3600) })
    if (s >= 3600) return word('in-hours', { h: Math.floor(s / 3600), min: two(Math.floor((s % 3600) / 60)) })
    return word('in-minutes', { min: Math.floor(s / 60), s: two(s % 60) })
  }

  // The largest unit that fits, rounded down, as the server says it (src/http/when.c).
  const spans = [
    ['year', 31536000000],
    ['month', 2592000000],
    ['day', 86400000],
    ['hour', 3600000],
    ['minute', 60000],
    ['second', 1000]
  ]
  const relative = new Intl.RelativeTimeFormat(document.documentElement.lang)
  const present = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: 'auto' }).format(0, 'second')
  const ago = (ms) => {
    const size = Math.abs(ms)
    if (size < 5000) return present
    const [unit, span] = spans.find(([, least]) => size >= least)
    return relative.format(Math.sign(ms) * Math.floor(size / span), unit)
  }

  const count = () => {
    let ended = false
    for (const e of document.querySelectorAll('[data-ago]')) {
      const ms = Date.parse(e.dataset.ago) - now()
      if (!Number.isNaN(ms) && e.textContent !== ago(ms)) e.textContent = ago(ms)
    }
    for (const e of document.querySelectorAll('[data-countdown]')) {
      const ms = Date.parse(e.dataset.countdown) - now()
      if (Number.isNaN(ms) || e.dataset.ended) continue
      if (ms > 0) {
        e.textContent = left(ms)
      } else {
        e.textContent = word('over')
        e.dataset.ended = 'yes'
        ended = true
      }
    }
    if (ended && main.dataset.live) setTimeout(refresh, 1000)
  }

  /** "1234567" in groups, as the page's language has them. */
  const grouped = (digits) => {
    const { group, groupFrom } = document.documentElement.dataset
    return digits.length < Number(groupFrom) ? digits : digits.replace(/\B(?=(\d{3})+$)/g, group)
  }

  /** What a part of the page needs once it is there. */
  const dress = (root) => {
    const able = navigator.share ? 'button[data-copy], button[data-print], button[data-share]' : 'button[data-copy], button[data-print]'
    for (const b of root.querySelectorAll(able)) b.hidden = false
    for (const t of root.querySelectorAll('time[data-local]')) {
      const at = new Date(t.getAttribute('datetime'))
      if (Number.isNaN(at.getTime())) continue
      t.title = word('shown', { time: t.textContent, zone })
      t.textContent = (t.dataset.local === 'exact' ? exact : local).format(at)
    }
    for (const a of root.querySelectorAll('data.amount')) {
      a.textContent = a.textContent.replace(/^\d+/, grouped)
    }
    count()
    document.dispatchEvent(new CustomEvent('dressed', { detail: root }))
  }

  /** What was folded out or held the focus in a part is so in its new one. */
  const keepState = (old, part) => {
    const folds = (root) => root.querySelectorAll('details')
    const all = (root) => [...root.querySelectorAll('a, button, input, select, textarea, summary, [tabindex]')]
    folds(old).forEach((fold, i) => {
      if (fold.open && folds(part)[i]) folds(part)[i].open = true
    })
    return all(old).indexOf(document.activeElement) < 0 ? undefined : all(part)[all(old).indexOf(document.activeElement)]
  }

  // ---- following ----

  /** What a part says, but for what time alone changes. */
  const lasting = (part) => {
    const copy = part.cloneNode(true)
    for (const e of copy.querySelectorAll('[data-ago], [data-countdown]')) e.textContent = ''
    return copy.innerHTML
  }

  let busy = false
  let again = false

  const put = (fresh) => {
    for (const part of fresh.querySelectorAll('[data-part]')) {
      const old = document.querySelector(`[data-part="${CSS.escape(part.dataset.part)}"]`)
      const raw = lasting(part)
      if (!old || old.dataset.raw === raw) continue
      const focused = keepState(old, part)
      old.replaceWith(part)
      part.dataset.raw = raw
      dress(part)
      focused?.focus({ preventScroll: true })
      const words = part.querySelector('[data-say]') ?? (part.matches('[data-say]') ? part : null)
      if (words) say(words.textContent.trim())
    }
    const next = fresh.querySelector('main')
    main.dataset.stamp = next?.dataset.stamp ?? ''
  }

  /** Asks for the page again and puts its new parts in place. */
  async function refresh() {
    if (busy) {
      again = true
      return
    }
    busy = true
    try {
      const answer = await fetch(location.href, { headers: { accept: 'text/html' } })
      if (answer.redirected || !answer.ok) location.reload()
      else put(new DOMParser().parseFromString(await answer.text(), 'text/html'))
    } catch {
      // The server is away: the stream tells when it is back.
    }
    busy = false
    if (again) {
      again = false
      refresh()
    }
  }

  const follow = () => {
    const stream = new EventSource(main.dataset.live)
    stream.addEventListener('state', (event) => {
      if (event.data !== main.dataset.stamp) refresh()
    })
    stream.addEventListener('error', () => {
      if (stream.readyState !== EventSource.CLOSED) return
      setTimeout(() => {
        refresh()
        follow()
      }, RETRY_MS)
    })
    addEventListener('pagehide', () => stream.close())
  }

  for (const part of document.querySelectorAll('[data-part]')) part.dataset.raw = lasting(part)
  dress(document)
  if (document.querySelector('[data-countdown], [data-ago]') || main.dataset.live) setInterval(count, 1000)
  if (main.dataset.live) {
    follow()
    // What another server knows is asked for again as long as the page says so.
    setInterval(() => {
      if (document.querySelector('[data-again]')) refresh()
    }, AGAIN_MS)
    addEventListener('pageshow', (event) => {
      if (event.persisted) location.reload()
    })
  }
}
