/** Not `instanceof Promise`: query builders and other realms have promises of their own. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  )
}

/** A promise that is refused where it stands for a value: its rejection, which nobody waits for, must not end the process. */
export function letGo(value: unknown): void {
  if (isThenable(value)) Promise.resolve(value).catch(() => {})
}
