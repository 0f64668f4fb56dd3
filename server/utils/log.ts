/** The server's one way to its log: standard error, where every platform collects it. */
export function logError(line: string): void {
  // eslint-disable-next-line no-console
  console.error(line)
}
