import type { AddressInfo, Socket } from 'node:net'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:tls'

export interface Certificate {
  path: string
  cert: Buffer
  key: Buffer
  remove(): Promise<void>
}

/** For localhost, signed by itself, for a day. */
export async function createCertificate(): Promise<Certificate> {
  const folder = await mkdtemp(join(tmpdir(), 'lading-tls-'))
  const [path, keyPath] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  execFileSync('openssl', [
    'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-out', path, '-keyout', keyPath,
  ], { stdio: 'ignore' })
  return { path, cert: await readFile(path), key: await readFile(keyPath), remove: () => rm(folder, { recursive: true }) }
}

export interface TlsFront {
  /** `https://localhost:<port>` */
  url: string
  close(): Promise<void>
}

/** Speaks TLS before a plain server on loopback, and passes every byte on as it is. */
export async function startTlsFront({ cert, key }: Certificate, upstreamUrl: string): Promise<TlsFront> {
  const upstreamPort = Number(new URL(upstreamUrl).port)
  const sockets = new Set<Socket>()
  const server = createServer({ cert, key }, (client) => {
    const upstream = connect(upstreamPort, '127.0.0.1')
    for (const [one, other] of [[client, upstream], [upstream, client]] as const) {
      sockets.add(one)
      one.once('close', () => {
        sockets.delete(one)
        other.destroy()
      })
      // Whoever breaks it off, the other side is told by `close`.
      one.on('error', () => {})
      one.pipe(other)
    }
  })
  server.on('tlsClientError', (_, socket) => { socket.destroy() })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    },
  }
}
