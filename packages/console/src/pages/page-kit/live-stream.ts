/**
 * A stream of server-sent events on networks as they are: it reconnects with backoff, asks for what it missed
 * (`Last-Event-ID`), notices a connection that went silent, and says when pages have to ask by themselves.
 *
 *   connecting → live ⇄ reconnecting → polling → live        any → refused (the server ends it, or will not serve it)
 *
 * The state stays `reconnecting` where nobody answers, not even a page that asks by itself.
 */
import { isAwayStatus } from './away.ts'

export type StreamState = 'connecting' | 'live' | 'reconnecting' | 'polling' | 'refused'

export interface StreamMessage {
  id: string | undefined
  event: string
  data: string
}

export interface StreamOptions {
  url: string
  onMessage: (message: StreamMessage) => void
  onState: (state: StreamState) => void
  /** Something may have been missed: after each reconnection, and every `pollEveryMs` while there is no stream. */
  onMissed: () => void
  fetch?: typeof fetch
  pollEveryMs?: number
  silenceMaxMs?: number
  backoffMs?: (failures: number) => number
}

const FAILURES_BEFORE_POLLING = 3

/** A database that is away may be back at any moment; a page notices it within this. */
const AWAY_BACKOFF_MS_MAX = 3_000

const defaultBackoffMs = (failures: number) => Math.min(15_000, 500 * 2 ** failures) * (0.75 + Math.random() / 2)

/** The end of a connection: of itself, without a server or database behind it, or for good. */
type End = 'ended' | 'away' | 'refused'

/** Feed it text as it arrives; it returns the messages that are complete (WHATWG HTML, 9.2.6). */
export function createStreamParser(): (chunk: string) => StreamMessage[] {
  let rest = ''
  let id: string | undefined
  let event = ''
  let data: string[] = []
  return (chunk) => {
    const messages: StreamMessage[] = []
    rest += chunk
    // A chunk may end between CR and LF: keep the CR until we know.
    const lines = rest.split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) messages.push({ id, event: event || 'message', data: data.join('\n') })
        event = ''
        data = []
        continue
      }
      const colon = line.indexOf(':')
      if (colon === 0) continue
      const field = colon < 0 ? line : line.slice(0, colon)
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
      if (field === 'data') data.push(value)
      else if (field === 'event') event = value
      else if (field === 'id') id = value
    }
    return messages
  }
}

export function openStream(options: StreamOptions): { close: () => void; retryNow: () => void } {
  const { fetch: get = fetch, pollEveryMs = 5_000, silenceMaxMs = 40_000, backoffMs = defaultBackoffMs } = options
  let closed = false
  let lastEventId: string | undefined
  let failures = 0
  let connection: AbortController | undefined
  let poll: ReturnType<typeof setInterval> | undefined
  let wake = () => {}

  const setState = (state: StreamState) => {
    if (closed) return
    if (state === 'polling') poll ??= setInterval(options.onMissed, pollEveryMs)
    else {
      clearInterval(poll)
      poll = undefined
    }
    options.onState(state)
  }

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  /** One connection, from request to end. */
  const listen = async (): Promise<End> => {
    const mine = new AbortController()
    connection = mine
    let silence = setTimeout(() => mine.abort(), silenceMaxMs)
    try {
      const response = await get(options.url, {
        headers: {
          accept: 'text/event-stream',
          ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
        },
        cache: 'no-store',
        signal: mine.signal,
      }).catch((error: unknown) => {
        if (mine.signal.aborted) throw error // it was silent
        return undefined
      })
      if (!response || isAwayStatus(response.status)) return 'away'
      // 204 is how a server ends a stream for good; a refusal will not change by asking again.
      if (response.status === 204 || [401, 403, 404, 410].includes(response.status)) return 'refused'
      if (!response.ok || !response.body) throw new Error(`the stream answered ${response.status}`)
      if (failures > 0) options.onMissed()
      failures = 0
      setState('live')
      const parse = createStreamParser()
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return 'ended'
        clearTimeout(silence)
        silence = setTimeout(() => mine.abort(), silenceMaxMs)
        for (const message of parse(value)) {
          if (closed) return 'ended'
          if (message.id !== undefined) lastEventId = message.id
          options.onMessage(message)
        }
      }
    } finally {
      clearTimeout(silence)
    }
  }

  const run = async () => {
    setState('connecting')
    while (!closed) {
      const end = await listen().catch((): End => 'ended')
      if (closed) return
      if (end === 'refused') return setState('refused')
      failures++
      setState(failures < FAILURES_BEFORE_POLLING || end === 'away' ? 'reconnecting' : 'polling')
      await pause(end === 'away' ? Math.min(backoffMs(failures), AWAY_BACKOFF_MS_MAX) : backoffMs(failures))
    }
  }
  void run()

  return {
    close: () => {
      closed = true
      clearInterval(poll)
      connection?.abort()
      wake()
    },
    retryNow: () => wake(),
  }
}
