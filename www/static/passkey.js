// Makes and uses the keys of a person's device (WebAuthn). The form is sent once the device has answered.
'use strict'
{
  const { say, word } = globalThis.florin // florin.js
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))
  const hex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16))
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replaceAll('=', '')

  const create = async (form) => {
    const { challenge, host, userId, user } = form.dataset
    const made = await navigator.credentials.create({
      publicKey: {
        challenge: bytes(challenge),
        rp: { id: host, name: 'Florin' },
        user: { id: hex(userId), name: user, displayName: user },
        pubKeyCredParams: [
          { type: 'public-key', alg: -7 },
          { type: 'public-key', alg: -8 }
        ],
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        attestation: 'none'
      }
    })
    return { clientData: made.response.clientDataJSON, authData: made.response.getAuthenticatorData() }
  }

  const get = async (form) => {
    const { challenge, host, credentials } = form.dataset
    // Where the page knows who it is, only their own are offered.
    const allowCredentials = credentials?.split(' ').map((id) => ({ type: 'public-key', id: bytes(id) }))
    const used = await navigator.credentials.get({
      publicKey: { challenge: bytes(challenge), rpId: host, userVerification: 'required', ...(allowCredentials && { allowCredentials }) }
    })
    const { clientDataJSON, authenticatorData, signature } = used.response
    return { credential: used.rawId, clientData: clientDataJSON, authData: authenticatorData, signature }
  }

  for (const form of document.querySelectorAll('form[data-passkey]')) {
    form.addEventListener('submit', async (event) => {
      event.preventDefault()
      const button = form.querySelector('button')
      button.disabled = true
      try {
        const answer = await (form.dataset.passkey === 'create' ? create(form) : get(form))
        for (const [name, value] of Object.entries(answer)) form.elements[name].value = text(value)
        form.submit()
      } catch (e) {
        button.disabled = false
        say(word('no-passkey'))
        let note = form.querySelector('.problem')
        if (!note) {
          note = document.createElement('p')
          note.className = 'problem'
          note.setAttribute('role', 'alert')
          form.append(note)
        }
        note.textContent =
          e instanceof TypeError || !window.PublicKeyCredential
            ? word('no-passkeys-here')
            : word('passkey-again')
      }
    })
  }
}
