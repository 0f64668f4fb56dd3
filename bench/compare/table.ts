import type { MachineMeasurement } from './plan'
import type { Row, UploadRow } from './rows'
import type { Group, Spread } from './statistics'
import { MiB } from '#shared/limits'
import { links } from './links'
import { firstByteDelays, groupUploads, measureOf } from './statistics'
import { subjectNamed, subjects } from './subjects'

const nothing = '–'
const order = subjects.map(({ name }) => name)

const columns = [
  'Uploader', 'Integrity asked for', 'Outcome', 'Time, s', 'Ratio to bare XHR', 'First byte, ms', 'CPU, browser, s', 'CPU, server, s', 'Cores busy, %', 'Page\'s memory, MiB',
  'Longest task, ms', 'Calls to the server', 'Sent again, MB', 'JavaScript, kB gzip',
]

/** All that was measured of uploads, as Markdown: one table for each link and length of file. */
export function writeUploads(rows: readonly Row[]): string[] {
  const groups = groupUploads(rows)
  const kinds = [...new Set(groups.map(({ link, fileBytes }) => `${link} ${fileBytes}`))].sort()
  return kinds.flatMap((kind) => {
    const members = groups.filter(({ link, fileBytes }) => `${link} ${fileBytes}` === kind).sort((one, other) => order.indexOf(one.subject) - order.indexOf(other.subject))
    const [first] = members
    if (!first) return []
    const { title } = links[first.link as keyof typeof links]
    return [
      `### Link ${first.link}, ${first.fileBytes / 1e6} MB: ${title}`,
      '',
      tableRow(columns),
      tableRow(columns.map(() => '---')),
      ...members.map(writeGroup),
      '',
      ...writeReasons(members),
    ]
  })
}

function writeGroup(group: Group): string {
  const { title, integrity } = subjectNamed(group.subject)
  const of = (pick: (row: UploadRow) => number | undefined, digits = 0) => show(measureOf(group, pick), digits)
  return tableRow([
    title,
    integrity,
    writeOutcomes(group),
    show(group.totalMs, 1, 1000),
    show(group.ratio, 2),
    of(({ firstByteMs }) => firstByteMs),
    of(({ browserCpuSeconds }) => browserCpuSeconds, 1),
    of(({ serverCpuSeconds }) => serverCpuSeconds, 1),
    of(({ busyShare }) => busyShare === undefined ? undefined : busyShare * 100),
    of(({ rendererBytes }) => rendererBytes / MiB),
    of(({ longestTaskMs }) => longestTaskMs),
    of(({ calls }) => calls),
    of(({ sentAgainBytes }) => sentAgainBytes === undefined ? undefined : sentAgainBytes / 1e6, 1),
    of(({ scriptGzipBytes }) => scriptGzipBytes / 1000),
  ])
}

function writeOutcomes({ outcomes: { identical, wrong, failed } }: Group): string {
  const words = [
    identical > 0 && `${identical} arrived and identical`,
    wrong > 0 && `**${wrong} arrived and wrong**`,
    failed > 0 && `**${failed} failed**`,
  ]
  return words.filter(Boolean).join(', ')
}

/** Why files did not arrive, in the uploaders' own words. */
function writeReasons(groups: Group[]): string[] {
  const lines = groups.flatMap(({ subject, rows }) => [...new Set(rows.flatMap(({ reason }) => reason ?? []))].map((reason) => `- ${subjectNamed(subject).title}: ${reason}`))
  return lines.length === 0 ? [] : ['What went wrong:', '', ...lines, '']
}

/** When the first byte of a part came, and how much later than with bare requests. */
export function writeFirstBytes(rows: readonly Row[]): string[] {
  const delays = firstByteDelays(rows)
  if (delays.length === 0) return []
  const lines = delays.sort((one, other) => one.fileBytes - other.fileBytes || order.indexOf(one.subject) - order.indexOf(other.subject))
  return [
    '### First byte, link b',
    '',
    tableRow(['Uploader', 'File, MB', 'After choosing the file, ms', 'Later than bare XHR, ms']),
    tableRow(['---', '---', '---', '---']),
    ...lines.map(({ subject, fileBytes, firstByteMs, delayMs }) => tableRow([subjectNamed(subject).title, String(fileBytes / 1e6), show(firstByteMs, 0), show(delayMs, 0)])),
    '',
  ]
}

const machineTitles: Record<MachineMeasurement, string> = {
  tasks: 'Tasks of the page\'s main thread, link a',
  held: 'Page\'s memory in RAM above idle, just after each of many collections, link a',
  hashing: 'Reading and digesting in a page\'s worker',
  signing: 'Signing',
  tenThousandParts: 'Server CPU of an upload of many parts',
}

/** What concerns our own parts, each by itself. */
export function writeMachine(rows: readonly Row[]): string[] {
  return rows.filter((row) => row.kind === 'machine').flatMap(({ measurement, values, at }) => [
    `### ${machineTitles[measurement]}`,
    '',
    // A run may have been gone on with on another day.
    `On ${at.slice(0, 10)}.`,
    '',
    tableRow(['', 'Measured']),
    tableRow(['---', '---']),
    ...Object.entries(values).map(([name, value]) => tableRow([name, figure(value)])),
    '',
  ])
}

function figure(value: number): string {
  return value >= 1000 || Number.isInteger(value) ? Math.round(value).toLocaleString('en') : value.toPrecision(4).replace(/\.0+$/, '')
}

/** The median, and from least to most where there is more than one. */
export function show(spread: Spread | undefined, digits: number, divisor = 1): string {
  if (!spread) return nothing
  const word = (value: number) => (value / divisor).toFixed(digits)
  const { median, least, most, count } = spread
  return count === 1 ? word(median) : `${word(median)} (${word(least)} to ${word(most)})`
}

function tableRow(cells: string[]): string {
  return `| ${cells.join(' | ')} |`.replaceAll('|  |', '| |')
}
