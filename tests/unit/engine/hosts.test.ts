import { createHosts } from '~/uploader/engine/hosts'
import { describe, expect, it } from 'vitest'

const policy = { hostTrialMs: 30_000, maxHostTrialMs: 100_000 }

/** Fails so often in a row on a host name, each time with one landing on the other in between. */
function failWhileOthersWork(hosts: ReturnType<typeof createHosts>, at: number, times = 3) {
  for (let time = 0; time < times; time++) {
    hosts.failed(1, at + time, at + time + 0.5)
    hosts.landed(0, at + time + 0.6)
  }
}

describe('host names', () => {
  it('have room for six parts each and one queued ahead, and for one fewer than six where the page\'s own calls go', () => {
    expect(createHosts([false, true], policy).rooms(0, undefined)).toEqual([7, 5])
  })

  it.each([[12, [6, 6]], [5, [3, 3]], [1, [1, 1]]])('share the %d parts that a person wants evenly', (wanted, rooms) => {
    expect(createHosts([false, false], policy).rooms(0, wanted)).toEqual(rooms)
  })

  it('that fail while others work are left out, and tried with one part after waits that grow', () => {
    const hosts = createHosts([false, false], policy)
    failWhileOthersWork(hosts, 1_000)
    expect(hosts.rooms(2_000, undefined)).toEqual([7, 0])
    expect(hosts.rooms(31_010, undefined)).toEqual([7, 1])
    hosts.failed(1, 31_010, 31_020)
    expect(hosts.rooms(90_000, undefined)).toEqual([7, 0])
    expect(hosts.rooms(91_030, undefined)).toEqual([7, 1])
    hosts.failed(1, 91_030, 91_040)
    expect(hosts.rooms(191_040, undefined)).toEqual([7, 1])
    hosts.landed(1, 191_100)
    expect(hosts.rooms(191_101, undefined)).toEqual([7, 7])
  })

  it('that are left out are tried before their time when there is reason to', () => {
    const hosts = createHosts([false, false], policy)
    failWhileOthersWork(hosts, 1_000)
    hosts.tryNow(2_000)
    expect(hosts.rooms(2_000, undefined)).toEqual([7, 1])
    hosts.failed(1, 2_010, 2_020)
    expect(hosts.rooms(3_000, undefined)).toEqual([7, 0])
  })

  it('take all that a person wants while another one is left out', () => {
    const hosts = createHosts([false, false], policy)
    failWhileOthersWork(hosts, 1_000)
    expect(hosts.rooms(2_000, 12)).toEqual([12, 0])
  })

  it('are not left out for what had left before, nor for a failure now and then', () => {
    const hosts = createHosts([false, false], policy)
    for (let part = 0; part < 20; part++) {
      failWhileOthersWork(hosts, part * 1_000, 2)
      hosts.landed(1, part * 1_000 + 500)
    }
    expect(hosts.rooms(50_000, undefined)).toEqual([7, 7])
    failWhileOthersWork(hosts, 50_000)
    hosts.failed(1, 49_000, 60_000)
    expect(hosts.rooms(80_010, undefined)).toEqual([7, 1])
  })

  it('that all fail are all candidates: then it is the network', () => {
    const hosts = createHosts([false, false], policy)
    for (let time = 0; time < 9; time++) {
      hosts.failed(0, time, time)
      hosts.failed(1, time, time)
    }
    expect(hosts.rooms(10, undefined)).toEqual([7, 7])
    failWhileOthersWork(hosts, 1_000)
    for (let time = 0; time < 3; time++) hosts.failed(0, 2_000 + time, 2_001 + time)
    expect(hosts.rooms(3_000, undefined)).toEqual([7, 7])
  })

  it('are never left out where there is only one', () => {
    const hosts = createHosts([false], policy)
    for (let time = 0; time < 9; time++) hosts.failed(0, time, time)
    expect(hosts.rooms(10, undefined)).toEqual([7])
  })
})
