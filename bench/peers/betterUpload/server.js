import { route } from '@better-upload/server'
import { toNodeHandler } from '@better-upload/server/adapters/node'
import { custom } from '@better-upload/server/clients'
import { store } from '../store.js'
import { configurations } from './configuration.js'

const { accessKeyId, secretAccessKey, region, endpoint, bucket } = store
const client = custom({ host: new URL(endpoint).host, secure: false, forcePathStyle: true, region, accessKeyId, secretAccessKey })
const maxFileSize = 5 * 1024 ** 4

export const handle = toNodeHandler({
  client,
  bucketName: bucket,
  routes: Object.fromEntries(Object.entries(configurations).map(([name, options]) => [name, route({ maxFileSize, ...options.route })])),
})
