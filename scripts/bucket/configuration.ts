import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { env, loadEnvFile } from 'node:process'
import { findStore } from '~/local-s3/data-lock'
import { openKeys } from '~/local-s3/keys'
import type { BucketConfig } from '~/server/utils/config/parseBucket'
import { bucketEnvironment, parseBucketConfig } from '~/server/utils/config/parseBucket'
import { ConfigError } from '~/server/utils/config/parseConfig'

// What the SDK has to say of Node's next version is nothing that whoever asks about a bucket can mend.
env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'

const developmentOrigin = 'http://localhost:3000'

/**
 * The server's settings from the environment and from `.env`, where the environment wins; without a bucket in them the local store that `npm run dev`
 * has started. `origins` takes the place of `NUXT_SITE_ORIGIN`. Throws a `ConfigError` that names every mistake.
 */
export async function readConfiguration(origins: readonly string[]): Promise<BucketConfig> {
  if (existsSync('.env')) loadEnvFile()
  const raw = bucketEnvironment(env)
  if (origins.length > 0) raw.siteOrigin = origins.join()
  if (!env.NUXT_S3_BUCKET) Object.assign(raw.s3, await findDevelopmentStore())
  const config = parseBucketConfig(raw, { isProduction: env.NODE_ENV === 'production' })
  if (config.origins.length > 0) return config
  if (config.store.provider === 'local') return { ...config, origins: [developmentOrigin] }
  throw new ConfigError(['NUXT_SITE_ORIGIN is not set: say where people open the site, there or by --origin https://files.example.com'])
}

async function findDevelopmentStore() {
  const dataDir = resolve(join('.data', 's3'))
  const running = await findStore(dataDir)
  if (!running?.endpoint) return {}
  return { endpoint: running.endpoint, bucket: 'lading', ...await openKeys(dataDir), forcePathStyle: 'true', provider: 'local' }
}
