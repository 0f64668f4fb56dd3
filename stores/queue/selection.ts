/** Ids of the uploads that the person has ticked. Never changed; a newer one replaces it. */
export type Selection = ReadonlySet<string>

export const nothingSelected: Selection = new Set()

export function toggled(selection: Selection, id: string): Selection {
  const next = new Set(selection)
  if (!next.delete(id)) next.add(id)
  return next
}

/** All from one to the other, as they are shown, become what the latter is about to be. Only that one where the former is not shown. */
export function toggledThrough(selection: Selection, shown: readonly string[], fromId: string | undefined, toId: string): Selection {
  const [from, to] = [fromId === undefined ? -1 : shown.indexOf(fromId), shown.indexOf(toId)]
  if (from < 0 || to < 0) return toggled(selection, toId)
  const range = shown.slice(Math.min(from, to), Math.max(from, to) + 1)
  const next = new Set(selection)
  for (const id of range) {
    if (selection.has(toId)) next.delete(id)
    else next.add(id)
  }
  return next
}

/** What is not shown any more is not selected any more: nothing is done to what nobody sees. */
export function stillShown(selection: Selection, shown: readonly string[]): Selection {
  if (selection.size === 0) return selection
  const kept = new Set(shown.filter((id) => selection.has(id)))
  return kept.size === selection.size ? selection : kept
}
