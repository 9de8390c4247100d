import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { contract as createClassActivity } from '../../apps/academy/src/modules/activities/create-class-activity/create-class-activity.contract.ts'
import {
  type Academy,
  STUDENT,
  startAcademy,
  startWork,
  TEACHER,
  type Work,
} from '../../apps/academy/test-support/start-academy.ts'
import { flowOf } from './flow-of.ts'
import { edgesFrom } from './wiring.ts'

const ROOT = join(import.meta.dirname, '../..')

let academy: Academy
let work: Work
beforeAll(async () => {
  academy = await startAcademy()
  work = await startWork(academy)
})
afterAll(async () => {
  await work?.stop()
  await academy?.stop()
})

/** What happened, in the words of the wiring. */
const RECORDED = `
  with facts as (
    select 'command ' || type as key, id, origin, origin_id, handler, batch_id from cascata.commands where root_id = any($1)
    union all
    select 'batch ' || type, id, origin, origin_id, handler, null from cascata.batches where root_id = any($1)
  )
  select distinct unnest(case
    when f.batch_id is not null then array['batch ' || b.type || ' member ' || f.key]
    when f.origin = 'event' then array['event ' || e.type || ' leads-to handler ' || e.type || '/' || f.handler,
                                       'handler ' || e.type || '/' || f.handler || ' leads-to ' || f.key]
    when f.origin = 'batch' then array['batch ' || o.type || ' next ' || f.key]
    when f.origin = 'batch-failure' then array['batch ' || o.type || ' failure ' || f.key]
    when f.origin = 'command' then array['command ' || c.type || ' leads-to ' || f.key]
  end) as arrow
  from facts f
  left join cascata.events e on e.id = f.origin_id
  left join cascata.commands c on c.id = f.origin_id
  left join cascata.batches o on o.id = f.origin_id
  left join cascata.batches b on b.id = f.batch_id
  union
  select 'event ' || type || ' leads-to handler ' || type || '/' || handler
  from cascata.event_handlings where handler <> '' and event_id = any($1)
  union
  select 'command ' || c.type || ' leads-to event ' || e.type
  from cascata.events e join cascata.commands c on c.id = e.command_id where e.root_id = any($1)
  order by 1`

test('what happened when an activity was published is what the flow prints, arrow by arrow', {
  timeout: 300_000,
}, async () => {
  const teacher = await academy.signIn(TEACHER)
  const publish = () =>
    teacher.call(createClassActivity, {
      classId: academy.classes.six,
      note: 'N1',
      title: 'Modelagem de BD',
      description: 'Entregar o modelo conceitual.',
      type: 'work',
      weight: 10,
      dueDate: academy.demo.period.endAt,
      dueHour: '23:59',
    })
  const good = await publish()
  await work.harness.runUntilIdle()
  await work.mailbox.behave({ rejectAddresses: [STUDENT.email] })
  const bad = await publish()
  await work.harness.runUntilIdle()

  const roots = [good.workflowId, bad.workflowId]
  const { rows } = await work.harness.pool.query<{ arrow: string }>(RECORDED, [roots])
  const recorded = ['route POST /activities leads-to event class-activity.created', ...rows.map(({ arrow }) => arrow)]
  const { wiring } = await flowOf(join(ROOT, 'apps/academy/src/app.ts'), ROOT)
  const printed = (from: string) => edgesFrom(wiring, from).map(({ as, ...edge }) => `${edge.from} ${as} ${edge.to}`)
  expect(printed('route POST /activities')).toEqual(expect.arrayContaining(recorded))
  // Other listeners (webhooks, say) only do something where somebody has asked for it; the slice's own path ran whole.
  expect(recorded).toEqual(expect.arrayContaining(printed('handler class-activity.created/notify-class')))
})
