import { z } from 'zod'
import { secretMistake, text } from './fields'

/** Who may upload, and what seals their sessions. */
export interface AccessConfig {
  mode: 'open'
}

export const accessSettings = {
  access: text,
  session: z.object({ password: text }),
}
type Settings = z.output<z.ZodObject<typeof accessSettings>>

export function accessMistakes({ access, session }: Settings, isProduction: boolean): string[] {
  const mistakes: string[] = []
  if (access === '') mistakes.push('NUXT_ACCESS is not set: say who may upload. "open" lets in everyone who can reach the site')
  else if (access === 'passcode' || access === 'oauth') mistakes.push(`NUXT_ACCESS=${access} is not available yet; "open" is`)
  else if (access !== 'open') mistakes.push('NUXT_ACCESS is not a mode that exists; "open" is')

  if (!isProduction) return mistakes
  if (session.password === '') return [...mistakes, 'NUXT_SESSION_PASSWORD is not set: it seals the session cookies. Make one with `openssl rand -hex 32`']
  const mistake = secretMistake(session.password)
  return mistake ? [...mistakes, `NUXT_SESSION_PASSWORD ${mistake}`] : mistakes
}

export function toAccess(): AccessConfig {
  return { mode: 'open' }
}
