import { afterEach, beforeEach, expect, test } from 'vitest'
import { refusedAs, refusedParts } from '../../../../test-support/refused.ts'
import {
  type Academy,
  PORTO,
  SERRA,
  type SignedIn,
  STUDENT,
  startAcademy,
  TEACHER,
} from '../../../../test-support/start-academy.ts'
import { startTerm } from '../../../../test-support/start-term.ts'
import { contract as readClass } from '../../classes/read-class/read-class.contract.ts'
import { list as listWindows } from '../../periods/manage-enrollment-periods/manage-enrollment-periods.contract.ts'
import { readMe } from '../../users/me/me.contract.ts'
import * as rules from '../configure-institution/configure-institution.contract.ts'
import { change, read } from './own-institution.contract.ts'

let academy: Academy
let staff: SignedIn
beforeEach(async () => {
  academy = await startAcademy()
  staff = await academy.signIn(SERRA.staff)
})
afterEach(() => academy?.stop())

test('staff set the zone: days change by its clock, and what was written down stays', async () => {
  const term = await startTerm(academy)
  const classId = await term.createClass()
  const { version } = await staff.call(read, {})
  expect(await staff.call(change, { timeZone: 'America/Rio_Branco', version })).toEqual({
    name: SERRA.name,
    timeZone: 'America/Rio_Branco',
    version: version + 1,
  })
  // 00:30 in Brasília is 22:30 of the day before in Acre.
  await term.clock('2031-01-13T00:30-03:00')
  expect((await staff.call(listWindows, {})).today).toBe('2031-01-12')
  const shown = await term.teacher.call(readClass, { classId })
  expect([shown.timeZone, shown.today, shown.lessons[0]?.startAt]).toEqual([
    'America/Rio_Branco',
    '2031-01-12',
    '19:00',
  ])
  expect((await (await academy.signIn(STUDENT)).call(readMe, {}))?.institution.timeZone).toBe('America/Rio_Branco')
  // Another institution's is its own.
  expect((await (await academy.signIn(PORTO.staff)).call(read, {})).timeZone).toBe('America/Sao_Paulo')
})

test.each(['Mars/Olympus', 'America/Sao Paulo', '-03:00', ''])('%j is refused', async (timeZone) => {
  expect(await refusedParts(staff.call(change, { timeZone }))).toEqual([
    '422 unknown-time-zone',
    'timeZone unknown-time-zone',
  ])
})

test('every zone of the list is one to the database too', async () => {
  const zones = Intl.supportedValuesOf('timeZone').filter((zone) => zone.startsWith('America/'))
  const { rows } = await academy.pools.web.query<{ zone: string }>(
    'select z as zone from unnest($1::text[]) z where not exists (select from pg_timezone_names where name = z)',
    [zones],
  )
  expect(rows).toEqual([])
})

test('whoever changed what somebody else has changed since is told', async () => {
  const { version } = await staff.call(read, {})
  await staff.call(change, { name: 'Universidade Serra Verde', version })
  expect(await refusedAs(staff.call(change, { name: 'Universidade Serra Roxa', version }))).toBe(
    '409 changed-meanwhile',
  )
  const limits = { noteLimit: 6, frequencyLimit: 75, resultOrder: 'note-first' } as const
  expect(await refusedAs(staff.call(rules.change, { ...limits, version }))).toBe('409 changed-meanwhile')
  expect(await staff.call(rules.change, { ...limits, version: version + 1 })).toMatchObject({ version: version + 2 })
  // A request without a version replaces whatever stands.
  expect(await refusedAs(staff.call(change, { name: 'Universidade Serra Azul' }))).toBe('done')
})

test('means are rounded as the institution says from then on', async () => {
  const limits = { noteLimit: 7, frequencyLimit: 75, resultOrder: 'frequency-first' } as const
  expect(await staff.call(rules.change, { ...limits, rounding: 'half-up' })).toMatchObject({ rounding: 'half-up' })
  // Left out, it stays.
  expect(await staff.call(rules.change, limits)).toMatchObject({ rounding: 'half-up' })
})

test('only staff', async () => {
  for (const person of [TEACHER, STUDENT]) {
    const signedIn = await academy.signIn(person)
    expect(await refusedAs(signedIn.call(read, {}))).toBe('403 wrong-role')
    expect(await refusedAs(signedIn.call(change, { name: 'Another' }))).toBe('403 wrong-role')
  }
})
