import { execFileSync } from 'node:child_process'
import { isBuildFresh } from '~/tests/support/buildContext'

/** Builds for Vercel, unless that was done since the last change. The build for Node stays as it is. */
export async function ensureVercelBuild(): Promise<void> {
  if (await isBuildFresh('.vercel/output/nitro.json')) return
  const env = { ...process.env, NODE_ENV: 'production', NITRO_PRESET: 'vercel' }
  execFileSync('npx', ['nuxi', 'build'], { env, stdio: ['ignore', 'ignore', 'inherit'] })
}
