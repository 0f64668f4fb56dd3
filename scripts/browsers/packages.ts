import { existsSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { env, getuid } from 'node:process'

/** What Debian calls the two other engines, and what WebKit needs to have a screen. */
const packages = { 'firefox-esr': '/usr/bin/firefox-esr', 'webkit2gtk-driver': '/usr/bin/WebKitWebDriver', 'xvfb': '/usr/bin/xvfb-run', 'xauth': '/usr/bin/xauth', 'openssl': '/usr/bin/openssl' }

/** Installs what is missing, as root on Debian. @throws Error that names what is missing elsewhere. */
export function installBrowsers(): void {
  const missing = Object.entries(packages).filter(([, program]) => !existsSync(program)).map(([name]) => name)
  if (missing.length === 0) return
  if (getuid?.() !== 0 || !existsSync('/etc/debian_version')) throw new Error(`Install ${missing.join(', ')}, or run this as root on Debian.`)
  const apt = (...args: string[]) => spawnSync('apt-get', ['-y', '-qq', '-o', 'DPkg::Lock::Timeout=300', ...args], { stdio: ['ignore', 'ignore', 'inherit'], env: { ...env, DEBIAN_FRONTEND: 'noninteractive' } }).status === 0
  apt('update')
  if (!apt('install', '--no-install-recommends', ...missing)) throw new Error(`apt-get could not install ${missing.join(', ')}.`)
}
