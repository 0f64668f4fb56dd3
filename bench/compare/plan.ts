import type { LinkName } from './links'
import type { Subject } from './subjects'
import { links } from './links'
import { subjects } from './subjects'

/** One thing to be measured. Its id says what it is, so that a run that was broken off goes on where it stood. */
export interface Step {
  id: string
  kind: 'upload' | 'firstByte' | 'machine'
  /** From 1. */
  round: number
  link?: LinkName
  subject?: string
  fileBytes?: number
  measurement?: MachineMeasurement
  estimateSeconds: number
}

/** What concerns our own parts, each by itself. */
export type MachineMeasurement = 'tasks' | 'held' | 'hashing' | 'signing' | 'tenThousandParts'

export interface PlanOptions {
  isQuick: boolean
  rounds: number
  /** Divides the sizes of all files; for trying the benchmark itself. @default 1 */
  shrink?: number
  /** Only these, where any are named. */
  links?: string[]
  subjects?: string[]
}

/** A browser, a store, a server and a link come up, and what arrived is checked. */
const aroundSeconds = 7
const firstByteSizes = [1e6, 1e9, 20e9]
export const veryLargeBytes = 20e9
const veryLargeSeconds = 200
const quickSubjects = ['raw', 'lading', 'better-upload', 'uppy5']
const quickLinks: LinkName[] = ['b', 'd']
const machineSeconds: Record<MachineMeasurement, number> = { tasks: 45, held: 200, hashing: 45, signing: 10, tenThousandParts: 45 }

/**
 * Everything in the order in which it is measured: on each link round after round, and in each round everybody once, from one further on
 * than in the round before, so that neither the state of the machine nor the order favours anyone.
 */
export function makePlan({ isQuick, rounds, shrink = 1, links: onlyLinks = [], subjects: onlySubjects = [] }: PlanOptions): Step[] {
  const isWanted = ({ link, subject }: Step) => (onlyLinks.length === 0 || onlyLinks.includes(link ?? 'none'))
    && (onlySubjects.length === 0 || onlySubjects.includes(subject ?? 'none'))
  const everyone = subjects.filter(({ name }) => !isQuick || quickSubjects.includes(name))
  const names = Object.keys(links).filter((name): name is LinkName => !isQuick || quickLinks.includes(name as LinkName))

  function inTurn(link: LinkName, round: number): Subject[] {
    const there = everyone.filter((subject) => subject.links.includes(link))
    const from = (round - 1) % Math.max(1, there.length)
    return [...there.slice(from), ...there.slice(0, from)]
  }

  const steps: Step[] = []
  for (const link of names) {
    for (let round = 1; round <= rounds; round++) {
      for (const subject of inTurn(link, round)) steps.push(uploadStep(link, subject, round, links[link].fileBytes / shrink))
      if (!isQuick && link === 'b') {
        const single = inTurn(link, round).filter(({ hosts = 1, site, peer }) => hosts === 1 && !site && peer?.configuration !== 'matched')
        for (const fileBytes of firstByteSizes) for (const subject of single) steps.push(firstByteStep(link, subject, round, fileBytes / shrink))
      }
    }
    if (!isQuick && link === 'a') {
      for (const subject of everyone.filter(({ name }) => name === 'raw' || name === 'lading')) steps.push(uploadStep(link, subject, 1, veryLargeBytes / shrink, veryLargeSeconds))
    }
  }
  if (!isQuick) {
    for (const [measurement, estimateSeconds] of Object.entries(machineSeconds) as [MachineMeasurement, number][]) {
      steps.push({ id: `machine ${measurement}`, kind: 'machine', round: 1, measurement, estimateSeconds })
    }
  }
  return steps.filter(isWanted)
}

function uploadStep(link: LinkName, { name, slowness }: Subject, round: number, fileBytes: number, seconds?: number): Step {
  const { nominalSeconds } = links[link]
  const estimateSeconds = aroundSeconds + (seconds ?? nominalSeconds * (slowness?.[link] ?? 1.2))
  return { id: `upload ${link} ${name} ${fileBytes} ${round}`, kind: 'upload', round, link, subject: name, fileBytes, estimateSeconds }
}

function firstByteStep(link: LinkName, { name }: Subject, round: number, fileBytes: number): Step {
  return { id: `firstByte ${link} ${name} ${fileBytes} ${round}`, kind: 'firstByte', round, link, subject: name, fileBytes, estimateSeconds: aroundSeconds }
}

export function estimateMinutes(steps: Step[]): number {
  return steps.reduce((sum, { estimateSeconds }) => sum + estimateSeconds, 0) / 60
}
