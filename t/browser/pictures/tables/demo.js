// What `florin demo` opens.

import { startDemo } from '../../lib/demo.js'

export const title = 'The demo'

export async function prepare(t, world) {
  const demo = await startDemo(t)
  return { ...demo, page: await world.tab({ viewport: { width: 1200, height: 760 } }) }
}

export const pictures = [
  ['demo', ['wide'], 'The demo’s overview: alice’s wallet, the connector with its packets, bob’s wallet', async (page, { url, pay }) => {
    await page.goto(url)
    await pay('5.00')
    await page.getByText('985.00 USD').first().waitFor()
    await page.locator('svg.chart rect').first().waitFor()
  }]
]
