import type { LinkName } from './links'

export type PeerFolder = 'raw' | 'uppy5' | 'uppy6' | 'tus' | 'betterUpload'

/** One of those that are compared. */
export interface Subject {
  name: string
  title: string
  /** What it was asked to prove of the bytes. */
  integrity: string
  /** Its folder below `bench/peers/`, and the configuration in it; undefined: our own site. */
  peer?: { folder: PeerFolder, configuration?: 'advised' | 'matched' }
  /** Host names over which our own site reaches the store. @default 1 */
  hosts?: number
  /** Settings of our own site. */
  site?: Record<string, string>
  links: LinkName[]
  /** Roughly, the multiple of the link's own time that it takes: for the plan's estimate and its patience. @default 1.2 */
  slowness?: Partial<Record<LinkName, number>>
}

const none = 'none'
const everyLink: LinkName[] = ['a', 'b', 'c', 'd', 'e']
const ours = 'MD5 of each part, signed and checked by the store; SHA-256 of the whole file'

export const subjects: Subject[] = [
  { name: 'raw', title: 'Bare XHR, 8 MiB × 6', integrity: none, peer: { folder: 'raw' }, links: everyLink },
  { name: 'lading', title: 'Lading', integrity: ours, links: everyLink },
  { name: 'lading-16', title: 'Lading, 16 MiB parts', integrity: ours, site: { NUXT_PUBLIC_PART_BYTES: String(16 * 1024 ** 2) }, links: ['b'] },
  { name: 'lading-2hosts', title: 'Lading, two host names', integrity: ours, hosts: 2, links: ['b'] },
  { name: 'lading-3hosts', title: 'Lading, three host names', integrity: ours, hosts: 3, links: ['b'] },
  { name: 'better-upload', title: 'better-upload 3.0.19', integrity: none, peer: { folder: 'betterUpload', configuration: 'advised' }, links: everyLink, slowness: { d: 0.2 } },
  { name: 'better-upload-8x6', title: 'better-upload 3.0.19, 8 MiB × 6', integrity: none, peer: { folder: 'betterUpload', configuration: 'matched' }, links: everyLink },
  { name: 'uppy5', title: 'Uppy aws-s3 5.1.0', integrity: none, peer: { folder: 'uppy5', configuration: 'advised' }, links: everyLink },
  { name: 'uppy5-8x6', title: 'Uppy aws-s3 5.1.0, 8 MiB × 6', integrity: none, peer: { folder: 'uppy5', configuration: 'matched' }, links: everyLink },
  { name: 'uppy6', title: 'Uppy aws-s3 6.3.1', integrity: none, peer: { folder: 'uppy6', configuration: 'advised' }, links: everyLink, slowness: { a: 1.5, b: 10, e: 2 } },
  { name: 'uppy6-8x6', title: 'Uppy aws-s3 6.3.1, 8 MiB', integrity: none, peer: { folder: 'uppy6', configuration: 'matched' }, links: ['a', 'b', 'c'], slowness: { a: 1.5, b: 8 } },
  // There is no S3 store behind a tus server.
  { name: 'tus', title: 'tus-js-client 4.3.1, one request', integrity: none, peer: { folder: 'tus', configuration: 'advised' }, links: ['a', 'b', 'c', 'd'], slowness: { b: 6 } },
  { name: 'tus-8', title: 'tus-js-client 4.3.1, 8 MiB chunks', integrity: none, peer: { folder: 'tus', configuration: 'matched' }, links: ['b', 'c', 'd'], slowness: { b: 8 } },
]

export function subjectNamed(name: string): Subject {
  const subject = subjects.find((one) => one.name === name)
  if (!subject) throw new Error(`There is no "${name}", but ${subjects.map((one) => one.name).join(', ')}`)
  return subject
}
