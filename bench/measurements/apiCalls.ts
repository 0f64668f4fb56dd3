import type { ApiLoad } from '~/bench/apiLoad'
import type { Figure, Measurement } from '~/bench/figures'
import { defaultPartBytes } from '#shared/limits'
import { loadApi } from '~/bench/apiLoad'
import { onCore, pin } from '~/bench/cores'
import { percentile, showMemory, showMs } from '~/bench/figures'
import { targets } from '~/bench/targets'

const browsers = 200
const serverCore = 0
const otherCore = 1

/** Four parts a sign call, as a browser asks for them that sends 100 Mbit/s. */
const signedBytes = 4 * defaultPartBytes
const lineBytesPerSecond = 100e6 / 8
const pauseMs = signedBytes / lineBytesPerSecond * 1000

/** What the API bears: no page, no bytes of files, only what the pages of many people ask of one server. */
export const apiCalls: Measurement = {
  name: 'calls',
  title: `The calls of ${browsers} browsers at once, at one server on one core`,
  async measure({ runs }) {
    const paced: ApiLoad[] = []
    const unpaced: ApiLoad[] = []
    for (let run = 0; run < runs; run++) {
      paced.push(await measureOnce(pauseMs))
      unpaced.push(await measureOnce(0))
    }
    return {
      figures: [
        ...figuresOf(paced, 'as they send 100 Mbit/s each', showMs(targets.apiAnswerMs)),
        ...figuresOf(unpaced, 'without a pause'),
        { title: 'Server\'s memory, peak', values: [...paced, ...unpaced].map(({ serverBytes }) => serverBytes), show: showMemory, target: showMemory(targets.serverBytes) },
      ],
      notes: [
        'Each browser has a session and an address of its own and makes its calls one after the other: initiate, 40 sign calls for four parts, three looks at the status, complete.'
        + ` Sending those parts over 100 Mbit/s takes ${showMs(pauseMs)}, and so long is the pause before each call in the middle; all browsers together send 20 Gbit/s. Without a pause,`
        + ` all ${browsers} calls that can be under way are under way all the time, and an answer takes as long as ${browsers} calls take the core.`,
        'The server has a core to itself; the local store and all browsers share the other one, and what they make each other wait counts as the server\'s.'
        + ' The store\'s time is what its journal has about an upload while one of its calls goes on, each moment once. Lists name no upload there, and count as the server\'s time.',
      ],
    }
  },
}

async function measureOnce(pauseMs: number): Promise<ApiLoad> {
  const load = await onCore(otherCore, () => loadApi({ browsers, pauseMs, onServer: (pid) => pin(pid, serverCore) }))
  if (load.errors.length > 0 || load.completed < browsers) throw new Error(`Not everything was answered: ${load.errors.slice(0, 3).join('; ')}`)
  return load
}

function figuresOf(loads: ApiLoad[], how: string, target?: string): Figure[] {
  return [
    { title: `Calls, ${how}`, values: loads.map(({ calls }) => calls), show: String },
    { title: 'Errors', values: loads.map(({ errors }) => errors.length), show: String, target: '0' },
    { title: 'Answer, 99 of 100 calls, without the store\'s time', values: loads.map(({ ownMs }) => percentile(ownMs, 0.99)), show: showMs, ...target && { target } },
    { title: 'Answer, 99 of 100 calls', values: loads.map(({ answerMs }) => percentile(answerMs, 0.99)), show: showMs },
    { title: 'Answer, every other call', values: loads.map(({ answerMs }) => percentile(answerMs, 0.5)), show: showMs },
    { title: 'Calls a second', values: loads.map(({ calls, totalMs }) => calls / totalMs * 1000), show: (rate) => rate.toFixed(0) },
  ]
}
