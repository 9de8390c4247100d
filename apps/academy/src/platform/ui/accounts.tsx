/** Sessions as the server keeps them: a cookie that scripts cannot read. Here are only the requests. */
import { ApiProblem } from '../http/client.ts'
import type { Locale, Problem, WhomToAsk } from '../http/endpoint.ts'
import { CodeNeeded } from './code-needed.ts'
import type { Accounts, NamedInstitution } from './session.tsx'

const isProblem = (answer: unknown): answer is Problem =>
  typeof answer === 'object' && answer !== null && 'code' in answer && 'detail' in answer

type SignInAnswer = { institutions?: readonly NamedInstitution[] }

export function createAccounts(calls: Pick<Accounts, 'read' | 'changeLocale'>, locale: () => Locale): Accounts {
  const post = async (path: string, body: unknown): Promise<unknown> => {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', 'accept-language': locale() },
      credentials: 'same-origin',
      body: JSON.stringify(body),
    }).catch(() => {
      throw new ApiProblem({ status: 0, code: 'unreachable', detail: '' })
    })
    // Read in any case: an answer that nobody reads keeps one of the browser's few connections.
    const answer: unknown = await response.json().catch(() => undefined)
    if (response.ok) return answer
    if (isProblem(answer) && answer.code === 'code-needed') throw new CodeNeeded(answer as Problem & WhomToAsk)
    throw new ApiProblem(
      isProblem(answer) ? answer : { status: response.status, code: 'unreadable-answer', detail: '' },
    )
  }
  return {
    ...calls,
    signIn: async (credentials) => {
      const { institutions = [] } = (await post('/api/auth/sign-in/email', credentials)) as SignInAnswer
      return institutions
    },
    signOut: async () => void (await post('/api/auth/sign-out', {})),
  }
}
