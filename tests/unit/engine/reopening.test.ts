import type { ErrorCode } from '#shared/errors'
import type { Ports } from '~/uploader/engine/ports'
import type { FileHandle, SourceFile } from '~/uploader/engine/types'
import { LadingError } from '#shared/errors'
import { factsOf } from '~/uploader/engine/entry'
import { createEntryList } from '~/uploader/engine/entryList'
import { createReopening } from '~/uploader/engine/reopening'
import { createReporter } from '~/uploader/engine/reporter'
import { createUploader } from '~/uploader/engine/uploader'
import { describe, expect, it } from 'vitest'
import type { Model } from './world'
import { createMemoryRecords, createModel, createPorts, isStatus, makeFile, nodeFiles, until } from './world'

const content = 'abcdefghijklmnopqrstuvwxyz'
const options = { partBytes: 4, concurrency: 1 }
const handle: FileHandle = { kind: 'file' }

type Answer = SourceFile | undefined | LadingError

/** What the browser answers to each question, the first one first; the last answer holds for all that follow. */
function browserThat(...answers: (Answer | Promise<Answer>)[]) {
  const asked: boolean[] = []
  return {
    /** For each question, whether the person might be asked. */
    asked,
    files: {
      ...nodeFiles,
      async reopen(_handle: FileHandle, mayAsk: boolean) {
        asked.push(mayAsk)
        const answer = await (answers.length > 1 ? answers.shift() : answers[0])
        if (answer instanceof LadingError) throw answer
        return answer
      },
    },
  }
}

/** Sends three of seven parts of a file with a handle, and ends the visit. */
async function interrupted() {
  const model = createModel()
  const records = createMemoryRecords()
  let sent = 0
  const ports = createPorts(model, {
    records,
    transport: {
      async put(request) {
        if (++sent > 3) return await new Promise<never>((_, reject) => request.signal.addEventListener('abort', () => reject(request.signal.reason)))
        return await model.transport.put(request)
      },
    },
  })
  const uploader = createUploader(ports, options)
  const [id = ''] = uploader.add([{ ...makeFile(content), handle }])
  await until(uploader, ({ storedParts }) => storedParts === 3)
  await uploader.close()
  model.calls.length = 0
  return { model, records, id }
}

/** The next visit, with everything unfinished listed. */
async function returned({ model, records }: Awaited<ReturnType<typeof interrupted>>, files: Ports['files'], goesOnByItself: boolean) {
  const uploader = createUploader(createPorts(model, { records, files }), options)
  uploader.configure({ goesOnByItself })
  await uploader.start()
  return uploader
}

/** One upload that stands still without its file; `marks` tells for each time it went on whether it did so unasked. */
function reopeningWith({ files }: ReturnType<typeof browserThat>) {
  const { clock } = createPorts(createModel())
  const entry = createEntryList(clock, createReporter(clock, 1)).add('one', factsOf(makeFile(content)), 0, 'paused')
  entry.handle = handle
  const marks: boolean[] = []
  const refusals: ErrorCode[] = []
  const reopening = createReopening({
    files,
    lacksFile: () => true,
    continueWith: async ({ isUnasked }) => void marks.push(isUnasked),
    refuse: (_, code) => void refusals.push(code),
  })
  return { entry, reopening, marks, refusals }
}

const puts = (model: Model) => model.calls.filter((call) => call.startsWith('put'))
const missing = ['put 4', 'put 5', 'put 6', 'put 7']

/** A promise and how to keep it. */
function pending<T>() {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((keep) => {
    resolve = keep
  })
  return { promise, resolve }
}

describe('Continue, where the browser has the file\'s handle', () => {
  it('asks the person, and sends what is missing when that is granted', async () => {
    const before = await interrupted()
    const browser = browserThat(makeFile(content))
    const uploader = await returned(before, browser.files, false)
    expect(uploader.snapshot(before.id)).toMatchObject({ canReopen: true, hasFile: false, state: { status: 'paused' } })
    await uploader.reopen(before.id)
    await until(uploader, isStatus('completed'))
    expect(browser.asked).toEqual([true])
    expect(puts(before.model)).toEqual(missing)
    expect(before.model.uploads.get(before.id)?.object?.toString()).toBe(content)
  })

  // Chromium answers both in the same way: the person has not allowed it.
  it.each(['denied', 'dismissed'])('loses nothing when that is %s, says so, and may be pressed again', async () => {
    const before = await interrupted()
    const browser = browserThat(undefined, makeFile(content))
    const uploader = await returned(before, browser.files, false)
    await uploader.reopen(before.id)
    expect(uploader.snapshot(before.id)).toMatchObject({ refusal: 'file_permission', canReopen: true, state: { status: 'paused' } })
    expect(puts(before.model)).toEqual([])
    expect(before.model.uploads.get(before.id)?.parts?.size).toBe(3)

    await uploader.reopen(before.id)
    const done = await until(uploader, isStatus('completed'))
    expect(done.refusal).toBeUndefined()
    expect(puts(before.model)).toEqual(missing)
  })

  it('says that the file is gone, and goes on with one that is picked by hand', async () => {
    const before = await interrupted()
    const uploader = await returned(before, browserThat(new LadingError('file_unreadable', 'Gone')).files, false)
    await uploader.reopen(before.id)
    expect(uploader.snapshot(before.id)).toMatchObject({ refusal: 'file_unreadable', state: { status: 'paused' } })
    await uploader.continueWith(before.id, makeFile(content))
    await until(uploader, isStatus('completed'))
    expect(puts(before.model)).toEqual(missing)
  })

  it.each([
    ['length', `${content}!`],
    ['content', content.toUpperCase()],
  ])('refuses a file of which the %s has changed, and keeps the stored parts', async (_, changed) => {
    const before = await interrupted()
    const uploader = await returned(before, browserThat(makeFile(changed)).files, false)
    await uploader.reopen(before.id)
    expect(uploader.snapshot(before.id)).toMatchObject({ refusal: 'file_mismatch', hasFile: false, state: { status: 'paused' } })
    expect(before.model.uploads.get(before.id)?.parts?.size).toBe(3)
    expect(puts(before.model)).toEqual([])
  })

  it('pressed twice, asks once and sends nothing twice', async () => {
    const before = await interrupted()
    const answer = pending<Answer>()
    const browser = browserThat(answer.promise)
    const uploader = await returned(before, browser.files, false)
    const presses = [uploader.reopen(before.id), uploader.reopen(before.id)]
    answer.resolve(makeFile(content))
    await Promise.all(presses)
    await uploader.reopen(before.id)
    await until(uploader, isStatus('completed'))
    expect(browser.asked).toEqual([true])
    expect(puts(before.model)).toEqual(missing)
  })

  it('yields to a file that is picked by hand while the browser asks', async () => {
    const before = await interrupted()
    const answer = pending<Answer>()
    const uploader = await returned(before, browserThat(answer.promise).files, false)
    const press = uploader.reopen(before.id)
    await uploader.continueWith(before.id, makeFile(content))
    answer.resolve(undefined)
    await press
    const done = await until(uploader, isStatus('completed'))
    expect(done.refusal).toBeUndefined()
    expect(puts(before.model)).toEqual(missing)
  })

  it('brings nothing back that was discarded while the browser asked', async () => {
    const before = await interrupted()
    const answer = pending<Answer>()
    const uploader = await returned(before, browserThat(answer.promise).files, false)
    const press = uploader.reopen(before.id)
    await uploader.discard(before.id)
    answer.resolve(makeFile(content))
    await press
    expect(uploader.snapshots()).toEqual([])
    expect(before.model.uploads.size).toBe(0)
    expect(puts(before.model)).toEqual([])
  })

  it('starts nothing when the page was closed while the browser asked', async () => {
    const before = await interrupted()
    const answer = pending<Answer>()
    const uploader = await returned(before, browserThat(answer.promise).files, false)
    const press = uploader.reopen(before.id)
    await uploader.close()
    answer.resolve(makeFile(content))
    await press
    expect(uploader.snapshot(before.id)).toMatchObject({ state: { status: 'paused' }, hasFile: false })
    expect(puts(before.model)).toEqual([])
  })

  it('does nothing for an upload that the browser has no handle of', async () => {
    const before = await interrupted()
    before.records.uploads.clear()
    const browser = browserThat(makeFile(content))
    const uploader = await returned(before, browser.files, true)
    await uploader.reopen(before.id)
    expect(uploader.snapshot(before.id)).toMatchObject({ canReopen: false, state: { status: 'paused' } })
    expect(browser.asked).toEqual([])
  })
})

describe('an upload whose file may be read without asking', () => {
  it('goes on by itself after the start', async () => {
    const before = await interrupted()
    const browser = browserThat(makeFile(content))
    const uploader = await returned(before, browser.files, true)
    await until(uploader, isStatus('completed'))
    expect(browser.asked).toEqual([false])
    expect(puts(before.model)).toEqual(missing)
  })

  it('is told apart from one that the person has pressed Continue for', async () => {
    const { entry, reopening, marks } = reopeningWith(browserThat(makeFile(content)))
    await reopening.goOnUnasked([entry])
    await reopening.reopen(entry)
    expect(marks).toEqual([true, false])
  })

  it('counts as pressed, where the press came while it was being opened', async () => {
    const [unasked, pressed] = [pending<Answer>(), pending<Answer>()]
    const { entry, reopening, marks } = reopeningWith(browserThat(unasked.promise, pressed.promise))
    const all = [reopening.goOnUnasked([entry]), reopening.reopen(entry)]
    unasked.resolve(makeFile(content))
    await all[0]
    pressed.resolve(makeFile(content))
    await all[1]
    expect(marks).toEqual([false])
  })

  it('waits for the person where that is not wished', async () => {
    const before = await interrupted()
    const browser = browserThat(makeFile(content))
    const uploader = await returned(before, browser.files, false)
    expect(browser.asked).toEqual([])
    expect(uploader.snapshot(before.id)?.state.status).toBe('paused')
  })

  it('is set going once, when the person presses Continue at the same moment', async () => {
    const before = await interrupted()
    const [unasked, pressed] = [pending<Answer>(), pending<Answer>()]
    const browser = browserThat(unasked.promise, pressed.promise)
    const uploader = await returned(before, browser.files, true)
    const press = uploader.reopen(before.id)
    unasked.resolve(makeFile(content))
    pressed.resolve(makeFile(content))
    await press
    await until(uploader, isStatus('completed'))
    expect(browser.asked).toEqual([false, true])
    expect(puts(before.model)).toEqual(missing)
  })
})

describe('an upload whose file can\'t be read without asking', () => {
  it('is offered as it was: the person is not asked, and not told of a refusal', async () => {
    const browser = browserThat(undefined)
    const { entry, reopening, marks, refusals } = reopeningWith(browser)
    await reopening.goOnUnasked([entry])
    expect(browser.asked).toEqual([false])
    expect([marks, refusals]).toEqual([[], []])
  })

  it('says so where the file is gone', async () => {
    const { entry, reopening, refusals } = reopeningWith(browserThat(new LadingError('file_unreadable', 'Gone')))
    await reopening.goOnUnasked([entry])
    expect(refusals).toEqual(['file_unreadable'])
  })
})
