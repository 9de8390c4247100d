import { expect, test } from 'vitest'
import { createTranslate } from '../i18n/words.ts'
import { chipsOf } from './chips.ts'

const words = {
  t: createTranslate('en'),
  status: (status: string) => status.toUpperCase(),
  type: (type: string) => `<${type}>`,
  entity: (type: string) => `[${type}]`,
  tenant: 'Serra Azul',
  instant: (instant: string) => instant.slice(0, 10),
}
const labels = (values: Record<string, unknown>) => chipsOf(values, words, () => {}).map(({ label }) => label)

test('every filter is said in words', () => {
  expect(
    labels({
      status: ['error', 'pending'],
      type: ['a.b'],
      tenant: 'x',
      commands: ['none'],
      entityType: 'order',
      entityId: '42',
      from: '-24h',
    }),
  ).toEqual([
    'Status: ERROR, PENDING',
    'Type: <a.b>',
    'Commands: without commands',
    'Institution: Serra Azul',
    'Entity type: [order]',
    'Entity id: 42',
    'Last 24 hours',
  ])
  expect(labels({ from: '2026-03-01T00:00:00Z', to: '2026-03-09T00:00:00Z' })).toEqual([
    'From 2026-03-01 to 2026-03-09',
  ])
})

test('paging is no filter, and a range goes as one', () => {
  expect(labels({ cursor: 'x', limit: '50', window: '1h' })).toEqual([])
  const removed: Record<string, undefined>[] = []
  chipsOf({ from: '-1h' }, words, (patch) => removed.push(patch))[0]?.remove()
  expect(removed).toEqual([{ from: undefined, to: undefined }])
})
