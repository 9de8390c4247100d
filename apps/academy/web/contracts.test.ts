import { join } from 'node:path'
import { expect, test } from 'vitest'
import { forPages } from './contracts.ts'

const src = (path: string) => join(import.meta.dirname, '../src', path)

test('of an endpoint there is left where it is and what its fields are called', async () => {
  expect(await forPages(src('modules/activities/follow-delivery/follow-delivery.contract.ts'))).toContain(
    'export const deliveryStream = {"path":"GET /activities/:activityId/delivery/stream","stream":{"delivery":0}}',
  )
  const ofMe = await forPages(src('modules/users/me/me.contract.ts'))
  expect(ofMe?.split('\n').toSorted()).toEqual([
    'export const changeLocale = {"path":"PUT /api/me/locale","body":{"shape":{"locale":0}}}',
    'export const readMe = {"path":"GET /api/me"}',
  ])
})

test('of fields there are left the numbers and words, and no schema', async () => {
  const left = await forPages(src('modules/activities/class-activity.fields.ts'))
  expect(left).toContain('export const NOTES = ["N1","N2","N3"]')
  expect(left).toContain('export const TITLE_LENGTH_MAX = 120')
  expect(left).not.toMatch(/\b(note|title|activitySummary)\b/)
})

test('rules that pages apply come as they are', async () => {
  expect(await forPages(src('platform/auth/password.fields.ts'))).toBeNull()
})
