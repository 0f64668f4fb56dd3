import { createUploader } from '~/uploader/engine/uploader'
import { describe, expect, it } from 'vitest'
import { createModel, createPorts, isStatus, makeFile, nodeFiles, until } from './world'

const content = 'abcdefghijklmnopqrstuvwxyz'

/** The model, with a note of each part that is read, and of the calls between. */
function createWorld({ initiateMs = 100, otherPartBytes = 0 } = {}) {
  const model = createModel()
  const told: string[] = []
  const ports = createPorts(model, {
    files: {
      ...nodeFiles,
      open(file, algorithm, bodies) {
        const open = nodeFiles.open(file, algorithm, bodies)
        return {
          ...open,
          get hashedBytes() {
            return open.hashedBytes
          },
          async digest(range, signal) {
            told.push(`read ${range.start}`)
            await ports.clock.sleep(10)
            return await open.digest(range, signal)
          },
        }
      },
    },
    api: {
      ...model.api,
      async initiate(request) {
        told.push('initiate')
        await ports.clock.sleep(initiateMs)
        const answer = await model.api.initiate(otherPartBytes ? { ...request, partBytes: otherPartBytes, parts: [] } : request)
        told.push('initiated')
        return answer
      },
      async sign(request) {
        told.push(`sign ${request.parts.map(({ partNumber }) => partNumber).join(' ')}`)
        await ports.clock.sleep(10)
        return await model.api.sign(request)
      },
    },
  })
  return { model, told, uploader: createUploader(ports, { partBytes: 4, concurrency: 6 }) }
}

describe('a fresh file, while the server is asked for its upload', () => {
  it('has as many parts read as may be in flight, so that all of them are signed in one call', async () => {
    const { uploader, told } = createWorld()
    uploader.add([makeFile(content)])
    await until(uploader, isStatus('completed'))
    expect(told.slice(0, 2)).toEqual(['read 0', 'read 4'])
    expect(told.indexOf('initiate')).toBeLessThan(3)
    expect(told.slice(0, told.indexOf('initiated')).filter((line) => line.startsWith('read'))).toHaveLength(6)
    expect(told.find((line) => line.startsWith('sign'))).toBe('sign 2 3 4 5 6')
    // Nothing is read twice.
    expect(told.filter((line) => line.startsWith('read'))).toHaveLength(7)
  })

  it('goes on from the part that is being read when the answer comes', async () => {
    const { uploader, told, model } = createWorld({ initiateMs: 15 })
    const [id = ''] = uploader.add([makeFile(content)])
    await until(uploader, isStatus('completed'))
    expect(told.filter((line) => line.startsWith('read'))).toHaveLength(7)
    expect(model.uploads.get(id)?.object?.toString()).toBe(content)
  })

  it('is read anew where the server cuts it in another way', async () => {
    const { uploader, told, model } = createWorld({ otherPartBytes: 8 })
    const [id = ''] = uploader.add([makeFile(content)])
    await until(uploader, isStatus('completed'))
    expect(told.slice(told.indexOf('initiated')).filter((line) => line.startsWith('read'))).toEqual(['read 0', 'read 8', 'read 16', 'read 24'])
    expect(model.uploads.get(id)?.object?.toString()).toBe(content)
  })
})
