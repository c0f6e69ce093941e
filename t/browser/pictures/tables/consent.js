// Who is asked for access to their wallet.

import { storedGrant } from '../../../scenario/lib/stored_grant.js'
import { answerLogin, holder, storedPasskey, usd } from '../../lib/people.js'
import { neighbours } from '../../lib/neighbours.js'

export const title = 'Consent'

export async function prepare(t, world) {
  const { a } = await neighbours(t)
  await holder(a, 'savings', '--user', 'alice', '--name', 'Savings')
  await holder(a, 'carol')
  const ask = (limits, more = {}) =>
    storedGrant(a, {
      client: 'https://shop.example/till',
      clientName: 'The Corner Shop',
      access: [{ type: 'outgoing-payment', actions: ['create', 'read'], wallet: more.wallet ?? 'alice', limits }]
    })
  const see = async (page, grant) => {
    await page.goto(`${a.url}${grant.path}`)
    if (await page.locator('input[name=wallet]').count()) await answerLogin(page)
    await page.waitForSelector('button[value=reject]')
  }
  return { a, ask, see, page: await world.tab() }
}

export const pictures = [
  ['consent-login', ['light'], 'Nobody sees a request before they have signed in', async (page, { a, ask }) => {
    await page.goto(`${a.url}${(await ask({ debitAmount: usd('8000') })).path}`)
  }],
  ['consent', ['light', 'dark', 'phone'], 'A budget for each month', async (page, { ask, see }) => {
    await see(page, await ask({ debitAmount: usd('8000'), interval: 'R11/2026-01-01T00:00:00Z/P1M' }))
  }],
  ['consent-unlimited', ['light'], 'Without a limit: the password once more', async (page, { ask, see }) => see(page, await ask(undefined))],
  ['consent-passkey', ['light', 'dark', 'phone'], 'Accepted with a passkey instead: what was chosen, and nothing else, is signed', async (page, { a, ask, see }) => {
    await storedPasskey(a, 'alice')
    await see(page, await ask({ debitAmount: usd('50000') }))
    await page.fill('input[name=limit0]', '250.00')
    await page.click('main button[formaction]')
    await page.waitForSelector('form[data-passkey]')
  }],
  ['consent-other', ['light'], 'Signed in as somebody else', async (page, { ask, see }) => see(page, await ask({ debitAmount: usd('8000') }, { wallet: 'carol' }))],
  ['consent-done', ['light'], 'Accepted, for a client that waits elsewhere', async (page, { ask, see }) => {
    const grant = await ask({ debitAmount: usd('8000') })
    await see(page, grant)
    page.accepted = grant
    await page.click('button[value=accept]')
    await page.waitForSelector('h1:text("Accepted")')
  }],
  ['consent-over', ['light'], 'Asked for a second time', (page, { a }) => page.goto(`${a.url}${page.accepted.path}`)]
]
