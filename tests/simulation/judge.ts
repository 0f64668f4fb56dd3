import type { Receipt } from '#shared/api'
import type { ErrorCode } from '#shared/errors'
import type { UploadSnapshot } from '~/uploader/engine/types'
import type { Tab } from './tab'
import type { World } from './world'
import { partCount } from '#shared/partPlan'
import { wholeDigestOf } from './disk'

/** What on purpose went wrong explains each failure; a code that is not here explains nothing, and is a violation. */
const explanations: Partial<Record<ErrorCode, readonly string[]>> = {
  file_mismatch: ['edit', 'twin'],
  file_changed: ['edit'],
  file_unreadable: ['edit'],
  // The server knows the id for the file as it was when another tab opened it.
  invalid_request: ['edit'],
  sign_in: ['signed out'],
  server_clock: ['put expired'],
  store_config: ['put config'],
  store_cors: ['put hidden'],
  store_rejected: ['put rejected'],
  digest_refused: ['put bent'],
  worker_failed: ['digest worker failed'],
  upload_gone: ['lose upload', 'discarded elsewhere'],
  parts_mismatch: ['lose part', 'late'],
  // A discard may reach the server once more, long after the file was picked again under the same id.
  not_found: ['discarded elsewhere', 'abort twice', 'abort late'],
  // A discard gives up after a few tries, and shows that something may be left.
  server_unreachable: ['discard'],
  server_error: ['discard'],
  offline: ['discard'],
  rate_limited: ['discard'],
  store_unavailable: ['discard'],
}

/** Nothing will happen any more without the person: every upload has ended, or says what it waits for. */
export function judgeRest(world: World) {
  const { watch, tabs } = world
  watch.atRest()
  for (const tab of tabs) {
    if (tab.isDead) continue
    for (const upload of tab.uploader.snapshots()) judgeUpload(world, tab, upload)
    judgeList(world, tab)
  }
  for (const receipt of receiptsOf(world)) judgeObject(world, receipt)
  const parts = world.disk.length * 20
  const causes = [...watch.causes.values()].reduce((sum, count) => sum + count, 0) + world.story.acts.length + tabs.length
  const spellSeconds = world.story.spells.reduce((sum, { ms }) => sum + ms / 1000, 0)
  // What the store is slow to put together is asked after every two seconds.
  const assemblingSeconds = world.story.acts.reduce((sum, { deed }) => sum + (deed.type === 'assemble slowly' ? deed.ms / 1000 : 0), 0)
  const most = 100 + parts * (4 + causes) + spellSeconds * 4 * parts + assemblingSeconds / 2 * world.disk.length
  if (watch.calls > most) watch.broken('O6', `${watch.calls} calls, where ${most} are many`)
}

/** Nothing that the person wanted to send is forgotten: it is on the list, or its bytes have arrived. */
function judgeList({ store, watch }: World, tab: Tab) {
  const listed = new Set(tab.uploader.snapshots().map(({ fileName }) => fileName))
  for (const { name, versions } of tab.wanted) {
    if (listed.has(name) || [...store.objects.values()].some((tokens) => versions.some((version) => isSame(version, tokens)))) continue
    watch.broken('Nothing is lost', `${name} was added, and is neither listed nor stored`)
  }
}

function judgeUpload(world: World, tab: Tab, upload: UploadSnapshot) {
  const { watch } = world
  const { id, state } = upload
  switch (state.status) {
    case 'completed':
      if (!world.server.kept.get(id)?.receipt) watch.broken('O1', `${id} is shown as completed, and the server knows nothing of that`)
      return judgeReceipt(world, upload, state.receipt)
    case 'paused':
      if (upload.hasFile && !watch.isStopWanted(tab, upload)) watch.broken('Always ends', `${id} is paused, and nobody paused it`)
      return
    case 'failed':
      if (!isExplained(world, state.code)) watch.broken('Always ends', `${id} failed with ${state.code}, which nothing explains`)
      return
    case 'waiting':
      if (state.reason === 'other_tab' && world.locks.holder(id) !== undefined && world.locks.holder(id) !== tab) return
      return watch.broken('Always ends', `${id} waits for ${state.reason}, and nothing will ever end that`)
    default:
      watch.broken('Always ends', `${id} is ${state.status}, and nothing will ever happen again`)
  }
}

function isExplained({ watch, story, tabs }: World, code: ErrorCode): boolean {
  const causes = [...watch.causes.keys()]
  return explanations[code]?.some((cause) => {
    if (cause === 'twin') return story.files.some(({ isTwin }) => isTwin)
    const isDiscarded = story.acts.some(({ deed }) => deed.type === 'discard')
    if (cause === 'discard') return isDiscarded
    // By a tab that was there before, or that came later: a discard may take long to reach the server.
    if (cause === 'discarded elsewhere') return isDiscarded && tabs.length > 1
    return causes.some((noted) => noted.startsWith(cause) || noted.endsWith(cause))
  }) ?? false
}

function receiptsOf({ server }: World): Receipt[] {
  return [...server.kept.values()].flatMap(({ receipt }) => receipt ?? [])
}

/** An object holds exactly one version of a file that was wholly there. */
function judgeObject({ store, disk, watch }: World, { id, sha256, fileBytes, partBytes, partCount: count }: Receipt) {
  const tokens = store.objects.get(id)
  if (!tokens) return watch.broken('O1', `${id} has a receipt and no object`)
  const isVersion = disk.some(({ bytes, versions }) => bytes === fileBytes && versions.some((version) => isSame(version, tokens)))
  if (!isVersion) watch.broken('O1', `${id} holds bytes that no file ever had: ${tokens.join(' ')}`)
  if (sha256 !== undefined && sha256 !== wholeDigestOf(tokens)) watch.broken('O1', `the receipt of ${id} has the hash of other bytes`)
  if (count !== partCount({ fileBytes, partBytes })) watch.broken('O1', `the receipt of ${id} has a wrong number of parts`)
}

/** What the page calls completed is the very file that the person sees under that name, in some version of it. */
function judgeReceipt({ store, disk, watch }: World, { id, fileName, fileBytes }: UploadSnapshot, receipt: Receipt) {
  if (receipt.id !== id || receipt.fileBytes !== fileBytes) watch.broken('O1', `${id} shows the receipt of another upload`)
  const tokens = store.objects.get(receipt.id)
  const file = disk.find(({ name }) => name === fileName)
  if (tokens && !file?.versions.some((version) => isSame(version, tokens))) {
    watch.broken('O1', `${id} is completed with bytes that ${fileName} never had: ${tokens.join(' ')}, not ${file?.versions.map((version) => version.join(' ')).join(' or ')}`)
  }
}

const isSame = (one: readonly number[], other: readonly number[]) =>
  one.length === other.length && one.every((token, index) => token === other[index])

/** After a good day everything has arrived, but for what the person edited or mixed up; after a discard nothing is left. */
export function judgeEnd(world: World, tab: Tab, { isDiscarded = false } = {}) {
  const { watch, store, server, disk, story } = world
  for (const { id, state, fileName, hasFile } of tab.uploader.snapshots()) {
    const file = disk.find(({ name }) => name === fileName)
    const isEdited = (file?.versions.length ?? 0) > 1 || file?.isDeleted || file?.modifiedAt !== 1
    const hasTwin = story.files.some(({ isTwin }) => isTwin)
    if (state.status === 'completed' || (!isDiscarded && (isEdited || hasTwin))) continue
    watch.broken(isDiscarded ? 'Discard' : 'Always ends', `${id} (${fileName}, ${hasFile ? 'with' : 'without'} its file) is still ${state.status}${state.status === 'failed' ? ` (${state.code})` : ''}`)
  }
  if (!isDiscarded) return
  for (const { key } of store.open.values()) {
    if (!server.strays.has(key)) watch.broken('O5', `the multipart upload of ${key} is still open`)
  }
  for (const { id, receipt } of server.kept.values()) {
    if (!receipt && !server.strays.has(id)) watch.broken('O5', `the record of ${id} is still there`)
  }
}
