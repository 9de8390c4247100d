import { expect, test } from 'vitest'
import { createDeviceCookies } from './device-cookie.ts'

const cookies = createDeviceCookies({ secret: 'a secret of the tests', secure: false })
const sentBack = (line: string) => line.split(';')[0] ?? ''
const ANA = 'ana@uni.example'

test('a device is known to those who signed in on it, however they write their address, and to nobody else', async () => {
  const cookie = sentBack(await cookies.remember(null, [ANA]))
  expect(await cookies.deviceOf(cookie, ' Ana@Uni.example')).toMatch(/^[\w-]{16}$/)
  expect(await cookies.deviceOf(cookie, 'bruno@uni.example')).toBeUndefined()
  expect(await cookies.deviceOf(undefined, ANA)).toBeUndefined()
})

test('a second person on it leaves the first known; the cookie stays of one size', async () => {
  let cookie = sentBack(await cookies.remember(null, [ANA]))
  const device = await cookies.deviceOf(cookie, ANA)
  cookie = sentBack(await cookies.remember(cookie, ['bruno@uni.example']))
  expect(await cookies.deviceOf(cookie, ANA)).toBe(device)
  expect(await cookies.deviceOf(cookie, 'bruno@uni.example')).toBe(device)
  for (let i = 0; i < 20; i++) cookie = sentBack(await cookies.remember(cookie, [`person${i}@uni.example`]))
  expect(await cookies.deviceOf(cookie, ANA)).toBeUndefined()
  expect(await cookies.deviceOf(cookie, 'person19@uni.example')).toBe(device)
  expect(cookie.length).toBeLessThan(400)
})

test('names are kept apart: a device that is known by one is not known by another', async () => {
  let cookie = sentBack(await cookies.remember(null, [ANA, 'codes of ana']))
  cookie = sentBack(await cookies.remember(cookie, [ANA])) // the next time by the password alone
  const device = await cookies.deviceOf(cookie, ANA)
  expect(await cookies.deviceOf(cookie, 'codes of ana')).toBe(device)
  expect(await cookies.deviceOf(cookie, 'codes of bruno')).toBeUndefined()
})

test('one that was changed, or made with another secret, is none', async () => {
  const cookie = sentBack(await cookies.remember(null, [ANA]))
  const other = createDeviceCookies({ secret: 'another secret of tests', secure: false })
  expect(await other.deviceOf(cookie, ANA)).toBeUndefined()
  expect(await cookies.deviceOf(cookie.replace(/=../, '=AA'), ANA)).toBeUndefined()
})

test('scripts cannot read it; behind TLS it is for this host only', async () => {
  expect(await cookies.remember(null, [ANA])).toMatch(/^academy\.device=.*; HttpOnly; SameSite=Lax$/)
  const secure = createDeviceCookies({ secret: 'a secret of the tests', secure: true })
  const line = await secure.remember(null, [ANA])
  expect(line).toMatch(/^__Host-academy\.device=.*Path=\/; HttpOnly; Secure; SameSite=Lax$/)
  expect(line).not.toContain('Domain')
  expect(line).not.toContain('ana')
})
