import { describe, expect, it } from 'vitest'
import { hold } from '~/tests/proxy'
import type { FaultWorld } from './faultWorld'
import { begin, inFaultWorld } from './faultWorld'

const parts = 40
const reached = 30

const putsOf = (world: FaultWorld) => world.toStore.journal.filter(({ operation, upstreamStatus }) => operation === 'UploadPart' && upstreamStatus === 200)

/** Sends most of a file; then the store loses all of it, as by a lifecycle rule. */
async function loseMost(world: FaultWorld, language?: string) {
  const rule = world.toStore.on({ operation: 'UploadPart', partNumber: reached }, hold())
  const { file, visit } = await begin(world, parts, { language })
  await rule.reached
  const [recordBefore = ''] = await world.store.keys('records/')
  return {
    file,
    visit,
    recordBefore,
    async lose() {
      await world.store.abortMultipartUploads()
      rule.release()
      rule.remove()
    },
  }
}

/** All parts of the file were sent under the new upload: none of the old ones was counted. */
async function expectAnew(world: FaultWorld, recordBefore: string, putsBefore: number) {
  const later = putsOf(world).slice(putsBefore)
  expect(new Set(later.map(({ partNumber }) => partNumber)).size).toBe(parts)
  const [recordAfter, ...more] = await world.store.keys('records/')
  expect(more).toEqual([])
  expect(recordAfter).not.toBe(recordBefore)
}

describe('10: an upload that the store has lost', () => {
  it.each([['en-US', 'no longer keeps'], ['zh-CN', '已没有']])('begins anew by itself while the file is at hand, and says why in words (%s)', (language, words) => inFaultWorld({}, async (world) => {
    const { file, visit, recordBefore, lose } = await loseMost(world, language)
    const before = putsOf(world).length
    await lose()
    const notice = visit.page.locator('[data-testid="notice"] [data-code="upload_gone"]')
    await notice.waitFor()
    expect(await notice.innerText()).toContain(words)
    await visit.untilStatus(file.name, 'completed')
    expect(await visit.sha256(file.name)).toBe(file.sha256)
    await world.expectDelivered(file)
    await expectAnew(world, recordBefore, before)
  }))

  it.each([['en-US', 'as soon as you choose it again'], ['zh-CN', '重新选择该文件后即开始']])('is offered after a reload with nothing safe, and begins anew when the file is picked (%s)', (language, words) => inFaultWorld({}, async (world) => {
    const { file, visit, recordBefore, lose } = await loseMost(world, language)
    await visit.row(file.name).getByTestId('pause').click()
    await visit.untilStatus(file.name, 'paused')
    await visit.page.reload()
    await visit.offer.waitFor()
    expect(await visit.offer.locator('[data-code="upload_gone"]').count()).toBe(0)
    await lose()
    const before = putsOf(world).length

    await visit.page.reload()
    await visit.offer.waitFor()
    const offer = await visit.offer.innerText()
    expect(offer).toContain(words)
    expect(await visit.offer.locator('[data-code="upload_gone"]').count()).toBe(1)
    expect(await visit.row(file.name).getByTestId('upload-sent-bytes').getAttribute('data-bytes')).toBe('0')

    await visit.continueWith(file)
    await visit.untilStatus(file.name, 'completed')
    expect(await visit.sha256(file.name)).toBe(file.sha256)
    expect(await visit.page.getByTestId('upload-row').count()).toBe(1)
    await world.expectDelivered(file)
    await expectAnew(world, recordBefore, before)
    expect(await visit.rememberedUploads()).toEqual({ uploads: 0, parts: 0 })
  }))
})
