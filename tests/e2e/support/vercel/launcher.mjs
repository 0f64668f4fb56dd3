import { createServer } from 'node:http'
import { argv } from 'node:process'
import { pathToFileURL } from 'node:url'

/** Within a function's own process: what Vercel's Node launcher does without helpers. The handler gets Node's own request and response, as they came. */
const { default: handler } = await import(pathToFileURL(argv[2]).href)
const server = createServer(handler)
server.listen(0, '127.0.0.1', () => process.send?.(server.address().port))
process.once('disconnect', () => process.exit())
