import { expect, test, vi } from 'vitest'
import { createStreamParser, openStream, type StreamState } from './live-stream.ts'

const body = (text: string) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(text))
      controller.close()
    },
  })

const follow = (answers: (() => Response)[]) => {
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
    pollEveryMs: 10_000,
    onMessage: ({ data }) => heard.push(data),
    onState: (state) => states.push(state),
    onMissed: missed,
  })
  return { states, heard, asked, missed, stream }
}

test('messages are whole whatever the chunks are', () => {
  const parse = createStreamParser()
  expect(parse('id: 7\r')).toEqual([])
  expect(parse('\nevent: tally\nda')).toEqual([])
  expect(parse('ta: {}\n: a comment\n\n')).toEqual([{ id: '7', event: 'tally', data: '{}' }])
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

test('where nobody answers it reconnects and polls nothing, however long that takes', async () => {
  const noServer = () => {
    throw new TypeError('Failed to fetch')
  }
  const noDatabase = () => new Response('', { status: 503 })
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

test('a refusal is not asked again', async () => {
  const { states, asked } = follow([() => new Response('', { status: 403 })])
  await vi.waitFor(() => expect(states).toEqual(['connecting', 'refused']))
  expect(asked).toHaveLength(1)
})
