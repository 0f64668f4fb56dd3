import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** Sent as `Server`, so that a store is told from whatever else may listen on its port. */
export const serverName = 'local-s3'

/** Who serves a data directory. */
export interface DataLock {
  pid: number
  /** Empty until it listens. */
  endpoint: string
  /** The process that it ends with, if any. */
  exitWithPid?: number
}

const heldHere = new Set<string>()

/** The store that serves the directory now, if one does. Process ids are used again, so it must also answer. */
export async function findStore(dataDir: string): Promise<DataLock | undefined> {
  const lock = readLock(dataDir)
  if (!lock || !isAlive(lock.pid)) return undefined
  if (lock.pid === process.pid) return heldHere.has(resolve(dataDir)) ? lock : undefined
  return lock.endpoint === '' || await answers(lock.endpoint) ? lock : undefined
}

/** Makes this process the only one that serves the directory; a lock left behind is taken over. Throws when another store lives. */
export async function takeDataLock(dataDir: string, exitWithPid?: number): Promise<{ listening: (endpoint: string) => void, release: () => void }> {
  const holder = await findStore(dataDir)
  if (holder) throw new Error(`${dataDir} is in use by process ${holder.pid}${holder.endpoint && ` at ${holder.endpoint}`}`)
  mkdirSync(dataDir, { recursive: true })
  const path = pathOf(dataDir)
  const lock: DataLock = { pid: process.pid, endpoint: '', exitWithPid }
  rmSync(path, { force: true })
  writeFileSync(path, JSON.stringify(lock), { flag: 'wx' })
  heldHere.add(resolve(dataDir))
  return {
    listening(endpoint) {
      writeFileSync(`${path}.new`, JSON.stringify({ ...lock, endpoint }))
      renameSync(`${path}.new`, path)
    },
    release() {
      heldHere.delete(resolve(dataDir))
      rmSync(path, { force: true })
    },
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    const { headers } = await fetch(endpoint, { signal: AbortSignal.timeout(2000) })
    return headers.get('server') === serverName
  } catch {
    return false
  }
}

function readLock(dataDir: string): DataLock | undefined {
  try {
    return JSON.parse(readFileSync(pathOf(dataDir), 'utf8')) as DataLock
  } catch {
    // Not there, or half-written by a process that died: nobody's.
    return undefined
  }
}

function pathOf(dataDir: string): string {
  return join(dataDir, 'lock.json')
}
