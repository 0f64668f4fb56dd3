import type { z } from 'zod'
import { text } from './fields'

export const siteSettings = { siteOrigin: text }
type Settings = z.output<z.ZodObject<typeof siteSettings>>

/** What is wrong with `NUXT_SITE_ORIGIN`, which the commands for the bucket read: to a browser an origin with a slash is another one. */
export function siteMistakes({ siteOrigin }: Settings): string[] {
  return splitOrigins(siteOrigin).flatMap((origin, index) => isOrigin(origin)
    ? []
    : [`NUXT_SITE_ORIGIN, origin ${index + 1}, is none: an origin is scheme, host and port and ends there, such as https://files.example.com`])
}

/** Comma-separated origins. */
export function splitOrigins(origins: string): string[] {
  return origins.split(',').map((origin) => origin.trim()).filter((origin) => origin !== '')
}

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text
}
