import os from 'node:os'
import { addressOf, type Endpoint, type Problem, type RequestOf, type ResponseOf } from '@cascata/console/contract'
import { createConsole } from '@cascata/console/server'
import { Failure } from './failure.ts'

export type Ask = <E extends Endpoint>(endpoint: E, request: RequestOf<E>) => Promise<ResponseOf<E>>

/**
 * The console's API without a server: what the terminal shows is what the pages show. Whoever may connect to the database as
 * its owner may do everything here; what they change carries their name on this machine.
 * @throws Failure with the API's own code.
 */
export async function withConsole<T>(databaseUrl: string, use: (ask: Ask) => Promise<T>): Promise<T> {
  const { username } = os.userInfo()
  let cause: unknown
  const api = createConsole({
    database: databaseUrl,
    authorize: async () => ({ userId: `terminal:${username}`, name: username, role: 'admin' }),
    onError: (error) => {
      cause = error
    },
  })
  const ask: Ask = async (endpoint, request) => {
    const { method, url } = addressOf(endpoint, request)
    const body = 'body' in endpoint ? JSON.stringify(request) : null
    const answer = await api.fetch(
      new Request(`http://localhost${url}`, { method, body, headers: { 'content-type': 'application/json' } }),
    )
    if (!answer.ok) throw failureOf((await answer.json()) as Problem, cause)
    return endpoint.response.parse(await answer.json()) as ResponseOf<typeof endpoint>
  }
  try {
    return await use(ask)
  } finally {
    await api.close()
  }
}

const FIXES: Partial<Record<Problem['code'], string>> = {
  'not-found': 'check the id; `cascata trace` takes the id of any event, command or batch.',
  'not-finished': 'wait for its end, or look at it: `cascata trace <id>`.',
  'already-succeeded': 'there is nothing left to do.',
  'reprocess-open': 'wait for the end of the copy: `cascata trace <id>` shows it.',
  'changed-meanwhile': 'look at it again, then repeat.',
  'took-too-long': 'repeat it when the database has less to do.',
  unavailable: 'check that PostgreSQL runs at --database-url, and that this role may connect.',
}

function failureOf({ code, title, errors }: Problem, cause: unknown): Failure {
  if (isMissingSchema(cause))
    return new Failure('not-migrated', 'This database has no schema cascata.', 'run `cascata migrate`.')
  const fields = (errors ?? []).map(({ field, message }) => `${field}: ${message}`).join('; ')
  const because = fields || (cause instanceof Error ? cause.message : '')
  return new Failure(code, because ? `${title} ${because}` : title, FIXES[code] ?? 'correct what it says.')
}

/** PostgreSQL's invalid_schema_name, undefined_table and undefined_function. */
const isMissingSchema = (error: unknown) =>
  ['3F000', '42P01', '42883'].includes(String((error as { code?: unknown } | undefined)?.code))
