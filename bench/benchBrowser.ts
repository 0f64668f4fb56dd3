import type { Readable, Writable } from 'node:stream'
import type { DevToolsSession } from './devtoolsPipe'
import type { TracedTask } from './traceTasks'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { ensureChromium } from '~/tests/support/chromium'
import { chromiumArgs, createProfile } from '~/tests/e2e/support/browser'
import { eventually } from '~/tests/e2e/support/eventually'
import { connectPipe } from './devtoolsPipe'
import { traceTasks } from './traceTasks'

export interface BrowserProcess {
  /** As Chromium calls it: `browser`, `renderer`, `utility`, … */
  type: string
  pid: number
  /** Since the process began. */
  cpuSeconds: number
}

/** A Chromium with one page, driven with as little as possible: nothing of it listens to the network. */
export interface BenchBrowser {
  version: string
  /** Resolves when the page is there, alive as `isReady` sees it from within, and has asked for nothing for half a second. @default hydrated, as our page is */
  visit(url: string, isReady?: () => boolean): Promise<void>
  /** Runs a function within the page, which sees nothing but its argument, and gives what it answers. */
  call<Argument, Result>(script: (argument: Argument) => Result, argument: Argument): Promise<Awaited<Result>>
  /** Chooses files for an input, as a person does. */
  choose(selector: string, paths: string[]): Promise<void>
  /** Presses the middle of the first element that fits, with the mouse. */
  click(selector: string): Promise<void>
  /** Turns the mouse's wheel at that place. Resolves when the page has been told. */
  wheel(at: { x: number, y: number }, pixels: number): Promise<void>
  processes(): Promise<BrowserProcess[]>
  /** JavaScript and buffers of the page's workers, all of them together. */
  workerBytes(): Promise<number>
  /** Collects the garbage of the page and its workers, and tells how many of these there are. */
  collectGarbage(): Promise<number>
  /** Notes all tasks of the page's main thread from now on; the answer ends that, and tells them. */
  traceTasks(): Promise<() => Promise<TracedTask[]>>
  quit(): Promise<void>
}

/** @param args further switches of Chromium */
export async function startBenchBrowser(args: string[] = []): Promise<BenchBrowser> {
  const profile = await createProfile()
  const child = spawn(ensureChromium(), [...chromiumArgs, ...args, '--remote-debugging-pipe', `--user-data-dir=${profile.path}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    detached: true,
    // What it leaves behind when it is killed goes with its profile.
    env: { ...process.env, TMPDIR: profile.path },
  })
  const devTools = connectPipe(child.stdio[3] as Writable, child.stdio[4] as Readable)
  const { browser } = devTools
  const { product } = await browser.send('Browser.getVersion')
  const target = await eventually('the browser has a page', async () => {
    const { targetInfos } = await browser.send('Target.getTargets')
    return targetInfos.find(({ type }) => type === 'page')
  })
  const { sessionId } = await browser.send('Target.attachToTarget', { targetId: target.targetId, flatten: true })
  const page = devTools.session(sessionId)
  const workers = new Map<string, DevToolsSession>()
  const idleLoaders = new Set<string>()

  page.on<{ sessionId: string, targetInfo: { type: string } }>('Target.attachedToTarget', ({ sessionId: id, targetInfo }) => {
    if (targetInfo.type === 'worker') workers.set(id, devTools.session(id))
  })
  page.on<{ sessionId: string }>('Target.detachedFromTarget', ({ sessionId: id }) => void workers.delete(id))
  page.on<{ name: string, loaderId: string }>('Page.lifecycleEvent', ({ name, loaderId }) => {
    if (name === 'networkIdle') idleLoaders.add(loaderId)
  })
  await page.send('Page.enable')
  await page.send('Page.setLifecycleEventsEnabled', { enabled: true })
  await page.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: true })

  async function call<Argument, Result>(script: (argument: Argument) => Result, argument: Argument): Promise<Awaited<Result>> {
    const { result, exceptionDetails } = await page.send('Runtime.evaluate', {
      // The compiler that runs these files wraps named functions in a helper of its own.
      expression: `{ const __name = (named) => named; (${script.toString()})(${JSON.stringify(argument)}) }`,
      awaitPromise: true,
      returnByValue: true,
    })
    if (exceptionDetails) throw new Error(`In the page: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`)
    return result.value as Awaited<Result>
  }

  return {
    version: product,
    call,

    async visit(url, isReady = isAlive) {
      const { loaderId = '', errorText } = await page.send('Page.navigate', { url })
      if (errorText) throw new Error(`${url}: ${errorText}`)
      await eventually('the page is idle', () => idleLoaders.has(loaderId))
      await eventually('the page is alive', () => call(isReady, undefined))
    },

    async choose(selector, paths) {
      const { root } = await page.send('DOM.getDocument', { depth: 0 })
      const { nodeId } = await page.send('DOM.querySelector', { nodeId: root.nodeId, selector })
      await page.send('DOM.setFileInputFiles', { nodeId, files: paths })
    },

    async click(selector) {
      const { x, y } = await call((wanted) => {
        const element = document.querySelector(wanted)
        if (!element) throw new Error(`There is no ${wanted}`)
        element.scrollIntoView({ block: 'nearest' })
        const { left, top, width, height } = element.getBoundingClientRect()
        return { x: left + width / 2, y: top + height / 2 }
      }, selector)
      for (const type of ['mousePressed', 'mouseReleased'] as const) await page.send('Input.dispatchMouseEvent', { type, x, y, button: 'left', clickCount: 1 })
    },

    async wheel({ x, y }, pixels) {
      await page.send('Input.dispatchMouseEvent', { type: 'mouseWheel', x, y, deltaX: 0, deltaY: pixels })
    },

    async processes() {
      const { processInfo } = await browser.send('SystemInfo.getProcessInfo')
      return processInfo.map(({ type, id, cpuTime }) => ({ type, pid: id, cpuSeconds: cpuTime }))
    },

    async workerBytes() {
      const heaps = await Promise.all([...workers.values()].map((worker) => worker.send('Runtime.getHeapUsage')))
      return heaps.reduce((sum, heap) => sum + heap.usedSize + heap.embedderHeapUsedSize + heap.backingStorageSize, 0)
    },

    async collectGarbage() {
      await Promise.all([page, ...workers.values()].map((target) => target.send('HeapProfiler.collectGarbage')))
      return workers.size
    },

    traceTasks: () => traceTasks(browser),

    async quit() {
      const ended = once(child, 'exit')
      // Its processes are a group of their own; a browser that is asked to close may take seconds.
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
        process.kill(-child.pid, 'SIGKILL')
        await ended
      }
      await profile.remove()
    },
  }
}

/** The server sends the page drawn already: before it is hydrated, a file chosen would be lost. */
function isAlive(): boolean {
  const { useNuxtApp } = window as { useNuxtApp?: () => { isHydrating?: boolean } }
  return useNuxtApp?.().isHydrating === false
}
