/** Ways to come by a digest of each part and one of the whole file. The first is nothing but reading. */
export const variants = [
  'reading alone',
  'MD5 of parts',
  'SHA-256 of the file',
  'MD5 of parts and SHA-256 of the file, one pass',
  'MD5 of parts and SHA-256 of the file, two workers',
  'crypto.subtle SHA-256 of parts',
  'crypto.subtle SHA-256 of parts and SHA-256 of the file',
  'CRC64NVME of parts and SHA-256 of the file, one pass',
] as const

export type Variant = typeof variants[number]

/** What the engine does: what the target of link a is held against. */
export const enginesOwn: Variant = 'MD5 of parts and SHA-256 of the file, one pass'
