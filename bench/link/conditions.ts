/** What lies between a browser and everything that it talks to: the store and the server alike. */
export interface LinkConditions {
  /** From either end to the other. */
  oneWayMs: number
  /** What leaves the browser; how fast answers come is not limited. */
  bytesPerSecond: number
  /** Whether each connection has that rate, or all of them together. */
  per: 'connection' | 'link'
  /** Share of part requests that get a 503 once their body is there. @default 0 */
  refusedShare?: number
  outages?: Outage[]
}

export interface Outage {
  /** Begins when the browser has sent so many bytes. */
  afterBytes: number
  forMs: number
  /** Connections are reset and new ones refused; or nothing passes either way, and afterwards everything goes on. */
  how: 'reset' | 'silence'
}
