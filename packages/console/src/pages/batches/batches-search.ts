/** What the list of batches can be asked for, as its address says it. */
import { BATCH_STATUSES, COMMAND_STATUSES } from '../../contract/vocabulary.ts'
import { PAGE_SIZE_CHOICES } from '../kit/page-sizes.ts'

export const BATCH_ORIGINS = ['event', 'command', 'direct'] as const

export const batchesSearch = {
  status: { kind: 'set', of: BATCH_STATUSES },
  type: { kind: 'texts' },
  tenant: { kind: 'id' },
  origin: { kind: 'set', of: BATCH_ORIGINS },
  from: { kind: 'instant' },
  to: { kind: 'instant' },
  limit: { kind: 'choice', of: PAGE_SIZE_CHOICES },
  cursor: { kind: 'text' },
} as const

/** The members' table inside a batch's page. */
export const membersSearch = {
  status: { kind: 'set', of: COMMAND_STATUSES },
  limit: { kind: 'choice', of: PAGE_SIZE_CHOICES },
  cursor: { kind: 'text' },
} as const
