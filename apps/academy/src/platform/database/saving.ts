/** What a save may meet: somebody else's row with the same name, somebody else's change to the same row. */
import { CascataError } from 'cascata'
import { type Refusal, refuse } from '../http/refusal.ts'

const UNIQUE_VIOLATION = '23505'

/** @param taken what it means that a unique key is taken. The transaction is to be rolled back, as with any refusal. */
export async function unlessTaken<T>(save: () => Promise<T>, taken: Refusal): Promise<T | Refusal> {
  try {
    return await save()
  } catch (error) {
    if ((error as { code?: string }).code === UNIQUE_VIOLATION) return taken
    throw error
  }
}

/** Somebody has changed it since it was read. */
export async function unlessChanged<T>(save: () => Promise<T>): Promise<T | Refusal> {
  try {
    return await save()
  } catch (error) {
    if (!(error instanceof CascataError) || error.code !== 'stale-entity') throw error
    return refuse('changed-meanwhile', {
      because: 'conflict',
      message: {
        en: 'Somebody has changed this in the meantime. Look at it again.',
        pt: 'Alguém alterou isto nesse meio-tempo. Confira de novo.',
      },
    })
  }
}
