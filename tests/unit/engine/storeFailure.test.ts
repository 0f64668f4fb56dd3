import { storeFailureCode } from '~/uploader/adapters/storeFailure'
import { expect, it } from 'vitest'

const xml = (code: string, message = '') => `<Error><Code>${code}</Code><Message>${message}</Message></Error>`

it.each([
  [403, xml('AccessDenied', 'Request has expired'), 'url_expired'],
  [403, xml('ExpiredRequest'), 'url_expired'],
  [400, xml('ExpiredToken'), 'url_expired'],
  [403, xml('SignatureDoesNotMatch'), 'store_config'],
  [403, xml('AccessDenied', 'Access Denied'), 'store_config'],
  [400, xml('BadDigest'), 'digest_refused'],
  [404, xml('NoSuchUpload'), 'upload_gone'],
  [400, xml('RequestTimeout'), 'store_busy'],
  [503, xml('SlowDown'), 'store_busy'],
  [503, '', 'store_busy'],
  [429, '', 'store_busy'],
  [507, '', 'store_full'],
  [418, '<html>', 'store_rejected'],
])('a part that was answered %d %s failed with %3$s', (status, body, code) => {
  expect(storeFailureCode(status, body)).toBe(code)
})
