import type { Receipt } from '#shared/api'

/** Whether a file's name or its folders hold the words as they are typed, in any case, or its SHA-256 begins with them. */
export function matchesSearch({ fileName, relativePath, sha256 }: Pick<Receipt, 'fileName' | 'relativePath' | 'sha256'>, search: string): boolean {
  const wanted = search.trim().toLowerCase()
  const path = relativePath ? `${relativePath}/${fileName}` : fileName
  return path.toLowerCase().includes(wanted) || (wanted !== '' && sha256?.startsWith(wanted) === true)
}
