import { isAway } from '../postgres/outage.ts'
import { attemptError } from './attempt-error.ts'

export interface OutageLogOptions {
  /** Whether the database answers. Asked once a second while it is away; a question that fails says no. */
  answers: () => boolean | Promise<boolean>
  /** Takes the two lines of an outage: that the database does not answer, and that it answers again. */
  print: (line: string) => void
  /** Between two questions, in milliseconds. Default 1000. */
  everyMs?: number
}

/**
 * An outage of the database for a log: one line when it begins and one when it is over, however many errors it makes.
 * @returns a function that takes every error, and says whether it belongs to an outage: it needs no line of its own then.
 */
export function createOutageLog({ answers, print, everyMs = 1_000 }: OutageLogOptions): (error: unknown) => boolean {
  let outage: { errors: number; since: number; calm: boolean } | undefined

  const later = () => void setTimeout(() => void look(), everyMs).unref()
  const look = async () => {
    if (!outage) return
    const wasCalm = outage.calm
    outage.calm = true
    const isBack = await Promise.resolve()
      .then(answers)
      .catch(() => false)
    // An answer to one role, or for a moment, ends nothing: while errors go on it is the same outage.
    if (!isBack || !wasCalm || !outage.calm) return later()
    const { errors, since } = outage
    outage = undefined
    const seconds = ((performance.now() - since) / 1_000).toFixed(1)
    print(`the database answers again, after ${seconds} s; errors meanwhile: ${errors}`)
  }

  return (error) => {
    if (!isAway(error)) return false
    if (outage) {
      outage.errors++
      outage.calm = false
    } else {
      outage = { errors: 1, since: performance.now(), calm: false }
      later()
      print(`the database does not answer: ${attemptError(error).message}`)
    }
    return true
  }
}
