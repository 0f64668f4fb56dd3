import { LadingError } from '#shared/errors'

interface Thrown {
  code?: unknown
  $metadata?: { httpStatusCode?: number }
}

/** Names, codes and messages down to the first cause; of our own mistakes also where they happened. Nothing that names a person's file or opens anything. */
export function describeThrown(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'not an error'
  const { code, $metadata } = thrown as Thrown
  const facts = [thrown.name, code, $metadata?.httpStatusCode].filter((fact) => fact !== undefined).join(' ')
  const isOurMistake = !(thrown instanceof LadingError) && $metadata === undefined
  const text = isOurMistake ? thrown.stack ?? thrown.message : thrown.message
  const cause = thrown.cause === undefined ? '' : ` <- ${describeThrown(thrown.cause)}`
  return `${facts}: ${withoutSecrets(text)}${cause}`
}

/** The one word for what lies at the bottom: `ECONNREFUSED`, `NoSuchBucket`, `TimeoutError`. */
export function causeName(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined
  if (thrown.cause instanceof Error) return causeName(thrown.cause)
  if (thrown instanceof LadingError) return undefined
  const { code } = thrown as Thrown
  return typeof code === 'string' ? code : thrown.name
}

/** Stores quote keys and addresses in their messages, and a parser quotes what it could not read. */
function withoutSecrets(text: string): string {
  return text
    .replace(/https?:\/\/\S+/g, '<url>')
    .replace(/X-Amz-[^\s&]+/gi, '<signed>')
    .replace(/".*"/g, '"…"')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, '<id>')
    .replace(/[0-9a-f]{32,}/gi, '<hex>')
    .replace(/\bA[KS]IA[A-Z0-9]{12,}\b/g, '<key>')
    .slice(0, 2000)
}
