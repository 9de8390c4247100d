import { CascataError, reprocess } from 'cascata'
import type pg from 'pg'
import type { FieldError, InputOf, ResponseOf, reprocessCommand } from '../../contract/index.ts'
import { find } from '../find.ts'
import { uuidOf } from '../ids.ts'
import type { Names } from '../names.ts'
import { Refused } from '../problem.ts'
import { readerOf, writing } from '../read.ts'
import { refOf } from '../refs.ts'
import type { Person } from '../route.ts'
import { latestOf, refusalOf } from './latest-copy.ts'

/** The role stands in the transaction, and the statement that writes asks for it: a route that forgot to cannot do it. */
const MAY = `select set_config('cascata.console_role', $1, true)`
const GUARD = `select 1 where current_setting('cascata.console_role') in ('operator', 'admin')`

export async function reprocessOf(
  pool: pg.Pool,
  names: Names,
  input: InputOf<typeof reprocessCommand>,
  by: Person,
): Promise<ResponseOf<typeof reprocessCommand>> {
  return await writing(pool, async (client) => {
    const db = readerOf(client)
    await client.query(MAY, [by.role])
    const key = await find(db, 'command', input.commandId)
    const type = await db.row<{ type: string }>('select type from cascata.commands where tenant = $1 and id = $2', [
      key.tenant,
      key.id,
    ])
    const data = input.data === undefined ? undefined : checkedData(names, type?.type ?? '', input.data)
    const { original } = await latestOf(db, key.tenant, key.id)
    // The lock that the engine's function takes as well: what is read under it holds until the copy is there.
    await client.query(`select pg_advisory_xact_lock(hashtextextended('cascata.reprocess.' || $1, 0))`, [original])
    const latest = await latestOf(db, key.tenant, key.id)
    if (input.latest !== undefined && uuidOf(input.latest) !== latest.id) throw new Refused('changed-meanwhile')
    const refusal = refusalOf(latest)
    if (refusal !== undefined) throw new Refused(refusal)
    if ((await client.query(GUARD)).rowCount !== 1) throw new Refused('wrong-role')
    try {
      const copy = await reprocess(client, {
        tenant: key.tenant,
        commandId: key.id,
        author: by.userId,
        reason: input.reason,
        ...(data === undefined ? {} : { data }),
      })
      return { copy: await refOf(db, names, 'command', key.tenant, copy) }
    } catch (error) {
      throw refusedBy(error) ?? error
    }
  })
}

function refusedBy(error: unknown): Refused | undefined {
  if (!(error instanceof CascataError)) return undefined
  if (error.code === 'not-found') return new Refused('not-found')
  if (error.code === 'reprocess-open') return new Refused('reprocess-open')
  if (error.code === 'not-reprocessable') return new Refused('not-finished')
  if (error.code === 'not-json' || error.code === 'data-too-large') {
    return new Refused('invalid-input', [{ field: 'data', code: error.code, message: error.why }])
  }
  return undefined
}

/** Data must be what the type's schema takes; of a type that the running code does not know, nothing but the stored data. */
function checkedData(names: Names, type: string, data: unknown): unknown {
  const definition = names.app?.commands.get(type)
  if (!definition) {
    throw new Refused('invalid-input', [
      { field: 'data', code: 'unknown-type', message: 'The running code has no such type.' },
    ])
  }
  const result = definition.schema['~standard'].validate(structuredClone(data))
  if (result instanceof Promise) throw new Error(`The schema of ${type} is asynchronous.`)
  if (!result.issues) return data // as given: the schema transforms them when the copy runs
  const errors: FieldError[] = result.issues.map((issue) => {
    const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part))
    return { field: ['data', ...path].join('.'), code: 'invalid-data', message: issue.message }
  })
  throw new Refused('invalid-input', errors)
}
