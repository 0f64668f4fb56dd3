import { describe, expect, it } from 'vitest'
import { filesInFolder } from '~/composables/droppedFolder'

type Child = FakeFile | FakeFolder
interface FakeFile { name: string, isUnreadable?: boolean }
interface FakeFolder { name: string, children: Child[], failsAfter?: number }

/** What a browser hands out for a folder: one entry a call, then an empty answer. */
function entryOf(child: Child): FileSystemEntry {
  const { name } = child
  if (!('children' in child)) {
    const file = (take: (file: File) => void, fail: () => void) => child.isUnreadable ? fail() : take(new File(['x'], name))
    return { name, isFile: true, isDirectory: false, file } as unknown as FileSystemEntry
  }
  const createReader = () => {
    let read = 0
    return {
      readEntries(take: (entries: FileSystemEntry[]) => void, fail: () => void) {
        if (read === child.failsAfter) return fail()
        take(child.children.slice(read, read += 1).map(entryOf))
      },
    }
  }
  return { name, isFile: false, isDirectory: true, createReader } as unknown as FileSystemEntry
}

async function found(folder: FakeFolder) {
  const names: string[] = []
  for await (const { name, relativePath = '', ...rest } of filesInFolder(entryOf(folder) as FileSystemDirectoryEntry)) {
    names.push([`${relativePath}/${name}`, ...'objection' in rest ? [rest.objection] : []].join(' '))
  }
  return names
}

describe('a folder that was dropped', () => {
  it('is walked to any depth, and every file keeps its folders', async () => {
    const inside = { name: 'inside', children: [{ name: 'c' }, { name: 'deep', children: [{ name: 'd' }] }] }
    expect(await found({ name: 'photos', children: [{ name: 'a' }, inside, { name: 'b' }] }))
      .toEqual(['photos/a', 'photos/inside/c', 'photos/inside/deep/d', 'photos/b'])
  })

  it('names what can\'t be read, and gives everything else', async () => {
    const closed = { name: 'closed', children: [{ name: 'c' }, { name: 'd' }], failsAfter: 1 }
    expect(await found({ name: 'photos', children: [{ name: 'a', isUnreadable: true }, closed, { name: 'b' }] }))
      .toEqual(['photos/a file_unreadable', 'photos/closed folder_unreadable', 'photos/closed/c', 'photos/b'])
  })

  it('says so where nothing is in it, and keeps quiet about empty ones inside', async () => {
    expect(await found({ name: 'photos', children: [] })).toEqual(['/photos folder_empty'])
    expect(await found({ name: 'photos', children: [{ name: 'a' }, { name: 'empty', children: [] }] })).toEqual(['photos/a'])
  })
})
