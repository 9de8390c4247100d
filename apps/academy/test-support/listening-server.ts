/** A handler behind a real socket, for what depends on where a request comes from and on how a connection ends. */
import { type IncomingHttpHeaders, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ServerType, serve } from '@hono/node-server'

export type Asked = {
  method?: string
  path: string
  headers?: Record<string, string>
  /** Sent as JSON. */
  body?: unknown
  /** Where it comes from: any address of 127.0.0.0/8 is this machine's own. */
  from?: string
}

export type Answered = { status: number; headers: IncomingHttpHeaders; text: string; json: () => unknown }

export type ListeningServer = {
  url: string
  ask: (asked: Asked) => Promise<Answered>
  close: () => Promise<void>
}

export async function listen(
  fetch: (request: Request, bindings?: object) => Response | Promise<Response>,
): Promise<ListeningServer> {
  const server: ServerType = serve({ fetch, hostname: '127.0.0.1', port: 0 })
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    ask: (asked) => askPort(port, asked),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        if ('closeAllConnections' in server) server.closeAllConnections()
      }),
  }
}

function askPort(port: number, { method = 'GET', path, headers = {}, body, from }: Asked): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const json = body === undefined ? {} : { 'content-type': 'application/json' }
    const options = { host: '127.0.0.1', port, method, path, agent: false, headers: { ...json, ...headers } }
    const asking = request({ ...options, ...(from ? { localAddress: from } : {}) }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => {
        text += part
      })
      response.on('error', reject)
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          json: () => JSON.parse(text),
        }),
      )
    })
    asking.on('error', reject)
    asking.end(body === undefined ? undefined : JSON.stringify(body))
  })
}
