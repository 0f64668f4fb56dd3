import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { env } from 'node:process'
import { answerJson } from './http.js'

/**
 * One uploader's page, script and signing server; a process of its own, told by PEER, CLIENT_SCRIPT and S3_… what to be. Prints its port.
 * A peer's `server.js` exports `handle(request, response)`, which answers whatever else is asked.
 */
const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${env.PEER}</title>
<link rel="icon" href="data:,">
<input type="file" data-testid="file-input"><p data-testid="upload-row" data-status="uploading"></p>
<script type="module" src="/client.js"></script></html>`

const { handle } = await import(`./${env.PEER}/server.js`)
const script = await readFile(env.CLIENT_SCRIPT)

const server = createServer({ requestTimeout: 0, keepAliveTimeout: 60_000 }, async (request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost')
  try {
    if (pathname === '/') response.writeHead(200, { 'content-type': 'text/html' }).end(html)
    else if (pathname === '/client.js') response.writeHead(200, { 'content-type': 'text/javascript' }).end(script)
    else await handle(request, response)
  } catch (error) {
    process.stderr.write(`${error.stack}\n`)
    if (response.headersSent) response.destroy()
    else answerJson(response, { error: { message: String(error.message) } }, 500)
  }
})
server.listen(0, '127.0.0.1', () => { process.stdout.write(`PORT=${server.address().port}\n`) })
