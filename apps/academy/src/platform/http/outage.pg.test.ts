/** While the database is away every answer says so, nobody is signed out, and the log has two lines. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTcpProxy, type TcpProxy } from '../../../../../scripts/testing/tcp-proxy.ts'
import { requestOf } from '../../../test-support/give-everything.ts'
import { sampleOf } from '../../../test-support/sample-of.ts'
import {
  type Academy,
  SERRA,
  STUDENT,
  startAcademy,
  TEACHER,
  TEST_SERVICES,
} from '../../../test-support/start-academy.ts'
import { waitFor } from '../../../test-support/wait-for.ts'
import { routes } from '../../app.ts'
import { DEMO_ADMINISTRATOR, DEMO_PASSWORD } from '../../demo/people.ts'

const PEOPLE = { staff: SERRA.staff, teacher: TEACHER, student: STUDENT, administrator: DEMO_ADMINISTRATOR }
const AGAIN = /^the database answers again, after \d+\.\d s; errors meanwhile: (\d+)$/

let proxy: TcpProxy
let academy: Academy
beforeAll(async () => {
  academy = await startAcademy({
    through: async (url) => {
      proxy = await startTcpProxy(url)
      return proxy.url
    },
  })
})
afterAll(async () => {
  await academy?.stop()
  await proxy?.close()
})

const isOver = () => waitFor('line that it is over', async () => AGAIN.test(academy.logged.at(-1)?.message ?? ''))

/** Every parameter has this value: nobody gets as far as looking at it. */
const anything = new Proxy({}, { get: () => '019a0000-0000-7000-8000-000000000000' })

const unavailable = async (response: Response) => {
  const body = (await response.json()) as { code?: string }
  return { status: response.status, code: body.code, cookies: response.headers.getSetCookie() }
}
const UNAVAILABLE = { status: 503, code: 'unavailable', cookies: [] }

const signedIn = routes.filter(({ kind }) => kind !== 'public-route')
/** Routes that need no database, and what they answer all the same. */
const WITHOUT: Record<string, object> = {
  'GET /features': TEST_SERVICES.features,
}
const open = routes.filter(({ kind, contract }) => kind === 'public-route' && !(contract.path in WITHOUT))

describe('while it is away', () => {
  beforeAll(async () => {
    for (const person of Object.values(PEOPLE)) await academy.signIn(person)
    await proxy.away()
  })
  afterAll(async () => {
    await proxy.back()
    await isOver()
  })

  test.each(signedIn.map((route) => ({ path: route.contract.path, route })))(
    '$path',
    async ({ route: { contract } }) => {
      for (const role of contract.roles) {
        const session = await academy.signIn(PEOPLE[role])
        expect(await unavailable(await session.fetch(...requestOf(contract, anything))), role).toEqual(UNAVAILABLE)
      }
    },
  )

  test.each(open.map((route) => ({ path: route.contract.path, route })))('$path', async ({ route: { contract } }) => {
    const [path, init] = requestOf(contract, anything)
    const body = contract.body && JSON.stringify(sampleOf(contract.body))
    const response = await academy.fetch(path, { ...init, ...(body ? { body } : {}) })
    expect(await unavailable(response)).toEqual(UNAVAILABLE)
  })

  test.each(Object.entries(WITHOUT))('%s needs no database', async (path, body) => {
    const response = await academy.fetch(path.replace('GET ', ''))
    expect([response.status, await response.json()]).toEqual([200, body])
  })

  test('signing in, and out, and the console', async () => {
    const credentials = { email: TEACHER.email, password: DEMO_PASSWORD }
    const headers = { 'content-type': 'application/json' }
    const signIn = { method: 'POST', headers, body: JSON.stringify(credentials) }
    expect(await unavailable(await academy.fetch('/api/auth/sign-in/email', signIn))).toEqual(UNAVAILABLE)
    const teacher = await academy.signIn(TEACHER)
    const signOut = { method: 'POST', headers, body: '{}' }
    expect(await unavailable(await teacher.fetch('/api/auth/sign-out', signOut))).toEqual(UNAVAILABLE)
    const administrator = await academy.signIn(DEMO_ADMINISTRATOR)
    for (const path of ['/me', '/overview', '/stream', '/commands', '/openapi.json']) {
      expect(await unavailable(await administrator.fetch(`/adm/api${path}`)), path).toEqual(UNAVAILABLE)
    }
  })
})

test('the log has a line when it begins and one when it is over, with the number of errors and no stack', async () => {
  const student = await academy.signIn(STUDENT)
  academy.logged.length = 0
  await proxy.away()
  for (let n = 0; n < 20; n++) expect((await student.fetch('/api/me')).status).toBe(503)
  await proxy.back()
  await isOver()
  expect(academy.logged).toEqual([
    { message: expect.stringMatching(/^the database does not answer: /) },
    { message: expect.stringMatching(AGAIN) },
  ])
  expect(Number(AGAIN.exec(academy.logged[1]?.message ?? '')?.[1])).toBeGreaterThanOrEqual(20)
  expect((await student.fetch('/api/me')).status).toBe(200)
})
