import { SINGLE_TENANT } from 'cascata'
import type pg from 'pg'
import { BY_NAME } from '../database/by-name.ts'
import { withTenant } from '../database/with-tenant.ts'

/** @param pool signed in as `academy_console`, which reads the directory of institutions. */
export const namesOfInstitutions = (pool: pg.Pool, ids: readonly string[]): Promise<{ id: string; name: string }[]> =>
  withTenant(
    pool,
    { institutionId: SINGLE_TENANT },
    async (tx) => {
      const { rows } = await tx.query<{ id: string; name: string }>(
        `select id, name from academy.institutions where id = any($1) order by name ${BY_NAME}, id`,
        [ids],
      )
      return rows
    },
    { readOnly: true },
  )
