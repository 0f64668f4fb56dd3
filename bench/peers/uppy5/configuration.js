const MiB = 1024 * 1024

/**
 * https://uppy.io/docs/aws-s3/: "the recommended approach is to integrate with your own server"; the default `shouldUseMultipart` (over
 * 100 MiB) and `limit` (6) are recommended, parts are 5 MiB unless `getChunkSize` says more, and `retryDelays` are [0, 1000, 3000, 5000].
 */
export const configurations = {
  advised: {},
  matched: { shouldUseMultipart: true, limit: 6, getChunkSize: () => 8 * MiB },
}
