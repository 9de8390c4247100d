/** The classes that staff list to do something with all of them, or with none. */
import type { Tx } from 'cascata'
import { institutionClock } from '../../platform/database/institution-clock.ts'
import { badIds, type Refusal, refuse, refuseItems } from '../../platform/http/refusal.ts'
import type { EnrollmentPeriodStatus } from '../periods/period.fields.ts'
import { Class, type ClassColumns } from './class.ts'
import { classNotFound } from './classes.queries.ts'

export type ListedClass = { klass: Class; enrollment: EnrollmentPeriodStatus | undefined }

/** With their rows locked, in an order of their own, so that two lists never wait for each other in a circle. */
export async function lockListed(
  tx: Tx,
  institutionId: string,
  classIds: readonly string[],
): Promise<ListedClass[] | Refusal> {
  const { today } = await institutionClock(tx, institutionId)
  const { rows } = await tx.query<ClassColumns & { enrollment: EnrollmentPeriodStatus | null }>(
    `select c.id, c.discipline_id, c.teacher_id, c.period_id, c.vacancies, c.status, c.finalization_id, c.version,
       case when e.start_at is null then null when $3::date < e.start_at then 'not-started'
         when $3::date > e.end_at then 'finalized' else 'open' end as enrollment
     from academy.classes c
     left join academy.enrollment_periods e on e.institution_id = c.institution_id and e.period_id = c.period_id
     where c.institution_id = $1 and c.id = any($2)
     order by c.id
     for no key update of c`,
    [institutionId, classIds, today],
  )
  const byId = new Map(rows.map((row) => [row.id, row]))
  const bad = badIds(classIds, new Set(byId.keys()), {
    unknown: classNotFound(),
    repeated: refuse('invalid-classes-list', {
      message: { en: 'This class is listed twice.', pt: 'Esta turma está repetida.' },
    }),
  })
  const refusal = refuseItems('classes', bad)
  if (refusal) {
    const message = {
      en: 'Not all of these can be found, once each.',
      pt: 'Nem todas foram encontradas, uma vez cada.',
    }
    return { ...refusal, because: 'invalid', code: 'invalid-classes-list', message }
  }
  return classIds.flatMap((id) => {
    const row = byId.get(id)
    if (!row) return []
    const { enrollment, ...columns } = row
    return [{ klass: new Class(institutionId, columns), enrollment: enrollment ?? undefined }]
  })
}

/** Does it to each; what some refuse, none of the list undergoes. */
export function changeEach<T extends { klass: Class }>(
  listed: readonly T[],
  change: (each: T) => Refusal | undefined,
): Refusal | undefined {
  const refused = listed.flatMap((each, index) => {
    const refusal = change(each)
    return refusal ? [{ index, id: each.klass.id, refusal }] : []
  })
  return refuseItems('classes', refused)
}
