// Control characters, line and paragraph separators, and the bidi controls, some of which make "gpj.exe" read as
// "exe.jpg". Joiners stay: emoji and Indic scripts need them.
const harmful = /[\p{Cc}\u2028\u2029\p{Bidi_Control}]/gu

/** A file name or folder path as it may be shown: what could garble the page around it becomes a visible mark. */
export function displayName(name: string): string {
  return name.replace(harmful, '\uFFFD')
}
