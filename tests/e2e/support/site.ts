import type { TestStore } from './store'
import { execPath } from 'node:process'
import { eventually } from './eventually'
import { freePort, start, stop } from './processes'
import { secretsIn, sessionPassword } from './secrets'

export interface TestSite {
  url: string
  /** Everything the server has printed. */
  output(): string
  stop(signal?: NodeJS.Signals): Promise<unknown>
}

/** A site that is one process. */
export interface SiteProcess extends TestSite {
  pid: number
  isRunning(): boolean
  /** Nobody reads what it prints from here on, as where a program that its log is piped into has ended. */
  breakLog(): void
  /** Resolves when it has ended, with its exit code; null where the signal ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** What a production site must be told besides its store. */
export const siteSettings = {
  NUXT_ACCESS: 'open',
  NUXT_SESSION_PASSWORD: sessionPassword,
}

/** The built server, as an operator starts it; `PORT` is any free one unless `env` names it. */
export async function startSite(store: Pick<TestStore, 'env'>, env: Record<string, string> = {}): Promise<SiteProcess> {
  const port = env.PORT ?? await freePort()
  const child = start(execPath, ['.output/server/index.mjs'], {
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(port),
      ...siteSettings,
      ...store.env,
      ...env,
    },
  })
  const url = `http://localhost:${port}`
  await eventually('the server answers', async () => {
    if (child.exitCode !== null) throw new Error(`The server has ended:\n${child.output()}`)
    return await fetch(`http://127.0.0.1:${port}/api/health`).then((answer) => answer.ok, () => false)
  })
  return {
    url,
    pid: child.pid ?? 0,
    output: child.output,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    breakLog() {
      child.stdout?.destroy()
      child.stderr?.destroy()
    },
    async stop(signal) {
      const code = await stop(child, signal)
      const found = secretsIn(child.output(), { ...store.env, ...env })
      if (found.length > 0) throw new Error(`The server's log holds ${found.join(', ')}:\n${child.output()}`)
      return code
    },
  }
}
