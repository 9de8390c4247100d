/** How each status looks: an icon, a word and a colour, so that none of the three has to be seen. */
import {
  type Icon,
  IconAlertTriangle,
  IconBan,
  IconCircleCheck,
  IconCircleX,
  IconClock,
  IconHelpCircle,
  IconHourglass,
  IconQuestionMark,
  IconRepeat,
  IconRestore,
  IconRotateClockwise2,
} from '@tabler/icons-react'

export const STATUSES = [
  'pending',
  'scheduled',
  'awaiting',
  'processing',
  'success',
  'recovered',
  'error',
  'cancelled',
  'unknown',
] as const
export type Status = (typeof STATUSES)[number]
export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'quiet'

interface Look {
  tone: Tone
  icon: Icon
}

const LOOKS: Record<Status | 'retrying' | 'recovering', Look> = {
  pending: { tone: 'warn', icon: IconAlertTriangle },
  scheduled: { tone: 'quiet', icon: IconClock },
  awaiting: { tone: 'quiet', icon: IconHourglass },
  processing: { tone: 'busy', icon: IconRotateClockwise2 },
  success: { tone: 'good', icon: IconCircleCheck },
  recovered: { tone: 'good', icon: IconRestore },
  error: { tone: 'bad', icon: IconCircleX },
  cancelled: { tone: 'quiet', icon: IconBan },
  unknown: { tone: 'warn', icon: IconHelpCircle },
  retrying: { tone: 'warn', icon: IconRepeat },
  recovering: { tone: 'busy', icon: IconRepeat },
}

export type LookName = keyof typeof LOOKS

export const isLook = (name: string): name is LookName => Object.hasOwn(LOOKS, name)

/** A status that this version does not know is shown as it is, and looks like a question. */
export const lookOf = (name: string): Look => (isLook(name) ? LOOKS[name] : { tone: 'quiet', icon: IconQuestionMark })

export const toneColor = (tone: Tone) => (tone === 'quiet' ? 'var(--line-strong)' : `var(--tone-${tone})`)

/** A command that waits after an error is being retried, whether or not its policy counted that as a failure. */
export const shownStatus = (command: { status: string; failures: number; error: string | null }) =>
  command.status === 'scheduled' && (command.failures > 0 || command.error !== null) ? 'retrying' : command.status
