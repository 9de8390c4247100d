/** A real HTTP server on the loopback that keeps what it is asked and answers as told. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Answer = (request: IncomingMessage, response: ServerResponse) => void

export type Asked = { method: string; url: string; headers: IncomingHttpHeaders; body: string }

export type AnsweringServer = {
  url: string
  port: number
  seen: Asked[]
  /** What it answers from now on. */
  answer: Answer
  close(): Promise<void>
}

export async function startAnsweringServer(): Promise<AnsweringServer> {
  const seen: Asked[] = []
  const http = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() })
      server.answer(request, response)
    })
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const { port } = http.address() as AddressInfo
  const server: AnsweringServer = {
    url: `http://127.0.0.1:${port}`,
    port,
    seen,
    answer: json(200, {}),
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve())
        http.closeAllConnections()
      }),
  }
  return server
}

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
  }

export const empty =
  (status: number, headers: Record<string, string> = {}): Answer =>
  (_request, response) => {
    response.writeHead(status, headers).end()
  }

export const cut: Answer = (request) => request.socket.destroy()

/** What a promise is rejected with; it fails when it is not. */
export async function failure(run: Promise<unknown>): Promise<Error> {
  return run.then(
    (value) => Promise.reject(new Error(`it succeeded: ${JSON.stringify(value)}`)),
    (error: Error) => error,
  )
}
