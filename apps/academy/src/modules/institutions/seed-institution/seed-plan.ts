/** What the steps have in common: ids that they know without asking, a step that is done once, and rules that must not refuse. */
import { derivedUuid, type Entity, save, type Tx } from 'cascata'
import { isRefusal, type Refusal } from '../../../platform/http/refusal.ts'
import type { SeedStep } from './seed-steps.fields.ts'

/** An institution's own seed, when nobody gives another. */
export const seedOf = (institutionId: string): number => Number.parseInt(institutionId.slice(-8), 16)

/** The same id for the same thing of an institution, whoever asks. */
export const seedId = (institutionId: string, kind: string, ...name: (string | number)[]): string =>
  derivedUuid(institutionId, 'seed', kind, ...name)

export type SeedCounts = Record<string, number>

/** Does the step unless it was done; what it does and that it was done commit together. */
export async function once(
  tx: Tx,
  institutionId: string,
  step: SeedStep,
  work: () => Promise<SeedCounts>,
): Promise<void> {
  const begun = await tx.query(
    'insert into academy.seed_steps (institution_id, step) values ($1, $2) on conflict do nothing',
    [institutionId, step],
  )
  if (begun.rowCount === 0) return
  const counts = await work()
  await tx.query(
    `update academy.seed_steps set counts = $3, finished_at = clock_timestamp() where institution_id = $1 and step = $2`,
    [institutionId, step, JSON.stringify(counts)],
  )
}

/** In their order, without waiting for one answer before the next is asked. */
export async function saveAll(tx: Tx, entities: readonly Entity[]): Promise<void> {
  await Promise.all(entities.map((entity) => save(tx, entity)))
}

/** The seed keeps to the rules, so a refusal is a mistake of the seed: the step fails and says which rule it was. */
export function agreed<T>(result: T | Refusal): T {
  if (isRefusal(result)) throw new Error(`The seed was refused: ${result.code}. ${result.message.en}`)
  return result
}
