import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * The files that the build is given, as `.dockerignore` leaves them; paths relative to the project. Of its language only names at the top are understood, with
 * `*` and `!`; anything else throws.
 */
export async function listBuildContext(): Promise<string[]> {
  const patterns = (await readFile('.dockerignore', 'utf8')).split('\n').filter((line) => line !== '' && !line.startsWith('#')).map(toPattern)
  const names = (await readdir('.')).filter((name) => !patterns.reduce((isOut, { fits, excludes }) => fits.test(name) ? excludes : isOut, false))
  const files: string[] = []
  for (const name of names) {
    if ((await stat(name)).isFile()) files.push(name)
    else files.push(...(await readdir(name, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name)))
  }
  return files
}

/** Whether nothing that the build is given has changed since it wrote this file. */
export async function isBuildFresh(written: string): Promise<boolean> {
  const { mtimeMs } = await stat(written).catch(() => ({ mtimeMs: -1 }))
  const changes = await Promise.all((await listBuildContext()).map(async (file) => (await stat(file)).mtimeMs))
  return changes.every((changedMs) => changedMs <= mtimeMs)
}

function toPattern(line: string) {
  const [, not, name = ''] = /^(!?)([\w.*-]+)$/.exec(line) ?? []
  if (name === '' || name.includes('**')) throw new Error(`.dockerignore: ${line} is not understood here`)
  return { excludes: not === '', fits: new RegExp(`^${name.replaceAll('.', '\\.').replaceAll('*', '.*')}$`) }
}
