/** Stands in for a provider's API. */
export async function sendByMailService(reader: string, key: string): Promise<void> {
  if (!reader || !key) throw new Error('A message needs somebody to go to, and a key.')
}
