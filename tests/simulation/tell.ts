import type { Act, Deed, Fault, Moment, Story } from './story'
import { partBytes } from './tab'
import { tokenBytes } from './disk'

const nameOf = (index: number, { files }: Story) => `${String.fromCharCode(97 + index % Math.max(1, files.length))}.bin`
const seconds = (ms: number) => `${(ms / 1000).toFixed(ms % 1000 === 0 ? 0 : 3)} s`

function ordinal(count: number): string {
  return `${count}${['th', 'st', 'nd', 'rd'][count % 10 <= 3 && Math.floor(count / 10) !== 1 ? count % 10 : 0] ?? 'th'}`
}

function tellMoment(when: Moment): string {
  if ('ms' in when) return `at ${seconds(when.ms)}`
  const phases = { asked: 'is asked for', applied: 'takes effect', answered: 'is about to be answered' }
  return `when the ${ordinal(when.nth)} ${when.op} ${phases[when.phase]}`
}

function tellDeed(deed: Deed, story: Story): string {
  const inTab = 'tab' in deed && deed.tab > 0 ? ' in the second tab' : ''
  switch (deed.type) {
    case 'leave':
      return `leave${inTab} in good order · reopen ${seconds(deed.reopenMs)} later · continue`
    case 'crash':
      return `crash${inTab} · reopen ${seconds(deed.reopenMs)} later · continue`
    case 'sleep':
      return `put the page away${inTab} for ${seconds(deed.ms)}`
    case 'concurrency':
      return `set ${deed.parts} parts in flight${inTab}`
    case 'prioritize':
      return `give ${nameOf(deed.file, story)} the priority ${deed.priority}${inTab}`
    case 'open tab':
      return 'open a second tab'
    case 'edit':
      return deed.how === 'delete' ? `delete ${nameOf(deed.file, story)}` : `edit ${nameOf(deed.file, story)} ${deed.how}`
    case 'set the clock':
      return `set the clock by ${seconds(deed.ms)}`
    case 'lose upload':
      return `the store loses the upload of ${nameOf(deed.file, story)}`
    case 'lose part':
      return `the store loses part ${deed.part} of ${nameOf(deed.file, story)}`
    case 'assemble slowly':
      return `the store needs ${seconds(deed.ms)} to assemble`
    default:
      return `${deed.type} ${nameOf(deed.file, story)}${inTab}`
  }
}

function tellFault({ op, nth, kind, ms }: Fault): string {
  const isTimed = ['late', 'twice', 'limited', 'busy'].includes(kind)
  return `${ordinal(nth)} ${op}: ${kind}${isTimed ? ` (${seconds(ms)})` : ''}`
}

/** A story in a few lines of plain English. */
export function tell(story: Story): string {
  const files = story.files.map(({ tokens, extraBytes, isTwin, addedMs }, index) => {
    const bytes = Math.max(0, tokens * tokenBytes + extraBytes)
    const parts = Math.max(1, Math.ceil(bytes / partBytes))
    return `add ${nameOf(index, story)} (${parts} part${parts === 1 ? '' : 's'}, ${tokens} tokens${extraBytes ? ` ${extraBytes > 0 ? '+' : '−'} 1 byte` : ''}${isTwin && index > 0 ? ', a twin of the one before' : ''})${addedMs ? ` at ${seconds(addedMs)}` : ''}`
  })
  const lines = [
    `seed ${story.seed}, ${story.concurrency} in flight, ${story.partMs} ms a part`,
    files.join(' · '),
    ...story.faults.map(tellFault),
    ...story.spells.map(({ kind, fromMs, ms }) => `${kind} from ${seconds(fromMs)} for ${seconds(ms)}`),
    ...story.acts.map(({ when, deed }: Act) => `${tellMoment(when)} ${tellDeed(deed, story)}`),
  ]
  return lines.join('\n')
}
