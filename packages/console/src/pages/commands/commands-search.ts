/** What the list of commands can be asked for, as its address says it. */
import { COMMAND_STATUSES, ORIGIN_KINDS } from '../../contract/vocabulary.ts'
import { PAGE_SIZE_CHOICES } from '../kit/page-sizes.ts'

export const commandsSearch = {
  status: { kind: 'set', of: COMMAND_STATUSES },
  type: { kind: 'texts' },
  tenant: { kind: 'id' },
  origin: { kind: 'set', of: ORIGIN_KINDS },
  event: { kind: 'id' },
  parent: { kind: 'id' },
  original: { kind: 'id' },
  batch: { kind: 'id' },
  error: { kind: 'text' },
  from: { kind: 'instant' },
  to: { kind: 'instant' },
  limit: { kind: 'choice', of: PAGE_SIZE_CHOICES },
  cursor: { kind: 'text' },
} as const
