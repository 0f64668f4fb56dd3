/** What file systems take. A longer name would also not fit the 8 KB that S3 gives a request's headers. */
const longestName = 255

/**
 * `Content-Disposition` for a download under the file's own name: RFC 6266, in one line of ASCII. The exact name travels
 * percent-encoded (RFC 8187); old clients get a plain one. A name over 255 characters keeps its beginning and its extension.
 */
export function attachment(fileName: string): string {
  const name = shortened(fileName.toWellFormed())
  const plain = name.normalize('NFKD').replace(/[\u0300-\u036F]/g, '').replace(/[^\x20-\x7E]|["\\/%;]/g, '_')
  const exact = encodeURIComponent(name).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
  return `attachment; filename="${plain}"; filename*=UTF-8''${exact}`
}

function shortened(name: string): string {
  const characters = [...name]
  if (characters.length <= longestName) return name
  const extension = [.../\.[^./\\]{1,16}$/.exec(name)?.[0] ?? '']
  return [...characters.slice(0, longestName - extension.length), ...extension].join('')
}
