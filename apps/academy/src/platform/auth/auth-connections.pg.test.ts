/** A connection that does not answer any more costs one look for a session, and not those after it. */
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTcpProxy, type TcpProxy } from '../../../../../scripts/testing/tcp-proxy.ts'
import { type Academy, cookieOf, STUDENT, startAcademy, TEST_SECRETS } from '../../../test-support/start-academy.ts'
import { DEMO_PASSWORD } from '../../demo/people.ts'
import { createAuth } from './create-auth.ts'

let academy: Academy
let proxy: TcpProxy
beforeAll(async () => {
  academy = await startAcademy()
  proxy = await startTcpProxy(academy.urls.auth)
})
afterAll(async () => {
  await proxy?.close()
  await academy?.stop()
})

test('who is signed in is known again on the next connection', async () => {
  const signedIn = await academy.fetch('/api/auth/sign-in/email', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: STUDENT.email, password: DEMO_PASSWORD }),
  })
  const headers = new Headers({ cookie: cookieOf(signedIn) })
  const pool = new pg.Pool({ connectionString: proxy.url, max: 1, query_timeout: 2_000 })
  pool.on('connect', (client) => void client.on('error', () => {}))
  const auth = createAuth({ pool, secret: TEST_SECRETS.sessionSecret, secureCookies: false })
  try {
    expect(await auth.identify(headers)).toMatchObject({ email: STUDENT.email })
    proxy.freezeOpen()
    await expect(auth.identify(headers)).rejects.toThrow()
    expect(await auth.identify(headers)).toMatchObject({ email: STUDENT.email })
  } finally {
    await pool.end()
  }
})
