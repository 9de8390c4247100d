/** Somebody knows a password and stops at the code: the owner of the account sees it, and sees each sign-in of their own once. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { codeShown } from '../../../../test-support/authenticator-app.ts'
import { type Academy, cookieOf, SERRA, startAcademy } from '../../../../test-support/start-academy.ts'
import { DEMO_PASSWORD, type DemoPerson, personId } from '../../../demo/people.ts'
import { NO_CODE_MAX } from '../../../platform/auth/sign-ins.ts'
import { beginAuthenticator, confirmAuthenticator } from '../authenticator/authenticator.contract.ts'
import { readOwnAccount } from './own-account.contract.ts'

let academy: Academy
beforeAll(async () => {
  academy = await startAcademy()
})
afterAll(() => academy?.stop())

const [ANA, BRUNO, CAIO] = SERRA.students as [DemoPerson, DemoPerson, DemoPerson]

/** The account asks for a code from now on. */
async function enrolled(person: DemoPerson) {
  const owner = await academy.signIn(person)
  const { secret } = await owner.call(beginAuthenticator, {})
  const { recoveryCodes } = await owner.call(confirmAuthenticator, { code: codeShown(secret) })
  const outcomes = async () => (await owner.call(readOwnAccount, {})).signIns.map(({ outcome }) => outcome)
  return { recoveryCodes: recoveryCodes as [string, string, string], outcomes }
}
const send = ({ email }: DemoPerson, given: { password?: string; code?: string } = {}, cookie = '') =>
  academy.fetch('/api/auth/sign-in/email', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(cookie ? { cookie } : {}) },
    body: JSON.stringify({ email, password: DEMO_PASSWORD, ...given }),
  })
const passwordAlone = async (person: DemoPerson) => {
  const answer = await send(person)
  expect(await answer.clone().json()).toMatchObject({ code: 'code-needed' })
  return answer
}
/** As a browser does it: with the cookie that the first step set. */
async function signInByBothSteps(person: DemoPerson, code: string) {
  const cookie = cookieOf(await passwordAlone(person))
  expect((await send(person, { code }, cookie)).status).toBe(200)
}

test('a right password that stopped at the code is shown; a sign-in by both steps is one row', async () => {
  const { outcomes, recoveryCodes } = await enrolled(ANA)
  await signInByBothSteps(ANA, recoveryCodes[0])
  expect(await outcomes()).toEqual(['signed-in', 'signed-in'])
  await passwordAlone(ANA)
  // Sign-ins of the owner take the place of no row but their own, whether they were of two steps or of one.
  await signInByBothSteps(ANA, recoveryCodes[1])
  expect((await send(ANA, { code: recoveryCodes[2] })).status).toBe(200)
  expect(await outcomes()).toEqual(['signed-in', 'signed-in', 'no-code', 'signed-in', 'signed-in'])
})

test('who came in is kept whatever the cookie of the first step holds', async () => {
  const { outcomes, recoveryCodes } = await enrolled(BRUNO)
  const cookies = ['%00', 'x', '00000000-0000-0000-0000-000000000000']
  for (const [n, value] of cookies.entries()) {
    const code = recoveryCodes[n] as string
    expect((await send(BRUNO, { code }, `academy.sign_in=${value}`)).status).toBe(200)
  }
  expect(await outcomes()).toEqual(Array<string>(4).fill('signed-in'))
  expect(academy.logged).toEqual([])
})

test('rows of a password that is sent alone have an end, and hide no other try', async () => {
  const { outcomes } = await enrolled(CAIO)
  await send(CAIO, { password: 'not the password' })
  for (let n = 0; n < NO_CODE_MAX + 2; n++) await passwordAlone(CAIO)
  const { rows } = await academy.pools.auth.query(
    `select from academy_auth.sign_ins where outcome = 'no-code' and user_id = $1`,
    [personId(CAIO.email)],
  )
  expect(rows).toHaveLength(NO_CODE_MAX)
  expect(await outcomes()).toEqual([...Array<string>(10).fill('no-code'), 'wrong-password', 'signed-in'])
})
