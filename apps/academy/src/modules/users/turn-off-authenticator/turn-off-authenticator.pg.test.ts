/** Somebody lost the app and its recovery codes: staff of their institution turn two-step verification off, and say why. */
import { enqueue, uuidv7 } from 'cascata'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { codeShown } from '../../../../test-support/authenticator-app.ts'
import { newColleague } from '../../../../test-support/new-colleague.ts'
import { refusedAs } from '../../../../test-support/refused.ts'
import {
  type Academy,
  PORTO,
  SERRA,
  type SignedIn,
  startAcademy,
  startWork,
  type Work,
} from '../../../../test-support/start-academy.ts'
import { DEMO_PASSWORD, type DemoPerson, institutionId, personId } from '../../../demo/people.ts'
import { contract as listStaff } from '../../staff/list-staff/list-staff.contract.ts'
import { contract as listStudents } from '../../students/list-students/list-students.contract.ts'
import { contract as createTeacher } from '../../teachers/create-teacher/create-teacher.contract.ts'
import { contract as listTeachers } from '../../teachers/list-teachers/list-teachers.contract.ts'
import { SendAuthenticatorEmail } from '../authenticator/authenticator.commands.ts'
import { beginAuthenticator, confirmAuthenticator } from '../authenticator/authenticator.contract.ts'
import { listTurnedOff, turnOffAuthenticatorOf as turnOff } from './turn-off-authenticator.contract.ts'

let academy: Academy
let work: Work
let staff: SignedIn
beforeAll(async () => {
  academy = await startAcademy()
  work = await startWork(academy)
  staff = await academy.signIn(SERRA.staff)
})
afterAll(async () => {
  await work?.stop()
  await academy?.stop()
})

const REASON = 'Perdeu o celular e os códigos; veio à secretaria com documento.'
const [ANA, BRUNO, CECILIA] = SERRA.students as [DemoPerson, DemoPerson, DemoPerson]
const [LIDIA, MARCOS] = SERRA.teachers as [DemoPerson, DemoPerson]

async function turnOn(as: SignedIn) {
  const { secret } = await as.call(beginAuthenticator, {})
  await as.call(confirmAuthenticator, { code: codeShown(secret) })
  await work.harness.runUntilIdle() // its message is out before the next: two at once come in either order
}
const isIn = async (as: SignedIn) => (await (await as.fetch('/api/me')).json()) !== null

/** As the lists show it. */
const shown = {
  student: async (search: string) => (await staff.call(listStudents, { search })).students[0]?.hasAuthenticator,
  teacher: async (search: string) => (await staff.call(listTeachers, { search })).teachers[0]?.hasAuthenticator,
}

test.each([
  ['student', ANA],
  ['teacher', LIDIA],
] as const)(
  'of a %s: sessions end, the password alone opens it, its owner is told, and why is kept',
  async (role, person) => {
    const owner = await academy.signIn(person)
    const userId = personId(person.email)
    await owner.call(beginAuthenticator, {})
    expect(await shown[role](person.email)).toBe(false) // set up, and not confirmed yet
    await turnOn(owner)
    expect(await shown[role](person.email)).toBe(true)
    expect(await staff.call(listTurnedOff, { userId })).toEqual({ earlier: [] })
    expect(await staff.call(turnOff, { userId, reason: REASON })).toEqual({ turnedOff: true })
    expect(await isIn(owner)).toBe(false)
    expect(await shown[role](person.email)).toBe(false)
    const again = await academy.fetch('/api/auth/sign-in/email', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: person.email, password: DEMO_PASSWORD }),
    })
    expect(again.status).toBe(200)
    expect(academy.recorded).toContainEqual(
      expect.objectContaining({ security: 'authenticator-off', accountIds: [userId] }),
    )
    const { earlier } = await staff.call(listTurnedOff, { userId })
    expect(earlier).toEqual([expect.objectContaining({ by: SERRA.staff.name, reason: REASON })])
    await work.harness.runUntilIdle()
    const { subject, text } = await work.mailbox.newestTo(person.email)
    expect(subject).toMatch(/^(Two-step verification was turned off|A verificação em duas etapas foi desligada)$/)
    expect(text).not.toContain(REASON)
    expect(await refusedAs(staff.call(turnOff, { userId, reason: REASON }))).toBe('409 authenticator-not-on')
  },
)

test('a message that was stored under an earlier word is sent as well', async () => {
  const tenant = institutionId(SERRA.key)
  for (const [change, by] of [
    ['withdrawn-by-staff', /A secretaria acadêmica desligou/],
    ['withdrawn-by-operator', /Quem opera esta instalação desligou/],
  ] as const) {
    const data = { changeId: uuidv7(), userId: personId(CECILIA.email), change }
    await work.harness.transaction((tx) => enqueue(tx, SendAuthenticatorEmail(data), { tenant }))
    await work.harness.runUntilIdle()
    expect((await work.mailbox.newestTo(CECILIA.email)).text).toMatch(by)
  }
})

test('staff do not turn their own off by it, nor that of another institution, and nobody else does', async () => {
  await turnOn(staff)
  const own = { userId: personId(SERRA.staff.email), reason: REASON }
  expect(await refusedAs(staff.call(turnOff, own))).toBe('409 own-authenticator')
  const elsewhere = await academy.signIn(PORTO.staff)
  expect(await refusedAs(elsewhere.call(turnOff, own))).toBe('404 person-not-found')
  expect(await refusedAs(elsewhere.call(listTurnedOff, own))).toBe('404 person-not-found')
  for (const person of [BRUNO, MARCOS]) {
    const other = await academy.signIn(person)
    expect(await refusedAs(other.call(turnOff, own))).toMatch(/^403 /)
    expect(await refusedAs(other.call(listTurnedOff, own))).toMatch(/^403 /)
  }
  expect(await isIn(staff)).toBe(true)
})

test('what nobody has turned on is not turned off, and a reason is needed', async () => {
  const { id: userId } = await staff.call(createTeacher, { name: 'Nova', email: 'nova@uni.example' })
  expect(await refusedAs(staff.call(turnOff, { userId, reason: REASON }))).toBe('409 authenticator-not-on')
  expect(await refusedAs(staff.call(turnOff, { userId, reason: ' ' }))).toMatch(/^422 /)
})

test('that of a colleague, whom the list of staff shows with it', async () => {
  await newColleague(academy, { name: 'Célia Amaral', email: 'celia@uni.example' })
  const colleague = await academy.signIn({ email: 'celia@uni.example' })
  await turnOn(colleague)
  const list = () => staff.call(listStaff, { search: 'celia' })
  expect(await list()).toMatchObject({ staff: [{ name: 'Célia Amaral', hasAuthenticator: true }], total: 1 })
  const userId = (await list()).staff[0]?.id ?? ''
  expect(await staff.call(turnOff, { userId, reason: REASON })).toEqual({ turnedOff: true })
  expect(await isIn(colleague)).toBe(false)
  expect((await list()).staff[0]?.hasAuthenticator).toBe(false)
})
