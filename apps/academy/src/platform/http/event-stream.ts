/** Server-sent events: heartbeat against proxies that close quiet connections, and an end so that sessions are checked again. */
import type { StreamEvent } from './route.ts'

export type EventStreamSettings = {
  heartbeatMs?: number
  /** After this the connection is closed; the browser comes back with its session and the last event's id. */
  lifetimeMs?: number
}

const LINE_END = /\r\n|\r|\n/

function frame({ event, data, id }: StreamEvent): string {
  const lines = JSON.stringify(data).split(LINE_END)
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\n${lines.map((line) => `data: ${line}\n`).join('')}\n`
}

/**
 * @param open gives the events; its signal is aborted when the client leaves, the lifetime ends or `closing` says so.
 */
export function eventStream(
  open: (signal: AbortSignal) => AsyncIterable<StreamEvent>,
  closing: AbortSignal,
  onError: (error: unknown) => void,
  { heartbeatMs = 15_000, lifetimeMs = 10 * 60_000 }: EventStreamSettings = {},
): Response {
  const gone = new AbortController()
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    start: async (controller) => {
      const write = (text: string) => {
        if (!gone.signal.aborted) controller.enqueue(encoder.encode(text))
      }
      const heartbeat = setInterval(() => write(': still here\n\n'), heartbeatMs)
      const lifetime = setTimeout(() => gone.abort(), lifetimeMs)
      const close = () => gone.abort()
      closing.addEventListener('abort', close)
      if (closing.aborted) gone.abort()
      write('retry: 1000\n\n')
      try {
        for await (const event of open(gone.signal)) write(frame(event))
      } catch (error) {
        onError(error)
      } finally {
        clearInterval(heartbeat)
        clearTimeout(lifetime)
        closing.removeEventListener('abort', close)
        gone.abort()
        try {
          controller.close()
        } catch {
          // The client closed it first.
        }
      }
    },
    cancel: () => gone.abort(),
  })
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    },
  })
}
