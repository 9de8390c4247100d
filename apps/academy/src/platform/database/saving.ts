/** What a save may meet: somebody else's row with the same name, somebody else's change to the same row. */
import { CascataError } from 'cascata'
import { type Refusal, refuse } from '../http/refusal.ts'

const UNIQUE_VIOLATION = '23505'

/**
 * For what is new, or whose row is locked.
 * @param taken what it means that a unique key is taken. The transaction is to be rolled back, as with any refusal.
 */
export async function unlessTaken<T>(save: () => Promise<T>, taken: Refusal): Promise<T | Refusal> {
  try {
    return await save()
  } catch (error) {
    // A new row that meets its own primary key is not saved and said to be stale.
    const { code } = error as { code?: string }
    if (code === UNIQUE_VIOLATION || code === 'stale-entity') return taken
    throw error
  }
}

/** Somebody has changed it since it was read. */
export async function unlessChanged<T>(save: () => Promise<T>): Promise<T | Refusal> {
  try {
    return await save()
  } catch (error) {
    if (!(error instanceof CascataError) || error.code !== 'stale-entity') throw error
    return changedMeanwhile()
  }
}

/**
 * For a row that is locked.
 * @param read the version that was looked at; undefined replaces whatever stands.
 */
export const unlessStale = (read: number | undefined, stands: number): Refusal | undefined =>
  read === undefined || read === stands ? undefined : changedMeanwhile()

export const changedMeanwhile = () =>
  refuse('changed-meanwhile', {
    because: 'conflict',
    message: {
      en: 'Somebody has changed this in the meantime. Look at it again.',
      pt: 'Alguém alterou isto nesse meio-tempo. Confira de novo.',
    },
  })
