import type { Stage } from './stage'
import { throttle } from '~/tests/proxy'

/** Everything that is sent from now on moves at the stage's own pace. */
export function slowDown({ toStore, scale }: Stage) {
  toStore.on({ operation: 'UploadPart' }, throttle({ upBytesPerSecond: scale.bytesPerSecond, per: 'rule' }))
}

/** A new person's page with files of so many parts on their way. */
export async function sending(stage: Stage, files: readonly (readonly [name: string, parts: number])[]) {
  slowDown(stage)
  const uploads = await stage.open()
  const made = await stage.files(files.map(([name, parts]) => [name, Math.ceil(parts * stage.partBytes)]))
  await uploads.add(...made)
  for (const [name] of files) await uploads.untilStatus(name, 'uploading')
  return { uploads, made }
}
