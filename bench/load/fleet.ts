import type { TimedCall } from './person'
import type { Sender } from './sender'
import type { StandIn } from './standIn'
import { setTimeout as pause } from 'node:timers/promises'
import { addressOf } from './people'
import { createSender } from './sender'
import { createStandIn } from './standIn'

/** All who are at work at one site. */
export interface Fleet {
  readonly calls: readonly TimedCall[]
  readonly senders: number
  readonly stoodInFor: number
  storedParts(): number
  completed(): number
  /** Grows or shrinks to so many; whoever comes begins at some moment within these seconds. Throws why somebody's file has stopped. */
  setSenders(count: number, withinSeconds: number): Promise<void>
  /** Grows so that so many people are stood in for, each of whom asks for so many parts a call. */
  standInFor(people: number, partsACall: number): Promise<void>
  stop(): Promise<void>
}

/** That each stand-in makes the calls of: together far fewer than one session may make. */
export const peopleOfStandIn = 50
/** Stand-ins that open their uploads at a time. */
const openAtOnce = 8

export function createFleet(siteUrl: string): Fleet {
  const calls: TimedCall[] = []
  const senders: Sender[] = []
  const standIns: StandIn[] = []
  const failures: string[] = []
  let people = 0
  let standsFor = 0
  let stored = 0
  let completedBefore = 0

  const personOptions = () => ({ siteUrl, address: addressOf(people++), note: (call: TimedCall) => void calls.push(call) })

  async function begin(withinSeconds: number) {
    await pause(Math.random() * withinSeconds * 1000)
    senders.push(await createSender({ ...personOptions(), onStored: () => void stored++ }, (reason) => void failures.push(reason)))
  }

  async function dismiss(count: number) {
    const gone = senders.splice(senders.length - count)
    await Promise.all(gone.map((sender) => sender.stop()))
    completedBefore += gone.reduce((sum, { completed }) => sum + completed, 0)
  }

  return {
    calls,
    get senders() {
      return senders.length
    },
    get stoodInFor() {
      return standsFor
    },
    storedParts: () => stored,
    completed: () => senders.reduce((sum, { completed }) => sum + completed, completedBefore),

    async setSenders(count, withinSeconds) {
      const missing = count - senders.length
      if (missing < 0) await dismiss(-missing)
      else await Promise.all(Array.from({ length: missing }, () => begin(withinSeconds)))
      if (failures.length > 0) throw new Error(failures.slice(0, 3).join('; '))
    },

    async standInFor(wanted, partsACall) {
      const missing = Math.ceil(wanted / peopleOfStandIn) - standIns.length
      for (let opened = 0; opened < missing; opened += openAtOnce) {
        standIns.push(...await Promise.all(Array.from({ length: Math.min(openAtOnce, missing - opened) }, () => createStandIn(personOptions()))))
      }
      for (; standsFor < wanted; standsFor++) standIns[standsFor % standIns.length]?.takeOne(partsACall)
    },

    async stop() {
      for (const standIn of standIns) standIn.stop()
      await dismiss(senders.length)
    },
  }
}
