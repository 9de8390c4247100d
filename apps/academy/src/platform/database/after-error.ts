/** Tidying up in the database after an error that came from it. */
import { isOutage } from 'cascata'

/**
 * In an outage it goes on behind the answer, for it may wait as long again as what failed.
 * @throws the error, in any case.
 */
export async function afterError(error: unknown, tidy: () => Promise<unknown>): Promise<never> {
  const tidied = tidy()
  if (isOutage(error)) tidied.catch(() => {})
  else await tidied
  throw error
}
