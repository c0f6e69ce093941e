// What the account holder's pages do better with scripts: say who is paid while it is typed, end a
// price that has expired, and make a key whose private half stays here.
'use strict'
{
  const PAUSE_MS = 400 // after the last key, before the server is asked
  const { say, word } = globalThis.florin // florin.js

  // ---- who is paid ----

  const to = document.querySelector('#send input[name=to]')
  const hint = document.querySelector('[data-resolve]')
  if (to && hint) {
    const words = hint.textContent
    let timer
    let asked = 0

    const show = (answer) => {
      if (answer.known) {
        const name = document.createElement('strong')
        const bdi = document.createElement('bdi')
        bdi.textContent = answer.name || answer.url
        name.append(bdi)
        const text = word(answer.asks ? 'pays-asked' : answer.assetCode ? 'pays-asset' : 'pays', { amount: answer.asks?.text, asset: answer.assetCode })
        const [before, after] = text.split('{name}')
        hint.replaceChildren(before, name, after)
      } else {
        hint.textContent = answer.why || words
      }
    }

    const ask = async () => {
      const number = ++asked
      const text = to.value.trim()
      if (text === '') {
        hint.textContent = words
        return
      }
      try {
        const answer = await fetch(`${hint.dataset.resolve}?${new URLSearchParams({ to: text })}`)
        const body = answer.ok && !answer.redirected ? await answer.json() : { known: false }
        if (number === asked) show(body)
      } catch {
        if (number === asked) hint.textContent = words
      }
    }

    to.addEventListener('input', () => {
      clearTimeout(timer)
      timer = setTimeout(ask, PAUSE_MS)
    })
    if (to.value && !to.hasAttribute('aria-invalid')) ask()
  }

  // ---- a price ----

  const price = document.querySelector('[data-price]')
  if (price) {
    const left = Date.parse(price.dataset.price) - (Number(document.documentElement.dataset.now) || Date.now())
    setTimeout(() => {
      for (const e of document.querySelectorAll('[data-confirm]')) e.disabled = true
      say(word('price-over'))
    }, Math.max(left, 0))
    // One press is one payment; the server makes sure of it, and this says so.
    for (const form of document.querySelectorAll('form')) {
      form.addEventListener('submit', (event) => {
        if (form.dataset.sent) event.preventDefault()
        form.dataset.sent = 'yes'
      })
    }
    addEventListener('pageshow', (event) => {
      if (event.persisted) for (const form of document.querySelectorAll('form')) delete form.dataset.sent
    })
  }

  // ---- a key ----

  const make = document.querySelector('[data-make-key]')
  const text64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))

  const save = (name, text) => {
    const url = URL.createObjectURL(new Blob([text], { type: 'application/x-pem-file' }))
    const link = document.createElement('a')
    link.href = url
    link.download = name
    link.click()
    setTimeout(() => URL.revokeObjectURL(url), 60000)
  }

  const makeKey = async () => {
    const made = document.getElementById('made')
    try {
      const pair = await crypto.subtle.generateKey({ name: 'Ed25519' }, true, ['sign', 'verify'])
      const jwk = await crypto.subtle.exportKey('jwk', pair.publicKey)
      const kid = crypto.randomUUID()
      const secret = text64(await crypto.subtle.exportKey('pkcs8', pair.privateKey))
      const name = `florin-${make.dataset.makeKey}-${kid}.pem`
      save(name, `-----BEGIN PRIVATE KEY-----\n${secret.match(/.{1,64}/g).join('\n')}\n-----END PRIVATE KEY-----\n`)
      document.getElementById('key').value = JSON.stringify({ kid, alg: 'EdDSA', use: 'sig', kty: 'OKP', crv: 'Ed25519', x: jwk.x })
      made.textContent = word('key-saved', { file: name })
    } catch {
      made.textContent = word('key-not-made')
    }
    made.hidden = false
  }

  if (make && window.crypto?.subtle) {
    document.getElementById('make').hidden = false
    make.addEventListener('click', makeKey)
  }

  // ---- messages of this browser, after somebody asked for them ----

  const KEPT = 'florin-notify'
  const wanted = () => 'Notification' in window && Notification.permission === 'granted' && localStorage.getItem(KEPT) === 'on'
  const newest = () => Number(document.querySelector('nav [data-newest]')?.dataset.newest ?? 0)

  const card = document.querySelector('[data-notify]')
  if (card && 'Notification' in window) {
    const show = () => {
      card.hidden = false
      card.querySelector('[data-notify-on]').hidden = wanted() || Notification.permission === 'denied'
      card.querySelector('[data-notify-off]').hidden = !wanted()
      card.querySelector('[data-notify-refused]').hidden = Notification.permission !== 'denied'
    }
    card.querySelector('[data-notify-on]').addEventListener('click', async () => {
      if ((await Notification.requestPermission()) === 'granted') localStorage.setItem(KEPT, 'on')
      show()
      say(word(wanted() ? 'messages-on' : 'messages-off'))
    })
    card.querySelector('[data-notify-off]').addEventListener('click', () => {
      localStorage.removeItem(KEPT)
      show()
      say(word('messages-off'))
    })
    show()
  }

  let told = newest()
  document.addEventListener('dressed', () => {
    if (newest() <= told) return
    told = newest()
    if (!wanted()) return
    // Of all the pages that are open one shows it: it keeps the lock.
    const who = document.querySelector('.who strong')?.textContent
    const shown = (lock) => {
      if (!lock) return
      new Notification('Florin', { body: word('something-new'), tag: KEPT })
      return new Promise(() => {})
    }
    navigator.locks.request(`${KEPT} ${who} ${told}`, { ifAvailable: true }, shown).catch(() => {})
  })
}
