/** Something else hears that the session has ended while the page asks who is signed in: the answer may be older than the end. */
import { QueryObserver } from '@tanstack/react-query'
import { expect, onTestFinished, test, vi } from 'vitest'
import { ApiProblem } from '../http/client.ts'
import { createQueryClient, SESSION_KEY } from './api.tsx'

const SOMEBODY = { name: 'Ana' }
type Answer = typeof SOMEBODY | null

/** A page at which the session is being asked for, and the answers that the test gives, in the order of the questions. */
function pageThatAsks({ before }: { before?: Answer } = {}) {
  const queries = createQueryClient()
  if (before !== undefined) queries.setQueryData(SESSION_KEY, before, { updatedAt: 0 })
  const asked: ((answer: Answer) => void)[] = []
  const session = new QueryObserver<Answer>(queries, {
    queryKey: SESSION_KEY,
    queryFn: ({ signal }) =>
      new Promise((answer, fail) => {
        asked.push(answer)
        signal.addEventListener('abort', () => fail(signal.reason))
      }),
  })
  onTestFinished(session.subscribe(() => {}))
  onTestFinished(() => queries.clear())
  const refused = (status: number) => {
    const problem = new ApiProblem({ status, code: 'refused', detail: '' })
    const queryFn = () => Promise.reject(problem)
    return queries.fetchQuery({ queryKey: ['other', status], queryFn, retry: false }).catch(() => {})
  }
  return { session, asked, refused }
}

test.each([
  ['again', { before: SOMEBODY }],
  ['for the first time', {}],
])(
  'a refusal while the session is asked for %s asks anew, and the older answer counts for nothing',
  async (_, given) => {
    const { session, asked, refused } = pageThatAsks(given)
    expect(asked).toHaveLength(1)
    await refused(401)
    asked[0]?.(SOMEBODY)
    await vi.waitFor(() => expect(asked).toHaveLength(2))
    asked[1]?.(null)
    await vi.waitFor(() => expect(session.getCurrentResult().data).toBeNull())
  },
)

test('an outage asks no second time while the session is asked for: that question fails as well', async () => {
  const { asked, refused } = pageThatAsks({ before: SOMEBODY })
  await refused(503)
  await refused(0)
  expect(asked).toHaveLength(1)
})
