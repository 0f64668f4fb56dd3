import { parseArgs } from 'node:util'
import { isAlive } from './data-lock'
import { createLocalS3, region } from './server'

const usage = `npm run local-s3 -- --data DIR [options]

  --port N               0 for any free one (default 9100)
  --data DIR             where everything is kept
  --bucket NAME          made at start
  --cors-origin ORIGIN   an origin that may use that bucket, or *; can be repeated
  --journal FILE         one JSON line per request
  --bytes-per-second N   limits request bodies, all connections together
  --min-part-bytes N     smallest part but the last (default 5242880)
  --opaque-etags         ETags that are no MD5, as under SSE-KMS
  --no-digest-check      does not compare Content-MD5 and checksums with the body
  --discard-parts        digests and lists parts, but keeps none of their bytes
  --repeat-complete aws|minio   what a second Complete gets (default aws)
  --reader-key           prints a second key pair, which may read and list but change nothing
  --clock-offset N       seconds by which its clock is off, such as 3600 or, behind, =-3600
  --exit-with PID        ends when that process is gone

Lifecycle rules are checked, kept and given back as at AWS, but never carried out.
`

const { values } = parseArgs({
  options: {
    'port': { type: 'string', default: '9100' },
    'data': { type: 'string' },
    'bucket': { type: 'string' },
    'cors-origin': { type: 'string', multiple: true },
    'journal': { type: 'string' },
    'bytes-per-second': { type: 'string' },
    'min-part-bytes': { type: 'string' },
    'opaque-etags': { type: 'boolean' },
    'no-digest-check': { type: 'boolean' },
    'discard-parts': { type: 'boolean' },
    'repeat-complete': { type: 'string', default: 'aws' },
    'reader-key': { type: 'boolean' },
    'clock-offset': { type: 'string' },
    'exit-with': { type: 'string' },
    'help': { type: 'boolean' },
  },
})

if (values.help || values.data === undefined || !isRepeat(values['repeat-complete'])) {
  console.error(usage)
  process.exit(values.help ? 0 : 2)
}

const exitWithPid = readNumber(values['exit-with'])
const store = await createLocalS3({
  dataDir: values.data,
  port: readNumber(values.port),
  bucket: values.bucket,
  corsOrigins: values['cors-origin'],
  journal: values.journal,
  bytesPerSecond: readNumber(values['bytes-per-second']),
  minPartBytes: readNumber(values['min-part-bytes']),
  opaqueEtags: values['opaque-etags'],
  checkDigests: !values['no-digest-check'],
  discardParts: values['discard-parts'],
  repeatComplete: values['repeat-complete'],
  readerKey: values['reader-key'],
  clockOffsetSeconds: readNumber(values['clock-offset'], /^-?\d+$/),
  exitWithPid,
}).catch((error: Error) => {
  console.error(error.message)
  return process.exit(1)
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop())
if (exitWithPid !== undefined) setInterval(() => void (isAlive(exitWithPid) || stop()), 1000).unref()
// Whoever started us may stop listening to what we say.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

console.log(`S3_ENDPOINT=${store.endpoint}
S3_REGION=${region}
S3_ACCESS_KEY_ID=${store.keys.accessKeyId}
S3_SECRET_ACCESS_KEY=${store.keys.secretAccessKey}
S3_FORCE_PATH_STYLE=true`)
if (store.readerKeys) {
  console.log(`S3_READER_ACCESS_KEY_ID=${store.readerKeys.accessKeyId}
S3_READER_SECRET_ACCESS_KEY=${store.readerKeys.secretAccessKey}`)
}

async function stop(): Promise<void> {
  await store.close()
  process.exit()
}

function isRepeat(text: string): text is 'aws' | 'minio' {
  return text === 'aws' || text === 'minio'
}

function readNumber(text: string | undefined, pattern = /^\d+$/): number | undefined {
  if (text === undefined) return undefined
  if (!pattern.test(text)) {
    console.error(`Not a number: ${text}`)
    process.exit(2)
  }
  return Number(text)
}
