import { useRuntimeConfig } from '#imports'
import { useUploadsStore } from '~/stores/uploads'
import type { SpeedSecond } from '~/uploader/engine/types'
import { diagnosticsText } from './parts/diagnosticsText'

export interface UploadDetails {
  /** What left in each of the last seconds, the oldest first. Not reactive. */
  speeds(id: string): SpeedSecond[]
  /** What happened to an upload, as text that may be shown to anybody; empty for one that is not known. */
  diagnostics(id: string): string
}

/** The past of an upload, for whoever wants to look closer. */
export function useUploadDetails(): UploadDetails {
  const store = useUploadsStore()
  const { buildId } = useRuntimeConfig().app
  return {
    speeds: store.speeds,
    diagnostics(id) {
      const upload = store.upload(id)
      if (!upload) return ''
      return diagnosticsText({ upload, events: store.events(id), parts: store.parts(id), settings: store.settings, build: String(buildId), browser: navigator, madeAt: Date.now() })
    },
  }
}
