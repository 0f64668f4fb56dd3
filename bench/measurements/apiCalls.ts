import type { ApiLoad } from '~/bench/apiLoad'
import type { Measurement } from '~/bench/figures'
import { loadApi } from '~/bench/apiLoad'
import { onCore, pin } from '~/bench/cores'
import { percentile, showMemory, showMs } from '~/bench/figures'
import { targets } from '~/bench/targets'

const browsers = 200
const serverCore = 0
const otherCore = 1

/** What the API bears: no page, no bytes of files, only what the pages of many people ask of one server. */
export const apiCalls: Measurement = {
  name: 'calls',
  title: `The calls of ${browsers} browsers at once, at one server on one core`,
  async measure({ runs }) {
    const loads: ApiLoad[] = []
    for (let run = 0; run < runs; run++) {
      loads.push(await onCore(otherCore, () => loadApi({ browsers, onServer: (pid) => pin(pid, serverCore) })))
    }
    const failed = loads.flatMap(({ errors }) => errors)
    if (failed.length > 0 || loads.some(({ completed }) => completed < browsers)) throw new Error(`Not everything was answered: ${failed.slice(0, 3).join('; ')}`)
    return {
      figures: [
        { title: 'Calls', values: loads.map(({ calls }) => calls), show: String },
        { title: 'Errors', values: loads.map(({ errors }) => errors.length), show: String, target: '0' },
        { title: 'Answer, 99 of 100 calls, without the store\'s time', values: loads.map(({ ownMs }) => percentile(ownMs, 0.99)), show: showMs, target: showMs(targets.apiAnswerMs) },
        { title: 'Answer, 99 of 100 calls', values: loads.map(({ answerMs }) => percentile(answerMs, 0.99)), show: showMs },
        { title: 'Answer, every other call', values: loads.map(({ answerMs }) => percentile(answerMs, 0.5)), show: showMs },
        { title: 'Calls a second', values: loads.map(({ calls, totalMs }) => calls / totalMs * 1000), show: (rate) => rate.toFixed(0) },
        { title: 'Server\'s memory, peak', values: loads.map(({ serverBytes }) => serverBytes), show: showMemory, target: showMemory(targets.serverBytes) },
      ],
      notes: [
        'Each browser has a session and an address of its own and makes its calls one after the other without a pause: initiate, 40 sign calls for four parts, three looks at the status, complete.'
        + ' The server has a core to itself; the local store and all browsers share the other one, and what they make each other wait counts as the server\'s.',
        'The store\'s time is what its journal has about an upload while one of its calls goes on, each moment once. Lists name no upload there, and count as the server\'s time.',
      ],
    }
  },
}
