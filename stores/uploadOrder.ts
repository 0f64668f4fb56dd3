/** Ids in the order in which they were added. Nothing but `list` looks at more than one of them. */
export interface UploadOrder {
  /** Does nothing for an id that is in it already. */
  add(id: string): void
  remove(id: string): void
  /** `newId` takes the place of `id`. */
  replace(id: string, newId: string): void
  /** The same array as before where nothing has changed since. */
  list(): readonly string[]
}

/** What leaves, leaves a hole, which is closed when the order is next looked at: taking 10,000 away costs one look. */
export function createUploadOrder(): UploadOrder {
  const places = new Map<string, number>()
  let ids: (string | undefined)[] = []
  let latest: readonly string[] | undefined = []

  function put(id: string, place: number) {
    ids[place] = id
    places.set(id, place)
    latest = undefined
  }

  function remove(id: string) {
    const place = places.get(id)
    if (place === undefined) return
    places.delete(id)
    ids[place] = undefined
    latest = undefined
  }

  function closeHoles(): readonly string[] {
    const listed = ids.filter((id) => id !== undefined)
    ids = [...listed]
    listed.forEach((id, place) => places.set(id, place))
    return listed
  }

  return {
    remove,

    add(id) {
      if (!places.has(id)) put(id, ids.length)
    },

    replace(id, newId) {
      const place = places.get(id)
      if (place === undefined || places.has(newId)) return remove(id)
      remove(id)
      put(newId, place)
    },

    list: () => latest ??= closeHoles(),
  }
}
