import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { platform } from 'node:process'
import { eventually } from '~/tests/e2e/support/eventually'
import { freePort, start, stop } from '~/tests/e2e/support/processes'
import { Redis } from 'ioredis'

const isInstalled = () => spawnSync('redis-server', ['--version']).status === 0

/** Debian's own, installed as root where it is missing; elsewhere it throws a line that says what to do. */
function ensureRedis(): void {
  if (isInstalled()) return
  if (platform === 'linux' && process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const apt = (...args: string[]) => execFileSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] })
    apt('update')
    apt('install', '-y', '--no-install-recommends', 'redis-server')
    if (isInstalled()) return
  }
  throw new Error('No redis-server found: install one.')
}

export const redisPassword = 'correct-horse-battery'

export type TestRedis = Awaited<ReturnType<typeof startRedis>>

/** A Redis on loopback that keeps nothing on disk and wants a password. */
export async function startRedis() {
  ensureRedis()
  const port = await freePort()
  const url = `redis://:${redisPassword}@127.0.0.1:${port}`

  async function run() {
    const child = start('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--requirepass', redisPassword])
    await eventually('Redis accepts connections', () => {
      if (child.exitCode !== null) throw new Error(child.output())
      return child.output().includes('Ready to accept connections')
    })
    return child
  }

  let child = await run()
  return {
    url,
    /** Keeps connections, and answers nothing. */
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
    kill: () => stop(child, 'SIGKILL'),
    async restart() {
      child = await run()
    },
    async keys(): Promise<string[]> {
      const redis = new Redis(url)
      try {
        return await redis.keys('*')
      } finally {
        redis.disconnect()
      }
    },
    close: () => stop(child, 'SIGKILL'),
  }
}
