/** Somebody knows a password and stops at the code: the owner of the account sees it, and sees each sign-in of their own once. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { codeShown } from '../../../../test-support/authenticator-app.ts'
import { QUICK_PASSWORDS } from '../../../../test-support/quick-passwords.ts'
import {
  type Academy,
  cookieOf,
  PORTO,
  SERRA,
  startAcademy,
  TEST_SECRETS,
  TEST_SERVICES,
} from '../../../../test-support/start-academy.ts'
import { createServer } from '../../../create-server.ts'
import { DEMO_PASSWORD, type DemoPerson, personId } from '../../../demo/people.ts'
import { NO_CODE_MAX } from '../../../platform/auth/sign-ins.ts'
import { beginAuthenticator, confirmAuthenticator } from '../authenticator/authenticator.contract.ts'
import { readOwnAccount } from './own-account.contract.ts'

let academy: Academy
beforeAll(async () => {
  academy = await startAcademy()
})
afterAll(() => academy?.stop())

type Six = [DemoPerson, DemoPerson, DemoPerson, DemoPerson, DemoPerson, DemoPerson]
const [ANA, BRUNO, CECILIA, DAVI, ELISA, FELIPE] = SERRA.students as Six
const [GABRIELA, HEITOR] = PORTO.students as Six

/** The account asks for a code from now on. */
async function enrolled(person: DemoPerson) {
  const owner = await academy.signIn(person)
  const { secret } = await owner.call(beginAuthenticator, {})
  const { recoveryCodes } = await owner.call(confirmAuthenticator, { code: codeShown(secret) })
  const outcomes = async () => (await owner.call(readOwnAccount, {})).signIns.map(({ outcome }) => outcome)
  return { recoveryCodes: recoveryCodes as [string, string, string], outcomes }
}
const request = ({ email }: DemoPerson, given: { password?: string; code?: string } = {}, cookie = '') => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...(cookie ? { cookie } : {}) },
  body: JSON.stringify({ email, password: DEMO_PASSWORD, ...given }),
})
const PATH = '/api/auth/sign-in/email'
const send = (...given: Parameters<typeof request>) => academy.fetch(PATH, request(...given))
const passwordAlone = async (person: DemoPerson, cookie = '') => {
  const answer = await send(person, {}, cookie)
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

test('a password that is sent twice before the code is one sign-in', async () => {
  const { outcomes, recoveryCodes } = await enrolled(DAVI)
  const first = cookieOf(await passwordAlone(DAVI))
  const second = cookieOf(await passwordAlone(DAVI, first))
  expect(await outcomes()).toEqual(['no-code', 'signed-in'])
  expect((await send(DAVI, { code: recoveryCodes[0] }, second)).status).toBe(200)
  expect(await outcomes()).toEqual(['signed-in', 'signed-in'])
})

test('a wrong code takes the place of its first step, and stays where the right one follows', async () => {
  const { outcomes, recoveryCodes } = await enrolled(ELISA)
  const cookie = cookieOf(await passwordAlone(ELISA))
  const guess = async () => (await send(ELISA, { code: '000000' }, cookie)).json()
  expect(await guess()).toMatchObject({ code: 'wrong-code' })
  expect(await outcomes()).toEqual(['wrong-code', 'signed-in'])
  await guess()
  expect((await send(ELISA, { code: recoveryCodes[0] }, cookie)).status).toBe(200)
  expect(await outcomes()).toEqual(['signed-in', 'wrong-code', 'wrong-code', 'signed-in'])
})

test('the cookie of one account takes the place of nothing at a sign-in to another', async () => {
  const [gabriela, heitor] = [await enrolled(GABRIELA), await enrolled(HEITOR)]
  const cookie = cookieOf(await passwordAlone(GABRIELA))
  await passwordAlone(HEITOR, cookie)
  expect((await send(HEITOR, { code: '000000' }, cookie)).status).toBe(401)
  expect((await send(HEITOR, { code: heitor.recoveryCodes[0] }, cookie)).status).toBe(200)
  expect(await gabriela.outcomes()).toEqual(['no-code', 'signed-in'])
  expect(await heitor.outcomes()).toEqual(['signed-in', 'wrong-code', 'no-code', 'signed-in'])
})

test('scripts and other sites have no use of the cookie, and TLS keeps it to this host', async () => {
  await enrolled(FELIPE)
  const [line] = (await passwordAlone(FELIPE)).headers.getSetCookie()
  expect(line).toMatch(/^academy\.sign_in=[\da-f-]{36}; Max-Age=900; Path=\/; HttpOnly; SameSite=Lax$/)
  const behindTls = createServer({
    pools: academy.pools,
    services: TEST_SERVICES,
    sessionSecret: TEST_SECRETS.sessionSecret,
    secureCookies: true,
    passwords: QUICK_PASSWORDS,
    hosts: () => true,
    log: { info: () => {}, error: () => {} },
  })
  const answer = await behindTls.fetch(new Request(new URL(PATH, 'https://academy.test'), request(FELIPE)))
  const [secure] = answer.headers.getSetCookie()
  expect(secure).toMatch(/^__Host-academy\.sign_in=[\da-f-]{36}; Max-Age=900; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
})

test('of passwords that are sent alone the newest are kept, and hide no other try', async () => {
  const { outcomes, recoveryCodes } = await enrolled(CECILIA)
  await send(CECILIA, { password: 'not the password' })
  const oldest = cookieOf(await passwordAlone(CECILIA))
  for (let n = 0; n < NO_CODE_MAX; n += 2) await Promise.all([passwordAlone(CECILIA), passwordAlone(CECILIA)])
  const kept = async () => {
    const { rows } = await academy.pools.auth.query<{ id: string }>(
      `select id from academy_auth.sign_ins where outcome = 'no-code' and user_id = $1`,
      [personId(CECILIA.email)],
    )
    return rows.map(({ id }) => `academy.sign_in=${id}`)
  }
  expect(await kept()).toHaveLength(NO_CODE_MAX)
  expect(await kept()).not.toContain(oldest)
  expect(await outcomes()).toEqual([...Array<string>(10).fill('no-code'), 'wrong-password', 'signed-in'])
  const newest = cookieOf(await passwordAlone(CECILIA))
  expect(await kept()).toHaveLength(NO_CODE_MAX)
  expect(await kept()).toContain(newest)
  expect((await send(CECILIA, { code: recoveryCodes[0] }, newest)).status).toBe(200)
  expect(await kept()).toHaveLength(NO_CODE_MAX - 1)
  expect(await kept()).not.toContain(newest)
})
