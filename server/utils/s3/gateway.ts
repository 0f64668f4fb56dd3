import type { StoreSettings } from '~/server/utils/config/store'
import { lazyClients } from './client'
import type { MultipartCalls } from './multipart'
import { createMultipartCalls } from './multipart'
import type { MultipartLists } from './multipartLists'
import { createMultipartLists } from './multipartLists'
import type { ObjectCalls } from './objects'
import { createObjectCalls } from './objects'
import type { PresignCalls } from './presign'
import { createPresignCalls } from './presign'

/** The one way to the bucket. Every call throws a `LadingError`, `store_config` or `store_unavailable`, and nothing of the store's own. */
export type Gateway = ObjectCalls & MultipartCalls & MultipartLists & PresignCalls

export function createGateway(settings: StoreSettings, now: () => number = Date.now): Gateway {
  const clients = lazyClients(settings)
  return {
    ...createObjectCalls(clients, settings.bucket),
    ...createMultipartCalls(clients, settings.bucket),
    ...createMultipartLists(clients, settings.bucket),
    ...createPresignCalls(clients, settings.bucket, settings.hosts, now),
  }
}
