import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { getuid } from 'node:process'
import { run, say, succeeds } from './commands'

const packages = ['ceph-mon', 'ceph-osd', 'radosgw']
/** What Debian's maintainer scripts ask before they start a service; 101 means no. */
const policy = '/usr/sbin/policy-rc.d'

/** Whether Ceph can be had here: its packages are Debian's, and only root may install them. */
export async function canHaveCeph(): Promise<boolean> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  return getuid?.() === 0 && /^ID=debian$/m.test(release)
}

/** Installs what is missing of Ceph's packages; no service of the system is started. */
export async function installCeph(): Promise<void> {
  const missing: string[] = []
  for (const name of packages) {
    const status = await run('dpkg-query', ['-W', '-f=${Status}', name]).catch(() => '')
    if (status !== 'install ok installed') missing.push(name)
  }
  if (missing.length === 0) return
  say(`installing ${missing.join(', ')}`)
  const hasPolicy = existsSync(policy)
  // Ctrl-C ends apt, and with it our wait; we ourselves stay to take the policy away again.
  const stay = () => {}
  process.on('SIGINT', stay).on('SIGTERM', stay)
  if (!hasPolicy) await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    // A list of packages that is missing, or older than the mirror, is fetched once.
    if (!await succeeds('apt-get', ['install', '--simulate', '--no-install-recommends', ...missing], 60_000)) await aptGet('update')
    await aptGet('install', '--no-install-recommends', ...missing).catch(async () => {
      await aptGet('update')
      await aptGet('install', '--no-install-recommends', ...missing)
    })
  } finally {
    if (!hasPolicy) await rm(policy, { force: true })
    process.off('SIGINT', stay).off('SIGTERM', stay)
  }
}

async function aptGet(...args: string[]): Promise<void> {
  await run('apt-get', ['-y', '-qq', ...args], { withinMs: 600_000, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
}
