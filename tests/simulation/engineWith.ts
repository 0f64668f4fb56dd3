import type { Mutant } from './mutants'
import type * as Search from './search'
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'
import { mutate } from './mutate'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The search, over an engine of its own that has one bug. */
export async function engineWith(mutant: Mutant): Promise<typeof Search> {
  const { module } = await runnerImport<typeof Search>(`${root}tests/simulation/search.ts`, {
    root,
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { '#shared': `${root}shared`, '~': root.slice(0, -1) } },
    plugins: [mutate(mutant)],
  })
  return module
}
