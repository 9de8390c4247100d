/** A port for a fetch handler. What cannot be read as a request is answered with the headers of every other answer. */
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import { securityHeaders } from './security.ts'

export type ListenOptions = {
  fetch: (request: Request, bindings?: object) => Response | Promise<Response>
  hostname: string
  /** 0: any. */
  port: number
  /** People reach it through TLS. */
  secure: boolean
}

/** @returns the server, which listens once it says so: `listening` or `error`. */
export function listen({ fetch, hostname, port, secure }: ListenOptions, ready?: (info: AddressInfo) => void): Server {
  const headers = [...securityHeaders(secure), ['cache-control', 'no-store'] as const]
  const errorHandler = () =>
    new Response(null, { status: 400, headers: headers.map(([name, value]): [string, string] => [name, value]) })
  // Without a Host a request reaches the listener, and is answered like any other that cannot be read.
  const server = createServer({ requireHostHeader: false }, getRequestListener(fetch, { errorHandler }))
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
    const status = UNREADABLE[error.code ?? ''] ?? 400
    const lines = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      ...headers.map(([name, value]) => `${name}: ${value}`),
      'connection: close',
      'content-length: 0',
    ]
    socket.end(`${lines.join('\r\n')}\r\n\r\n`)
  })
  server.on('checkExpectation', (_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(417, headers.flat()).end()
  })
  server.listen(port, hostname, () => ready?.(server.address() as AddressInfo))
  return server
}

const UNREADABLE: Record<string, number> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }
