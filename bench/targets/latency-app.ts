/** What is timed: one command, and an event whose command makes a batch with a next. */
import { batch, command, createApp, Entity, event, handle, module, on, SINGLE_TENANT, uuidv7 } from 'cascata'
import { z } from 'zod'

/** What the daemon's process says when a handler starts that is waited for. */
export interface Started {
  job: number
  /** By {@link machineMs}. */
  at: number
}

/** Milliseconds since the machine started: the same in every process, and unlike the time of day never set. */
export function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

export const MEMBERS = 1_000

const job = z.object({ job: z.number() })
export const Ping = command('bench.ping', job)
const Published = event('bench.published', job)
const Announce = command('bench.announce', job)
const Member = command('bench.member', job.extend({ member: z.number() }))
const AllDone = command('bench.all-done', job)

/** Saved to begin the workflow. */
export class Publication extends Entity {
  readonly entityType = 'bench.publication'
  readonly tenant = SINGLE_TENANT
  readonly id = uuidv7()
  readonly #job: number

  constructor(job: number) {
    super()
    this.#job = job
    this.emit(Published({ job }))
  }

  row() {
    return { table: 'publications', key: { id: this.id }, values: { job: this.#job } }
  }
}

export const PUBLICATIONS = 'create table publications (id uuid primary key, job integer not null)'

export function latencyApp(onStarted: (started: Started) => void) {
  const tell = ({ job }: { job: number }) => {
    onStarted({ job, at: machineMs() })
  }
  return createApp([
    module('bench', [
      handle(Ping, tell),
      on(Published, 'announce', ({ job }) => Announce({ job })),
      handle(Announce, ({ job }) =>
        batch(
          'bench-members',
          Array.from({ length: MEMBERS }, (_, member) => member),
          (member) => Member({ job, member }),
        ).next(AllDone({ job })),
      ),
      handle(Member, () => {}),
      handle(AllDone, tell),
    ]),
  ])
}
