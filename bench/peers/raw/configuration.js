/** As many requests as browsers open connections to one host over HTTP/1.1. */
export const configuration = { partBytes: 8 * 1024 * 1024, inFlight: 6, againAfterMs: 500 }
