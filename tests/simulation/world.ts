import type { SharedLocks } from './locks'
import type { Mail } from './mail'
import type { Server } from './server'
import type { Store } from './store'
import type { OperationName, Phase, Story } from './story'
import type { DiskFile } from './disk'
import type { Tab } from './tab'
import type { VirtualTime } from './virtualTime'
import type { Watch } from './watch'
import type { UploadRecords } from '~/uploader/engine/ports'

/** Everything that a story plays in. */
export interface World {
  story: Story
  time: VirtualTime
  store: Store
  server: Server
  locks: SharedLocks
  mail: Mail
  records: UploadRecords
  disk: DiskFile[]
  tabs: Tab[]
  watch: Watch
  /** What the machine's clock shows beyond the time that has passed; set by the person. */
  wallOffsetMs: number
  /** Answers how often this has happened before, and once more now. */
  count(op: OperationName): number
  /** Something of the story that is tied to an operation may happen now. */
  reach(op: OperationName, nth: number, phase: Phase): void
  isUnder(kind: Story['spells'][number]['kind']): boolean
  /** No fault and no spell any more: the story is over. */
  isCalm: boolean
}
