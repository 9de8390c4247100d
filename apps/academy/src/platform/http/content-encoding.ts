/** The encoding that a client asks for, RFC 9110 §12.5.3: what is listed at zero is refused, `*` stands for what is not listed. */
import { parseAccept } from 'hono/utils/accept'

/**
 * @param header the value of `Accept-Encoding`; without one a client is given what it can surely read.
 * @param offered encodings, the best first: it wins among those that are wanted equally.
 * @returns undefined: the bytes as they are.
 */
export function chosenEncoding<Encoding extends string>(
  header: string | undefined,
  offered: readonly Encoding[],
): Encoding | undefined {
  const wanted = parseAccept(header ?? '')
  const weightOf = (encoding: string) =>
    (wanted.find(({ type }) => type.toLowerCase() === encoding) ?? wanted.find(({ type }) => type === '*'))?.q ?? 0
  const [best] = [...offered].sort((a, b) => weightOf(b) - weightOf(a))
  // The bytes as they are, unless said otherwise, do for everybody; only a client that prefers them gets them.
  const asTheyAre = wanted.find(({ type }) => type.toLowerCase() === 'identity')?.q ?? 0
  return best !== undefined && weightOf(best) > 0 && weightOf(best) >= asTheyAre ? best : undefined
}
