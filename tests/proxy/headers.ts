export type Header = [name: string, value: string]

export function readHeaders(rawHeaders: readonly string[]): Header[] {
  return rawHeaders.flatMap((name, at): Header[] => (at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? '']] : []))
}

export function without(headers: Header[], ...names: string[]): Header[] {
  return headers.filter(([name]) => !names.includes(name.toLowerCase()))
}

/** A connection's own affairs, which are different on both sides of the proxy. */
export function withoutConnection(headers: Header[]): Header[] {
  return without(headers, 'connection', 'keep-alive', 'proxy-connection')
}

export function findHeader(headers: Header[], wanted: string): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1]
}

/** The middle of a body of which the length is announced, in bytes; 0 otherwise. */
export function middleOf(headers: Header[]): number {
  return Math.floor(Number(findHeader(headers, 'content-length') ?? 0) / 2)
}
