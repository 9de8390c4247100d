import { describe, expect, test, vi } from 'vitest'
import { createStreamParser, type LiveState, openEventStream, type StreamMessage } from './live-stream.ts'

describe('parser', () => {
  test('a message may be cut anywhere', () => {
    const text = ': hello\r\nid: 7\r\nevent: delivery\r\ndata: {"a":\r\ndata: 1}\r\n\r\n'
    for (let cut = 0; cut <= text.length; cut++) {
      const parse = createStreamParser()
      const messages = [...parse(text.slice(0, cut)), ...parse(text.slice(cut)), ...parse('\n')]
      expect(messages).toEqual([{ id: '7', event: 'delivery', data: '{"a":\n1}' }])
    }
  })

  test('the id stays until another is given; comments and empty events are silent', () => {
    const parse = createStreamParser()
    expect(parse('id: 1\ndata: a\n\n: beat\n\nevent: nothing\n\ndata: b\n\n')).toEqual([
      { id: '1', event: 'message', data: 'a' },
      { id: '1', event: 'message', data: 'b' },
    ])
  })
})

const stream = (...chunks: string[]) =>
  new Response(chunks.join(''), { headers: { 'content-type': 'text/event-stream' } })

/** Serves the answers in order, then hangs; resolves `asked(n)` when the n-th request arrived. */
function server(answers: (() => Response | Promise<Response>)[]) {
  const requests: RequestInit[] = []
  const waiting: { n: number; resolve: () => void }[] = []
  const get: typeof fetch = async (_url, init = {}) => {
    requests.push(init)
    for (const { n, resolve } of waiting) if (requests.length >= n) resolve()
    const answer = answers[requests.length - 1]
    if (answer) return answer()
    return new Promise<Response>((_, reject) => {
      init.signal?.addEventListener('abort', () => reject(new Error('aborted')))
    })
  }
  const asked = (n: number) => new Promise<void>((resolve) => waiting.push({ n, resolve }))
  return { get, requests, asked }
}

describe('stream', () => {
  test('reconnects and asks for what it missed', async () => {
    const { get, requests, asked } = server([
      () => stream('id: 4\ndata: one\n\n'),
      () => stream('id: 5\ndata: two\n\n'),
    ])
    const messages: StreamMessage[] = []
    const states: LiveState[] = []
    let polls = 0
    const third = asked(3)
    const open = openEventStream({
      url: 'http://test/stream',
      fetch: get,
      onMessage: (message) => messages.push(message),
      onState: (state) => states.push(state),
      onPoll: () => polls++,
      backoffMs: () => 0,
    })
    await third
    open.close()
    expect(messages.map((message) => message.data)).toEqual(['one', 'two'])
    expect(new Headers(requests[1]?.headers).get('last-event-id')).toBe('4')
    expect(states).toEqual(['connecting', 'live', 'reconnecting', 'live', 'reconnecting'])
    expect(polls).toBe(1)
  })

  test('polls after three failures in a row, and goes on trying', async () => {
    const down = () => new Response('', { status: 500 })
    const { get, asked } = server([down, down, down, down])
    const states: LiveState[] = []
    const fifth = asked(5)
    const polled = Promise.withResolvers<void>()
    const open = openEventStream({
      url: 'http://test/stream',
      fetch: get,
      onMessage: () => {},
      onState: (state) => states.push(state),
      onPoll: polled.resolve,
      backoffMs: () => 0,
      pollEveryMs: 1,
    })
    await fifth
    await polled.promise
    open.close()
    expect(states).toEqual(['connecting', 'reconnecting', 'reconnecting', 'polling', 'polling'])
  })

  test('while there is no database it reconnects and polls nothing', async () => {
    const down = () => new Response('', { status: 503 })
    const { get, asked } = server([down, down, down, down])
    const states: LiveState[] = []
    const fifth = asked(5)
    const onPoll = vi.fn()
    const open = openEventStream({
      url: 'http://test/stream',
      fetch: get,
      onMessage: () => {},
      onState: (state) => states.push(state),
      onPoll,
      backoffMs: () => 0,
      pollEveryMs: 1,
    })
    await fifth
    open.close()
    expect(states).toEqual(['connecting', ...Array(4).fill('reconnecting')])
    expect(onPoll).not.toHaveBeenCalled()
  })

  test('stops when the server refuses or ends it', async () => {
    for (const status of [204, 401, 403, 404]) {
      const stopped = Promise.withResolvers<void>()
      const { get, requests } = server([() => new Response(null, { status })])
      openEventStream({
        url: 'http://test/stream',
        fetch: get,
        onMessage: () => {},
        onState: (state) => state === 'stopped' && stopped.resolve(),
        onPoll: () => {},
        backoffMs: () => 0,
      })
      await stopped.promise
      expect(requests).toHaveLength(1)
    }
  })

  test('a connection that says nothing is given up', async () => {
    const { get, asked } = server([])
    const second = asked(2)
    const open = openEventStream({
      url: 'http://test/stream',
      fetch: get,
      onMessage: () => {},
      onState: () => {},
      onPoll: () => {},
      backoffMs: () => 0,
      silenceMaxMs: 5,
    })
    await second
    open.close()
  })
})
