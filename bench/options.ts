import { parseArgs } from 'node:util'
import { MiB } from '#shared/limits'

const usage = `npm run measure -- [options]

  --runs N      runs of each measurement, of which the median counts (default 3)
  --only NAME   this measurement alone; can be repeated; writes no report
  --long        a file of 4 GiB as well
  --mib N       length of the large file (default 1024)

LADING_BUILT=1 takes the build that is there.
`

export interface MeasureOptions {
  runs: number
  only: string[]
  isLong: boolean
  fileBytes: number
}

const usualMiB = 1024

/** @throws Error that tells how it is used. */
export function readOptions(): MeasureOptions {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '3' },
      only: { type: 'string', multiple: true, default: [] },
      long: { type: 'boolean', default: false },
      mib: { type: 'string', default: String(usualMiB) },
    },
  })
  const runs = Number(values.runs)
  const mib = Number(values.mib)
  if (!Number.isInteger(runs) || runs < 1 || !Number.isInteger(mib) || mib < 1) throw new Error(usage)
  return {
    runs,
    only: values.only,
    isLong: values.long,
    fileBytes: mib * MiB,
  }
}
