import { afterEach, expect, test, vi } from 'vitest'
import { createStreamParser, openStream, type StreamState } from './live-stream.ts'

afterEach(() => {
  vi.useRealTimers()
})

const body = (text: string) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(text))
      controller.close()
    },
  })

/** Serves the answers in order, then none. */
const follow = (answers: (() => Response)[], pollEveryMs = 10_000) => {
  const states: StreamState[] = []
  const heard: string[] = []
  const asked: (string | null)[] = []
  const missed = vi.fn()
  const get = (async (_url: string, init?: RequestInit) => {
    asked.push(new Headers(init?.headers).get('last-event-id'))
    const answer = answers.shift()
    if (!answer) return new Promise<Response>(() => {})
    return answer()
  }) as typeof fetch
  const stream = openStream({
    url: '/stream',
    fetch: get,
    backoffMs: () => 0,
    pollEveryMs,
    onMessage: ({ data }) => heard.push(data),
    onState: (state) => states.push(state),
    onMissed: missed,
  })
  return { states, heard, asked, missed, stream }
}

test('messages are whole wherever the text is cut', () => {
  const text = ': hello\r\nid: 7\r\nevent: tally\r\ndata: {"a":\r\ndata: 1}\r\n\r\n'
  for (let cut = 0; cut <= text.length; cut++) {
    const parse = createStreamParser()
    const messages = [...parse(text.slice(0, cut)), ...parse(text.slice(cut)), ...parse('\n')]
    expect(messages).toEqual([{ id: '7', event: 'tally', data: '{"a":\n1}' }])
  }
})

test('an id stays until another is given; comments and empty events are silent', () => {
  const parse = createStreamParser()
  expect(parse('id: 1\ndata: a\n\n: beat\n\nevent: nothing\n\ndata: b\n\n')).toEqual([
    { id: '1', event: 'message', data: 'a' },
    { id: '1', event: 'message', data: 'b' },
  ])
})

test('a broken stream asks for what it missed, then polls', async () => {
  const bad = () => new Response('', { status: 500 })
  const { states, heard, asked, missed, stream } = follow([
    () => new Response(body('id: 4\ndata: one\n\n')),
    bad,
    bad,
    bad,
    () => new Response(body('data: two\n\n')),
  ])
  await vi.waitFor(() => expect(heard).toEqual(['one', 'two']))
  expect(asked.slice(0, 5)).toEqual([null, '4', '4', '4', '4'])
  expect(states.slice(0, 6)).toEqual(['connecting', 'live', 'reconnecting', 'reconnecting', 'polling', 'polling'])
  expect(missed).toHaveBeenCalled()
  stream.close()
})

const noServer = () => {
  throw new TypeError('Failed to fetch')
}
const noDatabase = () => new Response('', { status: 503 })
const fault = () => new Response('', { status: 500 })

test('where nobody answers it reconnects and asks once for what it missed', async () => {
  const { states, heard, missed, stream } = follow([
    noDatabase,
    noServer,
    noDatabase,
    noDatabase,
    () => new Response(body('data: back\n\n')),
  ])
  await vi.waitFor(() => expect(heard).toEqual(['back']))
  expect(states.slice(0, 6)).toEqual(['connecting', ...Array(4).fill('reconnecting'), 'live'])
  expect(missed).toHaveBeenCalledOnce()
  stream.close()
})

test('it polls after three failures in a row, until it is closed', async () => {
  vi.useFakeTimers()
  const { states, missed, stream } = follow([fault, fault, fault, fault], 1)
  await vi.advanceTimersByTimeAsync(100)
  expect(states).toEqual(['connecting', 'reconnecting', 'reconnecting', 'polling', 'polling'])
  const polls = missed.mock.calls.length
  expect(polls).toBeGreaterThan(50)
  stream.close()
  await vi.advanceTimersByTimeAsync(100)
  expect(missed).toHaveBeenCalledTimes(polls)
})

test('it polls nothing while nobody answers, however long that takes', async () => {
  vi.useFakeTimers()
  const { states, missed, stream } = follow([noDatabase, noServer, noDatabase, noDatabase], 1)
  await vi.advanceTimersByTimeAsync(100)
  expect(states).toEqual(['connecting', ...Array(4).fill('reconnecting')])
  expect(missed).not.toHaveBeenCalled()
  stream.close()
})

test.each([
  { after: 'the stream is refused', answer: () => new Response('', { status: 403 }), state: 'refused' },
  { after: 'nobody answers any more', answer: noDatabase, state: 'reconnecting' },
])('it polls no longer once $after', async ({ answer, state }) => {
  vi.useFakeTimers()
  const { states, missed, stream } = follow([fault, fault, fault, answer], 1)
  await vi.advanceTimersByTimeAsync(20)
  expect(states).toEqual(['connecting', 'reconnecting', 'reconnecting', 'polling', state])
  const polls = missed.mock.calls.length
  await vi.advanceTimersByTimeAsync(100)
  expect(missed).toHaveBeenCalledTimes(polls)
  stream.close()
})

test.each([204, 401, 403, 404, 410])('after an answer %i nothing is asked again', async (status) => {
  const { states, asked } = follow([() => new Response(null, { status })])
  await vi.waitFor(() => expect(states).toEqual(['connecting', 'refused']))
  expect(asked).toHaveLength(1)
})

test('a connection that says nothing is given up', async () => {
  let asked = 0
  const silent: typeof fetch = (_url, init) => {
    asked++
    return new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)))
  }
  const stream = openStream({
    url: '/stream',
    fetch: silent,
    backoffMs: () => 0,
    silenceMaxMs: 5,
    onMessage: () => {},
    onState: () => {},
    onMissed: () => {},
  })
  await vi.waitFor(() => expect(asked).toBeGreaterThan(1))
  stream.close()
})
