import type { Clock } from './ports'
import type { LoggedEvent, UploadIncident } from './types'

/** Of each upload: parts that came and went, which there are thousands of, and apart from them what else happened. */
const mostRoutine = 60
const mostIncidents = 140

/** Over all uploads together, some megabytes. Then the log of the one that nothing has happened to for longest is let go. */
const mostInAll = 20_000

/** The last events of each upload, kept in memory that is bounded however many uploads there are. */
export interface Logbook {
  note(upload: object, incident: UploadIncident): void
  /** In the order in which they happened; the oldest may be missing. */
  read(upload: object): LoggedEvent[]
  forget(upload: object): void
}

interface Log {
  routine: Noted[]
  incidents: Noted[]
}

/** Clocks are too coarse to tell what came first. */
interface Noted {
  order: number
  event: LoggedEvent
}

const sizeOf = ({ routine, incidents }: Log) => routine.length + incidents.length

export function createLogbook(clock: Clock): Logbook {
  /** The one that was written to last comes last. */
  const logs = new Map<object, Log>()
  let inAll = 0
  let noted = 0

  function forget(upload: object) {
    const log = logs.get(upload)
    if (!log) return
    inAll -= sizeOf(log)
    logs.delete(upload)
  }

  return {
    forget,

    note(upload, incident) {
      const log = logs.get(upload) ?? { routine: [], incidents: [] }
      inAll -= sizeOf(log)
      const [events, most] = incident.type === 'sent' || incident.type === 'landed'
        ? [log.routine, mostRoutine]
        : [log.incidents, mostIncidents]
      events.push({ order: noted++, event: { ...incident, at: clock.now(), elapsedMs: clock.elapsed() } })
      if (events.length > most) events.shift()
      inAll += sizeOf(log)

      logs.delete(upload)
      logs.set(upload, log)
      while (inAll > mostInAll) {
        const [quietest] = logs.keys()
        if (quietest === undefined || quietest === upload) return
        forget(quietest)
      }
    },

    read(upload) {
      const { routine, incidents } = logs.get(upload) ?? { routine: [], incidents: [] }
      return [...incidents, ...routine].sort((one, other) => one.order - other.order).map(({ event }) => event)
    },
  }
}
