import { MiB, smallestPartBytes } from '#shared/limits'
import type { UploaderSettings } from '~/uploader/engine/types'

/** What the page lets a person set. Sizes are bytes, speeds bytes a second. */
export const settingLimits = {
  mostPartsAtOnce: 12,
  smallestPartBytes,
  largestPartBytes: 1024 * MiB,
  slowestBytesPerSecond: 100_000,
  fastestBytesPerSecond: 10_000_000_000,
} as const

const key = 'lading-settings'

/** The person's settings in this browser; what is missing or makes no sense is left to the engine. */
export function readKeptSettings(): UploaderSettings {
  try {
    return toUploaderSettings(JSON.parse(localStorage.getItem(key) ?? '{}'))
  } catch {
    // Storage that is blocked or damaged costs the settings, nothing else.
    return toUploaderSettings({})
  }
}

export function keepSettings(settings: UploaderSettings): void {
  try {
    localStorage.setItem(key, JSON.stringify(settings))
  } catch {
    // They still hold until the page is closed.
  }
}

/** Whatever was kept, as settings within their bounds. */
export function toUploaderSettings(kept: unknown): UploaderSettings {
  const { concurrency, partBytes, bytesPerSecond, goesOnByItself } = { ...(kept as Partial<Record<keyof UploaderSettings, unknown>>) }
  return {
    concurrency: wholeNumberWithin(concurrency, 1, settingLimits.mostPartsAtOnce),
    partBytes: wholeNumberWithin(partBytes, settingLimits.smallestPartBytes, settingLimits.largestPartBytes),
    bytesPerSecond: wholeNumberWithin(bytesPerSecond, settingLimits.slowestBytesPerSecond, settingLimits.fastestBytesPerSecond),
    goesOnByItself: goesOnByItself !== false,
  }
}

function wholeNumberWithin(value: unknown, min: number, max: number): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? value : undefined
}
