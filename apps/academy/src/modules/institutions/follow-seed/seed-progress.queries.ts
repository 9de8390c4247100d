import type { Tx } from 'cascata'
import { InstitutionCreated } from '../institution.events.ts'
import {
  SeedInstitutionBasicData,
  SeedInstitutionClasses,
  SeedInstitutionEnrollments,
  SeedInstitutionLessonAttendances,
  SeedInstitutionUsers,
} from '../seed-institution/seed-institution.commands.ts'
import { SEED_STEPS } from '../seed-institution/seed-steps.fields.ts'
import type { SeedFacts } from './seed-progress.ts'

/** In the order of SEED_STEPS. */
const TYPES = [
  SeedInstitutionBasicData,
  SeedInstitutionUsers,
  SeedInstitutionClasses,
  SeedInstitutionEnrollments,
  SeedInstitutionLessonAttendances,
].map(({ storedName }) => storedName)

/** Undefined for an institution that was made without demonstration data. */
export async function seedFacts(tx: Tx, institutionId: string): Promise<SeedFacts | undefined> {
  const { rows } = await tx.query<SeedFacts>(
    `with root as (
       select id, occurred_at from cascata.events
       where tenant = $1 and entity_type = 'institution' and entity_id = ($1::uuid)::text and type = $4
     ), commands as (
       select distinct on (s.step) s.step, c.id, c.status, c.failures, c.run_at, c.ms, c.ended_at, c.error
       from cascata.command_statuses c
       join unnest($2::text[], $3::text[]) as s(step, type) on s.type = c.type
       where c.tenant = $1 and c.root_id = (select id from root)
       order by s.step, c.status = 'success' desc, c.created_at desc, c.id desc
     )
     select i.demo_data as size, r.id as workflow_id, r.occurred_at as created_at,
       coalesce((select json_agg(c) from commands c), '[]') as commands,
       coalesce((select json_agg(json_build_object('step', step, 'counts', counts)) from academy.seed_steps
                 where institution_id = $1), '[]') as steps
     from academy.institutions i cross join root r
     where i.id = $1 and i.demo_data is not null`,
    [institutionId, SEED_STEPS, TYPES, InstitutionCreated.storedName],
  )
  return rows[0]
}
