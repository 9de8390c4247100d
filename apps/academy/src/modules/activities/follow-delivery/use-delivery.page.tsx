import type { StreamState } from '@cascata/console/page-kit'
import { useState } from 'react'
import { useApi } from '../../../platform/ui/api.tsx'
import { useStream } from '../../../platform/ui/live.tsx'
import type { DeliverySummary } from './delivery-progress.view.ts'
import { delivery, deliveryStream } from './follow-delivery.contract.ts'

/** The newest numbers: from the stream, or from polling when there is none. */
export function useDelivery(activityId: string): { summary: DeliverySummary | undefined; live: StreamState } {
  const [streamed, setStreamed] = useState<DeliverySummary>()
  const live = useStream(
    deliveryStream,
    { activityId },
    { snapshot: setStreamed, delivery: setStreamed, poll: [delivery] },
  )
  const polled = useApi(delivery, { activityId }, { enabled: live === 'polling' })
  const summary = live === 'polling' && polled.data ? polled.data : streamed
  return { summary: summary?.activityId === activityId ? summary : undefined, live }
}
