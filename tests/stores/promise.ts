import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Difference } from './differences'
import { differences } from './differences'
import type { StoreLab } from './lab'
import { openStoreLab, providerName } from './lab'

export interface PromiseMeta {
  provider: string
  words: string
  aws: unknown
  difference?: Difference
}

declare module 'vitest' {
  interface TaskMeta {
    promise?: PromiseMeta
  }
}

/** States one promise of S3: its words, what is seen at AWS, and how to look. */
export type StatePromise = (words: string, aws: unknown, look: (lab: StoreLab) => Promise<unknown>) => void

/**
 * Opens the store for this file; the answer gathers promises about one thing. Where `differences` names another sight for the store at hand, exactly
 * that one is expected, so that a change is noticed either way.
 */
export function openStoreForPromises() {
  const provider = providerName()
  let lab: StoreLab
  beforeAll(async () => { lab = await openStoreLab() }, 60_000)
  afterAll(async () => { await lab.close() }, 60_000)

  return (thing: string, state: (promise: StatePromise) => void) => {
    describe(thing, () => {
      state((rest, aws, look) => {
        const words = `${thing} ${rest}`
        const difference = differences[provider]?.[words]
        it(difference ? `${rest} [${provider} differs]` : rest, { timeout: 60_000 }, async ({ task }) => {
          task.meta.promise = { provider, words, aws, difference }
          expect(await look(lab)).toEqual(difference ? difference.seen : aws)
        })
      })
    })
  }
}
