import { z } from 'zod'
import { accessModes, providerNames } from '#shared/access'

/** What the cookie holds. Nobody can read or change it without one of the server's secrets. */
export const admission = z.object({
  owner: z.string().regex(/^[0-9a-f]{32}$/),
  /** How its holder was let in; cookies from before there was a choice do not say. */
  access: z.enum(accessModes).default('open'),
  /** Names the passcode that was right at the time. */
  passcode: z.string().optional(),
  provider: z.enum(providerNames).optional(),
  /** The verified address for which its holder was let in, where there is a list of them. */
  email: z.string().optional(),
  /** What to call the person. */
  person: z.string().optional(),
})
export type Admission = z.output<typeof admission>
