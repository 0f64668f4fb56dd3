import type { FirstByteRow, UploadRow } from '~/bench/compare/rows'

/** A row of an upload in which all went well. */
export function uploadRow(changes: Partial<UploadRow> = {}): UploadRow {
  const { link = 'b', subject = 'raw', fileBytes = 1e9, round = 1 } = changes
  return {
    id: `upload ${link} ${subject} ${fileBytes} ${round}`,
    kind: 'upload',
    at: '2026-11-26T00:00:00.000Z',
    link, subject, fileBytes, round,
    outcome: 'identical',
    totalMs: 10_000,
    firstByteMs: 200,
    browserCpuSeconds: 4,
    serverCpuSeconds: 0.5,
    rendererBytes: 50 * 1024 * 1024,
    longestTaskMs: 0,
    longTasks: 0,
    calls: 5,
    sentAgainBytes: 0,
    scriptGzipBytes: 10_000,
    ...changes,
  }
}

export function firstByteRow({ subject = 'raw', fileBytes = 1e6, round = 1, ...changes }: Partial<FirstByteRow>): FirstByteRow {
  return { id: `firstByte b ${subject} ${fileBytes} ${round}`, kind: 'firstByte', at: '2026-11-26T00:00:00.000Z', link: 'b', subject, fileBytes, round, ...changes }
}
