import type { TabMessage } from '~/uploader/engine/tabs/messages'
import { createUploader } from '~/uploader/engine/uploader'
import { createSharedLocks } from '~/tests/simulation/locks'
import { describe, expect, it } from 'vitest'
import { createMemoryRecords, createModel, createPorts, createVirtualClock, isStatus, makeFile, until } from './world'

/** A link of one part at a time; `sent` names the upload of each part in the order in which they were stored. */
function createSlowLink() {
  const model = createModel()
  const clock = createVirtualClock()
  const sent: string[] = []
  return {
    model,
    clock,
    sent,
    transport: {
      async put(request: Parameters<typeof model.transport.put>[0]) {
        await clock.sleep(100, request.signal)
        const stored = () => new Map([...model.uploads.values()].map(({ id, parts }) => [id, parts?.size ?? 0]))
        const before = stored()
        const answer = await model.transport.put(request)
        for (const [id, count] of stored()) if (count > (before.get(id) ?? 0)) sent.push(id)
        return answer
      },
    },
  }
}

describe('an upload that is sent first', () => {
  it('overtakes large ones under way and all that wait, and one that is sent last waits for all of them', async () => {
    const { sent, clock, model, transport } = createSlowLink()
    const uploader = createUploader(createPorts(model, { clock, transport }), { partBytes: 4, concurrency: 1 })
    const files = ['a', 'b', 'c', 'd'].map((letter) => makeFile(letter.repeat(40), `${letter}.bin`))
    const [a = '', b = '', c = '', d = ''] = uploader.add(files)
    uploader.prioritize(a, 'last')
    await until(uploader, ({ id, storedParts }) => id === b && storedParts >= 2)
    uploader.prioritize(d, 'first')
    expect(uploader.snapshot(d)?.priority).toBe('first')
    const from = sent.length
    await Promise.all([a, b, c, d].map((wanted) => until(uploader, ({ id, state }) => id === wanted && state.status === 'completed')))
    // One part was on its way when it was said, and one goes while the file is opened.
    const after = sent.slice(from + 2)
    expect(after.slice(0, 10)).toEqual(Array(10).fill(d))
    // The link does not lie idle while the next one is opened: then what is sent last may send a part.
    const rest = after.slice(10)
    const before = rest.slice(0, Math.max(rest.lastIndexOf(b), rest.lastIndexOf(c)) + 1)
    expect(before.filter((id) => id === a).length).toBeLessThanOrEqual(1)
    expect(before.length + 8).toBeLessThanOrEqual(rest.length)
  })

  it('still is after a reload, as what was said is kept with it', async () => {
    const { clock, model, transport } = createSlowLink()
    const records = createMemoryRecords()
    const first = createUploader(createPorts(model, { clock, transport, records }), { partBytes: 4, concurrency: 1 })
    const [id = ''] = first.add([makeFile('x'.repeat(40))])
    await until(first, ({ storedParts }) => storedParts >= 2)
    first.prioritize(id, 'first')
    first.pause(id)
    await until(first, isStatus('paused'))
    await first.close()
    expect(records.uploads.get(id)?.priority).toBe('first')

    const second = createUploader(createPorts(model, { clock, transport, records }), { partBytes: 4, concurrency: 1 })
    await second.start()
    expect(second.snapshot(id)?.priority).toBe('first')
    // The same file, dropped once more, goes on with it.
    second.add([makeFile('x'.repeat(40))])
    await until(second, ({ id: other, state }) => other === id && state.status === 'uploading')
    expect(second.snapshot(id)?.priority).toBe('first')
    second.prioritize(id, 'normal')
    expect(second.snapshot(id)).not.toHaveProperty('priority')
    await until(second, isStatus('completed'))
  })

  it('may be told so in another tab: the one that is at it obeys, and both show it', async () => {
    const { clock, model, transport } = createSlowLink()
    const locks = createSharedLocks()
    const records = createMemoryRecords()
    const hearing: ((message: TabMessage) => void)[] = []
    const openTab = () => {
      let own: ((message: TabMessage) => void) | undefined
      return createUploader(createPorts(model, {
        clock,
        transport,
        records,
        locks: locks.of({}),
        tabs: {
          tell: (message) => void clock.sleep(1).then(() => hearing.filter((hear) => hear !== own).forEach((hear) => hear(message))),
          listen(hear) {
            own = hear
            hearing.push(hear)
            return () => {}
          },
        },
      }), { partBytes: 4, concurrency: 1 })
    }
    const [first, second] = [openTab(), openTab()]
    await Promise.all([first.start(), second.start()])
    const [id = ''] = first.add([makeFile('y'.repeat(400))])
    await until(second, ({ isElsewhere, state }) => isElsewhere && state.status === 'uploading')
    second.prioritize(id, 'last')
    await until(first, ({ priority }) => priority === 'last')
    await until(second, ({ priority }) => priority === 'last')
    await Promise.all([first.close(), second.close()])
  })
})
