import type { Check } from '~/scripts/bucket/finding'
import { abort } from './abort'
import { address } from './address'
import { bucket } from './bucket'
import { clock } from './clock'
import { complete } from './complete'
import { conditions } from './conditions'
import { corsETag } from './corsETag'
import { corsPreflight } from './corsPreflight'
import { corsRead } from './corsRead'
import { credentials } from './credentials'
import { md5Digest, sha256Digest } from './digests'
import { etag } from './etag'
import { lifecycle } from './lifecycle'
import { listParts } from './listParts'
import { missing } from './missing'
import { part } from './part'
import { publicAccess } from './publicAccess'
import { region } from './region'
import { remove } from './remove'

/** In the order in which they are made and told: what the later ones rest on comes first. */
export const checks: readonly Check[] = [
  address, credentials, region, clock, bucket,
  corsPreflight, part, corsETag, md5Digest, sha256Digest, etag, listParts, complete, corsRead, abort,
  conditions, lifecycle, missing, remove, publicAccess,
]
