/** Seals the cookies of every site that tests start. */
export const sessionPassword = 'Vt9mE2xqL7rJ4wZc8nYb3kHd6sPf5gTa'

/** What no log and no page may hold, by what it looks like. */
const shapes: Record<string, RegExp> = {
  'a signature': /Signature=[0-9a-f]{64}/i,
  'a presigned URL': /X-Amz-(?:Signature|Credential|Security-Token)/i,
  'a sealed cookie': /Fe26\.2\*/,
  'a token of an upload': /lading-token|"token"/,
  'an upload id': /uploadId=/i,
}

/** Names the secrets that a text holds: anything that looks like one, and those among the settings of the server. */
export function secretsIn(text: string, settings: Record<string, string>): string[] {
  const values = { ...settings, NUXT_SESSION_PASSWORD: sessionPassword }
  const isSecret = (name: string) => /SECRET|PASSWORD|PASSCODE|TOKEN|ACCESS_KEY/.test(name)
  return [
    ...Object.entries(shapes).flatMap(([name, shape]) => shape.test(text) ? name : []),
    ...Object.entries(values).flatMap(([name, value]) => isSecret(name) && value.length > 3 && text.includes(value) ? name : []),
  ]
}
