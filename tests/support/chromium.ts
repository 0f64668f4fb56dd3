import { execFileSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { platform } from 'node:process'
import { chromium } from 'playwright-core'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'msedge']
const macApps = ['Chromium', 'Google Chrome'].map((app) => `/Applications/${app}.app/Contents/MacOS/${app}`)

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    // Not there, or not ours to run: the next place is tried.
    return false
  }
}

function findInstalled(): string | undefined {
  const onPath = (process.env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)))
  return [process.env.CHROMIUM_PATH ?? '', ...onPath, ...macApps, chromium.executablePath()].find((path) => path !== '' && isExecutable(path))
}

/** Debian's own Chromium can be installed without asking anybody only by root. */
function canInstall(): boolean {
  return platform === 'linux' && process.getuid?.() === 0 && existsSync('/etc/debian_version')
}

/**
 * A Chromium to run the end-to-end tests in: the one that `CHROMIUM_PATH` names, the system's, or Playwright's. As root
 * on Debian one is installed; elsewhere it throws a line that says what to do.
 */
export function ensureChromium(): string {
  const found = findInstalled()
  if (found) return found
  if (canInstall()) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const apt = (...args: string[]) => execFileSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] })
    apt('update')
    apt('install', '-y', '--no-install-recommends', 'chromium')
    const installed = findInstalled()
    if (installed) return installed
  }
  throw new Error('No Chromium found: install one (for example with "npx playwright-core install chromium"), or name it in CHROMIUM_PATH.')
}
