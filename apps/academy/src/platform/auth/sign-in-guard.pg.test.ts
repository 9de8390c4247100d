/** Guessing, as somebody does it from one place, from many, at one account or at all; and the owner meanwhile. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Academy, startAcademy } from '../../../test-support/start-academy.ts'
import { createSignInGuard, FAILURES_MAX, type SignInGuard, type Try } from './sign-in-guard.ts'

let academy: Academy
let guard: SignInGuard
beforeAll(async () => {
  academy = await startAcademy()
  guard = createSignInGuard(academy.pools.auth)
})
beforeEach(() => academy.pools.auth.query('delete from academy_auth.sign_in_failures'))
afterAll(() => academy?.stop())

const OWNER: Try = { account: 'owner@uni.example', network: '203.0.113.1', device: undefined }
const verdict = async (tried: Partial<Try> = {}) => (await guard.reserve({ ...OWNER, ...tried })).is
const wrong = async (times: number, tried: (n: number) => Partial<Try> = () => ({})) => {
  for (let n = 0; n < times; n++) await verdict(tried(n))
}
const failuresOf = async (kind: string) => {
  const { rows } = await academy.pools.auth.query<{ failures: number }>(
    'select failures from academy_auth.sign_in_failures where subject like $1',
    [`${kind}:%`],
  )
  return rows.map(({ failures }) => failures)
}

test('of two hundred tries at once as many are verified as of two hundred in a row', async () => {
  const verdicts = await Promise.all(Array.from({ length: 200 }, () => verdict()))
  expect(verdicts.filter((is) => is === 'allowed')).toHaveLength(FAILURES_MAX.pair)
  expect(verdicts.filter((is) => is === 'locked')).toHaveLength(200 - FAILURES_MAX.pair)
})

test('tries that are refused count against nobody else: one place brings an account to no proof', async () => {
  await wrong(FAILURES_MAX.account + 20)
  expect(await failuresOf('account')).toEqual([FAILURES_MAX.pair])
  expect(await verdict({ network: '203.0.113.2' })).toBe('allowed')
})

test('guessed at from many places, an account takes no password alone; on a known device its owner meets nothing', async () => {
  await wrong(FAILURES_MAX.account, (n) => ({ network: `198.51.100.${Math.floor(n / FAILURES_MAX.pair)}` }))
  expect(await verdict()).toBe('proof-needed')
  expect(await verdict({ device: 'laptop' })).toBe('allowed')
  expect(await verdict({ account: 'somebody.else@uni.example' })).toBe('allowed')
})

test('a place that guesses at many accounts opens none by a password alone, and known devices of it go on', async () => {
  await academy.pools.auth.query(
    `insert into academy_auth.sign_in_failures (subject, failures)
     values ('address:' || translate(encode(sha256($1), 'base64'), '+/=', '-_'), $2)`,
    [OWNER.network, FAILURES_MAX.network - 1],
  )
  expect(await verdict({ account: 'first@uni.example' })).toBe('allowed')
  expect(await verdict({ account: 'second@uni.example' })).toBe('proof-needed')
  expect(await verdict({ device: 'laptop' })).toBe('allowed')
  expect(await verdict({ network: '203.0.113.2' })).toBe('allowed')
})

test('a known device is counted like a place of its own', async () => {
  await wrong(FAILURES_MAX.pair, () => ({ device: 'stolen' }))
  expect(await verdict({ device: 'stolen' })).toBe('locked')
  expect(await verdict({ device: 'laptop' })).toBe('allowed')
  expect(await verdict()).toBe('allowed')
})

test('known devices that are counted together have one total a day, and others of the account are not in it', async () => {
  const together = (n: number) => ({ device: `device ${n}`, devicesTogether: true })
  await wrong(FAILURES_MAX.devices, (n) => together(Math.floor(n / FAILURES_MAX.pair)))
  expect(await verdict(together(9))).toBe('proof-needed')
  expect(await verdict({ device: 'laptop' })).toBe('allowed')
  expect(await verdict()).toBe('allowed')
  expect(await verdict({ ...together(9), account: 'somebody.else@uni.example' })).toBe('allowed')
})

test('a right password forgets the wrong ones before it here, and what is counted elsewhere stays', async () => {
  await wrong(3)
  const reserved = await guard.reserve(OWNER)
  if (reserved.is !== 'allowed') throw new Error(reserved.is)
  await reserved.right()
  expect([await failuresOf('both'), await failuresOf('account'), await failuresOf('address')]).toEqual([[], [3], [3]])
})

test('a try that could not be verified was none', async () => {
  const reserved = await guard.reserve(OWNER)
  if (reserved.is !== 'allowed') throw new Error(reserved.is)
  await reserved.undo()
  expect([await failuresOf('both'), await failuresOf('account'), await failuresOf('address')]).toEqual([[0], [0], [0]])
})

test('after a quarter of an hour the place is free again, after a day the account', async () => {
  await wrong(FAILURES_MAX.pair + 1)
  const age = (by: string) =>
    academy.pools.auth.query('update academy_auth.sign_in_failures set since = since - $1::interval', [by])
  expect(await guard.reserve(OWNER)).toEqual({ is: 'locked', seconds: expect.any(Number) })
  await age('15 minutes')
  expect(await verdict()).toBe('allowed')
  expect(await failuresOf('account')).toEqual([FAILURES_MAX.pair + 1])
  await age('1 day')
  await verdict()
  expect(await failuresOf('account')).toEqual([1])
})
