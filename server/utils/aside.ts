import { describeThrown } from './describeThrown'
import { log } from './log'

/** How a function at Vercel asks to be kept awake after its answer; `@vercel/functions` reads the same place. */
type RequestContext = { get?: () => { waitUntil?: (work: Promise<unknown>) => void } | undefined }
const requestContext = Symbol.for('@vercel/request-context')

/** Does work that no answer waits for. A failure goes to the log, and no further. */
export function runAside(what: string, work: () => Promise<void>): void {
  const done = Promise.resolve().then(work).catch((thrown: unknown) => {
    log('error', `${what} failed`, { cause: describeThrown(thrown) })
  })
  const { [requestContext]: context } = globalThis as { [requestContext]?: RequestContext }
  context?.get?.()?.waitUntil?.(done)
}
