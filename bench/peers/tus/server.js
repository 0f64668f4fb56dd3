import { env } from 'node:process'
import { FileStore } from '@tus/file-store'
import { Server } from '@tus/server'

/** The bytes go through this server and into a folder: there is no store behind it. */
const server = new Server({ path: '/files', datastore: new FileStore({ directory: env.FILES }), relativeLocation: true })

export async function handle(request, response) {
  await server.handle(request, response)
}
