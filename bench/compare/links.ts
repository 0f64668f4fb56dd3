import type { LinkConditions, Outage } from '~/bench/link/conditions'

export type LinkName = 'a' | 'b' | 'c' | 'd' | 'e'

export interface NamedLink {
  title: string
  /** Undefined: nothing lies between. */
  conditions?: Omit<LinkConditions, 'outages'>
  /** Each begins when this share of the file's bytes has left the browser, from 0 to 1. */
  outages?: (Omit<Outage, 'afterBytes'> & { afterShare: number })[]
  /** `sink` digests parts and keeps none of their bytes; `local` keeps them. */
  store: 'sink' | 'local' | 'ceph'
  fileBytes: number
  /** What bare requests take at least, in seconds: for the plan's estimate. */
  nominalSeconds: number
}

const megabit = 1e6 / 8

/** Sizes and rates are decimal, as links are sold. */
export const links: Record<LinkName, NamedLink> = {
  a: { title: 'loopback, a store that discards', store: 'sink', fileBytes: 1e9, nominalSeconds: 9 },
  b: {
    title: '20 MB/s a connection, 50 ms each way',
    conditions: { oneWayMs: 50, bytesPerSecond: 20e6, per: 'connection' },
    store: 'sink',
    fileBytes: 1e9,
    nominalSeconds: 10,
  },
  c: {
    title: '100 Mbit/s in all, 40 ms each way, 2 % of part requests refused with 503',
    conditions: { oneWayMs: 40, bytesPerSecond: 100 * megabit, per: 'link', refusedShare: 0.02 },
    store: 'local',
    fileBytes: 128e6,
    nominalSeconds: 11,
  },
  d: {
    title: '200 Mbit/s in all, 40 ms each way; 10 s of resets and refused connections at a third, 10 s of silence at two thirds',
    conditions: { oneWayMs: 40, bytesPerSecond: 200 * megabit, per: 'link' },
    outages: [{ afterShare: 1 / 3, forMs: 10_000, how: 'reset' }, { afterShare: 2 / 3, forMs: 10_000, how: 'silence' }],
    store: 'local',
    fileBytes: 128e6,
    nominalSeconds: 24,
  },
  e: { title: 'Ceph on this machine', store: 'ceph', fileBytes: 1e9, nominalSeconds: 12 },
}
