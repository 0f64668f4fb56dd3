import type { Story } from './story'

const plain = { seed: 1, concurrency: 2, partMs: 400, faults: [], spells: [], acts: [] } satisfies Omit<Story, 'files'>
const file = { extraBytes: 0, isTwin: false, addedMs: 0 } as const

/** Stories that chance tells too rarely. They are played before all others. */
export const knownStories: readonly Story[] = [
  // The hash was kept for bytes that the store lost and the person edited.
  {
    ...plain,
    concurrency: 1,
    files: [{ ...file, tokens: 15 }],
    acts: [
      { when: { op: 'put', nth: 4, phase: 'asked' }, deed: { type: 'crash', tab: 0, reopenMs: 20_000 } },
      { when: { ms: 10_000 }, deed: { type: 'lose part', file: 0, part: 2 } },
      { when: { ms: 10_000 }, deed: { type: 'edit', file: 0, how: 'in silence' } },
    ],
  },
  // Nothing of it is stored when the twin arrives, so nothing can tell the two apart.
  {
    ...plain,
    files: [{ ...file, tokens: 3 }, { ...file, tokens: 3, isTwin: true, addedMs: 5_000 }],
    faults: [{ op: 'put', nth: 1, kind: 'stalled', ms: 0 }],
    acts: [{ when: { ms: 2_000 }, deed: { type: 'pause', file: 0, tab: 0 } }],
  },
  // The store was quicker than the person.
  {
    ...plain,
    files: [{ ...file, tokens: 5 }],
    acts: [{ when: { op: 'complete', nth: 1, phase: 'applied' }, deed: { type: 'discard', file: 0, tab: 0 } }],
  },
]
