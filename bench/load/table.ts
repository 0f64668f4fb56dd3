import type { Share } from './profileShares'
import type { Reading } from './reading'
import { showMemory, showMs } from '~/bench/figures'
import { meantPartBytes } from './people'
import type { Verdict } from './verdict'
import { judge, signLimitMs } from './verdict'

const columns: [title: string, show: (reading: Reading) => string][] = [
  ['Clients', ({ senders, stoodInFor }) => String(senders + stoodInFor)],
  ['of them stood in for', ({ stoodInFor }) => String(stoodInFor)],
  ['Sign calls', ({ signCalls }) => String(signCalls)],
  ['Errors', ({ errors }) => String(errors.length)],
  ['`sign`, every other', ({ signMedianMs }) => showMs(signMedianMs)],
  ['`sign`, p99', ({ signP99Ms }) => showMs(signP99Ms)],
  ['the same by the server\'s log', ({ serverSignP99Ms }) => showMs(serverSignP99Ms)],
  ['Parts signed a second', ({ signedPartsPerSecond }) => signedPartsPerSecond.toFixed(0)],
  ['GB/s signed for', ({ signedPartsPerSecond }) => (signedPartsPerSecond * meantPartBytes / 1e9).toFixed(1)],
  ['Parts stored a second', ({ storedPartsPerSecond }) => storedPartsPerSecond.toFixed(0)],
  ['Server, CPU', ({ serverShare }) => showShare(serverShare)],
  ['Server, memory', ({ serverBytes }) => showMemory(serverBytes)],
  ['Clients and store, CPU', ({ otherCoreShare }) => showShare(otherCoreShare)],
  ['of it the clients', ({ generatorShare }) => showShare(generatorShare)],
  ['Clients\' lateness, p99', ({ latenessP99Ms }) => showMs(latenessP99Ms)],
  ['Strangers on the server\'s core, on the other', ({ strangersShares }) => strangersShares.map(showShare).join(', ')],
]

/** A row for each number of clients. Shares are of one core. */
export function writeReadings(readings: readonly Reading[]): string[] {
  return [row(columns.map(([title]) => title)), `|${'---|'.repeat(columns.length)}`, ...readings.map((reading) => row(columns.map(([, show]) => show(reading))))]
}

const ends: Record<Verdict, string> = {
  borne: 'all that were asked for were borne',
  serverFull: `the server answered p99 of \`sign\` after more than ${signLimitMs} ms, and clients and store had room`,
  otherCoreFull: 'clients and store filled their core, so that more would have measured them and not the server',
}

/** Why the series went no further, and where the server's time went in the end. */
export function writeEnd(name: string, readings: readonly Reading[]): string {
  const last = readings.at(-1)
  return last ? `${name} ended at ${last.senders + last.stoodInFor} clients: ${ends[judge(last)]}.` : ''
}

/** In words, which errors there were, each with how often; empty where there were none. */
export function describeErrors(readings: readonly Reading[]): string {
  const counts = new Map<string, number>()
  for (const error of readings.flatMap(({ errors }) => errors)) counts.set(kindOf(error), (counts.get(kindOf(error)) ?? 0) + 1)
  if (counts.size === 0) return ''
  return `The errors: ${[...counts].map(([kind, count]) => `${count} × ${kind}`).join(', ')}.`
}

/** Our server's code where the answer was its own. */
function kindOf(error: string): string {
  const [, code] = /"code":"(\w+)"/.exec(error) ?? []
  return `\`${code ?? error.slice(0, 80)}\``
}

/** The largest shares, until little is left. */
export function writeShares(shares: readonly Share[], most = 10): string[] {
  return [row(['Whose work', 'Share of the server\'s CPU time']), '|---|---|', ...shares.slice(0, most).map(({ name, share }) => row([`\`${name}\``, showShare(share)]))]
}

function row(cells: string[]): string {
  return `| ${cells.join(' | ')} |`
}

function showShare(share: number): string {
  return `${(share * 100).toFixed(0)} %`
}
