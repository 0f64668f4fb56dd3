import type { DevToolsSession } from './devtoolsPipe'

/** One task of a page's main thread, in milliseconds. */
export interface TracedTask {
  /** From its beginning to its end, waits for a core included. */
  wallMs: number
  /** For how much of that it had one, at most: of a few tasks the browser does not tell it. */
  cpuMs: number
}

interface TraceEvent {
  name: string
  /** `X` for what has a duration, `M` for what tells of a thread. */
  ph: string
  pid: number
  tid: number
  /** Microseconds, of the clock and of the thread. */
  dur?: number
  tdur?: number
  args?: { name?: string }
}

const mainThread = 'CrRendererMain'
const taskName = 'ThreadControllerImpl::RunTask'

/** Has the browser note all tasks from now on; the answer ends that, and tells those of the busiest page. */
export async function traceTasks(browser: DevToolsSession): Promise<() => Promise<TracedTask[]>> {
  const threads = new Set<string>()
  const tasks = new Map<string, TracedTask[]>()
  let isWhole = true
  browser.on<{ value: TraceEvent[] }>('Tracing.dataCollected', ({ value }) => {
    for (const { name, ph, pid, tid, dur = 0, tdur = dur, args } of value) {
      const thread = `${pid} ${tid}`
      if (ph === 'M' && args?.name === mainThread) threads.add(thread)
      if (ph !== 'X' || name !== taskName) continue
      const task = { wallMs: dur / 1000, cpuMs: tdur / 1000 }
      const known = tasks.get(thread)
      if (known) known.push(task)
      else tasks.set(thread, [task])
    }
  })
  const isComplete = new Promise<void>((resolve) => {
    browser.on<{ dataLossOccurred: boolean }>('Tracing.tracingComplete', ({ dataLossOccurred }) => {
      if (dataLossOccurred) isWhole = false
      resolve()
    })
  })
  await browser.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { recordMode: 'recordAsMuchAsPossible', includedCategories: ['toplevel'] } })

  return async () => {
    await browser.send('Tracing.end')
    await isComplete
    const [busiest = []] = [...threads].map((thread) => tasks.get(thread) ?? []).sort((one, other) => other.length - one.length)
    if (busiest.length === 0 || !isWhole) throw new Error('The browser has not noted all tasks of the page')
    return busiest
  }
}
