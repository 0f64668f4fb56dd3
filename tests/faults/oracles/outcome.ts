import type { Oracle } from './evidence'
import { idOf, lastSightings } from './evidence'

/** States that tell by themselves how an upload is doing. */
const underWay = new Set(['queued', 'opening', 'uploading', 'proving', 'paused', 'assembling', 'discarding', 'away'])

/** O1: what was called completed is in the store, with the bytes that were selected. */
export const completedIsStored: Oracle = ({ sightings, selected, objects }) => {
  const completed = new Map(sightings.filter(({ status }) => status === 'completed').map((sighting) => [sighting.id, sighting]))
  return [...completed.values()].flatMap(({ id, name, sha256 }) => {
    const object = objects.find(({ key }) => idOf(key) === id)
    if (!object) return [`${name} was called completed, and there is no object`]
    // Names that would harm a page are shown otherwise than they are.
    const candidates = selected.some((file) => file.name === name) ? selected.filter((file) => file.name === name) : selected
    const isSelected = candidates.some((file) => file.sha256 === object.sha256 && file.bytes === object.bytes)
    return [
      ...isSelected ? [] : [`${name} was called completed, and the object holds other bytes`],
      ...sha256 === undefined || sha256 === object.sha256 ? [] : [`The receipt of ${name} tells another SHA-256 than the object's`],
    ]
  })
}

/** O2: what is not completed says how it is, and where it stopped, a code and what to do. */
export const unfinishedIsShown: Oracle = (evidence) => lastSightings(evidence).flatMap(({ name, status, reason, code, advice }) => {
  if (status === 'completed' || status === 'gone' || underWay.has(status)) return []
  if (status === 'waiting') return reason ? [] : [`${name} waits, and the page does not say for what`]
  if (status !== 'failed') return [`${name} is in a state that nobody knows: ${status}`]
  return code && advice ? [] : [`${name} has failed without ${code ? 'a word of advice' : 'a code'}`]
})

/** O5: a multipart upload is open only for what is unfinished, and one for each. */
export const nothingIsLeftOpen: Oracle = (evidence) => {
  const states = new Map<string, string[]>()
  for (const { id, status } of lastSightings(evidence)) states.set(id, [...states.get(id) ?? [], status])
  return evidence.openKeys.flatMap((key, index) => {
    const shown = states.get(idOf(key)) ?? []
    if (evidence.openKeys.indexOf(key) !== index) return [`${key} has more than one multipart upload`]
    if (shown.length === 0) return [`${key} is open, and no page has shown it`]
    const isOver = shown.some((status) => status === 'completed') || shown.every((status) => status === 'gone')
    return isOver ? [`${key} is open though its upload is over`] : []
  })
}
