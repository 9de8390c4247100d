/** Why the next command of a batch has or has not run, in one plain sentence or two. */
import type { NextReason } from '../../contract/index.ts'
import type { Translate } from '../i18n/words.ts'

export function nextInWords(reason: NextReason, t: Translate, instant: (iso: string) => string): string {
  const count = (key: Parameters<Translate>[0], value: number) => t(key, { count: value })
  const join = (...sentences: (string | false)[]) => sentences.filter(Boolean).join(' ')
  switch (reason.because) {
    case 'no-next':
      return t('next.none')
    case 'released':
      return t('next.released', { at: instant(reason.releasedAt) })
    case 'not-sealed':
      return join(t('next.notSealed'), reason.open > 0 && count('next.open', reason.open))
    case 'members-open':
      return join(
        count('next.open', reason.open),
        reason.retrying > 0 && count('next.retrying', reason.retrying),
        reason.failed > 0 && count('next.failed', reason.failed),
      )
    case 'recovering':
      return join(
        count('next.failed', reason.failed),
        count('next.copiesOpen', reason.copiesOpen),
        t('next.whenHealed'),
      )
    case 'members-failed':
      return join(
        reason.failed > 0 && count('next.failed', reason.failed),
        reason.nestedFailed > 0 && count('next.nestedFailed', reason.nestedFailed),
        reason.mustHeal > 0 && count('next.mustHeal', reason.mustHeal),
      )
    case 'nested-open':
      return count('next.nestedOpen', reason.open)
    case 'members-unknown':
      return count('next.unknown', reason.unknown)
    case 'settling':
      return t('next.settling')
    case 'cancelled':
      return t('next.cancelled')
  }
}
