import { spawnSync } from 'node:child_process'
import { exit } from 'node:process'
import type { TestCounts } from './vitestCounts'
import { countVitest } from './vitestCounts'

/**
 * `npm test`: lint, types, unit, component, contract and end-to-end tests, one after the other. Its last line counts
 * the tests, as `N passed, N failed`; a step that fails without a test of its own counts as one that failed.
 */

const total: TestCounts = { passed: 0, failed: 0 }

function check(title: string, command: string, args: string[]) {
  console.log(`\n── ${title}`)
  if (spawnSync(command, args, { stdio: 'inherit' }).status !== 0) total.failed++
}

async function test(title: string, args: string[]) {
  console.log(`\n── ${title}`)
  const { passed, failed } = await countVitest(args)
  total.passed += passed
  total.failed += failed
}

check('lint', 'npx', ['eslint', '.'])
check('types', 'npm', ['run', '--silent', 'types'])
await test('unit, component and contract tests', ['--reporter=./tests/stores/report.ts'])
await test('end-to-end tests', ['--config', 'vitest.e2e.config.ts'])

console.log(`\n${total.passed} passed, ${total.failed} failed`)
exit(total.failed === 0 ? 0 : 1)
