import type { CpuProfile } from './recordProfile'
import { existsSync, readFileSync } from 'node:fs'
import type { SourceMapPayload } from 'node:module'
import { SourceMap } from 'node:module'
import { fileURLToPath } from 'node:url'

export interface Share {
  /** A package, a folder of ours, or what V8 calls it. */
  name: string
  /** Of the time at work, from 0 to 1. */
  share: number
}

/** Says where a place of a built file comes from; undefined where no source map tells. */
export type FindSource = (url: string, line: number, column: number) => string | undefined

/**
 * Whose work it was, the greatest first. What Node does counts as the work of whoever called it, as far as that can be seen: what begins with an
 * answer that is there has no caller any more.
 */
export function profileShares({ nodes, samples, timeDeltas }: CpuProfile, findSource: FindSource): Share[] {
  const nodeOf = new Map(nodes.map((node) => [node.id, node]))
  const callerOf = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)))
  const known = new Map<number, string>()

  function nameOf(id: number): string {
    const found = known.get(id) ?? nameOfFrame(id)
    known.set(id, found)
    return found
  }

  function nameOfFrame(id: number): string {
    const { url = '', functionName = '', lineNumber = 0, columnNumber = 0 } = nodeOf.get(id)?.callFrame ?? {}
    if (url.startsWith('file:')) return ownerOf(findSource(url, lineNumber, columnNumber) ?? url)
    if (functionName === '(idle)' || functionName === '(garbage collector)') return functionName.slice(1, -1)
    const caller = callerOf.get(id)
    return caller === undefined ? 'Node itself' : nameOf(caller)
  }

  const times = new Map<string, number>()
  samples.forEach((id, index) => {
    const name = nameOf(id)
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[index] ?? 0))
  })
  times.delete('idle')
  const all = [...times.values()].reduce((sum, time) => sum + time, 0)
  return [...times].map(([name, time]) => ({ name, share: time / all })).sort((one, other) => other.share - one.share)
}

function ownerOf(source: string): string {
  const [, ownerOfPackage] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source) ?? []
  if (ownerOfPackage !== undefined) return ownerOfPackage
  const [, ours] = /\/((?:server|shared)\/.*)\/[^/]+$/.exec(source) ?? []
  return ours ?? 'built files'
}

/** By the maps that lie beside the built files. */
export function createSourceFinder(): FindSource {
  const maps = new Map<string, SourceMap | undefined>()

  function mapOf(url: string): SourceMap | undefined {
    const path = `${fileURLToPath(url)}.map`
    if (!maps.has(path)) maps.set(path, existsSync(path) ? new SourceMap(JSON.parse(readFileSync(path, 'utf8')) as SourceMapPayload) : undefined)
    return maps.get(path)
  }

  return (url, line, column) => {
    const entry = mapOf(url)?.findEntry(line, column)
    return entry && 'originalSource' in entry ? `/${entry.originalSource}` : undefined
  }
}
