import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually } from '~/tests/e2e/support/eventually'
import { freePort, start, stop } from '~/tests/e2e/support/processes'
import type { TestSite } from '~/tests/e2e/support/site'
import { siteSettings } from '~/tests/e2e/support/site'
import type { TestStore } from '~/tests/e2e/support/store'
import type { Image } from './playDockerfile'

/** Of the user `node` in Node's images. */
const nodeUid = 1000

export interface Container extends TestSite {
  /** Exit code of the image's health check; anything but 0 is ill. */
  checkHealth(): Promise<number>
  /** Whom the server runs as. */
  uid(): Promise<number>
  /** As `docker stop` does it, with time enough. Resolves with the exit code. */
  stop(): Promise<number | null>
}

/** As `docker run --env …` starts an image, but on loopback. */
export async function startContainer({ root, workdir, env: built, stage }: Image, store: TestStore, env: Record<string, string>): Promise<Container> {
  const port = String(await freePort())
  const settings = { ...built, ...siteSettings, ...store.env, ...env, HOST: '127.0.0.1', PORT: port }
  const asUser = (command: string[] = []): [string, string[]] => {
    if (stage.user !== 'node') throw new Error(`The image runs as ${stage.user ?? 'root'}`)
    // Who is not root is nobody's better already.
    const [first = '', ...rest] = process.getuid?.() === 0 ? ['setpriv', `--reuid=${nodeUid}`, `--regid=${nodeUid}`, '--clear-groups', '--no-new-privs', ...command] : command
    return [first, rest]
  }
  const cwd = join(root, workdir)
  const child = start(...asUser(stage.command), { cwd, env: settings })
  const checkHealth = async () => {
    const [command, args] = asUser(stage.healthCheck)
    return await new Promise<number>((resolve) => {
      execFile(command, args, { cwd, env: settings }, (error) => resolve(error ? Number(error.code ?? -1) : 0))
    })
  }
  await eventually('the container is healthy', async () => {
    if (child.exitCode !== null) throw new Error(`It has ended:\n${child.output()}`)
    return await checkHealth() === 0
  })
  return {
    url: `http://localhost:${port}`,
    output: child.output,
    checkHealth,
    uid: async () => Number(/^Uid:\t(\d+)/m.exec(await readFile(`/proc/${child.pid}/status`, 'utf8'))?.[1]),
    stop: () => stop(child, stage.stopSignal),
  }
}
