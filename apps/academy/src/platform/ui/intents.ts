/**
 * One key for what a person wants once: the same for a second click and for a try after an answer that got lost, another
 * for what is wanted next.
 */
import { newIdempotencyKey } from '../http/client.ts'

/** A click on a button whose form is about to close comes within this time after the answer. */
const SAME_CLICK_MS = 2_000

export interface Intents {
  /**
   * A second click, while it is under way or just after, gets the first one's answer, and nothing is sent.
   * @param target what it is sent to: another target is another intent.
   */
  send<Answer>(target: string, content: unknown, send: (key: string) => Promise<Answer>): Promise<Answer>
  /** It was answered. false for a second click, whose answer has been seen to already. */
  done(): boolean
  /** The server has taken the key for something else, and said so: what is sent next is meant. */
  renew(): void
}

interface Intent {
  key: string
  target: string
  content: string
  /** While it is under way, and once it is done. */
  answer?: Promise<unknown> | undefined
  doneAt?: number
}

/** @param now milliseconds of any clock that does not go back. */
export function createIntents(now: () => number = () => performance.now()): Intents {
  let intent: Intent | undefined
  const isOver = ({ doneAt, content }: Intent, sent: string) =>
    doneAt !== undefined && (sent !== content || now() - doneAt > SAME_CLICK_MS)
  return {
    send<Answer>(target: string, content: unknown, send: (key: string) => Promise<Answer>) {
      const sent = JSON.stringify(content)
      const current: Intent =
        intent?.target === target && !isOver(intent, sent)
          ? intent
          : { key: newIdempotencyKey(), target, content: sent }
      intent = current
      if (current.answer && current.content === sent) return current.answer as Promise<Answer>
      const answer = send(current.key)
      current.content = sent
      current.answer = answer
      answer.catch(() => {
        if (current.answer === answer) current.answer = undefined
      })
      return answer
    },
    done() {
      if (!intent || intent.doneAt !== undefined) return false
      intent.doneAt = now()
      return true
    },
    renew() {
      intent = undefined
    },
  }
}
