import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'

export interface VitestOptions {
  /** On top of our own environment. */
  env?: Record<string, string>
  /** @default our own */
  cwd?: string
  /** Where Vitest's own report is to stay. @default nowhere */
  keepAs?: string
  /** Ends the run early; what has not run by then counts as one failure. */
  signal?: AbortSignal
}

/** Real browsers and servers are killed here, and one of many may die badly. What passed only when it was repeated is named at the end. */
const retries = process.env.LADING_RETRIES ?? '0'

export interface Counts {
  passed: number
  failed: number
}

/** Counts what passed and what failed over all steps of a command, and tells at its end. */
export interface Tally extends Readonly<Counts> {
  /** A step without tests of its own; one that fails counts as one failure. Answers whether all is well. */
  check(title: string, command: string, args: string[], options?: Pick<VitestOptions, 'env' | 'cwd'>): boolean
  /** Runs Vitest, its output on ours. A run that goes wrong without a failed test counts as one that failed. */
  vitest(title: string, args: string[], options?: VitestOptions): Promise<Counts>
  /** Something broke outside of all steps. */
  broke(what: string): void
  /**
   * Prints each failure once more, as `✗ what: why`, what passed only when it was repeated, as `~ what: why`, and
   * `N passed, N failed` as the last line. Answers whether nothing failed.
   */
  tell(): boolean
}

export function createTally(): Tally {
  let passed = 0
  const failures: string[] = []
  const repeats: string[] = []

  return {
    get passed() {
      return passed
    },
    get failed() {
      return failures.length
    },

    check(title, command, args, { env, cwd } = {}) {
      console.log(`\n── ${title}`)
      const isWell = spawnSync(command, args, { stdio: 'inherit', cwd, env: { ...process.env, ...env } }).status === 0
      if (!isWell) failures.push(title)
      return isWell
    },

    async vitest(title, args, { env, cwd, keepAs, signal } = {}) {
      console.log(`\n── ${title}`)
      const folder = await mkdtemp(join(tmpdir(), 'lading-test-'))
      const report = join(folder, 'report.json')
      try {
        const child = spawn('npx', ['vitest', 'run', `--retry=${retries}`, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args], {
          stdio: 'inherit',
          cwd,
          env: { ...process.env, NUXT_TELEMETRY_DISABLED: '1', ...env },
        })
        const end = () => child.kill()
        signal?.addEventListener('abort', end)
        const [code] = await once(child, 'exit') as [number | null]
        signal?.removeEventListener('abort', end)
        if (process.env.LADING_REPORTS) await keepReport(report, process.env.LADING_REPORTS, title, { ...process.env, ...env }.S3_ENDPOINT ? 'ceph' : 'local')
        if (keepAs && existsSync(report)) await copyFile(report, keepAs)
        const counted = await readReport(report, cwd)
        if (code !== 0 && counted.failures.length === 0) counted.failures.push(`${title} ended with ${code ?? 'a signal'}`)
        passed += counted.passed
        failures.push(...counted.failures)
        repeats.push(...counted.repeats)
        return { passed: counted.passed, failed: counted.failures.length }
      } finally {
        await rm(folder, { recursive: true })
      }
    },

    broke: (what) => void failures.push(what),

    tell() {
      console.log()
      for (const repeat of repeats) console.log(`~ ${repeat}`)
      for (const failure of failures) console.log(`✗ ${failure}`)
      console.log(`${passed} passed, ${failures.length} failed`)
      return failures.length === 0
    },
  }
}

/** For `npm run faults:table`; a later run of the same step takes its place. A run that broke off has left none. */
async function keepReport(report: string, folder: string, title: string, store: string): Promise<void> {
  if (!existsSync(report)) return
  await mkdir(folder, { recursive: true })
  await copyFile(report, join(folder, `${store}-${title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.json`))
}

interface Report {
  numPassedTests: number
  testResults: { name: string, status: string, message: string, assertionResults: { status: string, fullName: string, failureMessages: string[] }[] }[]
}

interface Counted {
  passed: number
  failures: string[]
  repeats: string[]
}

async function readReport(path: string, root = process.cwd()): Promise<Counted> {
  let report: Report
  try {
    report = JSON.parse(await readFile(path, 'utf8')) as Report
  } catch {
    // It ended before it could write one; its exit code says so.
    return { passed: 0, failures: [], repeats: [] }
  }
  const failures = report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name)
    const failed = assertionResults.filter((result) => result.status === 'failed')
    // A file that could not be loaded, or whose preparations failed, has no failed test.
    if (status === 'failed' && failed.length === 0) return [line(file, message)]
    return failed.map(({ fullName, failureMessages }) => line(`${file} > ${fullName}`, failureMessages[0] ?? ''))
  })
  // What failed first and then passed has both a good end and a message.
  const repeats = report.testResults.flatMap(({ name, assertionResults }) => assertionResults
    .filter(({ status, failureMessages }) => status === 'passed' && failureMessages.length > 0)
    .map(({ fullName, failureMessages }) => line(`${relative(process.cwd(), name)} > ${fullName}`, failureMessages[0] ?? '')))
  return { passed: report.numPassedTests, failures, repeats }
}

/** The first line of what is wrong is enough to know it again; the rest stands above. */
function line(what: string, why: string): string {
  return `${what}: ${why.trim().split('\n', 1)[0]?.slice(0, 300) ?? ''}`
}
