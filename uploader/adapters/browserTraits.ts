import { MiB } from '#shared/limits'
import type { BodyKind } from '~/uploader/engine/ports'

/** What a browser says of itself and its machine. */
export interface BrowserTraits {
  vendor: string
  hardwareConcurrency: number
  /** In GiB, rounded to a power of 2; only Chromium tells. */
  deviceMemory?: number
}

/**
 * WebKit can stall on sending slices of files, and only there; no feature gives it away, for it says that it can. All of
 * its browsers name Apple as their vendor, those on other systems and other makers' on iOS as well.
 */
export function bodyKindFor({ vendor }: BrowserTraits): BodyKind {
  return vendor.startsWith('Apple') ? 'bytes' : 'slice'
}

/**
 * How much memory part bodies may take here; undefined leaves it to the engine. Small is a device with 2 GiB or less, and
 * where nobody tells that, one with up to 4 cores: more is not reported by phones and tablets that keep their memory secret.
 */
export function memoryBytesFor({ deviceMemory, hardwareConcurrency }: BrowserTraits): number | undefined {
  const isSmall = deviceMemory === undefined ? hardwareConcurrency <= 4 : deviceMemory <= 2
  return isSmall ? 64 * MiB : undefined
}
