/** What a request is about, in the words of S3 and of our own API. */
export type Operation
  = | 'Preflight'
    | 'CreateMultipartUpload' | 'UploadPart' | 'ListParts' | 'CompleteMultipartUpload' | 'AbortMultipartUpload' | 'ListMultipartUploads'
    | 'PutObject' | 'GetObject' | 'HeadObject' | 'DeleteObject' | 'DeleteObjects' | 'ListObjectsV2' | 'Bucket'
    | 'session' | 'initiate' | 'sign' | 'status' | 'pending' | 'complete' | 'seal' | 'abort' | 'files' | 'download' | 'fileParts' | 'deleteFile' | 'health'
    | 'page'

const apiCall = /^\/api\/(?:upload\/)?(session|initiate|sign|status|pending|complete|seal|abort|health)(?:\/|$)/
const onObject: Record<string, Operation> = { PUT: 'PutObject', GET: 'GetObject', HEAD: 'HeadObject', DELETE: 'DeleteObject' }
const onUpload: Record<string, Operation> = {
  PUT: 'UploadPart', GET: 'ListParts', POST: 'CompleteMultipartUpload', DELETE: 'AbortMultipartUpload',
}

/** Names a request by its method and address; what is neither S3 nor our API is a `page`. The host tells a virtual-hosted bucket. */
export function nameOperation(method: string, { pathname, searchParams }: URL, host = ''): Operation {
  if (method === 'OPTIONS') return 'Preflight'
  const call = apiCall.exec(pathname)?.[1]
  if (call !== undefined) return call as Operation
  if (/^\/api\/files\/[^/]+\/download$/.test(pathname)) return 'download'
  if (/^\/api\/files\/[^/]+\/parts$/.test(pathname)) return 'fileParts'
  if (/^\/api\/files(?:\/|$)/.test(pathname)) return method === 'DELETE' ? 'deleteFile' : 'files'

  const path = /^[^.]+\.localhost(?::\d+)?$/.test(host) ? `/bucket${pathname}` : pathname
  const [, bucket = '', ...key] = path.split('/')
  // No bucket is called so: these are the site's own assets.
  if (bucket === '' || bucket.startsWith('_')) return 'page'
  if (key.join('') === '') return nameOnBucket(method, searchParams)
  if (searchParams.has('uploads') && method === 'POST') return 'CreateMultipartUpload'
  if (searchParams.has('uploadId')) return onUpload[method] ?? 'page'
  return onObject[method] ?? 'page'
}

function nameOnBucket(method: string, query: URLSearchParams): Operation {
  if (method === 'GET' && query.has('list-type')) return 'ListObjectsV2'
  if (method === 'GET' && query.has('uploads')) return 'ListMultipartUploads'
  if (method === 'POST' && query.has('delete')) return 'DeleteObjects'
  return method === 'GET' && query.size === 0 ? 'page' : 'Bucket'
}
