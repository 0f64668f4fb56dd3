export interface FaultLine {
  /** What happens, in a few words. */
  fault: string
  /** Between whom; none where it strikes a file, a browser or a press of a button. */
  between?: 'browser and store' | 'browser and server' | 'server and store' | 'both of the browser\'s lines'
  /** What has to come of it. */
  outcome: string
  /** Whether it has to be seen on Ceph too; the others are tested on the local store alone. */
  onCeph?: boolean
  /** It takes longer than a change may take on Ceph: `npm run test:long` has it. */
  isLong?: boolean
}

const alone = 'arrives by itself'

/** What is injected, by number: tests are named `12: …` after them. */
export const faultLines: Record<number, FaultLine> = {
  1: { fault: 'The connection is reset before, within or after the body of a part', between: 'browser and store', outcome: `${alone}; no other part is sent again`, onCeph: true },
  2: { fault: 'A part is stored and nobody is told', between: 'browser and store', outcome: alone, onCeph: true },
  3: { fault: 'The ETag is hidden from the page, in one answer or in all', between: 'browser and store', outcome: `${alone}, the store's list tells; or stops with \`store_cors\` and names the header`, onCeph: true },
  4: { fault: 'A refusal comes without CORS headers', between: 'browser and store', outcome: alone },
  5: { fault: 'A preflight is refused, once or always', between: 'browser and store', outcome: `${alone}; or stops with \`store_cors\` and says what the bucket must allow` },
  6: { fault: '500, SlowDown for a while, 429 with `Retry-After`, RequestTimeout', between: 'browser and store', outcome: `${alone}, in growing pauses, and not before the store wants it`, onCeph: true, isLong: true },
  7: { fault: 'A URL or the token in it has expired', between: 'browser and store', outcome: `${alone} with one more signature`, onCeph: true },
  8: { fault: 'Every URL has expired, however fresh', between: 'browser and store', outcome: 'stops with `server_clock` after three signatures' },
  9: { fault: 'The store finds the signature wrong, once or always', between: 'browser and store', outcome: `${alone}; or stops with \`store_config\`` },
  10: { fault: 'The multipart upload is aborted by somebody else', between: 'browser and store', outcome: 'says so, begins anew and arrives', onCeph: true },
  11: { fault: 'The store is full for a while', between: 'browser and store', outcome: `says that it waits for space, then ${alone}` },
  12: { fault: 'The store reads no further, or never answers', between: 'browser and store', outcome: `${alone}, by a watchdog`, onCeph: true },
  13: { fault: 'A slow link, a late one, one with large buffers', between: 'browser and store', outcome: `${alone}; no watchdog strikes what moves` },
  14: { fault: 'A bit flips on the way', between: 'browser and store', outcome: `${alone}: the store refuses the part, it goes again`, onCeph: true },
  15: { fault: 'A captive portal answers in the store\'s place', between: 'browser and store', outcome: `its answers count for nothing; ${alone} once it is gone` },
  16: { fault: 'The store\'s port is dead; the whole network is black at 99 %', between: 'both of the browser\'s lines', outcome: `waits, then ${alone}`, onCeph: true, isLong: true },
  17: { fault: 'All of a part\'s faults at random, at a tenth of the requests', between: 'browser and store', outcome: alone },
  18: { fault: 'The answer to `initiate` is lost; it is delivered twice at once to two instances', between: 'browser and server', outcome: `${alone}, as one object with nothing beside it` },
  19: { fault: '`sign` gets a 500, silence, or the page of a deployment', between: 'browser and server', outcome: alone },
  20: { fault: 'The answer to `complete` is lost', between: 'browser and server', outcome: `${alone}, with the same receipt`, onCeph: true },
  21: { fault: 'The session ends in the middle', between: 'browser and server', outcome: `waits with \`sign_in\`, keeps its parts, then ${alone}` },
  22: { fault: 'The server is killed between calls', between: 'browser and server', outcome: alone },
  23: { fault: 'The server\'s own limit of calls is hit', between: 'browser and server', outcome: alone },
  24: { fault: 'Create\'s answer is lost; Complete says 200 with an error or nothing in it', between: 'server and store', outcome: `${alone}, and counts only once HEAD agrees`, onCeph: true },
  25: { fault: 'Complete is done, its answer lost, and a repeat is refused', between: 'server and store', outcome: alone, onCeph: true },
  26: { fault: 'Complete takes 90 seconds, or longer than the platform lets a request run', between: 'server and store', outcome: `says that the file is assembled; ${alone}`, onCeph: true, isLong: true },
  27: { fault: 'The store lacks a part at Complete', between: 'server and store', outcome: `that part is sent again; ${alone}`, onCeph: true },
  28: { fault: 'The list of 2,500 parts breaks off after its first page', between: 'server and store', outcome: `${alone}, and nothing is sent again`, onCeph: true, isLong: true },
  29: { fault: 'The browser is killed in the middle', outcome: 'offered when it is opened again; arrives once the file is picked', onCeph: true },
  30: { fault: 'Another file of the same name and length is picked', outcome: 'refused with `file_mismatch`, nothing is lost' },
  31: { fault: 'The file is edited, truncated or deleted, while it is sent or between two visits', outcome: 'stops with `file_changed`, `file_mismatch` or `file_unreadable`; mixed bytes are never completed' },
  32: { fault: 'IndexedDB is deleted, full, refused, or never answers', outcome: `a notice, and ${alone}; after a reload it is offered from the server's list` },
  33: { fault: 'Two tabs continue the same upload', outcome: 'one sends, the other shows' },
  34: { fault: 'It is discarded while it is assembled', outcome: 'gone or complete, never half' },
  35: { fault: 'Sizes around nothing, one part, 5 MiB, and the border of 10,000 parts', outcome: alone },
  36: { fault: 'Names with emoji, right-to-left letters, 255 characters, paths, quotes, line ends', outcome: `${alone}; the name comes back whole, and nothing escapes` },
  37: { fault: 'Gateway, OSD and monitor of Ceph are killed', between: 'server and store', outcome: alone, onCeph: true },
}

/** Numbers of the lines that fit. */
export function linesWhere(fits: (line: FaultLine) => boolean): number[] {
  return Object.entries(faultLines).filter(([, line]) => fits(line)).map(([number]) => Number(number))
}

/** For Vitest's `-t`: all tests that are named after these lines. */
export function namePattern(numbers: readonly number[]): string {
  return `(^| )(${numbers.join('|')}): `
}

/** The numbers that a test is named after, with those of the suites around it. */
export function numbersIn(fullName: string): number[] {
  return [...fullName.matchAll(/(?:^| )(\d{1,2}): /g)].map(([, number]) => Number(number))
}
