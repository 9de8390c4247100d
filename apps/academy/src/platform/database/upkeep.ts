/** Rows whose time is over are removed at once, and then again and again until the process closes. */

/** Rows of one transaction: so few that no backlog makes it longer than a statement may take. */
export const PORTION = 1000

export type UpkeepSettings = {
  closing: AbortSignal
  onError: (error: unknown) => void
  everyMs: number
}

export function startUpkeep(round: () => Promise<void>, { closing, onError, everyMs }: UpkeepSettings): void {
  const look = async () => {
    await round().catch(onError)
    if (!closing.aborted) setTimeout(look, everyMs).unref()
  }
  void look()
}

/** @param remove removes a portion, and says how many rows that were. */
export async function inPortions(closing: AbortSignal, remove: () => Promise<number>): Promise<void> {
  while (!closing.aborted) if ((await remove()) < PORTION) return
}
