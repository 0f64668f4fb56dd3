import type { createBenchFiles } from './files'
import type { MachineMeasurement, Step } from './plan'
import type { Row } from './rows'
import { join } from 'node:path'
import { measureHashing } from '~/bench/machine/measureHashing'
import { measureHeld } from '~/bench/machine/measureHeld'
import { measureSigning, measureTenThousandParts } from '~/bench/machine/measureServer'
import { measureTasks } from '~/bench/machine/measureTasks'
import { bundlePeer, installPeer } from './bundle'
import { links } from './links'
import { veryLargeBytes } from './plan'
import { runFirstByte, runUpload } from './runUpload'
import { subjectNamed } from './subjects'

const usualBytes = 1e9

export interface Workshop {
  files: Awaited<ReturnType<typeof createBenchFiles>>
  /** For what is built on the way. */
  folder: string
  /** Divides the files of what concerns no link. */
  shrink: number
  /** Runs with Ceph as the store. */
  atCeph<Result>(use: () => Promise<Result>): Promise<Result>
}

/** Measures one step of the plan. */
export function createMeasurer({ files, folder, shrink, atCeph }: Workshop): (step: Step) => Promise<Row> {
  const scripts = new Map<string, Promise<string>>()

  async function scriptOf(name: string): Promise<string | undefined> {
    const { peer } = subjectNamed(name)
    if (!peer) return undefined
    const script = scripts.get(peer.folder) ?? Promise.resolve().then(() => {
      installPeer(peer.folder)
      return bundlePeer(peer.folder, folder)
    })
    scripts.set(peer.folder, script)
    return await script
  }

  const measureMachine: Record<MachineMeasurement, () => Promise<Record<string, number>>> = {
    tasks: async () => await measureTasks(await files.of(usualBytes / shrink)),
    held: async () => await measureHeld([await files.of(usualBytes / shrink), await files.of(veryLargeBytes / shrink)]),
    hashing: async () => await measureHashing(await files.of(usualBytes / shrink), join(folder, 'hashing')),
    signing: measureSigning,
    tenThousandParts: measureTenThousandParts,
  }

  return async (step) => {
    const { id, kind, round, measurement, link = 'a', subject = '', fileBytes = 0, estimateSeconds } = step
    const at = new Date().toISOString()
    if (kind === 'machine') {
      if (!measurement) throw new Error(`${id} does not say what is to be measured`)
      return { id, kind, at, measurement, values: await measureMachine[measurement]() }
    }
    const conditions = { subject: subjectNamed(subject), link: links[link], fileBytes, round, script: await scriptOf(subject) }
    const file = await files.of(fileBytes)
    const named = { id, at, link, subject, fileBytes, round }
    if (kind === 'firstByte') return { ...named, kind, ...await runFirstByte(conditions, file) }
    const run = () => runUpload(conditions, file, estimateSeconds)
    return { ...named, kind, ...await (links[link].store === 'ceph' ? atCeph(run) : run()) }
  }
}
