import { homedir } from 'node:os'
import { join } from 'node:path'
import { env } from 'node:process'

export interface CephSettings {
  /** Everything of the cluster is below it. */
  dir: string
  /** Where S3 is spoken, on 127.0.0.1. */
  rgwPort: number
  /** The monitor takes this port and the next one; fixed once the cluster is made. */
  monPort: number
  /** Smallest part that is not the last. */
  minPartBytes: number
  /** Of the sparse file that holds all objects; fixed once the cluster is made. */
  osdBytes: number
}

/** From CEPH_DIR, RGW_PORT, CEPH_MON_PORT, RGW_MIN_PART_BYTES and CEPH_OSD_BYTES, each with a default. */
export function readCephSettings(): CephSettings {
  return {
    dir: env.CEPH_DIR || join(cacheDir(), 'lading-ceph'),
    rgwPort: Number(env.RGW_PORT || 7480),
    monPort: Number(env.CEPH_MON_PORT || 40300),
    minPartBytes: Number(env.RGW_MIN_PART_BYTES || 5 * 1024 ** 2),
    osdBytes: Number(env.CEPH_OSD_BYTES || 32 * 1024 ** 3),
  }
}

export function cacheDir(): string {
  return env.XDG_CACHE_HOME || join(homedir(), '.cache')
}
