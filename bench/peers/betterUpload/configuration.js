const MiB = 1024 * 1024

/**
 * https://better-upload.com/docs/routes-single: `multipart` for large files, parts of 50 MiB and all of them at once unless told otherwise,
 * and no retry (`retry` is 0). The matched one gets retries besides, for without them the first refusal ends it.
 */
export const configurations = {
  advised: { route: { multipart: true }, client: {} },
  matched: { route: { multipart: true, partSize: 8 * MiB }, client: { multipartBatchSize: 6, retry: 10, retryDelay: 1000 } },
}
