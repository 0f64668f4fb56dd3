import { z } from 'zod'
import type { AccessMode } from '#shared/access'
import { accessModes } from '#shared/access'
import { secretMistake, spokenSecret, text } from './fields'
import type { OAuthConfig } from './oauth'
import { oauthMistakes, oauthSettings, toOAuth } from './oauth'

/** Who may upload, and what seals their sessions. */
export type AccessConfig = {
  /** The first one seals, each of them opens: so a secret is replaced without anybody becoming a stranger. */
  sessionPasswords: readonly string[]
} & (
  | { mode: 'open' }
  | { mode: 'passcode', passcode: string }
  | { mode: 'oauth', oauth: OAuthConfig }
)

export const accessSettings = {
  access: text,
  passcode: spokenSecret,
  session: z.object({ password: text }),
  ...oauthSettings,
}
type Settings = z.output<z.ZodObject<typeof accessSettings>>

export function accessMistakes(settings: Settings, isProduction: boolean): string[] {
  const { access, passcode, session } = settings
  return [
    ...modeMistakes(access),
    ...access === 'passcode' ? passcodeMistakes(passcode, isProduction) : [],
    ...access === 'oauth' ? oauthMistakes(settings, isProduction) : [],
    ...isProduction ? sessionMistakes(session.password) : [],
  ]
}

function modeMistakes(access: string): string[] {
  if (access === '') return [`NUXT_ACCESS is not set: say who may upload, ${accessModes.join(', ')}. "open" lets in everyone who can reach the site`]
  return isMode(access) ? [] : [`NUXT_ACCESS is not a mode that exists: ${accessModes.join(', ')} are`]
}

function passcodeMistakes(passcode: string | undefined, isProduction: boolean): string[] {
  if (passcode === undefined) return ['NUXT_PASSCODE is nothing but a number: put some letters into it']
  if (passcode === '') return ['NUXT_PASSCODE is not set: NUXT_ACCESS=passcode asks everybody for it']
  const mistake = isProduction && secretMistake(passcode, { characters: 8, differing: 5, advice: 'Take a few words that nobody would guess' })
  return mistake ? [`NUXT_PASSCODE ${mistake}`] : []
}

function sessionMistakes(list: string): string[] {
  const passwords = splitList(list)
  if (passwords.length === 0) return ['NUXT_SESSION_PASSWORD is not set: it seals the session cookies. Make one with `openssl rand -hex 32`']
  return passwords.flatMap((password, index) => {
    const mistake = secretMistake(password)
    return mistake ? [`NUXT_SESSION_PASSWORD${passwords.length > 1 ? `, secret ${index + 1},` : ''} ${mistake}`] : []
  })
}

export function toAccess(settings: Settings): AccessConfig {
  const { access, passcode = '', session } = settings
  const sessionPasswords = splitList(session.password)
  if (access === 'passcode') return { mode: 'passcode', sessionPasswords, passcode }
  if (access === 'oauth') return { mode: 'oauth', sessionPasswords, oauth: toOAuth(settings) }
  return { mode: 'open', sessionPasswords }
}

function isMode(access: string): access is AccessMode {
  return (accessModes as readonly string[]).includes(access)
}

function splitList(list: string): string[] {
  return list.split(',').map((item) => item.trim()).filter((item) => item !== '')
}
