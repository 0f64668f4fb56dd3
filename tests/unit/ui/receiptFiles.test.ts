import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { receiptAsJson, receiptAsSha256 } from '~/composables/receiptFiles'
import { receiptOf } from '~/tests/nuxt/fakeUploader'

const run = promisify(execFile)

let folder = ''
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'lading-receipt-')) })
afterAll(async () => { await rm(folder, { recursive: true }) })

/** What the real `sha256sum -c` says of a file with this name. */
async function check(fileName: string, content: string, claimed = content) {
  const sha256 = createHash('sha256').update(claimed).digest('hex')
  await writeFile(join(folder, fileName), content)
  await writeFile(join(folder, 'list.sha256'), receiptAsSha256(receiptOf({ id: 'x', fileName, relativePath: 'some/folder', sha256 }))?.text ?? '')
  // `--strict` fails for a line that is not well-formed, which would else be skipped.
  return await run('sha256sum', ['-c', '--strict', 'list.sha256'], { cwd: folder }).then(() => 'well', ({ code, stdout }: { code: number, stdout: string }) => `${code} ${stdout}`)
}

describe('the .sha256 file of a receipt', () => {
  it.each([
    'film.mp4', 'two words.txt', ' leading', 'trailing ', '*star', '-', '-c', '--help', '#hash', 'Grüße 文件 😀.pdf', 'it\'s "quoted" $HOME `ls`.txt',
    'back\\slash', 'back\\nslash', '\\', 'new\nline', 'carriage\rreturn', 'all\\three\n\r', '(SHA256) = x', 'SHA256 (x) = y', 'a'.repeat(64),
  ])('is accepted by sha256sum -c for a file that is called %j', async (fileName) => {
    expect(await check(fileName, 'content')).toBe('well')
  })

  it('makes sha256sum -c find another content', async () => {
    expect(await check('edited\\\n.txt', 'edited', 'content')).toMatch(/^1 .*FAILED/)
  })

  it('is what sha256sum itself would have written', async () => {
    for (const fileName of ['plain.txt', 'new\nline \\ \r']) {
      await check(fileName, 'content')
      const { stdout } = await run('sha256sum', [fileName], { cwd: folder })
      expect(receiptAsSha256(receiptOf({ id: 'x', fileName, sha256: createHash('sha256').update('content').digest('hex') }))?.text).toBe(stdout)
    }
  })

  it('names the file alone, without folders above it, and has a name that is safe to save', () => {
    const made = receiptAsSha256(receiptOf({ id: 'x', fileName: 'a/b\u202Egpj.exe', relativePath: 'c/d' }))
    expect(made?.text).toBe(`${'a'.repeat(64)}  b\u202Egpj.exe\n`)
    expect(made?.name).toBe('b\uFFFDgpj.exe.sha256')
  })

  it('is not there while the receipt has no SHA-256', () => {
    expect(receiptAsSha256(receiptOf({ id: 'x', sha256: undefined }))).toBeUndefined()
  })
})

describe('the JSON of a receipt', () => {
  const keys = ['version', 'id', 'fileName', 'relativePath', 'fileBytes', 'contentType', 'completedAt', 'sha256', 'fingerprint', 'partBytes', 'partCount', 'digestAlgorithm', 'compositeDigest', 'etag']

  it('has every key of its version, in one order, whatever the receipt holds', () => {
    for (const receipt of [receiptOf({ id: 'x' }), receiptOf({ id: 'x', sha256: undefined }), receiptOf({ id: 'x', relativePath: 'a/b' })]) {
      expect(Object.keys(JSON.parse(receiptAsJson(receipt).text) as object)).toEqual(keys)
    }
  })

  it('says what the receipt says', () => {
    const made = receiptAsJson(receiptOf({ id: 'x', sha256: undefined, completedAt: 1_795_000_000_000 }))
    expect(made.name).toBe('x.bin.receipt.json')
    expect(JSON.parse(made.text)).toMatchObject({ version: 1, id: 'x', fileBytes: 1000, sha256: null, relativePath: null, completedAt: '2026-11-18T11:06:40.000Z', partCount: 10 })
  })
})
