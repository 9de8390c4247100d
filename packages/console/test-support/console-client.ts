import type { z } from 'zod'
import {
  addressOf,
  type Endpoint,
  type Problem,
  type RequestOf,
  type ResponseOf,
  type Role,
} from '../src/contract/index.ts'
import { type Console, type ConsoleOptions, createConsole } from '../src/server/index.ts'

/** A console for tests, and calls through its contract: every good answer is checked against it. */
export interface TestConsole {
  readonly console: Console
  /** Errors that were only answered as `internal` or `unavailable`. */
  readonly errors: unknown[]
  ask<E extends Endpoint>(endpoint: E, request: RequestOf<E>, as?: Role): Promise<ResponseOf<E>>
  /** The problem that the call ends in. */
  refused<E extends Endpoint>(endpoint: E, request: RequestOf<E>, as?: Role): Promise<Problem>
  /** The answer to any address, asked as an operator. */
  get(path: string): Promise<{ status: number; body: unknown }>
}

export function testConsole(options: Omit<ConsoleOptions, 'authorize'>): TestConsole {
  const errors: unknown[] = []
  const console = createConsole({
    ...options,
    authorize: async (request) => {
      const role = request.headers.get('x-role') as Role | null
      return role ? { userId: 'user-ana', name: 'Ana', role } : undefined
    },
    onError: (error) => errors.push(error),
  })
  const call = async <E extends Endpoint>(endpoint: E, request: RequestOf<E>, as?: Role) => {
    const { method, url } = addressOf(endpoint, request)
    const headers: Record<string, string> = { 'x-role': as ?? 'operator' }
    const names = Object.keys((endpoint.body as z.ZodObject | undefined)?.shape ?? {})
    if (method === 'POST') headers['content-type'] = 'application/json'
    const values = request as Record<string, unknown>
    return await console.fetch(
      new Request(`http://console.test${url}`, {
        method,
        headers,
        ...(method === 'POST'
          ? { body: JSON.stringify(Object.fromEntries(names.filter((n) => n in values).map((n) => [n, values[n]]))) }
          : {}),
      }),
    )
  }
  return {
    console,
    errors,
    async ask(endpoint, request, as) {
      const response = await call(endpoint, request, as)
      const body = await response.json()
      if (response.status !== 200) throw new Error(`${endpoint.path}: ${response.status} ${JSON.stringify(body)}`)
      return endpoint.response.parse(body) as ResponseOf<typeof endpoint>
    },
    async refused(endpoint, request, as) {
      const response = await call(endpoint, request, as)
      const body = (await response.json()) as Problem
      if (response.status === 200) throw new Error(`${endpoint.path} was not refused: ${JSON.stringify(body)}`)
      if (response.headers.get('content-type') !== 'application/problem+json') throw new Error('No problem+json.')
      return body
    },
    async get(path) {
      const response = await console.fetch(
        new Request(`http://console.test${path}`, { headers: { 'x-role': 'operator' } }),
      )
      return { status: response.status, body: await response.json() }
    },
  }
}
