import { writeFile } from 'node:fs/promises'
import type { Comparison } from '~/tests/simulation/network/compare'
import { compare } from '~/tests/simulation/network/compare'
import { links } from '~/tests/simulation/network/links'
import { renderReport } from '~/tests/simulation/network/report'

/** Compares the automatic number of parts in flight with fixed ones on modelled networks, and writes reports/network.md. */
const comparisons: Comparison[] = []
for (const link of links) {
  const comparison = await compare(link)
  const { automatic, best } = comparison
  console.log(`${link.name}: ${((100 * automatic.bytesPerSecond) / best.bytesPerSecond).toFixed(1)} % of the best fixed number, ${best.concurrency}`)
  comparisons.push(comparison)
}
await writeFile('reports/network.md', renderReport(comparisons))
