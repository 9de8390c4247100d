import { storable, TEXT_MAX } from '../definitions/outside-text.ts'

/** What an attempt's row keeps of an error. */
export interface AttemptError {
  readonly class: string
  readonly message: string
  readonly stack: string | null
}

/** How far down causes are followed, and how many of an AggregateError's errors are kept. */
const DEPTH_MAX = 5
const ERRORS_MAX = 5

/**
 * Whatever was thrown, as something that can be stored: `throw null`, getters that throw and megabytes included. The
 * message says its causes too: of `fetch` alone it would say "fetch failed".
 */
export function attemptError(thrown: unknown): AttemptError {
  if (!isObject(thrown)) {
    return { class: thrown === null ? 'null' : typeof thrown, message: storable(text(thrown)), stack: null }
  }
  const stack = read(thrown, 'stack')
  return {
    class: storable(read(thrown, 'name') ?? 'object'),
    message: storable(said(thrown)),
    stack: stack === undefined ? null : storable(stack),
  }
}

/** Its own message, then what it was caused by and the errors that it gathers, each once. */
function said(thrown: object): string {
  const seen = new Set<unknown>()
  let all = (read(thrown, 'message') || read(thrown, 'code') || '').slice(0, TEXT_MAX)
  const add = (error: unknown, before: string, depth: number): void => {
    if (all.length >= TEXT_MAX || depth > DEPTH_MAX || seen.has(error)) return
    const own = messageOf(error).slice(0, TEXT_MAX)
    // A wrapper that repeats the message of what it wraps says it once.
    if (own !== '' && !all.includes(own)) all += `${all === '' ? '' : before}${own}`
    follow(error, depth)
  }
  const follow = (error: unknown, depth: number): void => {
    seen.add(error)
    if (!isObject(error)) return
    for (const inner of errorsOf(error)) add(inner, '\none of its errors: ', depth + 1)
    const cause = value(error, 'cause')
    if (cause !== undefined && cause !== null) add(cause, '\ncaused by: ', depth + 1)
  }
  follow(thrown, 0)
  return all === '' ? 'It was thrown without a message.' : all
}

/** With its code, where the message does not say it. */
function messageOf(error: unknown): string {
  if (!isObject(error)) return String(error)
  const message = read(error, 'message') ?? ''
  const code = read(error, 'code') ?? ''
  if (message === '' || code === '' || message.includes(code)) return message || code
  return `${message} (${code})`
}

function errorsOf(error: object): unknown[] {
  try {
    const errors = value(error, 'errors')
    return Array.isArray(errors) ? errors.slice(0, ERRORS_MAX) : []
  } catch {
    return []
  }
}

function isObject(thrown: unknown): thrown is object {
  return (typeof thrown === 'object' && thrown !== null) || typeof thrown === 'function'
}

function read(from: object, key: string): string | undefined {
  const found = value(from, key)
  return typeof found === 'string' ? found : undefined
}

function value(from: object, key: string): unknown {
  try {
    return (from as Record<string, unknown>)[key]
  } catch {
    return undefined
  }
}

function text(thrown: unknown): string {
  return typeof thrown === 'symbol' ? thrown.toString() : `${thrown} was thrown.`
}
