/** Somebody lost the app and its recovery codes: at the code, and in the message before it, they read whom to ask. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { codeShown } from '../../../../test-support/authenticator-app.ts'
import { newColleague } from '../../../../test-support/new-colleague.ts'
import {
  type Academy,
  SERRA,
  STUDENT,
  startAcademy,
  startWork,
  TEACHER,
  type Work,
} from '../../../../test-support/start-academy.ts'
import { DEMO_ADMINISTRATOR, DEMO_PASSWORD } from '../../../demo/people.ts'
import { beginAuthenticator, confirmAuthenticator } from './authenticator.contract.ts'

let academy: Academy
let work: Work
beforeAll(async () => {
  academy = await startAcademy()
  work = await startWork(academy)
})
afterAll(async () => {
  await work?.stop()
  await academy?.stop()
})

type Person = { email: string }
async function turnOn(person: Person) {
  const owner = await academy.signIn(person)
  const { secret } = await owner.call(beginAuthenticator, {})
  await owner.call(confirmAuthenticator, { code: codeShown(secret) })
}
const answerTo = async ({ email }: Person, given: { password?: string; code?: string } = {}) => {
  const response = await academy.fetch('/api/auth/sign-in/email', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: DEMO_PASSWORD, ...given }),
  })
  const { code, turnedOffBy } = (await response.json()) as { code: string; turnedOffBy?: string }
  return [code, turnedOffBy]
}
async function messageTo({ email }: Person) {
  await work.harness.runUntilIdle()
  return (await work.mailbox.newestTo(email)).text
}

test.each([
  ['student', STUDENT],
  ['teacher', TEACHER],
])('a %s asks the office; nobody is told before the password was right', async (_, person) => {
  await turnOn(person)
  expect(await answerTo(person)).toEqual(['code-needed', 'office'])
  expect(await answerTo(person, { password: 'not the password' })).toEqual(['wrong-email-or-password', undefined])
  expect(await answerTo(person, { code: '000000' })).toEqual(['wrong-code', undefined])
  expect(await messageTo(person)).toContain(`peça à secretaria acadêmica de ${SERRA.name} que desligue`)
})

test('staff ask a colleague who can come in, and without one whoever runs the installation', async () => {
  const { auth } = academy.pools
  await turnOn(SERRA.staff)
  expect(await answerTo(SERRA.staff)).toEqual(['code-needed', 'operator'])
  expect(await messageTo(SERRA.staff)).toContain('peça a quem opera esta instalação que desligue')

  const celia = { name: 'Célia Amaral', email: 'celia@uni.example' }
  const id = await newColleague(academy, celia)
  expect(await answerTo(SERRA.staff)).toEqual(['code-needed', 'colleague'])
  await turnOn(celia)
  expect(await messageTo(celia)).toContain(`peça a um colega da secretaria acadêmica de ${SERRA.name} que desligue`)

  // Somebody who has not chosen a password yet is nobody to ask.
  await auth.query('update academy_auth.accounts set password = null where user_id = $1', [id])
  expect(await answerTo(SERRA.staff)).toEqual(['code-needed', 'operator'])
})

test('an administrator asks whoever runs the installation', async () => {
  await turnOn(DEMO_ADMINISTRATOR)
  expect(await answerTo(DEMO_ADMINISTRATOR)).toEqual(['code-needed', 'operator'])
  expect(await messageTo(DEMO_ADMINISTRATOR)).toContain('peça a quem opera esta instalação que desligue')
})
