import type { Verifier } from '~/uploader/engine/types'
import { MiB } from '#shared/limits'
import { browserClock } from '~/uploader/adapters/browserClock'
import { memoryBytesFor } from '~/uploader/adapters/browserTraits'
import { createObjectHasher } from '~/uploader/adapters/objectHasher'
import { createObjectReader } from '~/uploader/adapters/objectReader'
import { createStoredFiles } from '~/uploader/adapters/storedFiles'
import { createSurroundings } from '~/uploader/adapters/surroundings'
import { quicker } from '~/uploader/engine/context'
import { createVerifier } from '~/uploader/engine/verify/createVerifier'

export interface BrowserVerifierOptions {
  /** Those that name the owner of the page; looked at with each call. */
  headers(): Record<string, string>
  timeDivisor: number
}

/** Joins what verifies stored files to this browser. A module of its own, so that it is loaded when somebody verifies one. */
export function createBrowserVerifier({ headers, timeDivisor }: BrowserVerifierOptions): Verifier {
  const isSmall = memoryBytesFor(navigator) !== undefined
  return createVerifier({
    clock: browserClock,
    random: Math.random,
    server: createStoredFiles({ headers }),
    reader: createObjectReader(createSurroundings(browserClock)),
    hasher: createObjectHasher(() => new Worker(new URL('../../uploader/worker/hash.worker.ts', import.meta.url), { type: 'module' })),
  }, { timing: quicker(timeDivisor), pieceBytes: isSmall ? 2 * MiB : 4 * MiB })
}
