/** A running delivery's progress, in the header, while its teacher is elsewhere. */
import { UnstyledButton } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconCircleDashed } from '@tabler/icons-react'
import { Link, useRouterState } from '@tanstack/react-router'
import { useEffect, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../platform/ui/session.tsx'
import classes from './delivery-chip.page.module.css'
import { progressOf } from './delivery-progress.view.ts'
import { forgetDelivery, onRunningDeliveries, runningDeliveries } from './running-deliveries.view.ts'
import { useDelivery } from './use-delivery.page.tsx'

export default function DeliveryChip() {
  const deliveries = useSyncExternalStore(onRunningDeliveries, runningDeliveries)
  const path = useRouterState({ select: (state) => state.location.pathname })
  const [newest] = deliveries
  if (!newest || path === `/app/activities/${newest.activityId}`) return null
  return <RunningChip key={newest.activityId} activityId={newest.activityId} title={newest.title} />
}

const CHIP_STAYS_MS = 8_000

function RunningChip({ activityId, title }: { activityId: string; title: string }) {
  const { t } = useTranslation()
  const { percent } = useFormat()
  const { summary, live } = useDelivery(activityId)
  const progress = summary && progressOf(summary)
  const over = progress?.over ?? false
  useEffect(() => {
    if (live === 'refused') forgetDelivery(activityId)
    if (!over) return
    const timer = setTimeout(() => forgetDelivery(activityId), CHIP_STAYS_MS)
    return () => clearTimeout(timer)
  }, [over, live, activityId])
  const failed = progress?.emails === 'failed'
  const ChipIcon = failed ? IconAlertTriangle : over ? IconCheck : IconCircleDashed
  const share = progress?.percent ?? 0
  return (
    <UnstyledButton
      component={Link}
      to="/app/activities/$activityId"
      params={{ activityId } as never}
      className={classes.chip}
      data-tone={failed ? 'bad' : over ? 'good' : 'busy'}
      aria-label={t('delivery.chip', { title, percent: percent(share) })}
      title={title}
    >
      <ChipIcon size={16} stroke={2.2} aria-hidden />
      <span className={classes.chipText}>{percent(share)}</span>
      <span className={classes.chipBar} style={{ width: `${share}%` }} aria-hidden="true" />
    </UnstyledButton>
  )
}
