import { z } from 'zod'

/** Environment variables arrive as texts, numbers and booleans in any mixture: each field takes them all. */
export const text = z.unknown().transform((value) => value === undefined || value === null ? '' : String(value).trim())

/** Undefined where it is empty. */
export const count = text.pipe(z.union([z.literal('').transform(() => undefined), z.string().regex(/^\d+$/).transform(Number).pipe(z.int().positive())], 'must be empty or a whole number above 0'))

/** Undefined where it is empty; 0 is taken. */
export const wholeNumber = text.pipe(z.union([z.literal('').transform(() => undefined), z.string().regex(/^\d+$/).transform(Number).pipe(z.int())], 'must be empty or a whole number'))

/** Undefined where it is empty. */
export const oneOf = <Value extends string>(values: readonly Value[]) => text.pipe(z.union([z.literal('').transform(() => undefined), z.enum(values)], `must be empty or one of ${values.join(', ')}`))

/**
 * A secret that people type. Undefined for what reads as a number or as true or false: it has lost how it was written by
 * the time that it arrives here.
 */
export const spokenSecret = z.unknown().transform((value) => typeof value === 'number' || typeof value === 'boolean' ? undefined : text.parse(value))

interface SecretDemands {
  /** @default 32 */
  characters?: number
  /** How many of them differ. @default 8 */
  differing?: number
  /** How to come by a better one. */
  advice?: string
}

/** Why a secret is none to rely on, to be said after its name; undefined where it is one. Never holds the value. */
export function secretMistake(secret: string, { characters = 32, differing = 8, advice = 'Make one with `openssl rand -hex 32`' }: SecretDemands = {}): string | undefined {
  if (secret.length < characters) return `is shorter than ${characters} characters`
  return isSampleLike(secret, differing) ? `looks like a sample. ${advice}` : undefined
}

function isSampleLike(secret: string, differing: number): boolean {
  return new Set(secret).size < differing || /chang|exampl|sampl|secret|passw|passc|placeholder|your|lading|01234567|12345678|abcdefgh|letmein|qwerty/i.test(secret)
}
