import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Found } from '~/stores/chosen'
import { useChosenStore } from '~/stores/chosen'
import { useUploadsStore } from '~/stores/uploads'
import type { FakeUploader } from '~/tests/nuxt/fakeUploader'
import { createFakeUploader } from '~/tests/nuxt/fakeUploader'
import type { SourceFile } from '~/uploader/engine/types'

const content = new Blob()
const fileOf = (name: string, bytes = 1000): SourceFile => ({ name, bytes, modifiedAt: 5, contentType: '', content })
const folder: Found = { name: 'photos', objection: 'folder_unreadable' }
const ready = async () => {}

async function* choiceOf(...slices: Found[][]) {
  yield* slices
}

let uploader: FakeUploader
let chosen: ReturnType<typeof useChosenStore>
const added = () => uploader.added.map(({ name }) => name)
const shown = () => chosen.items.map(({ name, objection }) => objection ? `${name} ${objection}` : name)

beforeEach(() => {
  setActivePinia(createPinia())
  uploader = createFakeUploader()
  void useUploadsStore().connect(uploader)
  chosen = useChosenStore()
  chosen.limit({ store: { minPartBytes: 1, maxPartBytes: 1e6, maxParts: 10_000, maxFileBytes: 5000 } })
})

describe('where files start at once', () => {
  it('what may be sent goes as it comes, and the rest is held with its reason', async () => {
    await chosen.take(choiceOf([fileOf('a'), fileOf('large', 5001), folder], [fileOf('b')]), ready)
    expect(added()).toEqual(['a', 'b'])
    expect(shown()).toEqual(['large file_too_large', 'photos folder_unreadable'])
    expect(chosen.waits).toBe(false)
    expect(useUploadsStore().milestones).toEqual([{ type: 'held', fileName: 'large' }, { type: 'held', fileName: 'photos' }])
  })

  it('a doubt is set aside if the person says so, a certainty is not', async () => {
    await chosen.take(choiceOf([fileOf('a'), fileOf('a'), fileOf('large', 5001)]), ready)
    for (const { id } of chosen.items) chosen.sendAnyway(id)
    expect(added()).toEqual(['a', 'a'])
    expect(shown()).toEqual(['large file_too_large'])
  })

  it('nothing is judged before what there is to know is known, and choices are taken in turn', async () => {
    const slow = chosen.take(choiceOf([fileOf('first', 900)]), async () => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      chosen.setBytesLeft(500)
    })
    await Promise.all([slow, chosen.take(choiceOf([fileOf('second', 400)]), ready)])
    expect(added()).toEqual(['second'])
    expect(shown()).toEqual(['first no_room'])
  })
})

describe('where files wait', () => {
  beforeEach(() => chosen.setStartsAtOnce(false))

  it('they are counted, may be taken away and had back, and go when the person says so', async () => {
    await chosen.take(choiceOf([fileOf('a'), fileOf('b', 2000), fileOf('large', 5001)]), ready)
    expect([added(), chosen.waits, chosen.waitingCount, chosen.waitingBytes]).toEqual([[], true, 2, 3000])
    expect(shown()).toEqual(['large file_too_large', 'a', 'b'])

    chosen.remove(({ name }) => name === 'a')
    expect([shown(), chosen.removed.map(({ name }) => name)]).toEqual([['large file_too_large', 'b'], ['a']])
    chosen.undo()
    expect(shown()).toEqual(['large file_too_large', 'a', 'b'])
    chosen.remove(() => true)
    expect([shown(), chosen.waits]).toEqual([[], false])
    chosen.undo()

    await chosen.send()
    expect(added()).toEqual(['a', 'b'])
    expect([shown(), chosen.waits]).toEqual([['large file_too_large'], false])
  })

  it('one that did not fit waits as well, as soon as there is room', async () => {
    chosen.setBytesLeft(2500)
    await chosen.take(choiceOf([fileOf('a', 2000), fileOf('b', 1000)]), ready)
    expect(shown()).toEqual(['b no_room', 'a'])
    chosen.judgeRoomAgain()
    expect(shown()).toEqual(['b no_room', 'a'])
    chosen.remove(({ name }) => name === 'a')
    chosen.judgeRoomAgain()
    expect(shown()).toEqual(['b'])
  })

  it('ten thousand go to the engine in turns, every one of them once and in order', async () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `${index}`)
    await chosen.take(choiceOf(names.map((name) => fileOf(name))), ready)
    const sending = chosen.send()
    expect(added().length).toBeLessThan(1000)
    await sending
    expect(added()).toEqual(names)
  })
})
