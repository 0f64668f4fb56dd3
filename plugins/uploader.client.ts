import { defineNuxtPlugin, useRuntimeConfig } from '#imports'
import { useUploadsStore } from '~/stores/uploads'
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
import { createWorkerFiles } from '~/uploader/adapters/workerFiles'
import { createXhrTransport } from '~/uploader/adapters/xhrTransport'
import { quicker } from '~/uploader/engine/context'
import { createPatience } from '~/uploader/engine/patience'
import { createUploader } from '~/uploader/engine/uploader'

/** The one place where engine, adapters and screen are joined. */
export default defineNuxtPlugin(() => {
  const { partBytes, timeDivisor } = useRuntimeConfig().public
  const database = openDatabase()
  const patience = createPatience(browserClock)
  const locks = createTabLocks(lockOf(navigator, { database, patience, clock: browserClock, holder: crypto.randomUUID() }))
  const uploader = createUploader({
    clock: browserClock,
    random: Math.random,
    newId: () => crypto.randomUUID(),
    api: createApi({ identify: () => signIdentity(database, patience), locks }),
    transport: createXhrTransport(createSurroundings(browserClock)),
    files: createWorkerFiles(() => new Worker(new URL('../uploader/worker/hash.worker.ts', import.meta.url), { type: 'module' })),
    records: createDexieRecords(database),
    locks,
    tabs: createTabChannel(),
  }, {
    // Empty means that the engine decides.
    partBytes: Number(partBytes) || undefined,
    bodies: bodyKindFor(navigator),
    memoryBytes: memoryBytesFor(navigator),
    siteOrigin: location.origin,
    timing: quicker(Number(timeDivisor) || 1),
  })
  followPageLife(uploader, { window, document })
  void useUploadsStore().connect(uploader)
})
