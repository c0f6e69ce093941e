// Yardstick of signed requests: node's own Ed25519 verification, on one processor, and nothing else.

import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto'
import { measure, options } from './lib.js'

const MESSAGES = 500
const BASE_BYTES = 400 // about a signature base of Open Payments

const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const make = () =>
  Array.from({ length: MESSAGES }, () => {
    const base = randomBytes(BASE_BYTES)
    return { base, signature: sign(null, base, privateKey) }
  })

async function one({ base, signature }) {
  assert.ok(verify(null, base, publicKey, signature))
}

await measure({ row: '--', what: "node's crypto.verify, Ed25519", make, one, ...options() })
