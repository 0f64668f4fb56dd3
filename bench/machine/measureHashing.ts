import type { BenchFile } from '~/bench/compare/files'
import type { Variant } from '~/bench/hashing/variants'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { cwd } from 'node:process'
import { build } from 'vite'
import { cpuSecondsOf } from '~/bench/appUpload'
import { startBenchBrowser } from '~/bench/benchBrowser'
import { enginesOwn, variants } from '~/bench/hashing/variants'

type HashingWindow = Window & { benchHash?: (variant: Variant) => Promise<number> }

const types: Record<string, string> = { '.js': 'text/javascript', '.html': 'text/html' }

/** How fast a page's worker digests a file, and at which cost, for each variant. The script goes to `outDir`. */
export async function measureHashing(file: BenchFile, outDir: string): Promise<Record<string, number>> {
  const root = cwd()
  await build({
    root: join(root, 'bench/hashing'),
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { '#shared': join(root, 'shared'), '~': root } },
    worker: { format: 'es' },
    build: { outDir, emptyOutDir: false, target: 'esnext', assetsDir: '.', rollupOptions: { input: join(root, 'bench/hashing/page.ts'), output: { entryFileNames: 'page.js' } } },
  })
  const server = createServer(async ({ url = '/' }, response) => {
    const body = url === '/' ? '<!doctype html><link rel="icon" href="data:,"><input type="file"><script type="module" src="/page.js"></script>' : await readFile(join(outDir, url.slice(1)))
    response.writeHead(200, { 'content-type': types[extname(url) || '.html'] }).end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const browser = await startBenchBrowser()
  try {
    await browser.visit(`http://localhost:${(server.address() as AddressInfo).port}/`, () => 'benchHash' in window)
    await browser.choose('input', [file.path])
    const values: Record<string, number> = {}
    for (const variant of variants) {
      const before = cpuSecondsOf(await browser.processes())
      const ms = await browser.call((name) => (window as HashingWindow).benchHash?.(name), variant)
      const cpuSeconds = cpuSecondsOf(await browser.processes()) - before
      values[`${variant}, MB/s`] = file.bytes / 1e6 / ((ms ?? Number.NaN) / 1000)
      values[`${variant}, CPU s per GB`] = cpuSeconds / (file.bytes / 1e9)
    }
    return { ...values, 'digest loops, CPU s per GB': values[`${enginesOwn}, CPU s per GB`] ?? Number.NaN }
  } finally {
    await browser.quit()
    server.closeAllConnections()
    server.close()
  }
}
