import { z } from 'zod'

/** Environment variables arrive as texts, numbers and booleans in any mixture: each field takes them all. */
export const text = z.unknown().transform((value) => value === undefined || value === null ? '' : String(value).trim())

/** Undefined where it is empty. */
export const count = text.pipe(z.union([z.literal('').transform(() => undefined), z.string().regex(/^\d+$/).transform(Number).pipe(z.int().positive())], 'must be empty or a whole number above 0'))

/** Undefined where it is empty; 0 is taken. */
export const wholeNumber = text.pipe(z.union([z.literal('').transform(() => undefined), z.string().regex(/^\d+$/).transform(Number).pipe(z.int())], 'must be empty or a whole number'))

/** Undefined where it is empty. */
export const oneOf = <Value extends string>(values: readonly Value[]) => text.pipe(z.union([z.literal('').transform(() => undefined), z.enum(values)], `must be empty or one of ${values.join(', ')}`))

/** Why a secret is none to rely on, to be said after its name; undefined where it is one. Never holds the value. */
export function secretMistake(secret: string): string | undefined {
  if (secret.length < 32) return 'is shorter than 32 characters'
  return isSampleLike(secret) ? 'looks like a sample. Make one with `openssl rand -hex 32`' : undefined
}

function isSampleLike(secret: string): boolean {
  return new Set(secret).size < 8 || /chang|exampl|sampl|secret|passw|placeholder|your|lading|01234567|12345678|abcdefgh/i.test(secret)
}
