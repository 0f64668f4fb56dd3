import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from './files'

export interface Keys {
  accessKeyId: string
  secretAccessKey: string
}

/** What a key pair is good for: all that the store does, or reading and listing alone. */
export type KeyRole = 'owner' | 'reader'

const files: Record<KeyRole, string> = { owner: 'keys.json', reader: 'reader-keys.json' }

/** The keys of this data directory; made when they are first asked for, readable by its owner alone. */
export async function openKeys(dataDir: string, role: KeyRole = 'owner'): Promise<Keys> {
  const path = join(dataDir, files[role])
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as Keys
  const keys = { accessKeyId: `LOCAL${randomBytes(8).toString('hex').toUpperCase()}`, secretAccessKey: randomBytes(30).toString('base64url') }
  await writeWhole(join(dataDir, 'tmp'), path, JSON.stringify(keys), 0o600)
  return keys
}
