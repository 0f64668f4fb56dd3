const MiB = 1024 * 1024

/**
 * docs/usage.md and docs/api.md of tus-js-client: the retry delays of its example; "do not set" `chunkSize`, so the file goes in one request.
 * `parallelUploads` needs the concatenation extension, which @tus/server refuses ("not (yet) supported"), with every store on npm.
 */
export const configurations = {
  advised: { retryDelays: [0, 3000, 5000, 10_000, 20_000] },
  matched: { retryDelays: [0, 3000, 5000, 10_000, 20_000], chunkSize: 8 * MiB },
}
