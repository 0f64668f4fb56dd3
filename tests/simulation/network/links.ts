import type { NetworkOptions } from './network'
import { GiB, MiB } from '#shared/limits'

export interface LinkCase {
  name: string
  /** Why its numbers are what they are. */
  source: string
  network: NetworkOptions
  fileBytes: number
  hosts?: number
}

const megabit = 1_000_000 / 8
const minute = 60_000

/** Ten ways to a store, from a phone at the edge of its cell to a data centre. */
export const links: LinkCase[] = [
  {
    name: 'mobile, 2 Mbit/s, 3 % loss',
    source: 'the uplink of a weak 4G cell; 80 ms; at 3 % loss one connection gets 1 Mbit/s by Mathis\' formula',
    network: { rate: 2 * megabit, roundTripMs: 80, loss: 0.03 },
    fileBytes: GiB,
  },
  {
    name: 'data centre, 10 Gbit/s, 1 ms',
    source: 'a workstation in the same building as the store',
    network: { rate: 10_000 * megabit, roundTripMs: 1 },
    fileBytes: 4 * GiB,
  },
  {
    name: '20 MB/s per connection, 50 ms',
    source: 'the link on which the numbers of Chromium were measured; 1 Gbit/s in all',
    network: { rate: 1_000 * megabit, roundTripMs: 50, connectionRate: 20 * MiB },
    fileBytes: 4 * GiB,
  },
  {
    name: '0.5 Mbit/s per connection, 100 ms',
    source: 'a provider that shapes each connection, on a line of 100 Mbit/s: a part takes 134 s, however few there are',
    network: { rate: 100 * megabit, roundTripMs: 100, connectionRate: 0.5 * megabit },
    fileBytes: 3 * GiB,
  },
  {
    name: 'bloated uplink, 10 Mbit/s',
    source: 'a cable modem with a queue of 2 MB, 1.6 s deep, and 4 MB in each socket; 30 ms',
    network: { rate: 10 * megabit, roundTripMs: 30, queueBytes: 2 * MiB, socketBytes: 4 * MiB },
    fileBytes: 2 * GiB,
  },
  {
    name: 'satellite, 600 ms',
    source: 'a geostationary satellite: 10 Mbit/s up, one packet in ten thousand lost',
    network: { rate: 10 * megabit, roundTripMs: 600, loss: 0.0001 },
    fileBytes: 2 * GiB,
  },
  {
    name: 'store that takes 4 at once',
    source: 'a small MinIO with a limit on requests, which answers 503 to what is more; 200 Mbit/s, 20 ms, 40 Mbit/s per connection',
    network: { rate: 200 * megabit, roundTripMs: 20, connectionRate: 40 * megabit, mostAtOnce: 4 },
    fileBytes: 2 * GiB,
  },
  {
    name: 'drops every 3 minutes, 4 Mbit/s',
    source: 'a train: a handover breaks all connections, every 3 minutes on average; 60 ms',
    network: { rate: 4 * megabit, roundTripMs: 60, breakEveryMs: 3 * minute },
    fileBytes: GiB,
  },
  {
    name: 'two host names, 20 MB/s per connection, 50 ms',
    source: 'as the third, 2.5 Gbit/s in all, with a second name for the bucket',
    network: { rate: 2_500 * megabit, roundTripMs: 50, connectionRate: 20 * MiB },
    fileBytes: 4 * GiB,
    hosts: 2,
  },
  {
    name: 'changing, 50 to 3 Mbit/s and back',
    source: 'a laptop that is carried out of the reach of its Wi-Fi for ten minutes; 30 ms',
    network: { rate: [[0, 50 * megabit], [2 * minute, 3 * megabit], [12 * minute, 50 * megabit]], roundTripMs: 30 },
    fileBytes: 2 * GiB,
  },
]
