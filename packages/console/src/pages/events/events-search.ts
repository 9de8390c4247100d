/** What the list of events can be asked for, as its address says it. */
import { COMMAND_STATUSES, EVENT_STATUSES, WINDOWS } from '../../contract/vocabulary.ts'
import { PAGE_SIZE_CHOICES } from '../kit/page-sizes.ts'

export const eventsSearch = {
  status: { kind: 'set', of: EVENT_STATUSES },
  type: { kind: 'texts' },
  tenant: { kind: 'id' },
  commands: { kind: 'set', of: [...COMMAND_STATUSES, 'none'] },
  entityType: { kind: 'text' },
  entityId: { kind: 'text' },
  from: { kind: 'instant' },
  to: { kind: 'instant' },
  limit: { kind: 'choice', of: PAGE_SIZE_CHOICES },
  cursor: { kind: 'text' },
  window: { kind: 'choice', of: Object.keys(WINDOWS) as (keyof typeof WINDOWS)[] },
} as const
