/** What an attempt's row keeps of an error. */
export interface AttemptError {
  readonly class: string
  readonly message: string
  readonly stack: string | null
}

const TEXT_MAX = 8_192

/** Whatever was thrown, as something that can be stored: `throw null`, getters that throw and megabytes included. */
export function attemptError(thrown: unknown): AttemptError {
  const read = (key: string): string | undefined => {
    try {
      const value = (thrown as Record<string, unknown>)[key]
      return typeof value === 'string' ? value : undefined
    } catch {
      return undefined
    }
  }
  const isObject = (typeof thrown === 'object' && thrown !== null) || typeof thrown === 'function'
  if (!isObject) return { class: thrown === null ? 'null' : typeof thrown, message: clean(text(thrown)), stack: null }
  const stack = read('stack')
  return {
    class: clean(read('name') ?? 'object'),
    message: clean(read('message') ?? 'It was thrown without a message.'),
    stack: stack === undefined ? null : clean(stack),
  }
}

function text(value: unknown): string {
  return typeof value === 'symbol' ? value.toString() : `${value} was thrown.`
}

/** jsonb keeps neither NUL nor half of a surrogate pair. */
function clean(value: string): string {
  return value.slice(0, TEXT_MAX).replaceAll('\u0000', '␀').toWellFormed()
}
