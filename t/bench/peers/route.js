// Route look-ups of ilp-connector (its PrefixMap), with the table and the destinations of bench_route.
//
// Its insert is linear, so that a million routes would take hours: the map is filled as its inserts would
// have left it, longest prefixes first.

import { createRequire } from 'node:module'

const { default: PrefixMap } = createRequire(import.meta.url)('ilp-connector/dist/routing/prefix-map')

const name = (i) => `g.net${Math.floor(i / 1000)}.node${i}`

function filled(count) {
  const map = new PrefixMap()
  map.prefixes = Array.from({ length: count }, (_, i) => name(i)).sort((a, b) => b.length - a.length || (a < b ? 1 : -1))
  for (const prefix of map.prefixes) map.items[prefix] = { nextHop: 'peer' }
  return map
}

for (const count of process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1, 1000, 1000000]) {
  const map = filled(count)
  const asked = Math.max(50, Math.min(65536, Math.floor(2e7 / count)))
  const destinations = Array.from({ length: asked }, () => `${name(Math.floor(Math.random() * count))}.alice.9fG2kQ7LtZbW1xYvR3sN0pAe`)
  let best = Infinity
  for (let round = 0; round < 5; round++) {
    const start = process.cpuUsage()
    for (const d of destinations) if (!map.resolve(d)) throw new Error(d)
    const { user, system } = process.cpuUsage(start)
    best = Math.min(best, ((user + system) * 1000) / asked)
  }
  console.log(`routes=${count} find_ns=${best.toFixed(0)} (ilp-connector)`)
}
