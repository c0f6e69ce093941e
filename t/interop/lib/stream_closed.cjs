// ilp-protocol-stream assigns this.closed in the constructor of a Duplex. Since Node 18 that name is a
// getter of the prototype, and the assignment throws. Preloaded, this lets an instance keep a value of
// its own; streams that never assign one behave as before.
'use strict'
const { Duplex } = require('node:stream')

const inherited = Object.getOwnPropertyDescriptor(Duplex.prototype, 'closed')
Object.defineProperty(Duplex.prototype, 'closed', {
  configurable: true,
  get() {
    return inherited?.get ? inherited.get.call(this) : undefined
  },
  set(value) {
    Object.defineProperty(this, 'closed', { value, writable: true, configurable: true, enumerable: true })
  }
})
