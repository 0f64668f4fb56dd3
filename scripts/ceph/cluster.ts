import { randomBytes, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run, say } from './commands'
import type { Identity } from './conf'
import { confText } from './conf'
import type { DaemonName } from './daemons'
import { confPath, startDaemon, stopDaemon } from './daemons'
import { installCeph } from './packages'
import type { CephSettings } from './settings'

/** Starts what does not run yet of a one-node Ceph with an S3 gateway; the data of an earlier time are kept. Answers how to reach it. */
export async function startCluster(settings: CephSettings): Promise<Record<string, string>> {
  await installCeph()
  const { dir, rgwPort } = settings
  for (const name of ['mon', 'osd', 'log', 'run']) await mkdir(join(dir, name), { recursive: true })
  const identity = await readIdentity(settings)
  const conf = confText(settings, identity)
  if (await readFile(confPath(settings), 'utf8').catch(() => conf) !== conf) await stopDaemon(settings, 'rgw')
  await writeFile(confPath(settings), conf)

  await once(dir, 'mon.made', () => makeMonitor(settings, identity))
  await startDaemon(settings, 'mon')
  await once(dir, 'osd.made', () => makeOsd(settings, identity))
  await startDaemon(settings, 'osd')
  await once(dir, 'user.made', () => makeUser(settings, identity))
  await startDaemon(settings, 'rgw')
  return {
    S3_ENDPOINT: `http://127.0.0.1:${rgwPort}`,
    S3_REGION: 'default',
    S3_ACCESS_KEY_ID: identity.accessKeyId,
    S3_SECRET_ACCESS_KEY: identity.secretAccessKey,
    S3_FORCE_PATH_STYLE: 'true',
  }
}

/** Stops this cluster's daemons; with `purge` its data are gone as well. */
export async function stopCluster(settings: CephSettings, { purge = false } = {}): Promise<void> {
  for (const name of ['rgw', 'osd', 'mon'] satisfies DaemonName[]) await stopDaemon(settings, name)
  // Whatever else the folder may be, without our file it is not ours to delete.
  if (!purge || !existsSync(identityPath(settings))) return
  await rm(settings.dir, { recursive: true, force: true })
  say(`removed ${settings.dir}`)
}

async function readIdentity(settings: CephSettings): Promise<Identity> {
  const path = identityPath(settings)
  if (!existsSync(path)) {
    const fresh: Identity = {
      fsid: randomUUID(),
      osdUuid: randomUUID(),
      accessKeyId: randomBytes(10).toString('hex'),
      secretAccessKey: randomBytes(20).toString('hex'),
      monPort: settings.monPort,
      osdBytes: settings.osdBytes,
    }
    await writeFile(path, JSON.stringify(fresh, undefined, 2), { mode: 0o600 })
  }
  return JSON.parse(await readFile(path, 'utf8')) as Identity
}

function identityPath({ dir }: CephSettings): string {
  return join(dir, 'lading-ceph.json')
}

/** A step that is not repeated once it has ended well. */
async function once(dir: string, mark: string, step: () => Promise<void>): Promise<void> {
  if (existsSync(join(dir, mark))) return
  await step()
  await writeFile(join(dir, mark), '')
}

async function makeMonitor(settings: CephSettings, { fsid, monPort }: Identity): Promise<void> {
  const [data, map] = [join(settings.dir, 'mon', 'a'), join(settings.dir, 'monmap')]
  await rm(data, { recursive: true, force: true })
  await mkdir(data)
  await run('monmaptool', ['--create', '--clobber', '--fsid', fsid, '--addv', 'a', `[v2:127.0.0.1:${monPort},v1:127.0.0.1:${monPort + 1}]`, map])
  await run('ceph-mon', ['-c', confPath(settings), '-i', 'a', '--mkfs', '--monmap', map])
}

async function makeOsd(settings: CephSettings, { osdUuid }: Identity): Promise<void> {
  const data = join(settings.dir, 'osd', '0')
  await rm(data, { recursive: true, force: true })
  await mkdir(data)
  // The monitor takes the same announcement twice.
  await run('ceph', ['-c', confPath(settings), 'osd', 'new', osdUuid, '0'])
  await run('ceph-osd', ['-c', confPath(settings), '-i', '0', '--mkfs', '--osd-uuid', osdUuid])
}

async function makeUser(settings: CephSettings, { accessKeyId, secretAccessKey }: Identity): Promise<void> {
  const admin = (...args: string[]) => run('radosgw-admin', ['-c', confPath(settings), 'user', ...args, '--uid=lading'])
  await admin('info').catch(() => admin('create', '--display-name=Lading', `--access-key=${accessKeyId}`, `--secret-key=${secretAccessKey}`))
}
