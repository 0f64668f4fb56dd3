import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TestCounts {
  passed: number
  failed: number
}

export interface VitestOptions {
  /** On top of our own environment. */
  env?: Record<string, string>
  /** Ends the run early; what has not run by then counts as one failure. */
  signal?: AbortSignal
}

/** Runs Vitest, its output on ours, and counts the tests. A run that goes wrong without a failed test counts as one that failed. */
export async function countVitest(args: string[], { env, signal }: VitestOptions = {}): Promise<TestCounts> {
  const folder = await mkdtemp(join(tmpdir(), 'lading-test-'))
  const report = join(folder, 'report.json')
  try {
    const child = spawn('npx', ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args], {
      stdio: 'inherit',
      env: { ...process.env, NUXT_TELEMETRY_DISABLED: '1', ...env },
    })
    const end = () => child.kill()
    signal?.addEventListener('abort', end)
    const [code] = await once(child, 'exit') as [number | null]
    signal?.removeEventListener('abort', end)
    const { passed, failed } = await readCounts(report)
    return { passed, failed: code === 0 ? failed : Math.max(failed, 1) }
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function readCounts(report: string): Promise<TestCounts> {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(await readFile(report, 'utf8')) as { numPassedTests: number, numFailedTests: number }
    return { passed: numPassedTests, failed: numFailedTests }
  } catch {
    // It ended before it could write one; its exit code says so.
    return { passed: 0, failed: 0 }
  }
}
