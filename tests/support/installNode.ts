import { execFileSync } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Another Node than our own, and its npm, from npm. Answers the folder of their commands. */
export async function installNode(folder: string, major: number): Promise<string> {
  await mkdir(folder, { recursive: true })
  execFileSync('npm', ['install', '--prefix', folder, '--no-fund', '--no-audit', `node@${major}`, 'npm@11'], { stdio: ['ignore', 'ignore', 'inherit'] })
  return join(folder, 'node_modules/.bin')
}
