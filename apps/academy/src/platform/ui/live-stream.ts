/**
 * A server-sent event stream that survives what networks do: it reconnects with backoff and asks for what it missed
 * (`Last-Event-ID`), notices a connection that went silent, and falls back to polling while the stream cannot be had.
 *
 *   connecting → live ⇄ reconnecting → polling → live      any → stopped (the server said that there is nothing to hear)
 *
 * While the server has no database, or a proxy no server, asking brings nothing either: it stays `reconnecting`.
 */
export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'polling' | 'stopped'

export interface StreamMessage {
  id: string | undefined
  event: string
  data: string
}

export interface StreamOptions {
  url: string
  onMessage: (message: StreamMessage) => void
  onState: (state: LiveState) => void
  /** Asked for the whole state: after every reconnection, and every `pollEveryMs` while polling. */
  onPoll: () => void
  fetch?: typeof fetch
  pollEveryMs?: number
  silenceMaxMs?: number
  backoffMs?: (failures: number) => number
}

const FAILURES_BEFORE_POLLING = 3

/** A database that is away may be back at any moment; a page notices it within this. */
const AWAY_BACKOFF_MS_MAX = 3_000

/** The end of a connection: of itself, without a database behind it, or for good. */
type End = 'ended' | 'away' | 'refused'

export const defaultBackoffMs = (failures: number) => Math.min(15_000, 500 * 2 ** failures) * (0.75 + Math.random() / 2)

/** Feed it text as it arrives; it returns the messages that are complete (WHATWG HTML, 9.2.6). */
export function createStreamParser(): (chunk: string) => StreamMessage[] {
  let rest = ''
  let lastId: string | undefined
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
        if (data.length > 0) messages.push({ id: lastId, event: event || 'message', data: data.join('\n') })
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
      else if (field === 'id') lastId = value
    }
    return messages
  }
}

export function openEventStream(options: StreamOptions): { close: () => void; retryNow: () => void } {
  const { fetch: get = fetch, pollEveryMs = 5_000, silenceMaxMs = 40_000, backoffMs = defaultBackoffMs } = options
  let closed = false
  let lastEventId: string | undefined
  let failures = 0
  let connection: AbortController | undefined
  let poll: ReturnType<typeof setInterval> | undefined
  let wake = () => {}

  const setState = (state: LiveState) => {
    if (closed && state !== 'stopped') return
    if (state === 'polling') poll ??= setInterval(options.onPoll, pollEveryMs)
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
      })
      // 204 is how a server ends a stream for good; a refusal will not change by asking again.
      if (response.status === 204 || [401, 403, 404, 410].includes(response.status)) return 'refused'
      if ([502, 503, 504].includes(response.status)) return 'away'
      if (!response.ok || !response.body) throw new Error(`stream answered ${response.status}`)
      if (failures > 0) options.onPoll()
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
      if (end === 'refused') return setState('stopped')
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
