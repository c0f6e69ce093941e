// What must never stand in a log: the secrets in a node's directory, the tokens that tests give to its
// commands and its admin API, and what connections are made of.

const SHORTEST = 8 // a shorter text could stand in a log by chance

const MEMBERS = new Set([
  'outgoingToken', 'incomingToken', 'addIncomingToken', 'httpToken', 'engineToken', 'secret', 'password', 'sharedSecret'
])
const OPTIONS = new Set([
  '--outgoing-token', '--incoming-token', '--add-incoming-token', '--engine-token', '--secret', '--password'
])

export class Secrets {
  constructor() {
    this.known = new Map() // text -> what it is
  }

  /** A text, or bytes in every spelling that a log could have them in. */
  add(what, value) {
    if (Buffer.isBuffer(value)) {
      const hex = value.toString('hex')
      const texts = [hex, hex.toUpperCase(), value.toString('base64').replace(/=+$/, ''), value.toString('base64url')]
      for (const text of texts) this.add(what, text)
    } else if (typeof value === 'string' && value.length >= SHORTEST) {
      this.known.set(value, what)
    }
  }

  /** The words of a command line. */
  addArguments(words) {
    words.forEach((word, i) => OPTIONS.has(word) && this.add(`the value of ${word}`, words[i + 1]))
  }

  /** The members of a request's body. */
  addBody(body) {
    if (body === null || typeof body !== 'object') return
    for (const [name, value] of Object.entries(body)) {
      if (MEMBERS.has(name)) this.add(`the member ${name}`, value)
      else this.addBody(value)
    }
  }

  addEnvironment(env) {
    for (const [name, value] of Object.entries(env)) if (/_SECRET$|_PASSWORD$/.test(name)) this.add(name, value)
  }

  /** A STREAM connection: its secret, and the token in its address. */
  addConnection({ destination, secret }) {
    this.add('a shared secret', secret)
    this.add('the token of an address', destination.split('.').pop())
  }

  /** What of all this stands in the text. */
  *foundIn(text) {
    for (const [value, what] of this.known) if (text.includes(value)) yield what
  }
}
