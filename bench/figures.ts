import type { SampleFile } from '~/tests/e2e/support/sampleFile'
import { MiB } from '#shared/limits'

/** One line of the report: what was measured in each run. */
export interface Figure {
  title: string
  values: number[]
  show(value: number): string
  /** What it is meant to be, in words. */
  target?: string
}

export interface Measurement {
  /** For `--only`. */
  name: string
  title: string
  measure(conditions: Conditions): Promise<Finding>
}

export interface Conditions {
  runs: number
  /** Length of the large file. */
  fileBytes: number
  /** A file of random bytes; of each length there is one. */
  sample(bytes: number): Promise<SampleFile>
}

export interface Finding {
  figures: Figure[]
  /** How it was done, and what limits what the figures say. */
  notes: string[]
}

export function median(values: number[]): number {
  if (values.length === 0) throw new RangeError('There is no median of nothing')
  const sorted = [...values].sort((one, other) => one - other)
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN
  return (lower + upper) / 2
}

/** The least value that so large a share of them does not exceed; `share` from 0 to 1. */
export function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]
  if (value === undefined) throw new RangeError('There is no percentile of nothing')
  return value
}

export const showMs = (ms: number) => `${Math.round(ms)} ms`
export const showSeconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`
/** Decimal megabytes, as link rates are given. */
export const showRate = (bytesPerSecond: number) => `${(bytesPerSecond / 1e6).toFixed(1)} MB/s`
export const showMemory = (bytes: number) => `${Math.round(bytes / MiB)} MiB`
export const showRatio = (ratio: number) => ratio.toFixed(2)
/** The observer of long tasks says nothing of shorter ones. */
export const showLongestTask = (ms: number) => (ms === 0 ? 'below 50 ms' : showMs(ms))
