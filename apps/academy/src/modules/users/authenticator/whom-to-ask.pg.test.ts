/** Somebody lost the app and its recovery codes: at the code, and in the message before it, they read whom to ask. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { codeShown } from '../../../../test-support/authenticator-app.ts'
import { newColleague } from '../../../../test-support/new-colleague.ts'
import { QUICK_PASSWORDS } from '../../../../test-support/quick-passwords.ts'
import {
  type Academy,
  SERRA,
  STUDENT,
  startAcademy,
  startWork,
  TEACHER,
  TEST_SECRETS,
  TEST_SERVICES,
  type Work,
} from '../../../../test-support/start-academy.ts'
import { createServer } from '../../../create-server.ts'
import { DEMO_ADMINISTRATOR, DEMO_PASSWORD } from '../../../demo/people.ts'
import { beginAuthenticator, confirmAuthenticator } from './authenticator.contract.ts'

const OPERATOR = 'suporte@escola.example'

let academy: Academy
let work: Work
beforeAll(async () => {
  academy = await startAcademy({ services: { ...TEST_SERVICES, operatorContact: OPERATOR } })
  work = await startWork(academy, { operatorContact: OPERATOR })
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
  const answer = (await response.json()) as { code: string; turnedOffBy?: string; operatorContact?: string }
  return [answer.code, answer.turnedOffBy, answer.operatorContact]
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
  expect(await answerTo(person)).toEqual(['code-needed', 'office', undefined])
  expect(await answerTo(person, { password: 'not the password' })).toEqual([
    'wrong-email-or-password',
    undefined,
    undefined,
  ])
  expect(await answerTo(person, { code: '000000' })).toEqual(['wrong-code', undefined, undefined])
  expect(await messageTo(person)).toContain(`peça à secretaria acadêmica de ${SERRA.name} que desligue`)
})

test('staff ask a colleague who can come in, and without one whoever runs the installation', async () => {
  const { auth } = academy.pools
  await turnOn(SERRA.staff)
  expect(await answerTo(SERRA.staff)).toEqual(['code-needed', 'operator', OPERATOR])
  expect(await messageTo(SERRA.staff)).toContain(`peça a quem opera esta instalação (${OPERATOR}) que desligue`)

  const celia = { name: 'Célia Amaral', email: 'celia@uni.example' }
  const id = await newColleague(academy, celia)
  expect(await answerTo(SERRA.staff)).toEqual(['code-needed', 'colleague', undefined])
  await turnOn(celia)
  expect(await messageTo(celia)).toContain(`peça a um colega da secretaria acadêmica de ${SERRA.name} que desligue`)

  // Somebody who has not chosen a password yet is nobody to ask.
  await auth.query('update academy_auth.accounts set password = null where user_id = $1', [id])
  expect(await answerTo(SERRA.staff)).toEqual(['code-needed', 'operator', OPERATOR])
})

test('an administrator asks whoever runs the installation, with an address where it is named', async () => {
  await turnOn(DEMO_ADMINISTRATOR)
  expect(await answerTo(DEMO_ADMINISTRATOR)).toEqual(['code-needed', 'operator', OPERATOR])
  expect(await messageTo(DEMO_ADMINISTRATOR)).toContain(`peça a quem opera esta instalação (${OPERATOR}) que desligue`)

  // An installation that names nobody is answered without an address.
  const { fetch } = createServer({
    pools: academy.pools,
    services: TEST_SERVICES,
    sessionSecret: TEST_SECRETS.sessionSecret,
    secureCookies: false,
    passwords: QUICK_PASSWORDS,
    hosts: () => true,
    log: { info: () => {}, error: () => {} },
  })
  const answer = await fetch(
    new Request('http://academy.test/api/auth/sign-in/email', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: DEMO_ADMINISTRATOR.email, password: DEMO_PASSWORD }),
    }),
  )
  const body = (await answer.json()) as object
  expect(body).toMatchObject({ code: 'code-needed', turnedOffBy: 'operator' })
  expect(body).not.toHaveProperty('operatorContact')
})
