import { IconAlertTriangle, IconBan, IconCircleCheck, IconClock, IconLoader2 } from '@tabler/icons-react'
import type { Tone } from '../../../platform/ui/tones.ts'
import type { ChargeStatus } from '../charge.fields.ts'

export const CHARGES_REFRESH_MS = 5_000

/** The look of each status, to staff and to students. */
export const CHARGE_LOOKS: Record<ChargeStatus, { tone: Tone; icon: typeof IconClock }> = {
  created: { tone: 'busy', icon: IconLoader2 },
  requested: { tone: 'accent', icon: IconClock },
  paid: { tone: 'good', icon: IconCircleCheck },
  refused: { tone: 'warn', icon: IconBan },
  failed: { tone: 'bad', icon: IconAlertTriangle },
}
