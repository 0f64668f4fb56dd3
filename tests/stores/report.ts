import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { env } from 'node:process'
import type { Reporter, TestModule } from 'vitest/node'
import type { PromiseMeta } from './promise'

interface Outcome extends PromiseMeta {
  isKept: boolean
}

/** A reporter for Vitest: says how the store differs from AWS, and with STORES_REPORT writes that store's chapter of the file named there. */
export default class StoresReport implements Reporter {
  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    const outcomes = modules.flatMap((module) => [...module.children.allTests()]).flatMap((test) => {
      const { promise } = test.meta()
      return promise ? { ...promise, isKept: test.result().state === 'passed' } : []
    })
    const provider = outcomes[0]?.provider
    if (provider === undefined) return
    const differing = outcomes.filter(({ difference }) => difference)
    process.stdout.write(`\n${provider}: ${differing.length} of ${outcomes.length} promises are kept otherwise than by AWS.\n`)
    for (const { words, aws, difference } of differing) {
      process.stdout.write(`  ${words}\n    AWS: ${show(aws)}, ${provider}: ${show(difference?.seen)}. ${difference?.meaning}\n`)
    }
    if (env.STORES_REPORT) await writeChapter(env.STORES_REPORT, provider, chapterOf(outcomes.toSorted((a, b) => a.words < b.words ? -1 : 1)))
  }
}

const introduction = `# Stores under one contract

What S3 promises, looked at from outside with signed requests (\`tests/stores\`). A promise is *kept* when the store does what AWS does; it *differs* when
the store is known to do something else (\`tests/stores/differences.ts\`) and still does exactly that; it is *broken* when it does neither.
AWS's column is what AWS documents; it was not measured there. Written by \`npm run test:ceph -- --report\`.
`

/** Puts the chapter in place of the earlier one of that store; the others stay. */
async function writeChapter(path: string, provider: string, chapter: string): Promise<void> {
  const earlier = await readFile(path, 'utf8').catch(() => '')
  const chapters = new Map(earlier.split(/^## /m).slice(1).map((text) => [/^\S+/.exec(text)?.[0] ?? '', text.trim()]))
  chapters.set(provider, chapter)
  const texts = [...chapters].toSorted(([a], [b]) => a < b ? -1 : 1).map(([, text]) => `## ${text}\n`)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, [introduction, ...texts].join('\n'))
}

function chapterOf(outcomes: Outcome[]): string {
  const [{ provider } = { provider: '' }] = outcomes
  const results = outcomes.map((outcome) => ({ ...outcome, result: resultOf(outcome) }))
  const count = (name: string) => results.filter(({ result }) => result === name).length
  const differing = outcomes.filter(({ difference }) => difference)
  return [
    [provider, env.S3_VERSION].filter(Boolean).join(' '),
    `${outcomes.length} promises: ${count('kept')} kept, ${count('differs')} differ, ${count('broken')} broken.`,
    ...differing.length > 0 ? [table(['Difference', 'AWS', 'Here', 'What it means'], differing.map(({ words, aws, difference }) => [words, code(aws), code(difference?.seen), difference?.meaning ?? '']))] : [],
    table(['Promise', 'Result'], results.map(({ words, result }) => [words, result])),
  ].join('\n\n')
}

function resultOf({ isKept, difference }: Outcome): 'kept' | 'differs' | 'broken' {
  if (!isKept) return 'broken'
  return difference ? 'differs' : 'kept'
}

function table(head: string[], rows: string[][]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n')
}

const code = (value: unknown): string => `\`${show(value)}\``

/** As short as it can be read: a lone text without its quotes, and what is not there as `nothing`. */
function show(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return value.map(show).join(', ')
  return JSON.stringify(value)
}
