import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exit } from 'node:process'

/**
 * `npm test`: lint, types, unit, component, contract and end-to-end tests, one after the other. Its last line counts
 * the tests, as `N passed, N failed`; a step that fails without a test of its own counts as one that failed.
 */

interface Counts {
  passed: number
  failed: number
}

const folder = await mkdtemp(join(tmpdir(), 'lading-test-'))
const total: Counts = { passed: 0, failed: 0 }

function run(title: string, command: string, args: string[]): boolean {
  console.log(`\n── ${title}`)
  return spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, NUXT_TELEMETRY_DISABLED: '1' } }).status === 0
}

function check(title: string, command: string, args: string[]) {
  if (!run(title, command, args)) total.failed++
}

async function test(title: string, args: string[]) {
  const report = join(folder, `${title}.json`)
  const isGreen = run(title, 'npx', ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args])
  const counts = await readCounts(report)
  total.passed += counts.passed
  total.failed += counts.failed
  // A suite that could not even start has no failed test in its report.
  if (!isGreen && counts.failed === 0) total.failed++
}

async function readCounts(report: string): Promise<Counts> {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(await readFile(report, 'utf8')) as { numPassedTests: number, numFailedTests: number }
    return { passed: numPassedTests, failed: numFailedTests }
  } catch {
    // It ended before it could write one: `test` counts that as a failure.
    return { passed: 0, failed: 0 }
  }
}

check('lint', 'npx', ['eslint', '.'])
check('types', 'npm', ['run', '--silent', 'types'])
await test('unit, component and contract tests', [])
await test('end-to-end tests', ['--config', 'vitest.e2e.config.ts'])

await rm(folder, { recursive: true })
console.log(`\n${total.passed} passed, ${total.failed} failed`)
exit(total.failed === 0 ? 0 : 1)
