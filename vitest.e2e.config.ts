import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('.', import.meta.url))

/** What these promise is a time, a number of updates, or what the whole machine bears: each has it to itself, but at full scale, which waits nearly all the time. */
const alone = [
  ...['bigResume', 'concurrency', 'load', 'manyFiles', 'pause', 'structure'].map((name) => `tests/e2e/${name}.test.ts`),
  'tests/faults/network.test.ts',
]

const project = {
  environment: 'node',
  // At full scale a fault lasts up to ten minutes, and its cure as long.
  testTimeout: process.env.LADING_TIME_DIVISOR === '1' ? 3_600_000 : 180_000,
  hookTimeout: 120_000,
} as const

/** Stories told by people, in a real browser against the built site: kept apart, for their build rewrites `.nuxt`. */
export default defineConfig({
  resolve: { alias: { '#shared': `${root}shared`, '~': root.slice(0, -1) } },
  test: {
    globalSetup: 'tests/e2e/support/build.ts',
    projects: [
      {
        extends: true,
        test: {
          ...project,
          name: 'e2e',
          include: [
            'tests/e2e/**/*.test.ts',
            'tests/faults/**/*.test.ts',
            'tests/security/**/*.test.ts',
            // Firefox and WebKit are installed by `npm run test:browsers`.
            ...(process.env.LADING_BROWSERS === '1' ? ['tests/browsers/**/*.test.ts'] : []),
            // `npm run soak`, `npm run leaks`.
            ...(process.env.LADING_SOAK_MINUTES ? ['tests/soak/soak.test.ts'] : []),
            ...(process.env.LADING_LEAKS ? ['tests/soak/leaks.test.ts'] : []),
            // Killing daemons needs a cluster of one's own, which `npm run test:ceph` brings up.
            ...(process.env.CEPH_DIR ? ['tests/ceph/**/*.test.ts'] : []),
          ],
          exclude: alone,
          // They wait for most of their time: for a watchdog, a retry, a server that starts. One cluster bears one of them at a time.
          maxWorkers: process.env.CEPH_DIR ? 1 : 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { ...project, name: 'alone', include: alone, fileParallelism: false, sequence: { groupOrder: 1 } },
      },
    ],
  },
})
