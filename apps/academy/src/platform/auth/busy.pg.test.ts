/** More passwords are to be compared than can be at once: what people are answered who come then. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Academy, cookieOf, STUDENT, startAcademy } from '../../../test-support/start-academy.ts'
import { DEMO_PASSWORD } from '../../demo/people.ts'
import { createHashQueue } from './hash-queue.ts'
import { FAILURES_MAX } from './sign-in-guard.ts'

const hashQueue = createHashQueue({ atOnce: 1, waitingMax: 0 })
let academy: Academy
beforeAll(async () => {
  academy = await startAcademy({ hashQueue })
})
afterAll(() => academy?.stop())

/** The queue is full as long as `run` takes. */
async function whileFull<T>(run: () => Promise<T>): Promise<T> {
  let empty = () => {}
  const occupied = hashQueue(
    () =>
      new Promise<void>((resolve) => {
        empty = resolve
      }),
  )
  try {
    return await run()
  } finally {
    empty()
    await occupied
  }
}

const send = (method: string, path: string, body: object, cookie = '') =>
  academy.fetch(path, {
    method,
    headers: { 'content-type': 'application/json', 'accept-language': 'en', ...(cookie ? { cookie } : {}) },
    body: JSON.stringify(body),
  })
const signIn = () => send('POST', '/api/auth/sign-in/email', { email: STUDENT.email, password: DEMO_PASSWORD })

async function expectBusy(answer: Response): Promise<void> {
  const { code, detail } = (await answer.json()) as { code: string; detail: string }
  expect([answer.status, code, answer.headers.get('retry-after')]).toEqual([503, 'busy', '5'])
  expect(detail).toContain('Try again in a few seconds.')
}

test('sign-in says when to come again, and what it did not verify counts against nobody', async () => {
  await whileFull(async () => {
    for (let i = 0; i <= FAILURES_MAX.pair; i++) await expectBusy(await signIn())
  })
  expect((await signIn()).status).toBe(200)
  expect(academy.logged).toEqual([])
})

test('so do a change of password and a choice by a link', async () => {
  const cookie = cookieOf(await signIn())
  const password = 'mangue vermelho na chuva'
  const token = 'a-link-that-was-sent'
  await academy.pools.auth.query(
    `insert into academy_auth.password_tokens (id, user_id, purpose, token_hash, expires_at)
     select gen_random_uuid(), id, 'reset', translate(encode(sha256($2::bytea), 'base64'), '+/=', '-_'), now() + interval '1 hour'
     from academy_auth.users where email = $1`,
    [STUDENT.email, token],
  )
  const change = { currentPassword: DEMO_PASSWORD, password }
  await whileFull(async () => {
    await expectBusy(await send('PUT', '/api/me/password', change, cookie))
    await expectBusy(await send('POST', '/passwords', { token, password }))
  })
  // The link is as good as before.
  expect((await send('POST', '/passwords', { token, password })).status).toBe(200)
})
