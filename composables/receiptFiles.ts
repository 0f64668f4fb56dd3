import type { Receipt } from '#shared/api'
import { displayName } from './displayName'

/** A small file that the browser makes by itself. */
export interface MadeFile {
  name: string
  contentType: string
  text: string
}

/**
 * The receipt as JSON. Programs may rely on it: within one `version` every key is there and means the same, with null where there
 * is nothing to say. Dates are ISO 8601 in UTC, sizes bytes.
 */
export function receiptAsJson(receipt: Receipt): MadeFile {
  const content = {
    version: 1,
    id: receipt.id,
    fileName: receipt.fileName,
    relativePath: receipt.relativePath ?? null,
    fileBytes: receipt.fileBytes,
    contentType: receipt.contentType,
    completedAt: new Date(receipt.completedAt).toISOString(),
    sha256: receipt.sha256 ?? null,
    fingerprint: receipt.fingerprint,
    partBytes: receipt.partBytes,
    partCount: receipt.partCount,
    digestAlgorithm: receipt.digestAlgorithm,
    compositeDigest: receipt.compositeDigest,
    etag: receipt.etag,
  }
  return { name: `${savedName(receipt)}.receipt.json`, contentType: 'application/json', text: `${JSON.stringify(content, undefined, 2)}\n` }
}

/** What `sha256sum -c` reads, for the file beside it. Undefined where the receipt has no SHA-256 yet. */
export function receiptAsSha256(receipt: Receipt): MadeFile | undefined {
  if (receipt.sha256 === undefined) return undefined
  return { name: `${savedName(receipt)}.sha256`, contentType: 'text/plain', text: sha256sumLine(baseName(receipt), receipt.sha256) }
}

/** Browsers replace what file systems do not take by themselves. */
function savedName(receipt: Receipt): string {
  return displayName(baseName(receipt))
}

function baseName({ fileName }: Receipt): string {
  return fileName.slice(fileName.lastIndexOf('/') + 1).toWellFormed()
}

/** A line as coreutils writes it: a name that would break it is escaped, and a backslash before the line says so. */
function sha256sumLine(fileName: string, sha256: string): string {
  // A bare dash would be read as "standard input".
  const name = fileName === '-' ? './-' : fileName
  const escaped = name.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
  return `${escaped === name ? '' : '\\'}${sha256}  ${escaped}\n`
}
