import type { ChildProcess } from 'node:child_process'
import type { BrowserContext, Locator, Page } from 'playwright-core'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { ensureChromium } from '~/tests/support/chromium'
import { eventually } from './eventually'

/** For a Chromium without a window, that asks for nothing by itself. */
export const chromiumArgs = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--window-size=1280,900',
]

/** A real Chromium with a profile on disk, as a process of its own, so that it can be killed and started again. */
export interface TestBrowser {
  context: BrowserContext
  /** What all of its processes have read from files up to now, in bytes, as the kernel counts it. */
  readBytes(): Promise<number>
  /** What each page shows, holds and has printed. */
  evidence(): Promise<string[]>
  /** A fresh tab. */
  open(url: string): Promise<Page>
  /** A signal to the processes that run pages. */
  signalPages(signal: NodeJS.Signals): Promise<void>
  /** SIGKILL to all of its processes: no handler runs, nothing is flushed. */
  kill(): Promise<void>
  /** As a person closes it. */
  quit(): Promise<void>
}

export async function createProfile(): Promise<{ path: string, remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'lading-profile-'))
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) }
}

export async function startBrowser(profile: string, { language = 'en-US', args = [] }: { language?: string, args?: string[] } = {}): Promise<TestBrowser> {
  const portFile = join(profile, 'DevToolsActivePort')
  await rm(portFile, { force: true })
  const child = spawn(ensureChromium(), [...chromiumArgs, ...args, '--remote-debugging-port=0', `--lang=${language}`, `--accept-lang=${language}`, `--user-data-dir=${profile}`, 'about:blank'], {
    // A process group of its own: killing it takes the renderers along.
    detached: true,
    stdio: 'ignore',
  })
  const [port = ''] = (await eventually('the browser opens its DevTools port', async () => {
    const content = await readFile(portFile, 'utf8').catch(() => '')
    return content.includes('\n') ? content : undefined
  })).split('\n')
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`)
  const context = browser.contexts()[0] ?? await browser.newContext()
  const printed: string[] = []
  context.on('console', (message) => printed.push(`${message.type()}: ${message.text()}`))

  return {
    context,
    readBytes: () => readByGroup(child.pid ?? 0),
    async evidence() {
      const shown = await Promise.all(context.pages().filter((page) => page.url().startsWith('http')).map(async (page) => JSON.stringify(await page.evaluate(describePage))))
      return [...shown, ...printed]
    },
    async open(url) {
      const page = await context.newPage()
      await page.goto(url, { waitUntil: 'networkidle' })
      return page
    },
    async signalPages(signal) {
      for (const pid of await pagesOfGroup(child.pid ?? 0)) process.kill(pid, signal)
    },
    async kill() {
      signalGroup(child, 'SIGKILL')
      await ended(child)
    },
    async quit() {
      const session = await browser.newBrowserCDPSession()
      // The answer may be lost with the browser.
      await session.send('Browser.close').catch(() => {})
      await ended(child)
    },
  }
}

/** Runs in the page. */
async function describePage() {
  const pending = await fetch('/api/upload/pending').then(async (answer) => ({ status: answer.status, body: await answer.text() }), String)
  const tables: Record<string, unknown[]> = {}
  for (const { name } of await globalThis.indexedDB?.databases() ?? []) {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name ?? '')
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
    for (const table of database.objectStoreNames) {
      tables[`${name} ${database.version} ${table}`] = await new Promise((resolve, reject) => {
        const request = database.transaction(table).objectStore(table).getAll()
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    }
    database.close()
  }
  return { address: location.href, text: document.body.innerText, pending, tables }
}

/** `rchar` counts every read(2) and pread(2); what processes send each other by sockets and shared memory is not among them. */
async function readByGroup(group: number): Promise<number> {
  const counts = await ofGroup(group, async (pid) => Number(/^rchar: (\d+)$/m.exec(await readFile(`/proc/${pid}/io`, 'utf8'))?.[1] ?? 0))
  return counts.reduce((sum, count) => sum + count, 0)
}

async function pagesOfGroup(group: number): Promise<number[]> {
  return await ofGroup(group, async (pid) => ((await readFile(`/proc/${pid}/cmdline`, 'utf8')).includes('--type=renderer') ? pid : undefined))
}

/** What there is to say of each process of a group. */
async function ofGroup<T>(group: number, look: (pid: number) => Promise<T | undefined>): Promise<T[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const found = await Promise.all(pids.map(async (pid) => {
    try {
      // After the name, which may hold anything, come state, parent and group.
      const [, , itsGroup] = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /s, '').split(' ')
      return Number(itsGroup) === group ? await look(pid) : undefined
    } catch {
      // It has ended meanwhile.
      return undefined
    }
  }))
  return found.filter((value) => value !== undefined)
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals) {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, signal)
}

async function ended(child: ChildProcess) {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

/** Picks files as a person does. The browser is told their paths, so that large ones are not copied about. */
export async function pickFiles(page: Page, input: Locator, paths: string[]) {
  await input.waitFor({ state: 'attached' })
  const handle = await input.elementHandle()
  const session = await page.context().newCDPSession(page)
  const mark = `picked-${Date.now()}-${Math.random()}`
  await handle?.evaluate((element, name) => element.setAttribute('data-pick', name), mark)
  const { root } = await session.send('DOM.getDocument', { depth: 0 })
  const { nodeId } = await session.send('DOM.querySelector', { nodeId: root.nodeId, selector: `[data-pick="${mark}"]` })
  await session.send('DOM.setFileInputFiles', { nodeId, files: paths })
  await session.detach()
}
