import { describe, expect, test } from 'vitest'
import {
  byUrgency,
  type DeliveryByStudent,
  type DeliverySummary,
  milestonePassed,
  progressOf,
  segmentsOf,
} from './delivery-progress.view.ts'
import { parseDeliveries } from './running-deliveries.view.ts'

const emails = { total: 6, sent: 0, waiting: 0, sending: 0, retrying: 0, failed: 0, cancelled: 0, unknown: 0 }
const told = { at: '2026-03-01T12:00:00Z', sent: 6, total: 6, text: '' }
const summary = (over: Partial<DeliverySummary>): DeliverySummary => ({
  activityId: 'a',
  workflowId: 'w',
  publishedAt: '2026-03-01T12:00:00Z',
  state: 'sending',
  inApp: { delivered: 6, viewed: 0, total: 6 },
  emails,
  retries: { nextAt: null, reasons: [] },
  failures: [],
  teacherTold: null,
  ...over,
})

describe('progress', () => {
  test('preparing: nobody is told yet', () => {
    expect(progressOf(summary({ state: 'preparing', emails: { ...emails, total: 0 } }))).toMatchObject({
      inApp: 'running',
      emails: 'waiting',
      told: 'waiting',
      percent: 0,
      over: false,
    })
  })

  test('sending: the share that is out, rounded down so that 100 % means all', () => {
    const shown = progressOf(summary({ emails: { ...emails, total: 1000, sent: 999, retrying: 1 } }))
    expect(shown).toMatchObject({ inApp: 'done', emails: 'running', percent: 99, settled: 999, over: false })
  })

  test('all went out and the teacher knows', () => {
    const done = summary({
      state: 'finished',
      emails: { ...emails, sent: 6 },
      teacherTold: { ...told, outcome: 'all-sent' },
    })
    expect(progressOf(done)).toMatchObject({ emails: 'done', told: 'done', percent: 100, over: true })
  })

  test('nobody to tell is an end as well', () => {
    const nobody = summary({
      state: 'finished',
      emails: { ...emails, total: 0 },
      teacherTold: { ...told, outcome: 'nobody', sent: 0, total: 0 },
    })
    expect(progressOf(nobody)).toMatchObject({ percent: 100, emails: 'done', over: true })
  })

  test('some failed for good; when one of them is sent again, it runs again', () => {
    const teacherTold = { ...told, outcome: 'some-failed' as const, sent: 5 }
    const failed = summary({ state: 'incomplete', emails: { ...emails, sent: 5, failed: 1 }, teacherTold })
    expect(progressOf(failed)).toMatchObject({ emails: 'failed', told: 'failed', over: true })
    const again = summary({ state: 'incomplete', emails: { ...emails, sent: 5, sending: 1 }, teacherTold })
    expect(progressOf(again)).toMatchObject({ emails: 'running', over: false })
  })
})

test('segments hold what there is, and only that', () => {
  expect(segmentsOf(summary({ emails: { ...emails, sent: 3, retrying: 1, failed: 1, unknown: 1 } }))).toEqual([
    { tone: 'good', value: 3 },
    { tone: 'warn', value: 1, open: true },
    { tone: 'bad', value: 2 },
  ])
})

test('milestones are said once, the highest that was passed', () => {
  expect(milestonePassed(0, 24)).toBeUndefined()
  expect(milestonePassed(24, 25)).toBe(25)
  expect(milestonePassed(25, 49)).toBeUndefined()
  expect(milestonePassed(10, 80)).toBe(75)
  expect(milestonePassed(99, 100)).toBe(100)
  expect(milestonePassed(100, 100)).toBeUndefined()
})

test('who needs looking at comes first, the rest keeps its order', () => {
  const students = (['sent', 'retrying', 'sent', 'failed'] as const).map((email, index) => ({
    studentId: String(index),
    email,
  })) as DeliveryByStudent['students']
  expect(byUrgency(students).map(({ studentId }) => studentId)).toEqual(['3', '1', '0', '2'])
})

test('what was stored by somebody else is left out', () => {
  expect(parseDeliveries(null)).toEqual([])
  expect(parseDeliveries('{')).toEqual([])
  expect(parseDeliveries('[{"activityId":1},{"activityId":"a","title":"t"},null]')).toEqual([
    { activityId: 'a', title: 't' },
  ])
})
