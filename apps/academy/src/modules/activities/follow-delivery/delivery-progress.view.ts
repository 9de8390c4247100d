/** What a delivery's numbers mean to the teacher who looks at them. Pure: the card, the chip and the announcements share it. */
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import type { Segment, Tone } from '../../../platform/ui/tones.ts'
import type { delivery, deliveryStream, EMAIL_STATES } from './follow-delivery.contract.ts'

export type DeliverySummary = ResponseOf<typeof deliveryStream>
export type DeliveryByStudent = ResponseOf<typeof delivery>
export type EmailState = (typeof EMAIL_STATES)[number]

/** Stages of the card, in the order in which they happen. */
export type Stage = 'done' | 'running' | 'failed' | 'waiting'

export interface Progress {
  inApp: Stage
  emails: Stage
  told: Stage
  /** E-mails whose fate is known: sent, failed, or no longer wanted. */
  settled: number
  percent: number
  /** Nothing will move any more unless somebody acts. */
  over: boolean
}

export function progressOf(summary: DeliverySummary): Progress {
  const { state, emails, teacherTold } = summary
  const settled = emails.sent + emails.failed + emails.cancelled + emails.unknown
  const preparing = state === 'preparing'
  const incomplete = state === 'incomplete'
  const open = emails.waiting + emails.sending + emails.retrying
  return {
    inApp: preparing ? 'running' : 'done',
    emails: preparing ? 'waiting' : incomplete && open === 0 ? 'failed' : state === 'finished' ? 'done' : 'running',
    told: teacherTold ? (teacherTold.outcome === 'some-failed' ? 'failed' : 'done') : 'waiting',
    settled,
    percent: emails.total === 0 ? (preparing ? 0 : 100) : Math.floor((emails.sent / emails.total) * 100),
    over: open === 0 && teacherTold !== null && state !== 'sending' && !preparing,
  }
}

export function segmentsOf({ emails }: DeliverySummary): Segment[] {
  const parts: Segment[] = [
    { tone: 'good', value: emails.sent },
    { tone: 'busy', value: emails.sending, open: true },
    { tone: 'warn', value: emails.retrying, open: true },
    { tone: 'bad', value: emails.failed + emails.unknown },
    { tone: 'quiet', value: emails.cancelled },
  ]
  return parts.filter(({ value }) => value > 0)
}

const MILESTONES = [25, 50, 75, 100] as const

/** The milestone that was passed between two looks, if any: those are said, the steps between them are not. */
export function milestonePassed(before: number, after: number): (typeof MILESTONES)[number] | undefined {
  return MILESTONES.findLast((milestone) => before < milestone && after >= milestone)
}

export const EMAIL_TONES: Record<EmailState, Tone> = {
  waiting: 'quiet',
  sending: 'busy',
  sent: 'good',
  retrying: 'warn',
  failed: 'bad',
  cancelled: 'quiet',
  unknown: 'warn',
}

/** Those who need looking at come first, then by name as the server gave it. */
const URGENCY: Record<EmailState, number> = {
  failed: 0,
  unknown: 1,
  retrying: 2,
  sending: 3,
  waiting: 4,
  cancelled: 5,
  sent: 6,
}

export const byUrgency = (students: DeliveryByStudent['students']) =>
  [...students].sort((a, b) => URGENCY[a.email] - URGENCY[b.email])
