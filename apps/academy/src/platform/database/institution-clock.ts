/** What the clock on the institution's wall shows: every rule about days and hours asks here, and only here. */
import type { Tx } from 'cascata'
import { wallClock } from '../calendar.ts'

export type InstitutionClock = { now: Date; today: string; timeZone: string }

export async function institutionClock(tx: Tx, institutionId: string): Promise<InstitutionClock> {
  const { rows } = await tx.query<{ now: Date; time_zone: string }>(
    'select academy.now() as now, time_zone from academy.institutions where id = $1',
    [institutionId],
  )
  const [row] = rows
  if (!row) throw new Error(`There is no institution ${institutionId}.`)
  return { now: row.now, today: wallClock(row.now, row.time_zone).date, timeZone: row.time_zone }
}
