import type { LadingError } from '#shared/errors'
import type { HostsPolicy } from './hosts'
import type { Link, LinkDeparture } from './link'
import type { PartEnd } from './pace'
import type { Clock, Goodput } from './ports'
import type { Slots } from './slots'
import { usableGoodput, createGoodputMeter } from './goodput'
import { connectionsPerHost, createHosts } from './hosts'
import { createLandings } from './landings'
import { createLink } from './link'
import { createPace } from './pace'
import { createSlots } from './slots'
import { createSpeedLimit } from './speedLimit'

export interface FlowPolicy extends HostsPolicy {
  /** What a way is believed to carry of which nothing is known yet: the slowest that is still waited for, in bytes a second. */
  floorBytesPerSecond: number
  /** Longest wait for the remembered goodput, in milliseconds: a hint is not worth more. */
  recallMs: number
}

export interface FlowOptions {
  clock: Clock
  policy: FlowPolicy
  memoryBytes: number
  /** Where the page comes from, and its calls go to. */
  siteOrigin: string | undefined
  /** What the way achieved before. */
  recall(): Promise<Goodput | undefined>
  /** Writes down what it achieves now. */
  memorize(goodput: Goodput): void
}

/** The way to the store over all files together: how many parts are in flight, to which host names, and how it goes. */
export interface Flow {
  readonly slots: Slots
  readonly link: Link
  /** Connections to all host names together, over which parts go side by side. */
  readonly connections: number
  /** The store asked for a pause, which is not over. */
  readonly isHeld: boolean
  /** The host names of the store. */
  reach(origins: readonly string[]): void
  /** Parts in flight that the person wants, and never one more; `undefined` leaves the number to the engine. */
  want(parts: number | undefined): void
  /** Most bytes a second that the person allows; `undefined` sets no limit. */
  limitSpeed(bytesPerSecond: number | undefined): void
  /** What goes out over the next minutes, as far as can be told, in bytes a second. */
  sendingRate(): number | undefined
  /** How long until so many places more than now will have become free, over all files, in milliseconds: 0 where they are. */
  untilFreeMs(places: number): number
  /** The remembered goodput in bytes a second; undefined where there is none. Asked for once. */
  goodput(): Promise<number | undefined>
  /** Host names that are left out for a while are tried at once. */
  tryNow(): void
  /** A part is on its way to a host name. */
  depart(store: number, bytes: number): Departure
}

export interface Departure extends Pick<LinkDeparture, 'progress' | 'mayBeQueued' | 'hostMovedAt'> {
  landed(): void
  /** With what ended it; without an error where it was stopped from here. */
  failed(error?: LadingError): void
}

export function createFlow({ clock, policy, memoryBytes, siteOrigin, recall, memorize }: FlowOptions): Flow {
  const link = createLink(clock, policy.floorBytesPerSecond)
  const landings = createLandings(clock)
  const speed = createSpeedLimit(clock)
  let meter = createGoodputMeter(clock)
  let nextLook = new AbortController()
  let storeOrigins: readonly string[] = ['']
  let hosts = createHosts([false], policy)
  let wanted: number | undefined
  let heldUntil = -Infinity
  let recalled: Promise<number | undefined> | undefined

  const rooms = (parts: number | undefined) => hosts.rooms(clock.elapsed(), parts)
  /** All the room that there is when the engine chooses the number. */
  const ceiling = () => rooms(undefined).reduce((sum, room) => sum + room, 0)
  const pace = createPace(ceiling())
  const isHeld = () => clock.elapsed() < heldUntil
  const slots = createSlots({
    limit: () => wanted ?? pace.limit(),
    rooms: () => rooms(wanted),
    isHeld,
    mayBegin,
    begin: speed.begin,
    memoryBytes,
  })

  /** Set anew each time: a timer that a timer has set, and so on, is woken once a minute in a page that is long hidden. */
  function mayBegin(): boolean {
    nextLook.abort()
    const waitMs = speed.waitMs()
    if (waitMs === 0) return true
    nextLook = new AbortController()
    // One that is taken back has a successor.
    clock.sleep(waitMs, nextLook.signal).then(slots.look, () => {})
    return false
  }

  /** The store asked for a pause: nothing is sent to it before that is over, by no part of any file. */
  function holdFor(ms: number) {
    const until = clock.elapsed() + ms
    if (until <= heldUntil) return
    heldUntil = until
    void clock.sleep(ms).then(slots.look)
  }

  async function askGoodput(): Promise<number | undefined> {
    const late = clock.sleep(policy.recallMs).then(() => undefined)
    const known = usableGoodput(await Promise.race([recall(), late]), clock.now())
    if (known !== undefined) link.expect(known)
    return known
  }

  function judge(error: LadingError | undefined, end: PartEnd, store: number, hasMoved: boolean) {
    if (error?.code === 'store_busy') {
      pace.refused(end)
      if (error.retryAfterMs !== undefined) holdFor(error.retryAfterMs)
    }
    if (error?.code !== 'stalled' && error?.code !== 'store_unreachable') return
    hosts.failed(store, end.startedAt, end.at)
    if (error.code === 'stalled') pace.refused(end)
    if (hasMoved) pace.dropped(end)
  }

  return {
    slots,
    link,
    get isHeld() {
      return isHeld()
    },
    get connections() {
      return storeOrigins.length * connectionsPerHost
    },

    reach(origins) {
      if (origins.join(' ') === storeOrigins.join(' ')) return
      storeOrigins = [...origins]
      hosts = createHosts(origins.map((origin) => origin === siteOrigin), policy)
      pace.setCeiling(ceiling())
      slots.look()
    },

    want(parts) {
      wanted = parts
      slots.look()
    },

    limitSpeed(bytesPerSecond) {
      // What the way achieves shows only as long as nothing else holds it back.
      if (speed.bytesPerSecond === undefined && bytesPerSecond !== undefined) meter = createGoodputMeter(clock)
      speed.set(bytesPerSecond)
      slots.look()
    },

    sendingRate() {
      const rate = link.sendingRate()
      return rate && Math.min(rate, speed.bytesPerSecond ?? Infinity)
    },

    untilFreeMs(places) {
      const taken = places - Math.max(0, slots.limit - slots.inFlight)
      return taken <= 0 ? 0 : landings.untilMs(taken)
    },

    tryNow() {
      hosts.tryNow(clock.elapsed())
      pace.setCeiling(ceiling())
      slots.look()
    },

    goodput() {
      recalled ??= askGoodput()
      return recalled
    },

    depart(store, bytes) {
      const startedAt = clock.elapsed()
      const departure = link.depart(store)
      const landing = landings.depart(bytes)
      const endMeasure = speed.bytesPerSecond === undefined ? meter.depart(bytes) : () => {}
      let sent = 0
      let movedFrom: number | undefined
      // Many may land at one moment, before the next ones begin.
      const movingThen = link.moving()

      function partEnd(): PartEnd {
        const at = clock.elapsed()
        const sentShare = bytes > 0 ? sent / bytes : 1
        return { startedAt, at, tookMs: at - (movedFrom ?? startedAt), sentShare, bytes, moving: Math.max(movingThen, link.moving()), inFlight: slots.inFlight }
      }

      return {
        ...departure,
        progress(sentBytes) {
          movedFrom ??= clock.elapsed()
          sent = sentBytes
          departure.progress(sentBytes)
          landing.progress(sentBytes)
        },
        landed() {
          const end = { ...partEnd(), sentShare: 1 }
          departure.end('acknowledged')
          landing.end('landed')
          endMeasure(true)
          hosts.landed(store, end.at)
          pace.setCeiling(ceiling())
          pace.landed(end)
          const bytesPerSecond = meter.take()
          if (bytesPerSecond !== undefined) memorize({ bytesPerSecond, measuredAt: clock.now() })
        },
        failed(error) {
          const end = partEnd()
          departure.end('lost')
          landing.end('lost')
          endMeasure(false)
          judge(error, end, store, movedFrom !== undefined)
          pace.setCeiling(ceiling())
        },
      }
    },
  }
}
