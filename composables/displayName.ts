// Control characters, line and paragraph separators, and the bidi embeddings, overrides and isolates that can make
// "gpj.exe" read as "exe.jpg". Joiners stay: emoji and Indic scripts need them.
const harmful = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu

/** A file name or folder path as it may be shown: what could garble the page around it becomes a visible mark. */
export function displayName(name: string): string {
  return name.replace(harmful, '\uFFFD')
}
