import { useState } from 'react'
import { announce } from './announce.ts'

/**
 * Copies to the clipboard and says to screen readers what came of it. A page shows it too: `copied` is false where the
 * browser refused, or has no clipboard for a page that did not come through TLS.
 *
 * @param said the words for both: `notCopied` names what is left to do.
 */
export function useCopy(said: { copied: string; notCopied: string }) {
  const [copied, setCopied] = useState<boolean>()
  const tell = (done: boolean) => {
    setCopied(done)
    announce(done ? said.copied : said.notCopied)
  }
  const copy = (text: string) => {
    if (!('clipboard' in navigator)) return tell(false)
    navigator.clipboard.writeText(text).then(
      () => tell(true),
      () => tell(false),
    )
  }
  return { copied, copy }
}
