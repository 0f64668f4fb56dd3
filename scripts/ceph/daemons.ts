import { existsSync, readFileSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually } from '~/tests/e2e/support/eventually'
import { launch, run, say } from './commands'
import type { CephSettings } from './settings'

export type DaemonName = 'mon' | 'osd' | 'rgw'

interface Daemon {
  program: string
  /** As Ceph names it; also the name of its pid file, socket and log. */
  entity: string
  args: string[]
  isReady(settings: CephSettings): Promise<boolean>
}

/** In the order in which they start. */
export const daemons: Record<DaemonName, Daemon> = {
  mon: {
    program: 'ceph-mon',
    entity: 'mon.a',
    args: ['-i', 'a'],
    isReady: async (settings) => (await askSocket(settings, 'mon.a', 'mon_status')).includes('"state": "leader"'),
  },
  osd: {
    program: 'ceph-osd',
    entity: 'osd.0',
    args: ['-i', '0'],
    isReady: async (settings) => (await askSocket(settings, 'osd.0', 'status')).includes('"state": "active"'),
  },
  rgw: {
    program: 'radosgw',
    entity: 'client.rgw',
    args: ['-n', 'client.rgw'],
    isReady: async ({ rgwPort }) => (await fetch(`http://127.0.0.1:${rgwPort}/`, { signal: AbortSignal.timeout(5000) }).catch(() => undefined))?.status === 200,
  },
}

export function isDaemonName(name: string | undefined): name is DaemonName {
  return name !== undefined && Object.hasOwn(daemons, name)
}

export const confPath = ({ dir }: CephSettings) => join(dir, 'ceph.conf')

/** Starts a daemon that does not run yet; resolves when it answers. @throws Error with the end of its log. */
export async function startDaemon(settings: CephSettings, name: DaemonName): Promise<void> {
  const { program, entity, args, isReady } = daemons[name]
  try {
    if (findPid(settings, name) === undefined) {
      if (await isReady(settings)) throw new Error(`something else answers in the place of ${program}`)
      await rm(pidPath(settings, name), { force: true })
      await launch(program, ['-c', confPath(settings), ...args], join(settings.dir, 'log', `${entity}.out`))
    }
    await eventually(`${program} answers`, async () => {
      return findPid(settings, name) !== undefined && await isReady(settings)
    }, 60_000)
  } catch (cause) {
    const log = await readFile(join(settings.dir, 'log', `${entity}.log`), 'utf8').catch(() => '')
    throw new Error(`${program} did not start.\n${log.split('\n').slice(-12).join('\n')}`, { cause })
  }
  say(`${program} is up`)
}

/** Stops a daemon of this cluster, gently unless told otherwise; nothing happens when it does not run. */
export async function stopDaemon(settings: CephSettings, name: DaemonName, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
  const pid = findPid(settings, name)
  if (pid !== undefined) {
    process.kill(pid, signal)
    const isGone = () => findPid(settings, name) === undefined
    await eventually('it ends', isGone, 20_000).catch(async () => {
      process.kill(pid, 'SIGKILL')
      await eventually('it is killed', isGone, 20_000)
    })
    say(`${daemons[name].program} is ${signal === 'SIGKILL' ? 'killed' : 'stopped'}`)
  }
  await rm(pidPath(settings, name), { force: true })
}

/** The process of the pid file, if it is still that very daemon of this very cluster. */
export function findPid(settings: CephSettings, name: DaemonName): number | undefined {
  const pid = Number(read(pidPath(settings, name)))
  const isOurs = pid > 0
    && read(`/proc/${pid}/comm`).trim() === daemons[name].program
    && read(`/proc/${pid}/cmdline`).split('\0').includes(confPath(settings))
  return isOurs ? pid : undefined
}

function pidPath({ dir }: CephSettings, name: DaemonName): string {
  return join(dir, 'run', `${daemons[name].entity}.pid`)
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

async function askSocket({ dir }: CephSettings, entity: string, question: string): Promise<string> {
  const socket = join(dir, 'run', `${entity}.asok`)
  if (!existsSync(socket)) return ''
  return await run('ceph', ['--admin-daemon', socket, question], { withinMs: 10_000 }).catch(() => '')
}
