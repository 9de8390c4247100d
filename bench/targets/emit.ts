import { migrate } from 'cascata'
import pg from 'pg'
import { pgbench } from '../pgbench.ts'
import { atLeast, interleaved } from '../rounds.ts'
import { ratesOf } from './field.ts'
import type { TargetGroup } from './target.ts'

const WRITERS = 32
const SECONDS = 3
const TENANT = '00000000-0000-0000-0000-000000000000'

// Each makes its id beforehand, as an application does, in one transaction of one event.
const EMIT = `begin;
select uuidv7() as id \\gset
select cascata.emit_one('${TENANT}', :id::uuid, 'bench.happened', '{"job":1}', 'Bench', '1', null, null);
commit;
`
const INSERT = `begin;
select uuidv7() as id \\gset
with fact as (
  insert into cascata.events (tenant, id, type, data, entity_type, entity_id, root_id)
  values ('${TENANT}', :id::uuid, 'bench.happened', '{"job":1}', 'Bench', '1', :id::uuid))
insert into cascata.event_queue (tenant, event_id, type, root_id)
values ('${TENANT}', :id::uuid, 'bench.happened', :id::uuid);
commit;
`

/** 32 writers with the doorbell on, and one that listens, against plain inserts of the same rows without triggers. */
export const emit: TargetGroup = {
  names: ['4-emit'],
  async measure({ server, rounds, say }) {
    const rung = await server.createDatabase('bench_emit')
    const plain = await server.createDatabase('bench_emit_plain')
    await migrate({ url: rung })
    await migrate({ url: plain, doorbell: 'poll' })
    const listener = new pg.Client({ connectionString: rung })
    await listener.connect()
    try {
      await listener.query('listen cascata_events')
      const writing = (label: string, url: string, script: string) => ({
        label,
        round: async () => {
          await server.checkpoint()
          return pgbench({ url, script, clients: WRITERS, seconds: SECONDS })
        },
      })
      const rates = await interleaved(
        [writing('emit', rung, EMIT), writing('plain inserts', plain, INSERT)],
        (done) => done >= rounds,
        say,
      )
      const peer = { name: 'plain inserts', rates: ratesOf(rates, 'plain inserts') }
      return [atLeast('4-emit', 0.85, ratesOf(rates, 'emit'), peer)]
    } finally {
      await listener.end()
      await server.dropDatabase('bench_emit')
      await server.dropDatabase('bench_emit_plain')
    }
  },
}
