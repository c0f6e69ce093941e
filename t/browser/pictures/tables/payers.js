// Who pays somebody with a wallet here.

import assert from 'node:assert/strict'
import { pay } from '../../../scenario/lib/setups.js'
import { answerLogin } from '../../lib/people.js'
import { neighbours } from '../../lib/neighbours.js'

export const title = 'Payers'

export async function prepare(t, world) {
  const { a, b, pointer } = await neighbours(t)
  const request = await b.ok('request', 'bob', '12.50', '--description', 'Two jars of honey', '--expires', '1h')
  return { a, b, pointer, request, page: await world.tab({ permissions: ['clipboard-read', 'clipboard-write'] }) }
}

const visit = async (page, { a, b }) => {
  await page.goto(`${b.url}/bob?amount=3.00`)
  await page.fill('#payer', `$${a.url.slice(7)}/alice`)
  await page.click('button:text("See what it costs")')
  await page.waitForSelector('h1:text("from your wallet")')
}

export const pictures = [
  ['front', ['light'], 'Who opens the server itself', (page, { b }) => page.goto(`${b.url}/`)],
  ['landing', ['light', 'dark', 'phone'], 'The page of a wallet address', async (page, { b }) => {
    await page.goto(`${b.url}/bob`)
    await page.waitForSelector('button.copy:visible')
  }],
  ['landing-gone', ['light'], 'An address that nobody has', (page, { b }) => page.goto(`${b.url}/nobody`)],
  ['request', ['light', 'dark', 'phone'], 'A request, partly paid', async (page, { a, request }) => {
    await page.goto(request.url)
    assert.equal((await pay(a, 'alice', request.url, '--deliver', '5.00')).code, 0)
    await page.waitForSelector('text=5.00 USD of 12.50 USD')
  }],
  ['receipt', ['light'], 'The same request once it is paid', async (page, { a, request }) => {
    assert.equal((await pay(a, 'alice', request.url, '--deliver', '7.50')).code, 0)
    await page.waitForSelector('h1:text("Paid")')
  }],
  ['pay-problem', ['light'], 'A payer whose wallet can’t be found', async (page, { b }) => {
    await page.goto(`${b.url}/bob?amount=3.00`)
    await page.fill('#payer', '$wallet.example')
    await page.click('button:text("See what it costs")')
    await page.waitForSelector('#problem')
  }],
  ['pay', ['light', 'phone'], 'What a payment costs, before the payer goes to their wallet', visit],
  ['pay-done', ['light'], 'Back from there: it has arrived', async (page) => {
    await page.click('a.button.strong')
    await answerLogin(page)
    await page.click('button[value=accept]')
    await page.waitForSelector('h1:text("Paid")')
  }],
  ['pay-declined', ['light'], 'The payer declined', async (page, here) => {
    await visit(page, here)
    await page.click('a.button.strong')
    await page.click('button[value=reject]')
    await page.waitForSelector('h1:text("Not paid")')
  }]
]
