/** Two-step verification over HTTP: turned on and off by its owner, asked for at every sign-in, each code good once. */
import type { Tx } from 'cascata'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { codeShown } from '../../../../test-support/authenticator-app.ts'
import {
  type Academy,
  cookieOf,
  PORTO,
  SERRA,
  startAcademy,
  startWork,
  TEST_SERVICES,
  type Work,
} from '../../../../test-support/start-academy.ts'
import { waitFor } from '../../../../test-support/wait-for.ts'
import { DEMO_ADMINISTRATOR, DEMO_PASSWORD, type DemoPerson, institutionId, personId } from '../../../demo/people.ts'
import { createAuthenticators } from '../../../platform/auth/authenticators.ts'
import { FAILURES_MAX } from '../../../platform/auth/sign-in-guard.ts'
import { withTenant } from '../../../platform/database/with-tenant.ts'
import { correctStudentAddress } from '../../people/correct-address/correct-address.contract.ts'
import { contract as createTeacher } from '../../teachers/create-teacher/create-teacher.contract.ts'
import { type LetIn, letInWithoutAuthenticator } from '../administrator/let-in-without-authenticator.ts'
import { makeAdministrator } from '../administrator/make-administrator.ts'

let academy: Academy
let production: Academy
let work: Work
beforeAll(async () => {
  academy = await startAcademy()
  production = await startAcademy({ administratorCode: 'asked' })
  work = await startWork(academy)
})
afterAll(async () => {
  await work?.stop()
  await production?.stop()
  await academy?.stop()
})
beforeEach(() => academy.pools.auth.query('delete from academy_auth.sign_in_failures'))

const send = (method: string, path: string, body?: object, cookie = '', to = academy) =>
  to.fetch(path, {
    method,
    headers: {
      'accept-language': 'en',
      ...(cookie ? { cookie } : {}),
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
type Given = { password?: string; code?: string; institutionId?: string }
const signIn = (email: string, { password = DEMO_PASSWORD, ...more }: Given = {}, to = academy, cookie = '') =>
  send('POST', '/api/auth/sign-in/email', { email, password, ...more }, cookie, to)
const codeOf = async (answer: Response) => [answer.status, ((await answer.json()) as { code?: string }).code]
const account = async (cookie: string) =>
  (await (await send('GET', '/api/me/account', undefined, cookie)).json()) as {
    authenticator: { recoveryCodesLeft: number } | null
    signIns: { outcome: string }[]
  }
const isIn = async (cookie: string, to = academy) =>
  (await (await send('GET', '/api/me', undefined, cookie, to)).json()) !== null

/** As the log has them. */
const eventsOf = (email: string) =>
  academy.recorded
    .filter(({ accountIds }) => (accountIds as string[]).includes(personId(email)))
    .map(({ security }) => security)

/** No code was used yet: the test need not wait for the next one. */
const forgetCounter = (email: string) =>
  work.harness.pool.query('update academy_auth.authenticators set last_counter = 0 where user_id = $1', [
    personId(email),
  ])

async function turnOn(email: string, cookie: string, to = academy) {
  const begun = await send('PUT', '/api/me/authenticator', {}, cookie, to)
  expect(begun.status).toBe(200)
  const { secret, uri } = (await begun.json()) as { secret: string; uri: string }
  const confirmed = await send('PUT', '/api/me/authenticator/confirmation', { code: codeShown(secret) }, cookie, to)
  expect(confirmed.status).toBe(200)
  const { recoveryCodes } = (await confirmed.json()) as { recoveryCodes: [string, ...string[]] }
  if (to === academy) await forgetCounter(email)
  await work.harness.runUntilIdle() // its message is out before any that the test asks for: two at once come in either order
  return { secret, uri, recoveryCodes }
}
async function enrolled(email: string) {
  const cookie = cookieOf(await signIn(email))
  return { cookie, ...(await turnOn(email, cookie)) }
}

const [TELLING, CORRECTED, RACING, LET_IN, ...students] = SERRA.students.map(({ email }) => email) as [
  string,
  string,
  string,
  string,
  ...string[],
]
const [CHOOSING, ...teachers] = [PORTO, SERRA].flatMap((institution) => institution.teachers) as [
  DemoPerson,
  ...DemoPerson[],
]
const people = [...students, ...[...PORTO.students, ...teachers].map(({ email }) => email)]
let used = 0
/** Nobody else's test has touched their account. */
function somebody(): string {
  const email = people[used++]
  if (!email) throw new Error('There are more tests than people.')
  return email
}

test('it is on when a code of the app confirms it; sessions elsewhere end, and its owner is told', async () => {
  const email = TELLING
  const [here, elsewhere] = [cookieOf(await signIn(email)), cookieOf(await signIn(email))]
  const begun = await send('PUT', '/api/me/authenticator', {}, here)
  const { secret, uri } = (await begun.json()) as { secret: string; uri: string }
  expect(uri).toContain(`otpauth://totp/${encodeURIComponent(SERRA.name)}:${encodeURIComponent(email)}?`)
  const confirm = (code: string) => send('PUT', '/api/me/authenticator/confirmation', { code }, here)
  expect(await codeOf(await confirm('000000'))).toEqual([422, 'wrong-code'])
  expect(await codeOf(await confirm('not a code'))).toEqual([422, 'not-a-code'])
  expect((await account(here)).authenticator).toBeNull()
  expect((await signIn(email)).status).toBe(200) // nothing is asked for yet

  const confirmed = await confirm(` ${codeShown(secret).slice(0, 3)} ${codeShown(secret).slice(3)}`)
  const { recoveryCodes } = (await confirmed.json()) as { recoveryCodes: string[] }
  expect(new Set(recoveryCodes).size).toBe(10)
  expect(recoveryCodes[0]).toMatch(/^[a-z2-9]{5}-[a-z2-9]{5}$/)
  expect([await isIn(here), await isIn(elsewhere)]).toEqual([true, false])
  expect((await account(here)).authenticator).toMatchObject({ recoveryCodesLeft: 10 })
  expect(await codeOf(await confirm(codeShown(secret)))).toEqual([409, 'authenticator-not-begun'])
  expect(await codeOf(await send('PUT', '/api/me/authenticator', {}, here))).toEqual([409, 'authenticator-already-on'])
  await work.harness.runUntilIdle()
  expect((await work.mailbox.newestTo(email)).subject).toMatch(
    /^(Two-step verification is on|A verificação em duas etapas está ligada)$/,
  )
  // Another password opens nothing while the codes are somebody else's.
  expect((await work.mailbox.newestTo(email)).text).toContain(
    `peça à secretaria acadêmica de ${SERRA.name} que desligue`,
  )
})

test('the password alone is answered `code-needed`, and is no wrong guess; a code opens it once', async () => {
  const email = somebody()
  const { secret } = await enrolled(email)
  for (let i = 0; i < FAILURES_MAX.pair + 2; i++) {
    expect(await codeOf(await signIn(email))).toEqual([401, 'code-needed'])
  }
  expect(await codeOf(await signIn(email, { password: 'wrong', code: codeShown(secret) }))).toEqual([
    401,
    'wrong-email-or-password',
  ])
  const code = codeShown(secret)
  const entered = await signIn(email, { code })
  expect(entered.status).toBe(200)
  expect(await isIn(cookieOf(entered))).toBe(true)
  expect(await codeOf(await signIn(email, { code }))).toEqual([401, 'wrong-code'])
  expect((await signIn(email, { code: codeShown(secret, 1) })).status).toBe(200)
  // A code that was shown before the last that was used is over as well.
  expect(await codeOf(await signIn(email, { code: codeShown(secret) }))).toEqual([401, 'wrong-code'])
})

test('a text that can be no code is told what is taken, and is no guess: nothing is counted, logged or kept', async () => {
  const { email } = PORTO.staff
  const begun = cookieOf(await signIn(email))
  expect((await send('PUT', '/api/me/authenticator', {}, begun)).status).toBe(200)
  const confirm = () => send('PUT', '/api/me/authenticator/confirmation', { code: 'aaaaa-aaaaa' }, begun)
  for (let n = 0; n < FAILURES_MAX.pair + 1; n++) expect(await codeOf(await confirm())).toEqual([422, 'not-a-code'])
  const { cookie } = await enrolled(email)
  const taken = 'Type the six digits that the app shows, or a recovery code: ten letters and digits.'
  const texts = ['letters', '12345', '1234567', 'aaaaa-aaaaa-a']
  for (const code of [...texts, ...Array<string>(FAILURES_MAX.pair).fill('-')]) {
    const errors = [{ field: 'code', code: 'not-a-code', message: taken }]
    expect(await (await signIn(email, { code })).json()).toMatchObject({ status: 401, detail: taken, errors })
    const given = { currentPassword: DEMO_PASSWORD, code }
    const refused = await send('PUT', '/api/me/authenticator/off', given, cookie)
    expect(await refused.json()).toMatchObject({ status: 422, detail: taken, errors })
  }
  const counted = await academy.pools.auth.query('select from academy_auth.sign_in_failures where failures > 0')
  expect(counted.rows).toEqual([])
  expect(eventsOf(email)).not.toContain('code-wrong')
  expect(new Set((await account(cookie)).signIns.map(({ outcome }) => outcome))).toEqual(new Set(['signed-in']))
  expect(await codeOf(await signIn(email, { code: '01l o0-i1l0o' }))).toEqual([401, 'wrong-recovery-code'])
})

test('one code that is sent twice at once opens the account once', async () => {
  const email = somebody()
  const { secret, recoveryCodes } = await enrolled(email)
  for (const code of [codeShown(secret), recoveryCodes[0]]) {
    const answers = await Promise.all([1, 2, 3].map(() => signIn(email, { code })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401])
  }
})

test('wrong codes are counted, also of those who know the password; a right one is not verified after too many', async () => {
  const email = somebody()
  const { secret } = await enrolled(email)
  const answers: unknown[] = []
  for (let i = 0; i < FAILURES_MAX.pair + 1; i++) answers.push((await signIn(email, { code: `00000${i}` })).status)
  expect(answers).toEqual([...Array<number>(FAILURES_MAX.pair).fill(401), 429])
  const refused = await signIn(email, { code: codeShown(secret) })
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await codeOf(refused)).toEqual([429, 'too-many-codes'])
})

test('a recovery code in place of the app: once, however it is typed, and its owner is told', async () => {
  const email = somebody()
  const { recoveryCodes } = await enrolled(email)
  const typed = recoveryCodes[0].toUpperCase().replace('-', ' ')
  const entered = await signIn(email, { code: typed })
  expect(entered.status).toBe(200)
  expect((await account(cookieOf(entered))).authenticator).toMatchObject({ recoveryCodesLeft: 9 })
  expect(await codeOf(await signIn(email, { code: recoveryCodes[0] }))).toEqual([401, 'wrong-recovery-code'])
  expect((await account(cookieOf(entered))).signIns[0]).toMatchObject({ outcome: 'wrong-code' })
  expect((await signIn(email, { code: recoveryCodes.at(-1) as string })).status).toBe(200)
  await work.harness.runUntilIdle()
  expect((await work.mailbox.newestTo(email)).subject).toMatch(
    /^(A recovery code was used|Um código de recuperação foi usado)$/,
  )
})

test('a code that was right lets its owner in, also where the sign-in cannot be kept', async () => {
  const email = somebody()
  const { recoveryCodes } = await enrolled(email)
  const { pool } = work.harness
  await pool.query('revoke insert on academy_auth.sign_ins from academy_auth')
  try {
    expect((await signIn(email, { code: recoveryCodes[0] })).status).toBe(200)
  } finally {
    await pool.query('grant insert on academy_auth.sign_ins to academy_auth')
  }
  expect(academy.logged.map(({ message }) => message)).toContain('a sign-in was not kept')
})

test('it is turned off, and recovery codes are made anew, by password and code together', async () => {
  const email = somebody()
  const { cookie, secret, recoveryCodes } = await enrolled(email)
  const [, second] = recoveryCodes
  for (const path of ['/api/me/authenticator/off', '/api/me/authenticator/recovery-codes']) {
    const change = (currentPassword: string, code: string) => send('PUT', path, { currentPassword, code }, cookie)
    expect(await codeOf(await change('not the password', codeShown(secret)))).toEqual([422, 'wrong-current-password'])
    expect(await codeOf(await change(DEMO_PASSWORD, '000000'))).toEqual([422, 'wrong-code'])
  }
  const renewed = await send(
    'PUT',
    '/api/me/authenticator/recovery-codes',
    { currentPassword: DEMO_PASSWORD, code: codeShown(secret) },
    cookie,
  )
  const codes = ((await renewed.json()) as { recoveryCodes: [string, ...string[]] }).recoveryCodes
  expect(await codeOf(await signIn(email, { code: second as string }))).toEqual([401, 'wrong-recovery-code'])
  const used = { currentPassword: DEMO_PASSWORD, code: second }
  expect(await codeOf(await send('PUT', '/api/me/authenticator/off', used, cookie))).toEqual([
    422,
    'wrong-recovery-code',
  ])
  await work.harness.runUntilIdle() // the message of the new codes is out before that of turning off
  const off = { currentPassword: DEMO_PASSWORD, code: codes[0] }
  expect((await send('PUT', '/api/me/authenticator/off', off, cookie)).status).toBe(200)
  expect((await account(cookie)).authenticator).toBeNull()
  expect((await signIn(email)).status).toBe(200)
  expect(await codeOf(await send('PUT', '/api/me/authenticator/off', off, cookie))).toEqual([
    409,
    'authenticator-not-on',
  ])
  expect(eventsOf(email).filter((event) => /recovery|off/.test(String(event)))).toEqual([
    'recovery-codes-renewed',
    'recovery-code-used',
    'authenticator-off',
  ])
  await work.harness.runUntilIdle()
  expect((await work.mailbox.newestTo(email)).subject).toMatch(/ is off$| está desligada$/)
})

test('wrong codes of a signed-in person are counted, and a code that nothing is compared with clears no count', async () => {
  const email = somebody()
  const { cookie, secret } = await enrolled(email)
  const change = (path: string, body: object) => send('PUT', `/api/me/authenticator/${path}`, body, cookie)
  const guess = (n: number) =>
    change(n % 2 === 0 ? 'off' : 'recovery-codes', { currentPassword: DEMO_PASSWORD, code: `00000${n}` })
  for (let n = 0; n < FAILURES_MAX.pair; n++) {
    expect(await codeOf(await guess(n))).toEqual([422, 'wrong-code'])
    if (n < FAILURES_MAX.pair - 1) {
      expect(await codeOf(await change('confirmation', { code: '000000' }))).toEqual([409, 'authenticator-not-begun'])
    }
  }
  const right = { currentPassword: DEMO_PASSWORD, code: codeShown(secret) }
  for (const path of ['off', 'recovery-codes']) {
    const refused = await change(path, right)
    expect(await codeOf(refused)).toEqual([429, 'too-many-requests'])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  }
  expect((await account(cookie)).authenticator).toMatchObject({ recoveryCodesLeft: 10 })
})

test('two recovery codes that are used at once for new ones do not wait for each other', async () => {
  const email = RACING
  const { recoveryCodes } = await enrolled(email)
  const account = { id: personId(email), institutionId: institutionId(SERRA.key) }
  const authenticators = createAuthenticators(TEST_SERVICES.secretBox)
  const renew = async (tx: Tx) => (await authenticators.renewRecoveryCodes(tx, account)).length
  let second: Promise<unknown> = Promise.resolve()
  const first = await withTenant(academy.pools.web, account, async (tx) => {
    const used = await authenticators.use(tx, account, recoveryCodes[0])
    second = withTenant(academy.pools.web, account, async (other) => {
      const is = await authenticators.use(other, account, recoveryCodes[1] as string)
      return is === 'wrong' ? [is] : [is, await renew(other)]
    }).catch((error: Error) => error.message)
    await waitFor('second one that waits for the first', async () => {
      const { rows } = await work.harness.pool.query(
        `select from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock' and query like '%academy_auth.%recovery_code%'`,
      )
      return rows.length > 0
    })
    return [used, await renew(tx)]
  })
  expect(first).toEqual(['recovery-code', 10])
  expect(await second).toEqual(['wrong']) // it was one of those that the first replaced
})

test('ten minutes after signing in the password is asked for before an app is set up', async () => {
  const email = somebody()
  const cookie = cookieOf(await signIn(email))
  await academy.pools.auth.query(
    `update academy_auth.sessions set created_at = now() - interval '11 minutes' where user_id = $1`,
    [personId(email)],
  )
  const begin = (body: object) => send('PUT', '/api/me/authenticator', body, cookie)
  expect(await codeOf(await begin({}))).toEqual([422, 'password-needed'])
  expect(await codeOf(await begin({ currentPassword: 'not the password' }))).toEqual([422, 'wrong-current-password'])
  expect((await begin({ currentPassword: DEMO_PASSWORD })).status).toBe(200)
})

test('the database has neither the secret nor a recovery code, and the log has no code', async () => {
  const email = somebody()
  const { secret, recoveryCodes } = await enrolled(email)
  await signIn(email, { code: recoveryCodes[0] })
  const { rows } = await work.harness.pool.query<{ all: string }>(
    `select to_jsonb(a)::text as all from academy_auth.authenticators a
     union all select to_jsonb(c)::text from academy_auth.recovery_codes c`,
  )
  const kept = JSON.stringify([rows, academy.recorded])
  for (const told of [secret, ...recoveryCodes, ...recoveryCodes.map((code) => code.replace('-', ''))]) {
    expect(kept).not.toContain(told)
  }
  expect(eventsOf(email)).toEqual(['sign-in-succeeded', 'authenticator-on', 'recovery-code-used', 'sign-in-succeeded'])
})

test('a corrected address has no authenticator any more, and both addresses are told', async () => {
  const email = CORRECTED
  await enrolled(email)
  const staff = await academy.signIn(SERRA.staff)
  const right = `certa.${email}`
  await staff.call(correctStudentAddress, { studentId: personId(email), email: right, reason: 'Digitação.' })
  expect((await signIn(right)).status).toBe(200)
  expect(eventsOf(email)).toEqual(['sign-in-succeeded', 'authenticator-on', 'authenticator-off', 'sign-in-succeeded'])
  await work.harness.runUntilIdle()
  for (const told of [right, email]) {
    expect((await work.mailbox.newestTo(told)).text).toMatch(/verificação em duas etapas .* desligada/)
  }
})

test('where an address has accounts at two institutions, the code is asked for after the choice', async () => {
  const teacher = CHOOSING
  const staff = await academy.signIn(SERRA.staff)
  const { id } = await staff.call(createTeacher, { name: teacher.name, email: teacher.email })
  await work.harness.pool.query(
    `insert into academy_auth.accounts (id, user_id, account_id, provider_id, password)
     select $1::uuid, $1::uuid, $1, 'credential', password from academy_auth.accounts where user_id = $2`,
    [id, personId(teacher.email)],
  )
  const porto = { institutionId: institutionId(PORTO.key) }
  const { secret } = await turnOn(teacher.email, cookieOf(await signIn(teacher.email, porto)))
  expect(await (await signIn(teacher.email)).json()).toMatchObject({ signedIn: false })
  expect(await codeOf(await signIn(teacher.email, porto))).toEqual([401, 'code-needed'])
  expect((await signIn(teacher.email, { ...porto, code: codeShown(secret) })).status).toBe(200)
  expect((await signIn(teacher.email, { institutionId: institutionId(SERRA.key) })).status).toBe(200)
})

test('a password that is chosen by a link opens nothing without the code, and makes the device known', async () => {
  const email = somebody()
  const { secret } = await enrolled(email)
  await send('POST', '/password-resets', { email })
  await work.harness.runUntilIdle()
  const token = /choose-password\?token=([\w-]+)/.exec((await work.mailbox.newestTo(email)).text)?.[1]
  const password = 'mangue vermelho na chuva'
  const chosen = await send('POST', '/passwords', { token, password })
  expect(await chosen.json()).toEqual({ chosen: true, signedIn: false })
  const device = cookieOf(chosen)
  expect(device).toMatch(/^academy\.device=[^;]+$/)
  // Somebody who knew the old password has brought the account to its total: the owner is on a known device.
  await academy.pools.auth.query(
    `insert into academy_auth.sign_in_failures (subject, failures)
     select 'account:' || translate(encode(sha256(name::bytea), 'base64'), '+/=', '-_'), 1000
     from unnest(array[$1, 'codes of ' || $2]) as name on conflict (subject) do update set failures = excluded.failures`,
    [email, personId(email)],
  )
  const code = codeShown(secret)
  expect(await codeOf(await signIn(email, { password, code }))).toEqual([403, 'proof-needed'])
  expect(await codeOf(await signIn(email, { password }, academy, device))).toEqual([401, 'code-needed'])
  expect((await signIn(email, { password, code }, academy, device)).status).toBe(200)
})

test('devices that are known without a code share one total of wrong codes; one on which a code was right goes on', async () => {
  const email = somebody()
  const deviceOf = (answer: Response) =>
    answer.headers
      .getSetCookie()
      .find((line) => line.startsWith('academy.device='))
      ?.split(';')[0] ?? ''
  const known: string[] = []
  for (let n = 0; n < 3; n++) known.push(deviceOf(await signIn(email)))
  const { recoveryCodes } = await enrolled(email)
  const [first, second, third] = recoveryCodes as string[] as [string, string, string]
  const own = deviceOf(await signIn(email, { code: first }))
  const guess = async (device: string) =>
    expect(await codeOf(await signIn(email, { code: '000000' }, academy, device))).toEqual([401, 'wrong-code'])
  const [a, b, c] = known as [string, string, string]
  await guess(a)
  // As if more had been guessed on it, in as many quarters of an hour: a device has a few tries in each.
  const { rowCount } = await academy.pools.auth.query(
    `update academy_auth.sign_in_failures set failures = $1 where subject like 'devices:%'`,
    [FAILURES_MAX.devices - 1],
  )
  expect(rowCount).toBe(1)
  await guess(b)
  expect(await codeOf(await signIn(email, { code: second }, academy, c))).toEqual([403, 'code-proof-needed'])
  await guess(own)
  expect((await signIn(email, { code: second }, academy, own)).status).toBe(200)
  // Tries elsewhere are counted apart.
  expect((await signIn(email, { code: third })).status).toBe(200)
})

test('whoever has the server lets in somebody of an institution too, and the owner is told', async () => {
  const email = LET_IN
  const { cookie } = await enrolled(email)
  const given = { pools: academy.pools, secretBox: TEST_SERVICES.secretBox, record: () => {} }
  const letIn = await letInWithoutAuthenticator(given, email)
  expect(letIn).toEqual([{ institution: SERRA.name, token: expect.any(String) }])
  expect(await isIn(cookie)).toBe(false)
  expect(await codeOf(await signIn(email))).toEqual([401, 'wrong-email-or-password'])
  const password = 'mangue vermelho na chuva'
  const chosen = await send('POST', '/passwords', { token: letIn[0]?.token, password })
  expect(await isIn(cookieOf(chosen))).toBe(true)
  expect((await signIn(email, { password })).status).toBe(200)
  await work.harness.runUntilIdle()
  expect((await work.mailbox.newestTo(email)).subject).toMatch(/ was turned off$| foi desligada$/)
})

test('behind a door of a demonstration nobody sets one up, and nobody is offered to turn one off', async () => {
  const created = await send('POST', '/demo-institutions', { demoData: 'S' })
  await work.harness.runUntilIdle()
  let door = cookieOf(created)
  expect(await codeOf(await send('PUT', '/api/me/authenticator', {}, door))).toEqual([409, 'no-password'])
  const { id } = (await (await send('GET', '/api/me', undefined, door)).json()) as { id: string }
  for (const role of ['teacher', 'student']) {
    door = cookieOf(await send('POST', '/demo-institutions/doors', { role }, door))
    expect(await codeOf(await send('PUT', '/api/me/authenticator', {}, door))).toEqual([403, 'not-your-account'])
    // No door leads to staff, who alone have these lists and the action.
    for (const path of ['/staff', '/students', '/teachers']) {
      expect(await codeOf(await send('GET', path, undefined, door)), path).toEqual([403, 'wrong-role'])
    }
    const turnedOff = await send('PUT', `/people/${id}/authenticator/off`, { reason: 'Lost.' }, door)
    expect(await codeOf(turnedOff)).toEqual([403, 'wrong-role'])
  }
})

test('in production an administrator sets one up before anything else; others are only offered it', async () => {
  const { email } = DEMO_ADMINISTRATOR
  const cookie = cookieOf(await signIn(email, {}, production))
  const get = (path: string) => send('GET', path, undefined, cookie, production)
  for (const path of ['/institutions', '/adm/api/overview', '/adm/api/openapi.json']) {
    expect(await codeOf(await get(path)), path).toEqual([401, 'authenticator-needed'])
  }
  expect(await (await get('/api/me')).json()).toMatchObject({ email, authenticatorNeeded: true })
  expect((await get('/api/me/account')).status).toBe(200)
  expect(await (await get('/health')).json()).not.toHaveProperty('parts')
  const { recoveryCodes } = await turnOn(email, cookie, production)
  expect(await (await get('/api/me')).json()).toMatchObject({ email, authenticatorNeeded: false })
  expect((await get('/institutions')).status).toBe(200)
  expect(await (await get('/health')).json()).toHaveProperty('parts')
  expect((await get('/adm/api/openapi.json')).status).toBe(200)
  expect(await codeOf(await signIn(email, {}, production))).toEqual([401, 'code-needed'])
  const entered = cookieOf(await signIn(email, { code: recoveryCodes[0] }, production))
  expect(await isIn(entered, production)).toBe(true)

  // The app and its codes are lost: whoever has the server lets them in to set up another.
  await makeAdministrator({ pools: production.pools, secretBox: TEST_SERVICES.secretBox }, email)
  expect(await codeOf(await signIn(email, {}, production))).toEqual([401, 'code-needed'])
  const recorded: unknown[] = []
  const record = (...line: unknown[]) => void recorded.push(line)
  const given = { pools: production.pools, secretBox: TEST_SERVICES.secretBox, record }
  const [{ token }] = (await letInWithoutAuthenticator(given, email.toUpperCase())) as [LetIn]
  expect(recorded.at(-1)).toEqual(['authenticator-off', { accountIds: [personId(email)] }])
  // The old password opens nothing: whoever has guessed it would come in by it alone.
  expect(await codeOf(await signIn(email, {}, production))).toEqual([401, 'wrong-email-or-password'])
  expect(await isIn(entered, production)).toBe(false)
  const chosen = await send('POST', '/passwords', { token, password: 'mangue vermelho na chuva' }, '', production)
  expect(await (await send('GET', '/api/me', undefined, cookieOf(chosen), production)).json()).toMatchObject({
    email,
    authenticatorNeeded: true,
  })
  await expect(letInWithoutAuthenticator(given, email)).rejects.toThrow(/no account with an authenticator\. Fix: /)

  const student = cookieOf(await signIn(TELLING, {}, production))
  expect(await (await send('GET', '/api/me', undefined, student, production)).json()).toMatchObject({
    authenticatorNeeded: false,
  })
})
