import type { Comparison, Result } from './compare'
import { fixedNumbers } from './compare'

const megabytes = (rate: number) => (rate / 1e6).toPrecision(4)
const share = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`
const cell = ({ bytesPerSecond, retries }: Result) => `${megabytes(bytesPerSecond)}${retries > 0 ? ` (${retries.toFixed(0)})` : ''}`

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`
}

/** What `npm run simulate:network` writes. */
export function renderReport(comparisons: readonly Comparison[]): string {
  return `# Parts in flight: the automatic number beside fixed ones

Written by \`npm run simulate:network\`. The real engine sends one file over a modelled network (\`tests/simulation/network\`): a fluid model with
a handshake and slow start for each connection, a preflight for each part, six connections per host name, buffers, and what is listed below.
Nothing here was measured on a real network; how the model compares with what was measured in Chromium is in \`model.test.ts\`.

Goodput in MB/s of a file in parts of 8 MiB; in brackets, how many parts were sent again. Where connections break, averages over six seeds.
"Sent more often" is the difference of parts sent again, as a share of all parts that the best one sent; where the best one sends nothing again, no
ratio of the two exists. The constants of the automatic number were chosen with these ways in view: they show that it works there, not everywhere.

${row(['way', 'parts', 'automatic', 'best fixed', 'automatic ÷ best', 'sent more often than the best'])}
|---|---|---|---|---|---|
${comparisons.map(({ link, parts, automatic, best }) => row([
  link.name,
  parts,
  cell(automatic),
  `${best.concurrency}: ${cell(best)}`,
  share(automatic.bytesPerSecond, best.bytesPerSecond),
  share(automatic.retries - best.retries, parts + best.retries),
])).join('\n')}

${row(['way', ...fixedNumbers])}
|---|${fixedNumbers.map(() => '---|').join('')}
${comparisons.map(({ link, fixed }) => row([link.name, ...fixed.map(cell)])).join('\n')}

## The ways

${comparisons.map(({ link }) => `- **${link.name}**: ${link.source}.`).join('\n')}
`
}
