/** Where a store is known to keep a promise otherwise than AWS. */
export interface Difference {
  /** What is seen there instead. */
  seen: unknown
  /** What it means for those who build on it. */
  meaning: string
}

/** By provider (`S3_PROVIDER`) and the promise's words. */
export const differences: Record<string, Record<string, Difference>> = {
  /** RADOS Gateway 16.2, as Debian 12 has it. */
  ceph: {
    'a presigned URL is refused when an x-amz- header is added that was not signed': {
      seen: '200',
      meaning: 'Whoever holds a link for a PUT can add metadata of their own.',
    },
    'a presigned URL is refused when it was signed for the far future': {
      seen: '200',
      meaning: 'A link from a server whose clock is ahead works, and lasts longer than it should.',
    },
    'the digest of a body has to be its SHA-256 when x-amz-checksum-sha256 is sent': {
      seen: ['200', '200'],
      meaning: 'The header is under the signature, but nobody compares it with the body. Only Content-MD5 proves a part here.',
    },
    'the digest of a body is refused when x-amz-checksum-sha256 is malformed': {
      seen: '200',
      meaning: 'The header is not read at all.',
    },
    'the SHA-256 of a part is kept and listed': {
      seen: [undefined, undefined],
      meaning: 'The store knows no SHA-256 of any part.',
    },
    'the SHA-256 of an object made of parts is that of their SHA-256s, and their number': {
      seen: undefined,
      meaning: 'The store knows no SHA-256 of any object.',
    },
    'a part has a number from 1 to 10,000': {
      seen: { 0: '200', 1: '200', 10000: '200', 10001: '200' },
      meaning: 'Any number is taken: the limit has to be held by whoever signs.',
    },
    'an upload that was aborted has no list, takes no part and cannot be completed': {
      seen: ['404 NoSuchKey', '404 NoSuchUpload', '500 InternalError'],
      meaning: 'The list of a missing upload says NoSuchKey. A Complete of it says InternalError, which looks like trouble that will pass: ask for the object and for the list of parts instead of repeating it.',
    },
    'completing an upload needs an upload that is there': {
      seen: '500 InternalError',
      meaning: 'InternalError may mean that the upload is gone; see the Complete of an aborted one.',
    },
    'completing an upload answers the ETag of the object': {
      seen: false,
      meaning: 'The first answer to Complete has an empty ETag; HEAD knows it.',
    },
    'completing an upload takes the parts that are named and no others': {
      seen: ['400 InvalidPart', undefined],
      meaning: 'Every stored part has to be named. One that should not be in the object cannot be left out.',
    },
    'completing an upload is refused when the parts are not in order': {
      seen: ['200', 'one two '],
      meaning: 'The list is sorted instead: the object is right.',
    },
    'completing an upload is refused when a part is named twice': {
      seen: '200',
      meaning: 'The second mention is ignored: the object is right.',
    },
    'completing an upload is refused when x-amz-mp-object-size is another size': {
      seen: ['200', '200'],
      meaning: 'The header is not read: compare the length by HEAD.',
    },
    'completing an upload is refused under If-None-Match: * when the object is there already': {
      seen: ['200', 'second'],
      meaning: 'Complete always replaces what is there. Keys have to be unique by themselves.',
    },
    'completing an upload ends the upload: it has no list and takes no part': {
      seen: ['404 NoSuchKey', '404 NoSuchUpload'],
      meaning: 'The list of a missing upload says NoSuchKey.',
    },
    'writing an object under a condition If-Match writes only over what is known': {
      seen: ['412 PreconditionFailed', '412 PreconditionFailed', 'first'],
      meaning: 'If-Match on a PUT is compared with its quotes, so that no quoted ETag ever fits. Without quotes it works.',
    },
    'writing an object under a condition If-Match writes nothing where nothing is': {
      seen: '412 PreconditionFailed',
      meaning: 'Refused all the same, under another code.',
    },
    'writing an object under a condition If-Match lets one of many through': {
      seen: 0,
      meaning: 'None, for a quoted ETag never fits. Without quotes it is one.',
    },
    'CORS lets the page read why it was refused': {
      seen: ['403 AccessDenied', undefined],
      meaning: 'A refusal has no CORS headers: to a page an expired link looks like a broken network (status 0).',
    },
  },
}
