/** What the database holds of one activity and its root: asked while the story runs, and when it has ended. */
import pg from 'pg'
import { PURPOSE } from '../../apps/academy/src/modules/activities/create-class-activity/announcement.ts'
import {
  NotifyTeacherEmailsSent,
  SendNewClassActivityEmail,
} from '../../apps/academy/src/modules/activities/create-class-activity/create-class-activity.commands.ts'

const EMAIL = SendNewClassActivityEmail.storedName
const NEXT = NotifyTeacherEmailsSent.storedName

export interface Progress {
  sent: number
  told: boolean
  /** Nothing of this root is left to do. */
  idle: boolean
}

export interface Facts {
  events: number
  commands: number
  batches: number
  notifications: number
  recipients: number
  /** Claims of e-mail commands that ended, however. */
  attempts: number
  /** E-mail commands that ended in success, once each. */
  succeeded: number
  /** Batches that released their next command. */
  releases: number
  /** The command that follows the batch: how many exist, how often one succeeded. */
  nextCommands: number
  nextSuccesses: number
  secondsToLastEmail: number
  secondsToTeacherNotice: number
  keys: string[]
}

export class Record {
  readonly #pool: pg.Pool
  readonly #tenant: string

  constructor(databaseUrl: string, tenant: string) {
    this.#tenant = tenant
    // A superuser passes row-level security; anybody else is held to the institution.
    this.#pool = new pg.Pool({ connectionString: databaseUrl, max: 2, options: `-c cascata.tenant=${tenant}` })
    this.#pool.on('error', () => {}) // shows in the next query
  }

  async progress(root: string, activityId: string): Promise<Progress> {
    const { rows } = await this.#pool.query<Progress>(
      `select
         (select count(*)::int from academy.email_messages
          where institution_id = $1 and purpose = $4 and entity_id = $3 and status = 'sent') as sent,
         exists (select from academy.notifications
          where institution_id = $1 and subject_id = $3 and category like 'class-activity-emails-%') as told,
         not exists (select from cascata.command_queue where tenant = $1 and root_id = $2)
           and not exists (select from cascata.event_queue where tenant = $1 and root_id = $2) as idle`,
      [this.#tenant, root, activityId, PURPOSE],
    )
    return rows[0] as Progress
  }

  /** The daemon that runs as this process. */
  async daemonOf(pid: number): Promise<string | undefined> {
    const { rows } = await this.#pool.query<{ id: string }>(
      `select id from cascata.daemons where pid = $1 and state = 'running' order by started_at desc limit 1`,
      [pid],
    )
    return rows[0]?.id
  }

  async now(): Promise<Date> {
    const { rows } = await this.#pool.query<{ now: Date }>('select clock_timestamp() as now')
    return rows[0]?.now as Date
  }

  /** How many commands and events a daemon holds. */
  async heldBy(daemon: string): Promise<number> {
    const { rows } = await this.#pool.query<{ n: number }>(
      `select (select count(*) from cascata.command_queue where claimed_by = $1)::int
            + (select count(*) from cascata.event_queue where claimed_by = $1)::int as n`,
      [daemon],
    )
    return rows[0]?.n ?? 0
  }

  /** Milliseconds from an instant to the first attempt that any other daemon has ended since; undefined: none yet. */
  async resumedAfterMs(root: string, since: Date, killed: readonly string[]): Promise<number | undefined> {
    const { rows } = await this.#pool.query<{ ms: number | null }>(
      `select extract(epoch from min(a.ended_at) - $3)::float8 * 1000 as ms
       from cascata.attempts a join cascata.commands c on c.tenant = a.tenant and c.id = a.command_id
       where c.tenant = $1 and c.root_id = $2 and a.ended_at > $3 and not (a.daemon_id = any($4))`,
      [this.#tenant, root, since, killed],
    )
    return rows[0]?.ms ?? undefined
  }

  async facts(root: string, activityId: string): Promise<Facts> {
    const { rows } = await this.#pool.query<Facts>(
      `with attempts as (
         select a.* from cascata.attempts a join cascata.commands c on c.tenant = a.tenant and c.id = a.command_id
         where c.tenant = $1 and c.root_id = $2
       ), notices as (
         select id, category, created_at from academy.notifications where institution_id = $1 and subject_id = $3
       ), began as (
         select occurred_at as at from cascata.events where tenant = $1 and id = $2
       )
       select
         (select count(*)::int from cascata.events where tenant = $1 and root_id = $2) as events,
         (select count(*)::int from cascata.commands where tenant = $1 and root_id = $2) as commands,
         (select count(*)::int from cascata.batches where tenant = $1 and root_id = $2) as batches,
         (select count(*)::int from notices) as notifications,
         (select count(*)::int from academy.notification_recipients
          where institution_id = $1 and notification_id in (select id from notices)) as recipients,
         (select count(*)::int from attempts where type = $4) as attempts,
         (select count(*)::int from attempts where type = $4 and final and outcome = 'success') as succeeded,
         (select count(*)::int from cascata.batches
          where tenant = $1 and root_id = $2 and released_at is not null and failings = 0) as releases,
         (select count(*)::int from cascata.commands where tenant = $1 and root_id = $2 and type = $5) as "nextCommands",
         (select count(*)::int from attempts where type = $5 and outcome = 'success') as "nextSuccesses",
         coalesce((select extract(epoch from max(ended_at) - (select at from began))::float8 from attempts
          where type = $4 and outcome = 'success'), 0) as "secondsToLastEmail",
         coalesce((select extract(epoch from max(created_at) - (select at from began))::float8 from notices
          where category <> 'new-class-activity'), 0) as "secondsToTeacherNotice",
         coalesce((select array_agg(distinct f.key) from cascata.effects f
          join cascata.commands c on c.tenant = f.tenant and c.id = f.command_id
          where c.tenant = $1 and c.root_id = $2), '{}') as keys`,
      [this.#tenant, root, activityId, EMAIL, NEXT],
    )
    return rows[0] as Facts
  }

  async close(): Promise<void> {
    await this.#pool.end()
  }
}
