import { execFileSync } from 'node:child_process'
import { ensureChromium } from '~/tests/support/chromium'

/** Builds the site once for all end-to-end tests. `LADING_BUILT=1` takes the build that is there. */
export default function setup() {
  ensureChromium()
  if (process.env.LADING_BUILT === '1') return
  const env = { ...process.env, NODE_ENV: 'production', NITRO_PRESET: 'node-server' }
  execFileSync('npx', ['nuxi', 'build'], { env, stdio: ['ignore', 'ignore', 'inherit'] })
}
