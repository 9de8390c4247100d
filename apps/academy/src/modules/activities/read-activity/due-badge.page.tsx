/**
 * The time for which an activity is still open. Its own file: a student's first page shows it, and is spared the page of an
 * activity.
 */
import { useNow } from '@cascata/console/page-kit'
import { useTranslation } from 'react-i18next'
import { daysBetween, todayIn } from '../../../platform/ui/format.ts'
import { ToneBadge } from '../../../platform/ui/tone.tsx'

const SOON_DAYS = 2
const MINUTE_MS = 60_000

export function DueBadge({ dueDate, timeZone }: { dueDate: string; timeZone: string }) {
  const { t } = useTranslation()
  const days = daysBetween(todayIn(timeZone, useNow(MINUTE_MS)), dueDate)
  if (days < 0) return <ToneBadge tone="quiet">{t('activity.closed')}</ToneBadge>
  if (days === 0) return <ToneBadge tone="warn">{t('activity.dueToday')}</ToneBadge>
  return <ToneBadge tone={days <= SOON_DAYS ? 'warn' : 'accent'}>{t('activity.dueIn', { count: days })}</ToneBadge>
}
