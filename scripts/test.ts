import { exit } from 'node:process'
import { createTally } from './tally'

/**
 * `npm test`: lint, types, unit, component, contract and end-to-end tests and the size of the page, one after the other. Its last line counts
 * the tests, as `N passed, N failed`; a step that fails without a test of its own counts as one that failed.
 */
const tally = createTally()
tally.check('lint', 'npx', ['eslint', '.'])
tally.check('types', 'npm', ['run', '--silent', 'types'])
await tally.vitest('unit, component and contract tests', ['--reporter=./tests/stores/report.ts'])
await tally.vitest('end-to-end tests', ['--config', 'vitest.e2e.config.ts'])
// Of the build that the stories were told with.
tally.check('first-load JavaScript', 'npm', ['run', '--silent', 'budget'])
exit(tally.tell() ? 0 : 1)
