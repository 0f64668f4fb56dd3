import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from './files'

export interface Keys {
  accessKeyId: string
  secretAccessKey: string
}

/** The keys of this data directory; made at its first start, readable by its owner alone. */
export async function openKeys(dataDir: string): Promise<Keys> {
  const path = join(dataDir, 'keys.json')
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as Keys
  const keys = { accessKeyId: `LOCAL${randomBytes(8).toString('hex').toUpperCase()}`, secretAccessKey: randomBytes(30).toString('base64url') }
  await writeWhole(join(dataDir, 'tmp'), path, JSON.stringify(keys), 0o600)
  return keys
}
