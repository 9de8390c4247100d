/** From where a request is taken to come, through real sockets: by what it may ask for is counted. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ListeningServer, listen } from '../../../test-support/listening-server.ts'
import { type Academy, startAcademy } from '../../../test-support/start-academy.ts'
import { trustedProxies } from './trusted-proxies.ts'

const PROXY = '127.0.0.1'
let academy: Academy
let server: ListeningServer
beforeAll(async () => {
  academy = await startAcademy({ trustedProxies: trustedProxies(PROXY) })
  server = await listen(academy.fetchRequest)
})
afterAll(async () => {
  await server?.close()
  await academy?.stop()
})

const guess = (email: string, from: string, forwardedFor: string) =>
  server.ask({
    method: 'POST',
    path: '/api/auth/sign-in/email',
    from,
    headers: { 'x-forwarded-for': forwardedFor },
    body: { email, password: 'wrong-password' },
  })
/** Statuses of wrong passwords: `status` of the first until one is another. */
async function guesses(email: string, from: string, forwardedFor: (n: number) => string, max = 20): Promise<number[]> {
  const statuses: number[] = []
  while (statuses.length < max && statuses.at(-1) !== 429) {
    statuses.push((await guess(email, from, forwardedFor(statuses.length))).status)
  }
  return statuses
}

test('behind a trusted proxy each client is counted by itself, whatever they write before it', async () => {
  const email = 'behind.proxy@uni.example'
  const statuses = await guesses(email, PROXY, (n) => `198.51.100.${n}, 203.0.113.9`)
  expect(statuses.at(-1)).toBe(429)
  expect((await guess(email, PROXY, '203.0.113.10')).status).toBe(401)
})

test('whoever is no trusted proxy is counted by their own address', async () => {
  const statuses = await guesses('no.proxy@uni.example', '127.0.0.9', (n) => `203.0.113.${n}`)
  expect(statuses.at(-1)).toBe(429)
})

test('an IPv6 client is counted with its /64', async () => {
  const statuses = await guesses('ipv6@uni.example', PROXY, (n) => `2001:db8:1:2::${n + 1}`)
  expect(statuses.at(-1)).toBe(429)
})

test('limits on asking without sign-in go by the same address', async () => {
  const ask = (forwardedFor: string) =>
    server.ask({
      method: 'POST',
      path: '/password-resets',
      from: PROXY,
      headers: { 'x-forwarded-for': forwardedFor },
      body: { email: 'limits@uni.example' },
    })
  await ask('203.0.113.77')
  const { rows } = await academy.pools.auth.query(
    `select count from academy_auth.request_counts
     where subject = translate(encode(sha256('new passwords from 203.0.113.77'), 'base64'), '+/=', '-_')`,
  )
  expect(rows).toEqual([{ count: 1 }])
})
