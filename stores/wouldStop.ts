import type { UploadSnapshot } from '~/uploader/engine/types'
import { isActive } from './uploadTotals'

/** Whether any of these uploads comes to a stop when this page is left or falls asleep. */
export function wouldStop(uploads: Iterable<UploadSnapshot>): boolean {
  for (const upload of uploads) if (goesOnHere(upload)) return true
  return false
}

/** What another tab is at goes on there, and what waits for the person to sign in waits anyway. */
function goesOnHere(upload: UploadSnapshot): boolean {
  const { state, isElsewhere } = upload
  if (isElsewhere || !isActive(upload)) return false
  return state.status !== 'waiting' || (state.reason !== 'sign_in' && state.reason !== 'other_tab')
}
