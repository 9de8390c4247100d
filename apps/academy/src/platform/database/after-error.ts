/** Whatever is still to be done in the database once an error has come from it. */
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
