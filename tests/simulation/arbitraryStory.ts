import type { Act, Deed, Fault, Moment, Spell, Story, StoryFile } from './story'
import * as fc from 'fast-check'
import { callFaults, callNames, putFaults, spellKinds } from './story'

const minuteMs = 60_000

/** Times that shrink to the beginning: mostly seconds, now and then long enough for URLs to expire. */
const timeMs = fc.oneof(
  { weight: 8, arbitrary: fc.nat(3_000) },
  { weight: 2, arbitrary: fc.nat(30_000) },
  { weight: 1, arbitrary: fc.nat(20 * minuteMs) },
)
const lengthMs = fc.oneof({ weight: 4, arbitrary: fc.nat(2_000) }, { weight: 3, arbitrary: fc.nat(40_000) }, { weight: 1, arbitrary: fc.nat(10 * minuteMs) })
const nth = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 1, max: 4 }) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 14 }) })

const fault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ op: fc.constant('put' as const), nth, kind: fc.constantFrom(...putFaults), ms: lengthMs }) },
  { weight: 10, arbitrary: fc.record({ op: fc.constantFrom(...callNames), nth, kind: fc.constantFrom(...callFaults), ms: lengthMs }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('digest' as const), nth, kind: fc.constant('worker failed' as const), ms: fc.constant(0) }) },
)

const spell: fc.Arbitrary<Spell> = fc.record({ kind: fc.constantFrom(...spellKinds), fromMs: timeMs, ms: lengthMs })

const when: fc.Arbitrary<Moment> = fc.oneof(
  fc.record({ ms: timeMs }),
  fc.record({
    op: fc.oneof(
      { weight: 2, arbitrary: fc.constant('put' as const) },
      { weight: 3, arbitrary: fc.constantFrom('initiate' as const, 'sign' as const, 'status' as const, 'complete' as const, 'seal' as const, 'abort' as const) },
      { weight: 1, arbitrary: fc.constant('digest' as const) },
    ),
    nth,
    phase: fc.constantFrom('asked' as const, 'applied' as const, 'answered' as const),
  }),
)

const file = fc.nat(2)
const tab = fc.nat(1)

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ type: fc.constantFrom('add' as const, 'pause' as const, 'pause' as const, 'resume' as const, 'resume' as const, 'discard' as const, 'dismiss' as const, 'continue' as const, 'continue' as const), file, tab }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('concurrency' as const), parts: fc.integer({ min: 1, max: 4 }), tab }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('crash' as const), tab, reopenMs: lengthMs }) },
  { weight: 1, arbitrary: fc.constant({ type: 'open tab' as const }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('edit' as const), file, how: fc.constantFrom('in silence' as const, 'openly' as const, 'delete' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('set the clock' as const), ms: fc.integer({ min: -3_600_000, max: 3_600_000 }) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('lose upload' as const), file }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('lose part' as const), file, part: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('assemble slowly' as const), ms: lengthMs }) },
)

const act: fc.Arbitrary<Act> = fc.record({ when, deed })
/** What happens to tabs and between them. */
const tabAct: fc.Arbitrary<Act> = fc.record({
  when,
  deed: fc.oneof(
    { weight: 3, arbitrary: fc.record({ type: fc.constant('sleep' as const), tab, ms: lengthMs }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('leave' as const), tab, reopenMs: lengthMs }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('take over' as const), file, tab }) },
    { weight: 2, arbitrary: fc.constant({ type: 'open tab' as const }) },
  ),
})

const priorityAct: fc.Arbitrary<Act> = fc.record({
  when,
  deed: fc.record({ type: fc.constant('prioritize' as const), file, tab, priority: fc.constantFrom('first' as const, 'normal' as const, 'last' as const) }),
})

const storyFile: fc.Arbitrary<StoryFile> = fc.record({
  tokens: fc.oneof({ weight: 1, arbitrary: fc.nat(4) }, { weight: 3, arbitrary: fc.nat(24) }),
  extraBytes: fc.constantFrom(0 as const, -1 as const, 1 as const),
  isTwin: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  addedMs: fc.oneof(fc.constant(0), timeMs),
})

/** Stories of up to three files, with up to ten things that go wrong and ten that the person does; now and then the page is put away. */
export const arbitraryStory: fc.Arbitrary<Story> = fc.record({
  seed: fc.nat(1_000_000),
  concurrency: fc.integer({ min: 1, max: 4 }),
  partMs: fc.constantFrom(100, 400, 2_000),
  files: fc.array(storyFile, { minLength: 1, maxLength: 3 }),
  faults: fc.array(fault, { maxLength: 10 }),
  spells: fc.array(spell, { maxLength: 2 }),
  acts: fc.array(act, { maxLength: 10 }),
  // Drawn last, so that each seed goes on telling the stories that it told before there were any.
  tabActs: fc.array(tabAct, { maxLength: 3 }),
  priorityActs: fc.array(priorityAct, { maxLength: 2 }),
}).map(({ tabActs, priorityActs, ...story }) => ({ ...story, acts: [...story.acts, ...tabActs, ...priorityActs] }))
