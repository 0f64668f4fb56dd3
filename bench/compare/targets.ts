import type { Row, UploadRow } from './rows'
import type { Group } from './statistics'
import { MiB } from '#shared/limits'
import { heldName } from '~/bench/machine/measureHeld'
import { links } from './links'
import { firstByteDelays, groupUploads, measureOf } from './statistics'
import { subjects } from './subjects'

/** What Lading is held to, and what it reached. */
export interface Verdict {
  target: string
  found: string
  /** Undefined where it was not measured. */
  isMet?: boolean
}

const largest = 20e9
const usual = 1e9
const partBytes = 8 * MiB
/** On one host name; what waits its turn in the browser behind them is not under way. */
const inFlight = 6

/** Holds the rows against each target. Nothing is said that is not in them. */
export function judge(rows: readonly Row[]): Verdict[] {
  const groups = groupUploads(rows)
  const find = (link: string, subject: string, fileBytes = links[link as keyof typeof links].fileBytes) => groups.find((group) => group.link === link && group.subject === subject && group.fileBytes === fileBytes)
  const machine = (measurement: string) => rows.findLast((row) => row.kind === 'machine' && row.measurement === measurement)
  const value = (measurement: string, name: string) => {
    const row = machine(measurement)
    return row?.kind === 'machine' ? row.values[name] : undefined
  }

  return [
    ...['b', 'c'].flatMap((link) => [
      atMost(`Link ${link}, one host name: time ≤ 1.00 × bare XHR`, find(link, 'lading')?.ratio?.median, 1),
      belowEveryPeer(link, groups),
    ]),
    atMost('Link b, two host names: time ≤ 0.53 × bare XHR', find('b', 'lading-2hosts')?.ratio?.median, 0.53),
    atMost('Link b, three host names: time ≤ 0.45 × bare XHR', find('b', 'lading-3hosts')?.ratio?.median, 0.45),
    cpuBesideHashing(find('a', 'lading'), find('a', 'raw'), value('hashing', 'digest loops, CPU s per GB')),
    ...firstBytes(rows),
    outages(find('d', 'lading')),
    withNote(memory(find('a', 'lading'), find('a', 'lading', largest)), value('held', heldName(largest)), (held) => `after collections ${rounded(held)} beside ${rounded(value('held', heldName(usual)) ?? Number.NaN)} MiB`),
    withNote(
      atMost('No main-thread task over 50 ms', worst(groups, ({ longestTaskMs }) => longestTaskMs), 50, ' ms'),
      value('tasks', 'longest task, ms'),
      (longest) => `measured by itself, the longest takes ${rounded(longest)} ms, and none more than ${rounded(value('tasks', 'most CPU of a task, ms') ?? Number.NaN)} ms of a core`,
    ),
    calls(groups),
    atLeast('URLs signed a CPU second ≥ 2,500', value('signing', 'URLs a CPU second'), 2500),
    atMost('Signing, listing and completing 10,000 parts: server CPU ≤ 6 s', value('tenThousandParts', 'for 10,000 parts, s'), 6, ' s'),
  ]
}

function atMost(target: string, found: number | undefined, limit: number, unit = ''): Verdict {
  return found === undefined ? { target, found: 'not measured' } : { target, found: `${rounded(found)}${unit}`, isMet: Number(rounded(found)) <= limit }
}

/** Adds what one of the measurements of our own parts says of it, where that was made. */
function withNote(verdict: Verdict, value: number | undefined, note: (value: number) => string): Verdict {
  return value === undefined ? verdict : { ...verdict, found: `${verdict.found}; ${note(value)}` }
}

function atLeast(target: string, found: number | undefined, limit: number): Verdict {
  return found === undefined ? { target, found: 'not measured' } : { target, found: rounded(found), isMet: found >= limit }
}

function rounded(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2)
}

function belowEveryPeer(link: string, groups: Group[]): Verdict {
  const target = `Link ${link}: below every peer in its best configuration`
  const ratioOf = (name: string) => groups.find((group) => group.link === link && group.subject === name)?.ratio?.median
  const ours = ratioOf('lading')
  const peers = subjects.filter(({ peer }) => peer?.configuration).flatMap(({ name, title }) => {
    const ratio = ratioOf(name)
    return ratio === undefined ? [] : { title, ratio }
  }).sort((one, other) => one.ratio - other.ratio)
  const [best] = peers
  if (ours === undefined || !best) return { target, found: 'not measured' }
  return { target, found: `${rounded(ours)} beside ${rounded(best.ratio)} (${best.title})`, isMet: ours < best.ratio }
}

function cpuBesideHashing(ours: Group | undefined, raw: Group | undefined, hashingPerGigabyte: number | undefined): Verdict {
  const target = 'Link a: CPU of browser and server ≤ 1.10 × (bare XHR\'s + the bare digest loops\')'
  const pick = ({ browserCpuSeconds, serverCpuSeconds }: UploadRow) => browserCpuSeconds + serverCpuSeconds
  const [own, bare] = [ours && measureOf(ours, pick)?.median, raw && measureOf(raw, pick)?.median]
  if (own === undefined || bare === undefined || !ours || hashingPerGigabyte === undefined) return { target, found: 'not measured' }
  const hashing = hashingPerGigabyte * ours.fileBytes / 1e9
  const ratio = own / (bare + hashing)
  return { target, found: `${rounded(ratio)}: ${rounded(own)} s beside ${rounded(bare)} + ${rounded(hashing)} s`, isMet: ratio <= 1.1 }
}

function firstBytes(rows: readonly Row[]): Verdict[] {
  const roundTripMs = 2 * (links.b.conditions?.oneWayMs ?? 0)
  const limit = 2 * roundTripMs + 50
  const ours = firstByteDelays(rows).filter(({ subject }) => subject === 'lading')
  if (ours.length === 0) return [{ target: `First byte ≤ ${limit} ms after bare XHR's`, found: 'not measured' }]
  return ours.map(({ fileBytes, delayMs }) => atMost(`First byte of ${fileBytes / 1e6} MB, link b: ≤ ${limit} ms after bare XHR's`, delayMs?.median, limit, ' ms'))
}

function outages(group: Group | undefined): Verdict {
  const limit = (inFlight + 1) * partBytes
  const target = `Link d: arrives, and sends again ≤ ${limit / MiB} MiB, which is one part more than are in flight (${inFlight} of 8 MiB)`
  if (!group) return { target, found: 'not measured' }
  const again = measureOf(group, ({ sentAgainBytes }) => sentAgainBytes)
  const hasArrived = group.outcomes.wrong + group.outcomes.failed === 0
  return { target, found: `${group.outcomes.identical} of ${group.rows.length} arrived, ${rounded((again?.most ?? 0) / MiB)} MiB at most`, isMet: hasArrived && (again?.most ?? Infinity) <= limit }
}

function memory(small: Group | undefined, large: Group | undefined): Verdict {
  const target = 'Page\'s memory at 20 GB within 10 % of what it is at 1 GB'
  const pick = ({ rendererBytes }: UploadRow) => rendererBytes
  const [one, twenty] = [small && measureOf(small, pick)?.median, large && measureOf(large, pick)?.median]
  if (one === undefined || twenty === undefined) return { target, found: 'not measured' }
  return { target, found: `${rounded(twenty / MiB)} beside ${rounded(one / MiB)} MiB above idle`, isMet: twenty <= one * 1.1 }
}

function worst(groups: Group[], pick: (row: UploadRow) => number | undefined): number | undefined {
  const found = groups.filter(({ subject }) => subject.startsWith('lading')).flatMap((group) => measureOf(group, pick)?.most ?? [])
  return found.length === 0 ? undefined : Math.max(...found)
}

function calls(groups: Group[]): Verdict {
  const target = 'Calls to our server ≤ 5 + 2 per GB'
  const group = groups.find(({ link, subject, fileBytes }) => link === 'b' && subject === 'lading' && fileBytes === usual) ?? groups.find(({ subject }) => subject === 'lading')
  const found = group && measureOf(group, (row) => row.calls)?.most
  if (found === undefined || !group) return { target, found: 'not measured' }
  const limit = 5 + 2 * group.fileBytes / 1e9
  return { target, found: `${found} for ${group.fileBytes / 1e6} MB, where ${rounded(limit)} are allowed`, isMet: found <= limit }
}

export function writeVerdicts(verdicts: Verdict[]): string[] {
  const words = (isMet: boolean | undefined) => isMet === undefined ? 'not measured' : isMet ? 'met' : '**missed**'
  return ['| Target | Found | |', '|---|---|---|', ...verdicts.map(({ target, found, isMet }) => `| ${target} | ${found} | ${words(isMet)} |`), '']
}
