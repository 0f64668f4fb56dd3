/** All messages of a catalogue by their whole keys, such as `errors.offline.title`. */
export function flatten(messages: object, prefix = ''): Record<string, string> {
  return Object.assign({}, ...Object.entries(messages).map(([key, value]: [string, unknown]) =>
    typeof value === 'string' ? { [prefix + key]: value } : flatten(value as object, `${prefix}${key}.`)))
}
