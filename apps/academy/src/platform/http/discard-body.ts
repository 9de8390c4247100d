/** What is read of a body that nobody wants, so that its sender gets to hear the answer. */
const DISCARDED_BYTES_MAX = 8 * 1024 * 1024

/**
 * Reads the rest of a body and forgets it, up to 8 MiB: a connection that is closed while the other side still sends loses
 * the answer on its way.
 */
export async function discardBody({ body, bodyUsed }: Request): Promise<void> {
  if (!body || bodyUsed || body.locked) return
  let bytes = 0
  try {
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
      bytes += chunk.length
      if (bytes > DISCARDED_BYTES_MAX) return
    }
  } catch {
    // The sender has gone: nobody waits for the answer.
  }
}
