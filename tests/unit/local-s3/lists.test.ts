import type { ListMultipartUploadsCommandOutput, ListObjectsV2CommandInput, S3Client } from '@aws-sdk/client-s3'
import { DeleteObjectCommand, ListMultipartUploadsCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { createSortedIndex } from '~/local-s3/sorted-index'
import { Bucket, open, openUpload, refusal } from './lab'

async function fill(s3: S3Client, keys: string[]): Promise<void> {
  await Promise.all(keys.map((Key) => s3.send(new PutObjectCommand({ Bucket, Key, Body: '' }))))
}

/** All pages, each as its keys followed by its common prefixes. */
async function pages(s3: S3Client, input: Partial<ListObjectsV2CommandInput>): Promise<(string | undefined)[][]> {
  const found = []
  let ContinuationToken: string | undefined
  do {
    const page = await s3.send(new ListObjectsV2Command({ Bucket, ...input, ContinuationToken }))
    found.push([...(page.Contents ?? []).map(({ Key }) => Key), ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix)])
    expect(page.KeyCount).toBe(found.at(-1)?.length)
    expect(page.IsTruncated).toBe(page.NextContinuationToken !== undefined)
    ContinuationToken = page.NextContinuationToken
  } while (ContinuationToken)
  return found
}

describe('a list of objects', () => {
  it('is in the order of UTF-8 bytes, whatever the order of making', async () => {
    const { s3 } = await open()
    await fill(s3, ['b', 'a', '\u{1F600}', '\uFFFD', 'ü', 'B', 'a/'])
    expect(await pages(s3, {})).toEqual([['B', 'a', 'a/', 'b', 'ü', '\uFFFD', '\u{1F600}']])
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a/' }))
    await fill(s3, ['aa'])
    expect(await pages(s3, {})).toEqual([['B', 'a', 'aa', 'b', 'ü', '\uFFFD', '\u{1F600}']])
  })

  it('comes page by page under a prefix, with nothing twice and nothing left out', async () => {
    const { s3 } = await open()
    await fill(s3, ['o/1', 'p/1', 'p/2', 'p/3', 'p/4', 'p/5', 'q/1'])
    expect(await pages(s3, { Prefix: 'p/', MaxKeys: 2 })).toEqual([['p/1', 'p/2'], ['p/3', 'p/4'], ['p/5']])
    expect(await pages(s3, { Prefix: 'none/' })).toEqual([[]])
    expect(await pages(s3, { StartAfter: 'p/3' })).toEqual([['p/4', 'p/5', 'q/1']])
    expect(await pages(s3, { MaxKeys: 0 })).toEqual([[]])
  })

  it('counts keys below a delimiter as one, on whichever page', async () => {
    const { s3 } = await open()
    await fill(s3, ['a/1', 'a/2', 'b', 'c/1', 'c/2/3', 'd'])
    expect(await pages(s3, { Delimiter: '/' })).toEqual([['b', 'd', 'a/', 'c/']])
    expect(await pages(s3, { Delimiter: '/', MaxKeys: 1 })).toEqual([['a/'], ['b'], ['c/'], ['d']])
    expect(await pages(s3, { Delimiter: '/', Prefix: 'c/' })).toEqual([['c/1', 'c/2/']])
  })

  it('says size, ETag and time of each', async () => {
    const { s3 } = await open()
    const before = Date.now()
    const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'hello' }))
    const [object] = (await s3.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []
    expect(object).toMatchObject({ Key: 'a', Size: 5, ETag })
    expect(object?.LastModified?.getTime()).toBeGreaterThanOrEqual(before)
  })

  it('can URL-encode keys that XML cannot hold', async () => {
    const { s3 } = await open()
    await fill(s3, ['a\u0001/b c'])
    expect(await pages(s3, { EncodingType: 'url' })).toEqual([['a%01/b%20c']])
  })

  it('refuses a token that it did not give', async () => {
    const { s3 } = await open()
    expect(await refusal(s3.send(new ListObjectsV2Command({ Bucket, ContinuationToken: '***' })))).toBe('400 InvalidArgument')
  })

  it('finds its place among 20,000 keys without looking at the others', () => {
    const index = createSortedIndex<number>()
    for (let at = 0; at < 20_000; at++) index.set(`records/${at % 50}/${at}`, at)
    const list = (prefix: string, delimiter = '') => index.page({ prefix, delimiter, limit: 1000, from: Buffer.from('') })
    expect(list('records/7/').values).toHaveLength(400)
    expect(list('records/', '/').commonPrefixes).toHaveLength(50)
    const start = performance.now()
    for (let turn = 0; turn < 100; turn++) {
      index.set(`records/7/new-${turn}`, turn)
      list('records/', '/')
    }
    expect(performance.now() - start).toBeLessThan(1000)
  })
})

describe('a list of multipart uploads', () => {
  it('is by key, then by age, under a prefix, page by page', async () => {
    const { s3 } = await open()
    const made: (string | undefined)[][] = []
    for (const key of ['p/b', 'p/a', 'p/a', 'q', 'p/c']) made.push([key, (await openUpload(s3, key)).UploadId])
    const expected = made.filter(([key]) => key?.startsWith('p/')).sort(([a = '', idA = ''], [b = '', idB = '']) => a.localeCompare(b) || idA.localeCompare(idB))
    const found: (string | undefined)[][] = []
    let page: Partial<ListMultipartUploadsCommandOutput> = {}
    do {
      page = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: 'p/', MaxUploads: 1, KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }))
      found.push(...(page.Uploads ?? []).map(({ Key, UploadId }) => [Key, UploadId]))
    } while (page.IsTruncated)
    expect(found).toEqual(expected)
  })

  it('has no upload that was completed or aborted', async () => {
    const { s3 } = await open()
    const [one, two] = [await openUpload(s3, 'a'), await openUpload(s3, 'b')]
    await one.complete([await one.put(1, '')])
    await two.abort()
    expect((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads).toBeUndefined()
  })
})
