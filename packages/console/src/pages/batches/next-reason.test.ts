import { expect, test } from 'vitest'
import type { NextReason } from '../../contract/index.ts'
import { createTranslate } from '../i18n/words.ts'
import { nextInWords } from './next-reason.ts'

const en = (reason: NextReason) => nextInWords(reason, createTranslate('en'), (iso) => iso.slice(11, 19))
const pt = (reason: NextReason) => nextInWords(reason, createTranslate('pt-BR'), (iso) => iso.slice(11, 19))

test('each reason is a sentence', () => {
  expect(en({ because: 'released', releasedAt: '2026-03-09T14:12:00.000Z' })).toBe(
    'All went well: it was released at 14:12:00.',
  )
  expect(en({ because: 'members-open', open: 7, retrying: 2, failed: 0 })).toBe(
    'Waiting: 7 commands have not ended. 2 of them failed before and are tried again.',
  )
  expect(en({ because: 'members-failed', failed: 2, nestedFailed: 0, mustHeal: 2 })).toBe(
    '2 commands failed for good. It runs once 2 reprocessed copies succeed.',
  )
  expect(pt({ because: 'members-failed', failed: 1, nestedFailed: 0, mustHeal: 1 })).toBe(
    '1 comando falhou em definitivo. Ele roda quando uma cópia reprocessada der certo.',
  )
  expect(en({ because: 'recovering', open: 1, failed: 2, copiesOpen: 1 })).toBe(
    '2 commands failed for good. 1 copy is under way. It runs when enough of them succeed.',
  )
})

test('every reason has words in both languages', () => {
  const reasons: NextReason[] = [
    { because: 'no-next' },
    { because: 'not-sealed', open: 3 },
    { because: 'nested-open', open: 1 },
    { because: 'members-unknown', unknown: 1 },
    { because: 'settling' },
    { because: 'cancelled' },
  ]
  for (const reason of reasons)
    for (const say of [en, pt]) {
      expect(say(reason)).not.toContain('next.')
      expect(say(reason)).not.toContain('{{')
    }
})
