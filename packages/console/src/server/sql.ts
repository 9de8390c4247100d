/**
 * Whether there is a row, asked for each row on its own. EXISTS says the same, but the planner may turn it into a join
 * and begin at the other end: with every event of a type, to find the one that failed.
 */
export const there = (from: string): string => `(select true from ${from} limit 1) is true`
export const notThere = (from: string): string => `(select true from ${from} limit 1) is null`

const RECOVERED = 'cascata.recoveries r where r.tenant = a.tenant and r.command_id = a.command_id'

/** How the command of the final attempt `a` ended: one whose reprocessed copy succeeded is recovered. */
export const SQL_OUTCOME = `case when a.outcome <> 'success' and ${there(RECOVERED)} then 'recovered' else a.outcome end`

/** Whether the final attempt `a` still says how its command ended. */
export const SQL_NOT_RECOVERED = `(a.outcome = 'success' or ${notThere(RECOVERED)})`

/** The status of the command `c`, as the engine's view has it. */
export const SQL_COMMAND_STATUS = `coalesce(
  (select case q.state when 'parked' then 'pending' else q.state end from cascata.command_queue q
   where q.tenant = c.tenant and q.id = c.id),
  (select ${SQL_OUTCOME} from cascata.attempts a where a.tenant = c.tenant and a.command_id = c.id and a.final limit 1),
  'success')`
