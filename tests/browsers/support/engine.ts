/** A page in some browser: as little as the core story needs, so that each engine can be driven in its own way. */
export interface EnginePage {
  open(url: string): Promise<void>
  reload(): Promise<void>
  /** Puts files into the first file input that fits. */
  pick(selector: string, paths: string[]): Promise<void>
  /** Clicks the first element that fits, as a person does. */
  click(selector: string): Promise<void>
  /** Runs a function body in the page. What it returns has to fit into JSON. */
  run<T>(body: string): Promise<T>
  /** SIGKILL to all of the browser's processes. */
  kill(): Promise<void>
}

export interface Engine {
  name: 'Chromium' | 'Firefox' | 'WebKit'
  /** Whether what a profile holds outlives the browser; where not, a reload has to stand for a kill. */
  keepsProfile: boolean
  /** Whether the browser can open a file again by itself. */
  hasFileHandles: boolean
  /** What it sends for a part. */
  sends: 'Blob' | 'ArrayBuffer'
  version(): string
  start(profile: string): Promise<EnginePage>
}
