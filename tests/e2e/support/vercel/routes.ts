/** What `.vercel/output/config.json` says; as much of Vercel's Build Output API (version 3) as Nitro makes use of. */
export interface OutputConfig {
  version: 3
  routes: (HeaderRoute | TargetRoute | { handle: 'filesystem' })[]
}

interface HeaderRoute {
  src: string
  headers: Record<string, string>
  continue: true
}

interface TargetRoute {
  src: string
  dest: string
}

export interface Routed {
  /** Laid on the answer, whoever gives it. */
  headers: Record<string, string>
  /** Where to look when no file has this path; undefined: nowhere. */
  functionName?: string
}

/** Sends a path along the routes in their order: those that continue add headers, a later one over an earlier one; the first other one decides. */
export function route({ routes }: OutputConfig, path: string): Routed {
  const headers: Record<string, string> = {}
  for (const rule of routes) {
    if ('handle' in rule || !new RegExp(`^${rule.src}$`).test(path)) continue
    if ('dest' in rule) return { headers, functionName: rule.dest.replace(/\?.*$/, '') }
    Object.assign(headers, rule.headers)
  }
  return { headers }
}
