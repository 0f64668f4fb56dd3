import { expect, it } from 'vitest'
import { nameOperation } from '~/tests/proxy/operation'

it.each([
  ['OPTIONS', '/lading/data/a?partNumber=1&uploadId=u', 'Preflight'],
  ['POST', '/lading/data/a?uploads=', 'CreateMultipartUpload'],
  ['PUT', '/lading/data/a?partNumber=1&uploadId=u&X-Amz-Signature=s', 'UploadPart'],
  ['GET', '/lading/data/a?uploadId=u&part-number-marker=1000', 'ListParts'],
  ['POST', '/lading/data/a?uploadId=u', 'CompleteMultipartUpload'],
  ['DELETE', '/lading/data/a?uploadId=u', 'AbortMultipartUpload'],
  ['GET', '/lading?uploads=&prefix=data', 'ListMultipartUploads'],
  ['GET', '/lading/?list-type=2&prefix=open', 'ListObjectsV2'],
  ['PUT', '/lading/records/a.json?x-id=PutObject', 'PutObject'],
  ['GET', '/lading/records/a.json', 'GetObject'],
  ['HEAD', '/lading/data/a', 'HeadObject'],
  ['DELETE', '/lading/open/a', 'DeleteObject'],
  ['POST', '/lading?delete=', 'DeleteObjects'],
  ['PUT', '/lading?cors=', 'Bucket'],
  ['HEAD', '/lading', 'Bucket'],
  ['POST', '/api/session', 'session'],
  ['POST', '/api/upload/initiate', 'initiate'],
  ['POST', '/api/upload/sign', 'sign'],
  ['GET', '/api/upload/status?id=1', 'status'],
  ['GET', '/api/upload/pending', 'pending'],
  ['POST', '/api/upload/complete', 'complete'],
  ['POST', '/api/upload/seal', 'seal'],
  ['POST', '/api/upload/abort', 'abort'],
  ['GET', '/api/files?cursor=x', 'files'],
  ['GET', '/api/files/1/download', 'download'],
  ['GET', '/api/files/1/parts', 'fileParts'],
  ['DELETE', '/api/files/1', 'deleteFile'],
  ['GET', '/api/health/ready', 'health'],
  ['GET', '/', 'page'],
  ['GET', '/_nuxt/entry.js', 'page'],
  ['GET', '/favicon.ico', 'page'],
])('%s %s is %s', (method, url, operation) => {
  expect(nameOperation(method, new URL(url, 'http://proxy'))).toBe(operation)
})

it('knows a bucket in the host name', () => {
  expect(nameOperation('PUT', new URL('http://proxy/data?partNumber=1&uploadId=u'), 'lading.localhost:4711')).toBe('UploadPart')
  expect(nameOperation('GET', new URL('http://proxy/?list-type=2'), 'lading.localhost')).toBe('ListObjectsV2')
})
