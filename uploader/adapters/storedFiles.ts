import type { DownloadAnswer, FilePartsAnswer } from '#shared/api'
import type { StoredFiles } from '~/uploader/engine/verify/ports'
import type { CallsOptions } from './calls'
import { createCalls } from './calls'

/** Our server's calls about files that arrived. */
export function createStoredFiles(options: CallsOptions): StoredFiles {
  const { call } = createCalls(options)
  return {
    locate: (id, signal) => call<DownloadAnswer>(`files/${id}/download`, { method: 'GET', signal }),
    partDigests: async (id, signal) => (await call<FilePartsAnswer>(`files/${id}/parts`, { method: 'GET', signal })).digests,
  }
}
