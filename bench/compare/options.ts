import { parseArgs } from 'node:util'
import { links } from './links'
import { subjects } from './subjects'

const usage = `npm run bench -- [options]

  --quick          bare XHR, Lading and two peers, links b and d; prints the tables, keeps no results
  --resume         goes on where a run was broken off
  --report         measures nothing, and writes the results anew from the rows that are there
  --plan           prints what would be measured, and for how long
  --rounds N       rounds of each upload (default 3)
  --link NAME      this link alone: a, b, c, d or e; can be repeated
  --subject NAME   this one alone; can be repeated: ${subjects.map(({ name }) => name).join(', ')}
  --shrink N       divides the sizes of all files; for trying the benchmark itself; keeps no results

LADING_BUILT=1 takes the build that is there.
`

export interface BenchOptions {
  isQuick: boolean
  isResumed: boolean
  isReportOnly: boolean
  isPlanOnly: boolean
  rounds: number
  links: string[]
  subjects: string[]
  shrink: number
}

/** @throws Error that tells how it is used. */
export function readOptions(args?: string[]): BenchOptions {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      resume: { type: 'boolean', default: false },
      report: { type: 'boolean', default: false },
      plan: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '3' },
      link: { type: 'string', multiple: true, default: [] },
      subject: { type: 'string', multiple: true, default: [] },
      shrink: { type: 'string', default: '1' },
    },
  })
  const [rounds, shrink] = [Number(values.rounds), Number(values.shrink)]
  const unknown = [...values.link.filter((name) => !Object.hasOwn(links, name)), ...values.subject.filter((wanted) => !subjects.some(({ name }) => name === wanted))]
  if (!Number.isInteger(rounds) || rounds < 1 || !(shrink >= 1)) throw new Error(usage)
  if (unknown.length > 0) throw new Error(`There is no ${unknown.join(', ')}\n\n${usage}`)
  return {
    isQuick: values.quick, isResumed: values.resume, isReportOnly: values.report, isPlanOnly: values.plan, rounds, links: values.link, subjects: values.subject, shrink,
  }
}
