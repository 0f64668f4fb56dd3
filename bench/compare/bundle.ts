import type { PeerFolder } from './subjects'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'

/** Installs what a peer needs into its own folder, where that was not done yet. */
export function installPeer(folder: PeerFolder): void {
  const cwd = join('bench/peers', folder)
  if (!existsSync(join(cwd, 'package.json')) || existsSync(join(cwd, 'node_modules'))) return
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
}

/** Bundles and minifies a peer's page as its users would, and gives the path of the script. */
export async function bundlePeer(folder: PeerFolder, outDir: string): Promise<string> {
  await build({
    root: 'bench/peers',
    configFile: false,
    logLevel: 'error',
    build: {
      outDir,
      emptyOutDir: false,
      target: 'esnext',
      rollupOptions: { input: join('bench/peers', folder, 'client.js'), output: { entryFileNames: `${folder}.js` } },
    },
  })
  return join(outDir, `${folder}.js`)
}
