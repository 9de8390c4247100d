/** Who is signed in, and in which language they read. */
import type { Tx } from 'cascata'
import { type Actor, route } from '../../../platform/http/route.ts'
import { changeLocale as changeLocaleContract, readMe as readMeContract } from './me.contract.ts'

export const readMe = route('GET /api/me', readMeContract, ({ tx, by }) => me(tx, by), {
  toVisitors: { response: null },
})

export const changeLocale = route('PUT /api/me/locale', changeLocaleContract, async ({ input, tx, by }) => {
  await tx.query('update academy.users set locale = $3 where institution_id = $1 and id = $2', [
    by.institutionId,
    by.id,
    input.locale,
  ])
  return me(tx, by)
})

type Row = {
  name: string
  email: string
  locale: 'pt-BR' | 'en'
  institution: string
  time_zone: string
  note_limit: number
  frequency_limit: number
}

async function me(tx: Tx, by: Actor) {
  const { rows } = await tx.query<Row>(
    `select u.name, u.email, u.locale, i.name as institution, i.time_zone, i.note_limit::float8 as note_limit,
       i.frequency_limit::float8 as frequency_limit
     from academy.users u join academy.institutions i on i.id = u.institution_id
     where u.institution_id = $1 and u.id = $2`,
    [by.institutionId, by.id],
  )
  const [row] = rows
  if (!row) throw new Error(`The account ${by.id} has no user in its institution.`)
  return {
    id: by.id,
    name: row.name,
    email: row.email,
    role: by.role,
    locale: row.locale,
    authenticatorNeeded: by.authenticatorNeeded,
    institution: {
      id: by.institutionId,
      name: row.institution,
      timeZone: row.time_zone,
      noteLimit: row.note_limit,
      frequencyLimit: row.frequency_limit,
    },
  }
}
