// A key that an account holder makes in the browser, in the hands of the published TypeScript client; and what the holder
// revokes there is over for it at once.

import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { decide, finishPage, page } from './lib/browser.js'
import { PASSWORD, openPayments, refused, sdkClient, twoProviders } from './lib/wallets.js'

export const maxMs = 120000

async function signIn(tab, node, wallet) {
  await tab.goto(`${node.url}/wallet/login`)
  await tab.fill('input[name=wallet]', wallet)
  await tab.fill('input[name=password]', PASSWORD)
  await tab.click('main button[type=submit]')
  await tab.waitForURL(`${node.url}/wallet`)
}

export const tests = {
  'a key made in the browser signs for the SDK, until its access is revoked': async (t) => {
    const { home, alice, carol } = await twoProviders(t)
    const tab = await page(t, { scripts: true })
    await signIn(tab, home, 'alice')
    await tab.goto(`${home.url}/wallet/keys`)
    const [download] = await Promise.all([tab.waitForEvent('download'), tab.click('[data-make-key]')])
    const privateKey = createPrivateKey(readFileSync(await download.path()))
    const { kid: keyId } = JSON.parse(await tab.inputValue('#key'))
    await tab.click('text=Publish the key')
    await tab.waitForSelector(`main .copied .value:text-is("${keyId}")`)

    const client = await sdkClient(home, 'alice', { keyId, privateKey })
    const wallet = await client.walletAddress.get({ url: alice })
    const finish = await finishPage(t)
    const limits = { debitAmount: { value: '5000', assetCode: 'USD', assetScale: 2 } }
    const grant = await client.grant.request(
      { url: wallet.authServer },
      {
        access_token: {
          access: [
            { type: 'outgoing-payment', actions: ['create', 'read'], identifier: wallet.id, limits },
            { type: 'quote', actions: ['create', 'read'] }
          ]
        },
        interact: { start: ['redirect'], finish: { method: 'redirect', uri: finish.uri, nonce: 'n' } }
      }
    )
    assert.ok(openPayments.isPendingGrant(grant))
    await decide(tab, grant.interact.redirect, { wallet: 'alice', password: PASSWORD })
    const query = finish.arrived()
    const { access_token: token } = await client.grant.continue(
      { url: grant.continue.uri, accessToken: grant.continue.access_token.value },
      { interact_ref: query.interact_ref }
    )
    const receiver = (await home.ok('request', 'carol', '5.00')).url
    const ask = () =>
      client.quote.create({ url: wallet.resourceServer, accessToken: token.value }, { walletAddress: wallet.id, receiver, method: 'ilp' })
    const quote = await ask()
    await client.outgoingPayment.create({ url: wallet.resourceServer, accessToken: token.value }, { walletAddress: wallet.id, quoteId: quote.id })
    assert.equal(await home.balance('carol'), 500n)
    assert.ok(carol)

    await tab.goto(`${home.url}/wallet/apps`)
    assert.match(await tab.innerText('main'), /Used 5\.00 USD of the limit, left 45\.00 USD/)
    await tab.click('main h3 a')
    await tab.click('text=Revoke the access')
    await tab.click('text=Yes, revoke it')
    await tab.waitForSelector('.badge:text("revoked")')
    assert.ok([401, 403].includes((await refused(ask())).status))
  }
}
