const MiB = 1024 * 1024

/**
 * https://uppy.io/docs/aws-s3/, for version 6: a server of one's own by `signRequest`; the default `shouldUseMultipart` (over 100 MiB), parts
 * of 5 MiB unless `getChunkSize` says more. `limit` is the number of files: "each file uploads its parts sequentially" (its own type's words).
 */
export const configurations = {
  advised: {},
  matched: { shouldUseMultipart: true, limit: 6, getChunkSize: () => 8 * MiB },
}
