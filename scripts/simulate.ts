import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import process, { exit, version } from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { runnerImport } from 'vite'
import type * as Search from '~/tests/simulation/search'
import { concurrently } from '#shared/concurrently'
import { engineWith } from '~/tests/simulation/engineWith'
import { mutants } from '~/tests/simulation/mutants'

/**
 * `npm run simulate`: plays stories against the engine until one breaks a promise. `--runs N` stories (10,000), from
 * `--seed S` (1) on, in blocks of 10,000 with a seed each, `--jobs J` (1) blocks at a time; `--story PATH` plays one again that was found with that seed;
 * `--mutants` looks how soon each deliberate bug is found instead. Writes `reports/simulation.md`, to be committed.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    story: { type: 'string' },
    mutants: { type: 'boolean', default: false },
    block: { type: 'boolean', default: false },
    jobs: { type: 'string', default: '1' },
  },
})

const root = fileURLToPath(new URL('..', import.meta.url))
const blockRuns = 10_000
const reportFile = values.mutants ? 'reports/simulation-mutants.md' : 'reports/simulation.md'
const machine = `Node ${version}, ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'})`
const firstSeed = Number(values.seed)
const runs = Number(values.runs)

async function writeReport(lines: string[]) {
  await writeFile(reportFile, [`Written by \`npm run simulate\` on ${new Date().toISOString().slice(0, 10)}: ${machine}.`, '', ...lines, ''].join('\n'))
}

interface Block {
  runs: number
  /** The promise that was broken; undefined where none was. */
  violation?: string
}

/** Plays stories of one seed, and tells whoever started this process what came of it. */
async function playBlock(): Promise<boolean> {
  const { module: { search, report } } = await runnerImport<typeof Search>(`${root}tests/simulation/search.ts`, {
    root,
    configFile: false,
    resolve: { alias: { '#shared': `${root}shared`, '~': root.slice(0, -1) } },
  })
  const startedAt = performance.now()
  const found = await search({ seed: firstSeed, runs, ...(values.story !== undefined && { path: values.story }) })
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
  const played = values.story === undefined ? runs : 1
  console.log(`seed ${firstSeed}: ${found ? report(found) : `${played} ${played === 1 ? 'story' : 'stories'}, no broken promise`}, ${seconds} s`)
  process.send?.({ runs: found?.runs ?? played, violation: found?.violations[0] } satisfies Block)
  return !found
}

/**
 * Each block in a process of its own: tabs that die in a story wait for ever, and Node 20 keeps what their abort signals
 * hold in memory.
 */
async function playAll(): Promise<boolean> {
  const blocks = Array.from({ length: Math.ceil(runs / blockRuns) }, (_, index) => ({ seed: firstSeed + index, count: Math.min(blockRuns, runs - index * blockRuns) }))
  const rows: string[] = []
  let isBroken = false
  await concurrently(blocks, Number(values.jobs), async ({ seed, count }) => {
    if (isBroken) return
    const startedAt = performance.now()
    const child = fork(fileURLToPath(import.meta.url), ['--seed', `${seed}`, '--runs', `${count}`, '--block'], { execArgv: ['--import', 'tsx'] })
    const played: Block[] = []
    child.on('message', (block) => played.push(block as Block))
    await once(child, 'exit')
    const { runs: stories, violation } = played[0] ?? { runs: 0, violation: 'The process ended early' }
    rows[seed - firstSeed] = `| ${seed} | ${stories} | ${((performance.now() - startedAt) / 1000).toFixed(0)} s | ${firstLine(violation ?? 'none')} |`
    isBroken ||= violation !== undefined
    // After each block, so that a run that is ended early has told what it saw.
    await writeReport(['# Simulation', '', '| Seed | Stories | Time | Broken promise |', '|---|---|---|---|', ...rows.filter(Boolean)])
  })
  return !isBroken
}

/** What was thrown comes with its stack, which names files of this machine and breaks a table. */
function firstLine(text: string): string {
  return text.split('\n')[0] ?? ''
}

async function findMutants(): Promise<boolean> {
  const rows: string[] = []
  for (const mutant of mutants) {
    const startedAt = performance.now()
    const { search } = await engineWith(mutant)
    const found = await search({ seed: firstSeed, runs, isQuick: true })
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    rows.push(`| ${mutant.name} | ${mutant.why} | ${found?.runs ?? `not in ${runs}`} | ${seconds} s | ${firstLine(found?.violations[0] ?? '')} |`)
    console.log(`${mutant.name}: ${found ? `${found.runs} stories` : 'not found'}, ${seconds} s`)
    await writeReport(['# Deliberate bugs', '', `Seed ${firstSeed}.`, '', '| Bug | Which means that | Stories until found | Time | What it broke |', '|---|---|---|---|---|', ...rows])
  }
  return !rows.some((row) => row.includes('not in'))
}

/** A single story is played in this process. */
const play = values.mutants ? findMutants : values.block || values.story !== undefined ? playBlock : playAll
exit(await play() ? 0 : 1)
