/** How a class stands, as staff see it. */
import { IconCircleCheck, IconClockPause, IconDoorEnter, IconPencil, IconPlayerPlay } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { ToneBadge } from '../../../platform/ui/tone.tsx'
import type { Tone } from '../../../platform/ui/tones.ts'
import type { ShownClassStatus } from '../class.fields.ts'

const LOOKS: Record<ShownClassStatus, { tone: Tone; icon: typeof IconPencil }> = {
  'pre-enrollment': { tone: 'quiet', icon: IconPencil },
  enrollment: { tone: 'accent', icon: IconDoorEnter },
  'awaiting-start': { tone: 'warn', icon: IconClockPause },
  started: { tone: 'busy', icon: IconPlayerPlay },
  finalized: { tone: 'good', icon: IconCircleCheck },
}

export function ClassStatusBadge({ status }: { status: ShownClassStatus }) {
  const { t } = useTranslation()
  return <ToneBadge {...LOOKS[status]}>{t(`class.status.${status}`)}</ToneBadge>
}
