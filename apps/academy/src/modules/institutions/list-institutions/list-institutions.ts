/** System administrators see which institutions there are; their own, technical one is not among them. */
import { route } from '../../../platform/http/route.ts'
import { contract } from './list-institutions.contract.ts'

type Row = { id: string; name: string; time_zone: string; created_at: Date; users: number }

export const listInstitutions = route(
  'GET /institutions',
  contract,
  async ({ tx }) => {
    const { rows } = await tx.query<Row>(
      `select i.id, i.name, i.time_zone, i.created_at, count(u.id)::int as users
       from academy.institutions i left join academy.users u on u.institution_id = i.id
       where i.id <> '00000000-0000-0000-0000-000000000000'
       group by i.id, i.name, i.time_zone, i.created_at
       order by i.name, i.id`,
    )
    return {
      institutions: rows.map(({ id, name, time_zone, created_at, users }) => ({
        id,
        name,
        timeZone: time_zone,
        users,
        createdAt: created_at.toISOString(),
      })),
    }
  },
  { reads: 'directory' },
)
