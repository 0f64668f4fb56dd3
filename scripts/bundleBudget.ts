import type { Script } from './bundle/firstLoad'
import { exit } from 'node:process'
import { gzipBytes, readBuild, renderPage, sourcesLoadedLater } from './bundle/builtPage'
import { firstLoad, loadedLater } from './bundle/firstLoad'

/** `npm run budget`: what the built page costs before anything is clicked. Fails where the first load is over its limit. */
const limitBytes = 150_000

const build = await readBuild()
const first = firstLoad(await renderPage(), build)
const page = build.fileOf('pages/index.vue')
// It would be fetched all the same, late and uncounted.
if (!first.some(({ name }) => name === page)) throw new Error('The HTML does not name the script of the page: see modules/page-chunk.ts')

const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`.padStart(9)

/** Answers how much all of them are, in bytes. */
function print(title: string, scripts: readonly Script[]): number {
  console.log(`\n${title}`)
  for (const script of scripts) console.log(`${kilobytes(gzipBytes(script, build))}  ${script.name}  (${script.because})`)
  const bytes = scripts.reduce((sum, script) => sum + gzipBytes(script, build), 0)
  console.log(`${kilobytes(bytes)}  in all`)
  return bytes
}

const bytes = print('First load, JavaScript in gzip', first)
console.log(`${kilobytes(limitBytes)}  at most${bytes > limitBytes ? ': TOO MUCH' : ''}`)
print('Then, by itself, while the page is there already', loadedLater(first, build, sourcesLoadedLater))
exit(bytes > limitBytes ? 1 : 0)
