export const KiB = 1024
export const MiB = 1024 * KiB
export const GiB = 1024 * MiB
export const TiB = 1024 * GiB
/** What speeds are told in, as those of links are. */
export const kB = 1_000
export const MB = 1_000 * kB

/** S3 numbers parts from 1 to 10,000. */
export const maxPartCount = 10_000

/** Up to here parts keep the proposed size; the last 500 are a reserve for files that need them. */
export const comfortablePartCount = 9_500

/** The smallest part size that a person can set, and S3's own smallest for every part but the last. */
export const smallestPartBytes = 5 * MiB

/** What is proposed when neither the person nor an earlier upload says anything. */
export const defaultPartBytes = 8 * MiB

/** URLs that one `sign` asks for, and uploads in one batch. */
export const batchLimit = 64

/** Host names that reach one bucket: the usual one and those of `NUXT_S3_HOSTS`. */
export const maxStoreHosts = 8

/** Nothing that we send to our own server is longer; `complete` with 10,000 parts is 1.2 MB at most. */
export const maxBodyBytes = 2 * MiB

/** Longest life of a presigned URL, in seconds. */
export const urlSeconds = 900

/** What a store accepts. Sizes are bytes. */
export interface StoreLimits {
  minPartBytes: number
  maxPartBytes: number
  maxParts: number
  maxFileBytes: number
}
