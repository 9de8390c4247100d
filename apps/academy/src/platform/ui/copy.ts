import { useCopy as useCopyAlone } from '@cascata/console/page-kit'
import { announce } from './announce.ts'

/**
 * Copies to the clipboard and says to screen readers what came of it. A page shows it too: `copied` is false where the
 * browser did not.
 *
 * @param said the words for both: `notCopied` names what is left to do.
 */
export const useCopy = (said: { copied: string; notCopied: string }) =>
  useCopyAlone({ onTold: (copied) => announce(copied ? said.copied : said.notCopied) })
