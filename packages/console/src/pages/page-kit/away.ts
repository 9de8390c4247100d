/** A server, or the database behind it, that does not answer: how pages know it, and how they ask until it is back. */
import { useState } from 'react'

/** No server answered (0), or one that has no database, or a proxy that has no server. */
export const isAwayStatus = (status: number): boolean => [0, 502, 503, 504].includes(status)

/**
 * Whether a problem is one of those. A database that took too long for one question is there: asked again and again by pages,
 * it would be busier still.
 */
export const isAwayProblem = ({ status, code }: { status: number; code: string }): boolean =>
  isAwayStatus(status) && code !== 'took-too-long'

/** Time until a question that met nobody is asked again. */
export const AWAY_EVERY_MS = 3_000

/** A query, as far as its failure is concerned. */
interface Asked<Problem> {
  data: unknown
  error: Problem | null
  errorUpdatedAt: number
  refetch: () => unknown
}

/**
 * Why there is nothing to show. A failure stays while the page asks again by itself: it would else give way to a skeleton and
 * come back with each question. A reader who asks again by hand sees that it is being asked.
 */
export function useFailure<Problem>({ data, error, errorUpdatedAt, refetch }: Asked<Problem>) {
  const [last, setLast] = useState<{ problem: Problem; at: number }>()
  if (error && last?.problem !== error) setLast({ problem: error, at: errorUpdatedAt })
  // The time of its last failure tells whether this is still the same question.
  const isSame = data === undefined && last?.at === errorUpdatedAt
  const retry = () => {
    void refetch()
    setLast(undefined)
  }
  return { problem: error ?? (isSame ? last.problem : null), retry }
}
