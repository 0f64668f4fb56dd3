import type { ListMultipartUploadsCommandOutput, ListObjectsV2CommandInput } from '@aws-sdk/client-s3'
import { ListMultipartUploadsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import type { StoreLab } from './lab'
import { newKey } from './lab'
import { openStoreForPromises } from './promise'

const about = openStoreForPromises()

/** Puts small objects below a prefix of their own; answers how to list there, with the prefix left out of the names. */
async function putBelow({ s3, Bucket, put }: StoreLab, names: string[]) {
  const folder = newKey('')
  const left = names.values()
  await Promise.all(Array.from({ length: 24 }, async () => {
    for (const name of left) await put(folder + name, name)
  }))
  return async (below = '', more: Partial<ListObjectsV2CommandInput> = {}) => {
    const { Contents = [], CommonPrefixes = [], IsTruncated, NextContinuationToken, KeyCount } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: folder + below, ...more }))
    const [keys, prefixes] = [Contents.map(({ Key }) => Key?.slice(folder.length)), CommonPrefixes.map(({ Prefix }) => Prefix?.slice(folder.length))]
    return { keys, prefixes, IsTruncated, NextContinuationToken, KeyCount }
  }
}

about('the list of objects', (promise) => {
  promise('can be narrowed by a prefix', [['a/1', 'a/2'], ['a', 'a/1', 'a/2', 'ab']], async (lab) => {
    const list = await putBelow(lab, ['a', 'a/1', 'a/2', 'ab', 'b/1'])
    return [(await list('a/')).keys, (await list('a')).keys]
  })

  promise('gathers by a delimiter', { keys: ['c'], prefixes: ['a/', 'b/'], KeyCount: 3 }, async (lab) => {
    const { keys, prefixes, KeyCount } = await (await putBelow(lab, ['a/1', 'a/2', 'b/1', 'c']))('', { Delimiter: '/' })
    return { keys, prefixes, KeyCount }
  })

  promise('comes page by page, each key and each prefix once', [['1'], ['2'], ['a/'], ['b/']], async (lab) => {
    const list = await putBelow(lab, ['1', '2', 'a/1', 'a/2', 'b/1'])
    const pages: unknown[] = []
    let token: string | undefined
    do {
      const page = await list('', { Delimiter: '/', MaxKeys: 1, ContinuationToken: token })
      pages.push([...page.keys, ...page.prefixes])
      token = page.NextContinuationToken
    } while (token && pages.length < 10)
    return pages
  })

  promise('has 1,000 keys a page at most', [[1000, true], [5, false]], async (lab) => {
    const list = await putBelow(lab, Array.from({ length: 1005 }, (_, index) => String(index)))
    const first = await list()
    const second = await list('', { ContinuationToken: first.NextContinuationToken })
    return [first, second].map(({ keys, IsTruncated }) => [keys.length, IsTruncated])
  })

  promise('is in the order of the keys\' UTF-8 bytes', ['A', 'Z', 'a', 'ä', '\uffee', '😀'], async (lab) => {
    return (await (await putBelow(lab, ['😀', '\uffee', 'ä', 'a', 'Z', 'A']))()).keys
  })

  promise('can start after a key', ['b', 'c'], async (lab) => {
    const folder = newKey('')
    for (const name of ['a', 'b', 'c']) await lab.put(folder + name, name)
    const { Contents } = await lab.s3.send(new ListObjectsV2Command({ Bucket: lab.Bucket, Prefix: folder, StartAfter: `${folder}a` }))
    return Contents?.map(({ Key }) => Key?.slice(folder.length))
  })

  promise('shows a change at once', [['a'], []], async (lab) => {
    const upload = await lab.open()
    const list = async () => (await lab.s3.send(new ListObjectsV2Command({ Bucket: lab.Bucket, Prefix: upload.Key }))).Contents?.map(() => 'a') ?? []
    const before = await list()
    await upload.complete([await upload.put(1, 'x')])
    return [await list(), before]
  })
})

about('the list of uploads', (promise) => {
  promise('finds those of one key by its whole name', { isFound: true, others: 0, isGone: true }, async (lab) => {
    const { s3, Bucket } = lab
    const Key = newKey()
    const uploads = [await lab.open(Key), await lab.open(Key)]
    await lab.open(newKey())
    const list = async () => (await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: Key }))).Uploads ?? []
    const found = await list()
    for (const upload of uploads) await upload.abort()
    return {
      isFound: uploads.every(({ UploadId }) => found.some((upload) => upload.UploadId === UploadId && upload.Key === Key)),
      others: found.length - uploads.length,
      isGone: (await list()).length === 0,
    }
  })

  promise('comes page by page, each upload once', true, async (lab) => {
    const { s3, Bucket } = lab
    const folder = newKey('')
    const keys = ['a', 'b', 'b', 'c', 'd'].map((name) => folder + name)
    const ids: (string | undefined)[] = []
    for (const key of keys) ids.push((await lab.open(key)).UploadId)
    const seen: (string | undefined)[] = []
    let last: Partial<ListMultipartUploadsCommandOutput> = {}
    do {
      last = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: folder, MaxUploads: 2, KeyMarker: last.NextKeyMarker, UploadIdMarker: last.NextUploadIdMarker }))
      seen.push(...(last.Uploads ?? []).map(({ UploadId }) => UploadId))
    } while (last.IsTruncated && seen.length < 20)
    return seen.toSorted().join() === ids.toSorted().join()
  })
})
