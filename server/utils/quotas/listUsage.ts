import { donePrefix, openPrefix, parseDoneKey, parseOpenKey } from '~/server/utils/keys'
import type { KeyPage, ObjectCalls } from '~/server/utils/s3/objects'

export interface OpenMarker {
  id: string
  fileBytes: number
  /** By the store's clock, in whole seconds at many stores. */
  storedAt: number
}

/** What the bucket's markers said of an owner at one time. */
export interface Usage {
  /** By id. */
  open: ReadonlyMap<string, OpenMarker>
  openBytes: number
  /** Of completed files; 0 where nobody asked for it. */
  doneBytes: number
}

/**
 * Lists an owner's markers, 1,000 a call. The open ones come first: an upload that is completed meanwhile gets its done marker before
 * it loses the open one, so it is found at least once; what is found twice counts once.
 */
export async function listUsage(gateway: Pick<ObjectCalls, 'list'>, owner: string, { withDone }: { withDone: boolean }): Promise<Usage> {
  const open = new Map<string, OpenMarker>()
  for await (const { keys, storedAt } of pagesOf(gateway, openPrefix(owner))) {
    for (const key of keys) {
      const marker = parseOpenKey(key)
      if (marker) open.set(marker.id, { ...marker, storedAt: storedAt.get(key) ?? 0 })
    }
  }
  let doneBytes = 0
  if (withDone) {
    for await (const { keys } of pagesOf(gateway, donePrefix(owner))) {
      for (const { id, fileBytes } of keys.flatMap((key) => parseDoneKey(key) ?? [])) {
        doneBytes += fileBytes
        open.delete(id)
      }
    }
  }
  const openBytes = [...open.values()].reduce((sum, { fileBytes }) => sum + fileBytes, 0)
  return { open, openBytes, doneBytes }
}

async function* pagesOf(gateway: Pick<ObjectCalls, 'list'>, prefix: string): AsyncGenerator<KeyPage> {
  let after: string | undefined
  do {
    const page = await gateway.list(prefix, { after })
    yield page
    after = page.isLast ? undefined : page.keys.at(-1)
  } while (after)
}
