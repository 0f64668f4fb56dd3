import type { H3Event } from 'h3'
import type { LogFacts, LogLevel } from './log'
import { requestIdOf } from './failure'

/** What the log tells of one request. Of its address only which route it is: no id, no query, no name. */
export function requestLine(event: H3Event, ms: number): { level: Exclude<LogLevel, 'silent'>, facts: LogFacts } {
  const { statusCode: status, writableFinished } = event.node.res
  const { failures = [] } = event.context
  const [first] = failures
  const route = routeOf(event)
  return {
    level: levelOf(status, route),
    facts: {
      method: event.method,
      route,
      status,
      ms: Math.round(ms),
      requestId: requestIdOf(event),
      ...first && { code: first.code, cause: first.cause },
      ...failures.length > 1 && { failures: failures.length },
      // The client was gone before the answer was.
      ...!writableFinished && { isCut: true },
    },
  }
}

/** Probes and the page's own files say nothing new while all is well. */
function levelOf(status: number, route: string): 'debug' | 'info' | 'error' {
  if (status >= 500) return 'error'
  return route === 'file' || route.startsWith('/api/health') ? 'debug' : 'info'
}

/** As the router writes it, `/api/files/:id/download`; what was answered before it got there has no more than a kind. */
function routeOf(event: H3Event): string {
  const { matchedRoute } = event.context
  if (matchedRoute?.path) return matchedRoute.path
  return event.path.startsWith('/api/') ? '/api/**' : 'file'
}
