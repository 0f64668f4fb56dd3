import { fileURLToPath } from 'node:url'
import { defineVitestProject } from '@nuxt/test-utils/config'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('.', import.meta.url))
const alias = { '#shared': `${root}shared`, '~': root.slice(0, -1) }

/** Everything but the end-to-end tests, which build the site and have a configuration of their own. */
export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        test: { name: 'unit', include: ['tests/unit/**/*.test.ts'], environment: 'node' },
      },
      {
        resolve: { alias },
        // The store writes through to a disk that others may keep busy.
        test: { name: 'contract', include: ['tests/contract/**/*.test.ts'], environment: 'node', testTimeout: 30_000 },
      },
      {
        resolve: { alias },
        test: { name: 'stores', include: ['tests/stores/**/*.test.ts'], environment: 'node' },
      },
      {
        resolve: { alias },
        // Each test runs commands of their own, which take seconds to start.
        test: { name: 'bucket', include: ['tests/bucket/**/*.test.ts'], environment: 'node', testTimeout: 90_000, hookTimeout: 60_000 },
      },
      {
        resolve: { alias },
        test: { name: 'simulation', include: ['tests/simulation/**/*.test.ts'], environment: 'node' },
      },
      // Minutes long, and run by `npm run test:long` alone.
      ...(process.env.LADING_LONG === '1'
        ? [{ resolve: { alias }, test: { name: 'long', include: ['tests/long/**/*.test.ts'], environment: 'node' as const } }]
        : []),
      await defineVitestProject({
        // The environment starts in a hook, which takes more than ten seconds while the simulation has both cores.
        test: { name: 'nuxt', include: ['tests/nuxt/**/*.test.ts'], environment: 'nuxt', hookTimeout: 60_000 },
      }),
    ],
  },
})
