import { execFileSync } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env, exit } from 'node:process'
import { installNode } from '~/tests/support/installNode'
import { createTally } from './tally'

/**
 * `npm run check:nuxt4`: the same sources on Nuxt 4 and Node 24, both from npm, in a folder of their own: installed, built, unit tests, and the stories of one Node
 * server in a browser. Writes `reports/nuxt4.md`, to be committed. Its last line counts the tests, as `N passed, N failed`.
 */
const nodeMajor = 24

/** All that differs from what is in the repository. Undefined: left out. */
const packages: Record<string, string | undefined> = {
  'nuxt': '4.5.2',
  'vue-router': '5.5.1',
  '@nuxtjs/i18n': '10.6.0',
  'vite': undefined,
}
const reasons = [
  'Nuxt 4 looks for the app in `app/` and for aliases below it; two options keep everything where it is: `srcDir: \'.\'` and `dir: { app: \'app\' }`.',
  `\`package.json\`: ${Object.entries(packages).map(([name, version]) => version ? `\`${name}\` ${version}` : `no \`${name}\` of our own`).join(', ')}, and no \`overrides\`: they hold packages of Nuxt 3 at versions that suit Node 20.`,
]

const folder = await mkdtemp(join(tmpdir(), 'lading-nuxt4-'))
const tally = createTally()
const rows: string[] = []
let versions = ''
try {
  await copySources()
  await changePackage()
  await changeConfig()
  const bin = await installNode(join(folder, '.node'), nodeMajor)
  const there = { cwd: folder, env: { PATH: `${bin}:${env.PATH}`, NUXT_TELEMETRY_DISABLED: '1', NODE_ENV: '' } }
  versions = `Nuxt ${packages.nuxt}, Node ${execFileSync(join(bin, 'node'), ['--version'], { encoding: 'utf8' }).trim()}`
  const isBuilt = step('install', ['install', '--no-fund', '--no-audit'], there) && step('build', ['run', 'build'], { ...there, env: { ...there.env, NODE_ENV: 'production' } })
  if (isBuilt) {
    await test('unit tests', ['--project', 'unit'], there)
    await test('stories of a Node server', ['--config', 'vitest.e2e.config.ts', 'tests/e2e/nodeServer.test.ts'], { ...there, env: { ...there.env, LADING_BUILT: '1' } })
  }
  await report()
} finally {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
}
exit(tally.tell() ? 0 : 1)

type There = { cwd: string, env: Record<string, string> }

function step(title: string, args: string[], there: There): boolean {
  const isWell = tally.check(title, 'npm', args, there)
  rows.push(`| ${title} | ${isWell ? 'done' : '**failed**'} |`)
  return isWell
}

async function test(title: string, args: string[], there: There) {
  const { passed, failed } = await tally.vitest(title, args, there)
  rows.push(`| ${title} | ${passed} passed, ${failed} failed |`)
}

/** What git knows or would take. */
async function copySources() {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { encoding: 'utf8' }).split('\0').filter(Boolean)
  for (const file of files) await cp(file, join(folder, file))
}

async function changePackage() {
  const path = join(folder, 'package.json')
  const { overrides: _, ...own } = JSON.parse(await readFile(path, 'utf8')) as Record<string, Record<string, string>>
  const changed = (group: Record<string, string> = {}) => Object.fromEntries(Object.entries(group).flatMap(([name, version]) => {
    if (!Object.hasOwn(packages, name)) return [[name, version]]
    const other = packages[name]
    return other === undefined ? [] : [[name, other]]
  }))
  await writeFile(path, JSON.stringify({ ...own, dependencies: changed(own.dependencies), devDependencies: changed(own.devDependencies) }, null, 2))
  await rm(join(folder, 'package-lock.json'))
}

async function changeConfig() {
  const path = join(folder, 'nuxt.config.ts')
  const text = await readFile(path, 'utf8')
  const opening = 'defineNuxtConfig({'
  if (!text.includes(opening)) throw new Error(`nuxt.config.ts has no ${opening}`)
  await writeFile(path, text.replace(opening, `${opening} srcDir: '.', dir: { app: 'app' },`))
}

async function report() {
  await writeFile('reports/nuxt4.md', [
    '# On Nuxt 4',
    '',
    `Written by \`npm run check:nuxt4\` on ${new Date().toISOString().slice(0, 10)}: ${versions}.`,
    '',
    '| Step | Result |',
    '|---|---|',
    ...rows,
    '',
    'What differs from the sources as they are:',
    '',
    ...reasons.map((reason) => `- ${reason}`),
    '',
  ].join('\n'))
}
