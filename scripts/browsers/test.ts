import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exit } from 'node:process'
import { createTally } from '~/scripts/tally'
import { chromium } from '~/tests/browsers/support/chromium'
import { firefox } from '~/tests/browsers/support/firefox'
import { webkit } from '~/tests/browsers/support/webkit'
import { installBrowsers } from './packages'

/**
 * `npm run test:browsers`: the core story in Chromium, Firefox and WebKit, over TLS on loopback; installs what is missing, as root on Debian. Writes
 * `reports/browsers.md`, to be committed; its last line counts the tests, as `N passed, N failed`.
 */
interface Report {
  testResults: { assertionResults: { ancestorTitles: string[], title: string, status: string, duration?: number }[] }[]
}

installBrowsers()
const folder = await mkdtemp(join(tmpdir(), 'lading-browsers-'))
const path = join(folder, 'report.json')
const tally = createTally()
await tally.vitest('the core story in three engines', ['--config', 'vitest.e2e.config.ts', 'tests/browsers'], { env: { LADING_BROWSERS: '1' }, keepAs: path })
const report = JSON.parse(await readFile(path, 'utf8')) as Report
await rm(folder, { recursive: true })

const all = report.testResults.flatMap(({ assertionResults }) => assertionResults)
const tables = [chromium, firefox, webkit].map(({ name, version }) => {
  const rows = all.filter(({ ancestorTitles }) => ancestorTitles.includes(name))
    .map(({ title, status, duration = 0 }) => `| ${title} | ${status} | ${(duration / 1000).toFixed(1)} s |`)
  if (rows.length === 0) tally.broke(`Nothing was told in ${name}`)
  return [`## ${name}`, '', `${version()}.`, '', '| It | Result | Time |', '|---|---|---|', ...rows, ''].join('\n')
})
await writeFile('reports/browsers.md', [
  '# The core story in three browser engines',
  '',
  `Written by \`npm run test:browsers\` on ${new Date().toISOString().slice(0, 10)}. Site and store are on loopback, both behind TLS with a certificate of their own; parts are 64 KiB and waits a twentieth of the real ones.`,
  'WebKit is WebKitGTK, which shares its engine with Safari, but neither its network stack nor its storage; under automation it keeps no profile, so there a reload stands for the kill.',
  '',
  ...tables,
].join('\n'))
exit(tally.tell() ? 0 : 1)
