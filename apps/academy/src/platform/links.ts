/** Addresses in what people write, found so that pages and e-mails can make links of them. Only http and https. */

export type Piece = { text: string } | { url: string; text: string }

const ADDRESS = /https?:\/\/[^\s<>"'`]+/gi
/** Ends a sentence more often than an address. */
const TRAILING = /[.,;:!?…]+$/

/** The text in pieces, in order and without loss: those that are addresses, and those between them. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = []
  let at = 0
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    const address = withoutTail(found)
    if (!URL.canParse(address)) continue
    if (index > at) pieces.push({ text: text.slice(at, index) })
    pieces.push({ url: new URL(address).href, text: address })
    at = index + address.length
  }
  if (at < text.length) pieces.push({ text: text.slice(at) })
  return pieces
}

/** Without the sentence's own mark, and without a bracket that was opened before the address. */
function withoutTail(found: string): string {
  const address = found.replace(TRAILING, '')
  const closing = address.at(-1)
  const opening = closing === ')' ? '(' : closing === ']' ? '[' : undefined
  if (!opening || !closing) return address
  const count = (mark: string) => address.split(mark).length
  return count(closing) > count(opening) ? withoutTail(address.slice(0, -1)) : address
}
