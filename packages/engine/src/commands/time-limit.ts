import { isThenable } from '../definitions/is-thenable.ts'
import { CascataError } from '../errors.ts'
import type { ConnectionWait } from '../postgres/connection-wait.ts'
import { Deadline } from '../processor/deadline.ts'
import type { Abandonment } from './abandonment.ts'

/** The daemon left without it. */
class Abandoned extends Error {}

/**
 * @param work is given what makes its signal, which most handlers never ask for and which takes longer than a small one.
 * @param wait for the connection that the work uses. It does not count once it is over. A wait that lasts longer than the time
 * ends the work: the command is given back.
 * @throws CascataError `timeout` when the work is not done in time; its signal is aborted then, and at shutdown.
 */
export async function withTimeout<T>(
  ms: number,
  abandonment: Abandonment,
  shutdown: AbortSignal,
  work: (signal: () => AbortSignal) => Promise<T> | T,
  wait?: ConnectionWait,
): Promise<T> {
  if (abandonment.happened) throw new Abandoned('The daemon left without it.')
  let abort: AbortController | undefined
  let late: CascataError | undefined
  let over = false
  const onShutdown = () => abort?.abort(shutdown.reason)
  const signal = () => {
    if (abort) return abort.signal
    abort = new AbortController()
    if (late) abort.abort(late)
    else if (shutdown.aborted) onShutdown()
    else if (!over) shutdown.addEventListener('abort', onShutdown)
    return abort.signal
  }
  const waitedBeforeMs = wait?.ms ?? 0
  let deadline: Deadline | undefined
  let leave = () => {}
  try {
    const result = work(signal)
    if (!isThenable(result)) return result
    const interrupted = new Promise<never>((_, reject) => {
      leave = () => reject(new Abandoned('The daemon left without it.'))
      abandonment.listen(leave)
      const onTime = () => {
        late = new CascataError('timeout', `It was not done after ${ms} ms.`, {
          fix: 'raise the timeout of the command, divide the work, or heed the signal.',
        })
        abort?.abort(late)
        reject(late)
      }
      deadline = new Deadline(ms, onTime, () => (wait && !wait.goesOn ? wait.ms - waitedBeforeMs : 0))
    })
    return await Promise.race([result, interrupted])
  } finally {
    over = true
    deadline?.clear()
    if (abort) shutdown.removeEventListener('abort', onShutdown)
    abandonment.unlisten(leave)
  }
}
