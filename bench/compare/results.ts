import type { Row } from './rows'
import { readFile, writeFile } from 'node:fs/promises'
import { drawChart } from './chart'
import { subjects } from './subjects'
import { writeFirstBytes, writeMachine, writeUploads } from './table'
import { judge, writeVerdicts } from './targets'

const notes = [
  'Ratios are to bare XHR of the same round; times, ratios and first bytes are medians, with the least and the most beside them. A time counts only where the file arrived. Sizes and rates are decimal; parts and memory are in MiB.',
  'Bare XHR has its URLs before the file is chosen, reads nothing, hashes nothing and assembles nothing, and sends at once again what was refused: it is the ceiling. Everybody else\'s time ends with the word of the page that the file has arrived.',
  'The store of links a and b takes the MD5 of every part of everybody\'s, answers it as the ETag, and keeps no bytes; an object has arrived when its ETag is the one of the file\'s parts. On c, d and e the object is read back and its SHA-256 compared. A tus server keeps the file itself, on all links.',
  'A link lies between the browser and everything it talks to, on sockets of its own; servers reach the store past it. Opening a connection costs a round trip, and then it has its rate at once: congestion control is not played. Each link is measured before each run, and a run without its link is none.',
  'Pages of peers show nothing; ours shows all that it shows people. JavaScript is everything that the page had loaded in the end: of ours that is the whole site, with its interface in two languages.',
  '"Sent again" is what left the browser beyond the file\'s bytes, on links with the heads of all requests; on link a it is counted at the store, and unknown for tus. CPU of the browser is that of all its processes, from choosing the file to the end. "Cores busy" is of the whole machine meanwhile, link and store included: where that comes near 100 %, whoever does more takes longer.',
]

/** The report, from rows alone. */
export function writeResults(rows: readonly Row[], configurations: Record<string, string>): string {
  const facts = [...new Set(rows.flatMap((row) => row.kind === 'facts' ? row.facts : []))]
  return [
    '# Measured beside every peer',
    '',
    ...facts.flatMap((fact) => [fact, '']),
    'The rows are in [`results/rows.jsonl`](results/rows.jsonl); this page holds nothing else.',
    '',
    '![Time of each uploader over that of bare XHR](results/chart.svg)',
    '',
    '## Targets',
    '',
    ...writeVerdicts(judge(rows)),
    '## Uploads',
    '',
    ...writeUploads(rows),
    ...writeFirstBytes(rows),
    '## Our own parts, each by itself',
    '',
    ...writeMachine(rows),
    '## How it was measured',
    '',
    ...notes.map((note) => `- ${note}`),
    '',
    '## Configurations',
    '',
    'Lading is as it is built, with the settings below and a new profile, so it has no goodput to remember.',
    '',
    ...subjects.filter(({ peer }) => !peer).map(({ title, site, hosts = 1 }) => `- ${title}: ${Object.entries(site ?? {}).map(([name, value]) => `\`${name}=${value}\``).join(', ') || 'no settings of its own'}${hosts > 1 ? `, \`NUXT_S3_HOSTS\` with ${hosts - 1} more` : ''}`),
    '',
    ...Object.entries(configurations).flatMap(([path, source]) => [`\`${path}\`:`, '', '```js', source.trim(), '```', '']),
  ].join('\n')
}

/** Writes the report and the chart into `bench/`. */
export async function saveResults(rows: readonly Row[]): Promise<void> {
  const paths = [...new Set(subjects.flatMap(({ peer }) => peer ? [`bench/peers/${peer.folder}/configuration.js`] : []))]
  const configurations = Object.fromEntries(await Promise.all(paths.map(async (path) => [path, await readFile(path, 'utf8')] as const)))
  await writeFile('bench/RESULTS.md', writeResults(rows, configurations))
  await writeFile('bench/results/chart.svg', drawChart(rows))
}
