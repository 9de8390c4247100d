import { verifyPassword as ofTheLibrary } from 'better-auth/crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { QUICK_PASSWORDS } from '../../../test-support/quick-passwords.ts'
import { type Academy, STUDENT, startAcademy } from '../../../test-support/start-academy.ts'
import { DEMO_PASSWORD, institutionId, personId } from '../../demo/people.ts'
import { createAuth } from './create-auth.ts'
import { ACCOUNTS_MAX, createCredentials, type Passwords } from './credentials.ts'

let academy: Academy
beforeAll(async () => {
  academy = await startAcademy()
})
afterAll(() => academy?.stop())

/** The passwords, and how many were compared. */
const counted = () => {
  let compared = 0
  const passwords: Passwords = {
    ...QUICK_PASSWORDS,
    verify: (given) => {
      compared++
      return QUICK_PASSWORDS.verify(given)
    },
  }
  return { ...createCredentials(academy.pools.auth, async () => passwords), compared: () => compared }
}

test("passwords are hashed at the library's cost unless others are given", async () => {
  const { hashPassword, verifyPassword } = createAuth({
    pool: academy.pools.auth,
    secret: 'only-for-hashing',
    secureCookies: false,
  })
  const hash = await hashPassword(DEMO_PASSWORD)
  expect(await ofTheLibrary({ hash, password: DEMO_PASSWORD })).toBe(true)
  expect(await verifyPassword({ hash, password: DEMO_PASSWORD })).toBe(true)
  expect(await verifyPassword({ hash, password: 'wrong' })).toBe(false)
})

test('a wrong password is compared as often for nobody as for somebody', async () => {
  for (const email of ['nobody@uni.example', STUDENT.email]) {
    const { opened, compared } = counted()
    expect((await opened(email, 'wrong')).opened).toEqual([])
    expect(compared()).toBe(ACCOUNTS_MAX)
  }
})

test('a right one costs no more than there are accounts', async () => {
  const { opened, compared } = counted()
  const userId = personId(STUDENT.email)
  expect(await opened(STUDENT.email, DEMO_PASSWORD)).toEqual({
    opened: [{ userId, institutionId: institutionId('serra-azul'), accessVersion: 1 }],
    accountIds: [userId],
  })
  expect(compared()).toBe(1)
})
