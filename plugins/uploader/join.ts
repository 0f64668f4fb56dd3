import type { useAccessStore } from '~/stores/access'
import type { useChosenStore } from '~/stores/chosen'
import type { useUploadsStore } from '~/stores/uploads'
import { nextTick, onNuxtReady } from '#imports'
import { createAccessChannel } from '~/uploader/adapters/accessChannel'
import { createAccessCalls } from '~/uploader/adapters/accessCalls'
import { createAdmission } from '~/uploader/adapters/admission'
import { createApi } from '~/uploader/adapters/api'
import { browserClock } from '~/uploader/adapters/browserClock'
import { signIdentity } from '~/uploader/adapters/browserIdentity'
import { bodyKindFor, memoryBytesFor } from '~/uploader/adapters/browserTraits'
import { openDatabase } from '~/uploader/adapters/database'
import { createDexieRecords } from '~/uploader/adapters/dexieRecords'
import { followPageLife } from '~/uploader/adapters/pageLife'
import { createSurroundings } from '~/uploader/adapters/surroundings'
import { createTabChannel } from '~/uploader/adapters/tabChannel'
import { createTabLocks, lockOf } from '~/uploader/adapters/tabLocks'
import { createOwnerMemory } from '~/uploader/adapters/whose'
import { createWorkerFiles } from '~/uploader/adapters/workerFiles'
import { createXhrTransport } from '~/uploader/adapters/xhrTransport'
import { quicker } from '~/uploader/engine/context'
import { createPatience } from '~/uploader/engine/patience'
import { createUploader } from '~/uploader/engine/uploader'

export interface Screen {
  access: ReturnType<typeof useAccessStore>
  chosen: ReturnType<typeof useChosenStore>
  uploads: ReturnType<typeof useUploadsStore>
}

export interface SiteSettings {
  /** Length of a part where the person sets none, in bytes; empty means that the engine decides. */
  partBytes: string
  /** Waits and watchdogs are shorter by this factor; empty means 1. */
  timeDivisor: string
}

/** The one place where engine, adapters and screen are joined. */
export function join({ access, chosen, uploads }: Screen, { partBytes, timeDivisor }: SiteSettings): void {
  const database = openDatabase()
  const patience = createPatience(browserClock)
  const locks = createTabLocks(lockOf(navigator, { database, patience, clock: browserClock, holder: crypto.randomUUID() }))
  const admission = createAdmission({
    calls: createAccessCalls({ identify: () => signIdentity(database, patience), locks }),
    memory: createOwnerMemory(database, patience),
    channel: createAccessChannel(),
    arePersons: access.mode === 'oauth',
    listener: {
      told: ({ limits, quota }) => chosen.limit({ store: limits, ...quota }),
      entered: (person) => {
        access.entered(person, admission.owner)
        uploads.goOn()
      },
      refused: access.refused,
      unknown: access.unknown,
      over: () => void startOver(),
    },
  })
  const files = createWorkerFiles(() => new Worker(new URL('../../uploader/worker/hash.worker.ts', import.meta.url), { type: 'module' }))
  const uploader = createUploader({
    clock: browserClock,
    random: Math.random,
    newId: () => crypto.randomUUID(),
    api: { ...createApi({ whose: admission }), session: admission.session },
    transport: createXhrTransport(createSurroundings(browserClock)),
    files,
    records: createDexieRecords(database, admission, patience),
    locks,
    tabs: createTabChannel(admission),
  }, {
    partBytes: Number(partBytes) || undefined,
    bodies: bodyKindFor(navigator),
    memoryBytes: memoryBytesFor(navigator),
    siteOrigin: location.origin,
    timing: quicker(Number(timeDivisor) || 1),
  })
  followPageLife([admission, uploader], { window, document })
  // The first file is read at once then, a round trip earlier.
  onNuxtReady(files.prepare)
  access.connect(admission)
  void uploads.connect(uploader, admission.begin())

  /** Nothing of the one who has left stays in the page, be it in memory. */
  async function startOver() {
    uploads.disconnect()
    chosen.clear()
    await uploader.close()
    // Whoever listens for the page being left has heard that nothing would stop any more.
    await nextTick()
    location.reload()
  }
}
