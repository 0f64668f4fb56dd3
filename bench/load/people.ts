import { defaultPartBytes, KiB } from '#shared/limits'

/** What a person's line carries: 100 Mbit/s. */
const lineBytesPerSecond = 100e6 / 8
/** What a part has in the real world, and the server is asked for as many of them as if it had. */
export const meantPartBytes = defaultPartBytes
/** What is really sent for it, for a machine's core is no match for so many lines. */
export const sentPartBytes = KiB
/** How long a part takes over that line. */
export const partMs = meantPartBytes / lineBytesPerSecond * 1000

/** Files of 128 MiB to 896 MiB: one takes 11 s to 75 s. */
const fewestParts = 16
const mostParts = 112

export const partsOfNextFile = () => fewestParts + Math.floor(Math.random() * (mostParts - fewestParts + 1))

/** Everybody calls from an address of their own. */
export const addressOf = (person: number) => `10.${person >> 16 & 255}.${person >> 8 & 255}.${person & 255}`
