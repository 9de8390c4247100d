/** One viewer's stream: what was missed, then what comes, with a sign of life for proxies that close quiet connections. */
import type { Change } from '../../contract/index.ts'
import type { ChangeFeed, Changes } from './change-feed.ts'

export interface StreamTiming {
  heartbeatMs: number
  /** After this the connection ends; the browser comes back, and is asked again who it is. */
  lifetimeMs: number
}

export const STREAM_TIMING: StreamTiming = { heartbeatMs: 15_000, lifetimeMs: 10 * 60_000 }

/** A viewer that does not read is let go, rather than kept in memory. */
const UNREAD_MAX = 1_000

export function eventStream(
  feed: ChangeFeed,
  lastEventId: string | undefined,
  timing: StreamTiming,
  closing: AbortSignal,
): Response {
  const encoder = new TextEncoder()
  let end = () => {}
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const write = (text: string) => {
          if ((controller.desiredSize ?? 0) < -UNREAD_MAX) end()
          else controller.enqueue(encoder.encode(text))
        }
        const tell = ({ seq, changes }: Changes) => write(frame(seq, changes))
        // A page notices the end, and is refused a new stream until the database answers.
        const stop = feed.watch(tell, () => end())
        const heartbeat = setInterval(() => write(': still here\n\n'), timing.heartbeatMs)
        const lifetime = setTimeout(() => end(), timing.lifetimeMs)
        end = () => {
          end = () => {}
          closing.removeEventListener('abort', onClosing)
          stop()
          clearInterval(heartbeat)
          clearTimeout(lifetime)
          try {
            controller.close()
          } catch {
            // The viewer closed it first.
          }
        }
        const onClosing = () => end()
        closing.addEventListener('abort', onClosing)
        write('retry: 1000\n\n')
        for (const missed of missedBy(feed, lastEventId)) tell(missed)
      },
      cancel: () => end(),
    },
    { highWaterMark: 1 },
  )
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    },
  })
}

/** Begins with the number to come back with, even when nothing has happened yet. */
function missedBy(feed: ChangeFeed, lastEventId: string | undefined): Changes[] {
  const nothing = { seq: feed.seq, changes: [] }
  if (lastEventId === undefined) return [nothing]
  const missed = /^\d{1,16}$/.test(lastEventId) ? feed.since(Number(lastEventId)) : undefined
  if (missed === undefined) return [{ seq: feed.seq, changes: [{ kind: 'all' }] }]
  return missed.length > 0 ? missed : [nothing]
}

const frame = (seq: number, changes: Change[]): string =>
  `id: ${seq}\nevent: changes\ndata: ${JSON.stringify({ changes })}\n\n`
