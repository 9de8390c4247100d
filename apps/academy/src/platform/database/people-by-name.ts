/** Lists of people are read by name, a page at a time. */
import type { Tx } from 'cascata'
import { BY_NAME } from './by-name.ts'

type Asked = {
  /** Everything after `from`: the tables, `u` among them for `academy.users`, and the condition. */
  matching: string
  /** Values of `matching`, from `$1` on: the first is the institution. */
  values: readonly unknown[]
  /** Columns of `matching` beside `id`, `name` and `email`: those that the list shows, and those that `told` needs. */
  columns?: readonly string[]
  /** Columns that are looked up for the people of the page alone, `p` in SQL. To put people in order, all are read. */
  told?: readonly string[]
  /** The `next` of the page before. */
  after: string | undefined
  /** People on a page. */
  limit: number
}

type Person = { id: string; name: string; email: string }

type PageOfPeople<Told> = {
  people: (Person & Told)[]
  /** People on all pages. */
  total: number
  /** Null on the last page. */
  next: string | null
}

export async function peopleByName<Told extends object = object>(
  tx: Tx,
  { matching, values, columns = [], told = [], after, limit }: Asked,
): Promise<PageOfPeople<Told>> {
  const counted = await tx.query<{ total: number }>(`select count(*)::int as total from ${matching}`, [...values])
  const place = values.length
  const { rows } = await tx.query<Person & Told>(
    `with page as materialized (
       select ${['u.institution_id', 'u.id', 'u.name', 'u.email', ...columns].join(', ')}
       from ${matching}
         and ($${place + 1}::uuid is null or (u.name ${BY_NAME}, u.id) > (
           select name, id from academy.users where institution_id = $1 and id = $${place + 1}))
       order by u.name ${BY_NAME}, u.id limit $${place + 2}
     )
     select p.*${told.map((each) => `, ${each}`).join('')}
     from page p
     order by p.name ${BY_NAME}, p.id`,
    [...values, after ?? null, limit + 1],
  )
  const people = rows.slice(0, limit)
  return {
    people,
    total: counted.rows[0]?.total ?? 0,
    next: rows.length > people.length ? (people.at(-1)?.id ?? null) : null,
  }
}
