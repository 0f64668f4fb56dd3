import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('.', import.meta.url))

/** Stories told by people, in a real browser against the built site: kept apart, for their build rewrites `.nuxt`. */
export default defineConfig({
  resolve: { alias: { '#shared': `${root}shared`, '~': root.slice(0, -1) } },
  test: {
    name: 'e2e',
    include: [
      'tests/e2e/**/*.test.ts',
      'tests/faults/**/*.test.ts',
      'tests/security/**/*.test.ts',
      // Killing daemons needs a cluster of one's own, which `npm run test:ceph` brings up.
      ...(process.env.CEPH_DIR ? ['tests/ceph/**/*.test.ts'] : []),
    ],
    environment: 'node',
    globalSetup: 'tests/e2e/support/build.ts',
    // One browser at a time: the journal's times are part of what is tested.
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 120_000,
  },
})
