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
  // It was discarded while the list was asked for that still had it.
  {
    ...plain,
    seed: 153_963,
    concurrency: 1,
    partMs: 100,
    files: [{ ...file, tokens: 0 }],
    faults: [{ op: 'status', nth: 1, kind: 'silent', ms: 0 }],
    acts: [{ when: { ms: 100 }, deed: { type: 'discard', file: 0, tab: 0 } }],
  },
  // Of two entries of one file, each waited for the other.
  {
    ...plain,
    seed: 0,
    concurrency: 1,
    partMs: 100,
    files: [{ ...file, tokens: 0, addedMs: 37 }],
    faults: [{ op: 'initiate', nth: 2, kind: 'twice', ms: 0 }],
    acts: [
      { when: { ms: 128 }, deed: { type: 'lose upload', file: 0 } },
      { when: { ms: 0 }, deed: { type: 'add', file: 0, tab: 0 } },
    ],
  },
  // A twin took over the row of a file that had failed and was paused then.
  {
    ...plain,
    seed: 443_516,
    concurrency: 1,
    partMs: 2_000,
    files: [{ ...file, tokens: 3, addedMs: 1 }, { ...file, tokens: 0, isTwin: true }],
    acts: [
      { when: { ms: 753 }, deed: { type: 'edit', file: 1, how: 'delete' } },
      { when: { ms: 1_070 }, deed: { type: 'pause', file: 1, tab: 0 } },
    ],
  },
  // The upload that a paused file stood for was completed by its twin in another tab.
  {
    ...plain,
    seed: 238_141,
    concurrency: 1,
    partMs: 2_000,
    files: [{ ...file, tokens: 5, addedMs: 1_723 }, { ...file, tokens: 0, isTwin: true }],
    acts: [
      { when: { op: 'put', nth: 1, phase: 'asked' }, deed: { type: 'open tab' } },
      { when: { ms: 1_723 }, deed: { type: 'crash', tab: 0, reopenMs: 0 } },
      { when: { op: 'sign', nth: 2, phase: 'asked' }, deed: { type: 'pause', file: 0, tab: 0 } },
      { when: { op: 'put', nth: 1, phase: 'asked' }, deed: { type: 'lose upload', file: 1 } },
    ],
  },
  // What was shown as sent fell back while one entry waited for another one of its file.
  {
    ...plain,
    seed: 0,
    partMs: 100,
    files: [{ ...file, tokens: 4, extraBytes: 1 }],
    acts: [
      { when: { op: 'digest', nth: 2, phase: 'asked' }, deed: { type: 'add', file: 0, tab: 0 } },
      { when: { op: 'initiate', nth: 1, phase: 'answered' }, deed: { type: 'lose upload', file: 0 } },
      { when: { op: 'abort', nth: 1, phase: 'asked' }, deed: { type: 'pause', file: 0, tab: 0 } },
    ],
  },
  // The storage had stopped answering when it was to forget what was discarded, and so remembered it on the next visit.
  {
    ...plain,
    seed: 0,
    concurrency: 1,
    partMs: 100,
    files: [{ ...file, tokens: 0 }],
    faults: [{ op: 'session', nth: 2, kind: 'failed', ms: 0 }],
    spells: [{ kind: 'records hang', fromMs: 76, ms: 211 }],
    acts: [
      { when: { ms: 10_390 }, deed: { type: 'crash', tab: 0, reopenMs: 0 } },
      { when: { ms: 287 }, deed: { type: 'discard', file: 0, tab: 0 } },
    ],
  },
  // The tab's own look around was told of a part that it was sending, whose answer was lost.
  {
    ...plain,
    seed: 516_079,
    concurrency: 1,
    partMs: 100,
    files: [{ ...file, tokens: 0 }],
    faults: [{ op: 'put', nth: 1, kind: 'lost', ms: 0 }],
  },
  // Behind a part that was overdue, URLs were always about to be needed.
  {
    ...plain,
    seed: 788_221,
    concurrency: 1,
    partMs: 100,
    files: [{ ...file, tokens: 9, addedMs: 1 }, { ...file, tokens: 11 }, { ...file, tokens: 0, addedMs: 777 }],
    faults: [{ op: 'put', nth: 4, kind: 'deaf', ms: 0 }],
  },
  // Another tab had the turn, and lost it with a file that was the wrong one only there.
  {
    ...plain,
    seed: 0,
    concurrency: 1,
    partMs: 100,
    files: [{ ...file, tokens: 1 }, { ...file, tokens: 0 }],
    spells: [{ kind: 'offline', fromMs: 77, ms: 9 }],
    acts: [
      { when: { ms: 83 }, deed: { type: 'continue', file: 0, tab: 1 } },
      { when: { op: 'initiate', nth: 2, phase: 'asked' }, deed: { type: 'edit', file: 0, how: 'in silence' } },
      { when: { ms: 77 }, deed: { type: 'sleep', tab: 0, ms: 173 } },
      { when: { ms: 78 }, deed: { type: 'open tab' } },
    ],
  },
  // The storage was slow to forget what was lost, and then a new id was given to what another tab had completed.
  {
    ...plain,
    seed: 0,
    concurrency: 1,
    partMs: 100,
    files: [{ ...file, tokens: 0 }],
    spells: [{ kind: 'records hang', fromMs: 76, ms: 314 }],
    acts: [
      { when: { ms: 59 }, deed: { type: 'lose upload', file: 0 } },
      { when: { ms: 0 }, deed: { type: 'open tab' } },
      { when: { ms: 390 }, deed: { type: 'sleep', tab: 0, ms: 0 } },
    ],
  },
  // A tab crashed while it discarded an upload that another one showed too.
  {
    ...plain,
    seed: 0,
    concurrency: 1,
    partMs: 100,
    files: [{ ...file, tokens: 0 }],
    acts: [
      { when: { ms: 77 }, deed: { type: 'crash', tab: 0, reopenMs: 0 } },
      { when: { ms: 75 }, deed: { type: 'discard', file: 0, tab: 0 } },
      { when: { ms: 1_078 }, deed: { type: 'sleep', tab: 0, ms: 0 } },
      { when: { ms: 75 }, deed: { type: 'open tab' } },
    ],
  },
  // What the store had lost was taken from the server's list, and so looked like discarded while the file was the wrong one.
  {
    ...plain,
    seed: 405_873,
    concurrency: 1,
    partMs: 100,
    files: [{ ...file, tokens: 1, addedMs: 31 }, { ...file, tokens: 4, extraBytes: 1 }],
    acts: [
      { when: { op: 'put', nth: 1, phase: 'asked' }, deed: { type: 'edit', file: 0, how: 'in silence' } },
      { when: { ms: 600 }, deed: { type: 'pause', file: 0, tab: 0 } },
      { when: { op: 'put', nth: 1, phase: 'asked' }, deed: { type: 'lose upload', file: 0 } },
      { when: { ms: 600 }, deed: { type: 'continue', file: 0, tab: 0 } },
      { when: { ms: 603 }, deed: { type: 'sleep', tab: 0, ms: 0 } },
    ],
  },
  // A part was proven, the worker failed, and the bytes had changed when the hash of the whole file came by in a new one.
  {
    ...plain,
    seed: 0,
    concurrency: 1,
    partMs: 100,
    files: [{ ...file, tokens: 9 }, { ...file, tokens: 0, addedMs: 320 }],
    faults: [{ op: 'digest', nth: 6, kind: 'worker failed', ms: 0 }],
    acts: [
      { when: { ms: 828 }, deed: { type: 'edit', file: 0, how: 'in silence' } },
      { when: { ms: 464 }, deed: { type: 'crash', tab: 0, reopenMs: 0 } },
    ],
  },
  // A page was put away a second time while it still waited to be greeted, and heard nothing of the others from then on.
  {
    ...plain,
    seed: 0,
    concurrency: 1,
    partMs: 100,
    files: [{ ...file, tokens: 0 }],
    acts: [
      { when: { op: 'initiate', nth: 2, phase: 'asked' }, deed: { type: 'add', file: 0, tab: 1 } },
      { when: { op: 'put', nth: 1, phase: 'answered' }, deed: { type: 'crash', tab: 0, reopenMs: 0 } },
      { when: { ms: 636 }, deed: { type: 'sleep', tab: 1, ms: 0 } },
      { when: { ms: 639 }, deed: { type: 'sleep', tab: 1, ms: 0 } },
      { when: { op: 'put', nth: 1, phase: 'asked' }, deed: { type: 'open tab' } },
    ],
  },
  // An upload stood in line here, took over another priority from the tab that had been at it, and was never found in line again.
  {
    ...plain,
    seed: 0,
    concurrency: 1,
    partMs: 2_000,
    files: [{ ...file, tokens: 2 }, { ...file, tokens: 0, isTwin: true }],
    acts: [
      { when: { ms: 97 }, deed: { type: 'crash', tab: 0, reopenMs: 0 } },
      { when: { ms: 0 }, deed: { type: 'open tab' } },
      { when: { op: 'put', nth: 2, phase: 'asked' }, deed: { type: 'crash', tab: 0, reopenMs: 0 } },
      { when: { ms: 565 }, deed: { type: 'prioritize', file: 0, tab: 0, priority: 'last' } },
      { when: { ms: 39 }, deed: { type: 'prioritize', file: 1, tab: 1, priority: 'first' } },
    ],
  },
]
