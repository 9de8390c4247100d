/** Sign-in and sign-out on the API, in the API's own manner: problems with codes, a guard against guessing, a new session each time. */
import type { OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { afterError } from '../database/after-error.ts'
import type { Variables } from '../http/create-api.ts'
import { TURNED_OFF_BY, textIn, type WhomToAsk } from '../http/endpoint.ts'
import { networkOf } from '../http/network.ts'
import {
  fieldErrors,
  PROBLEMS,
  type ProblemCode,
  type ProblemOptions,
  problem,
  problemSchema,
  unstorableErrors,
} from '../http/problem.ts'
import type { Auth } from './create-auth.ts'
import type { DeviceCookies } from './device-cookie.ts'
import type { SecurityLog } from './security-log.ts'
import { type CodeChecked, codesOf, type SignInCode } from './sign-in-code.ts'
import type { SignInGuard } from './sign-in-guard.ts'
import type { SignIns } from './sign-ins.ts'

type Env = { Variables: Variables }

const credentials = z.object({
  email: z.string().min(1).max(254),
  password: z.string().min(1).max(1000),
  code: z.string().min(1).max(40).optional().meta({
    description: 'Of the authenticator app, or a recovery code; sent when the answer without one is `code-needed`',
  }),
  institutionId: z
    .uuid()
    .optional()
    .meta({ description: 'One of those that were answered, where address and password open accounts of several' }),
})

const signedIn = z.object({ signedIn: z.literal(true) })
const chooseInstitution = z.object({
  signedIn: z.literal(false),
  institutions: z
    .array(z.object({ id: z.uuid(), name: z.string() }))
    .meta({ description: 'Send one of these as `institutionId`, with address and password' }),
})

const codeNeededSchema = problemSchema
  .extend({
    code: z.literal('code-needed'),
    turnedOffBy: z.enum(TURNED_OFF_BY).meta({
      description: 'Who turns two-step verification off for an owner who lost the app and its recovery codes',
    }),
    operatorContact: z.string().optional().meta({
      description: 'With `operator`, where OPERATOR_CONTACT is set: an e-mail address, or the https address of a page',
    }),
  })
  .meta({ id: 'CodeNeeded' })

/** Of these institutions, by name. */
export type NamesOfInstitutions = (ids: readonly string[]) => Promise<{ id: string; name: string }[]>

export type AuthMount = {
  auth: Auth
  guard: SignInGuard
  devices: DeviceCookies
  namesOf: NamesOfInstitutions
  signInCode: SignInCode
  signIns: SignIns
  record: SecurityLog
  /** At which whoever runs the installation is reached. */
  operatorContact: string | undefined
}

export function mountAuth(
  app: OpenAPIHono<Env>,
  { auth, guard, devices, namesOf, signInCode, signIns, record, operatorContact }: AuthMount,
): void {
  describeAuth(app)

  app.post('/api/auth/sign-in/email', async (c) => {
    const options = { locale: c.var.locale, requestId: c.var.requestId }
    if (c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase() !== 'application/json') {
      return problem('unsupported-media-type', options)
    }
    let body: unknown
    try {
      body = await c.req.json()
    } catch {
      return problem('malformed-json', options)
    }
    const parsed = credentials.safeParse(body)
    if (!parsed.success) {
      return problem('invalid-input', { ...options, errors: fieldErrors(parsed.error.issues, c.var.locale) })
    }
    const unstorable = unstorableErrors(body, c.var.locale)
    if (unstorable.length > 0) return problem('invalid-input', { ...options, errors: unstorable })
    const { password, institutionId, code } = parsed.data
    const email = parsed.data.email.trim().toLowerCase()
    const device = await devices.deviceOf(c.req.header('cookie'), email)
    const network = networkOf(c)
    const tried = await guard.reserve({ account: email, network, device })
    if (tried.is === 'proof-needed') {
      record('sign-in-proof-needed', { accountIds: await auth.accountsOf(email), network })
      return problem('proof-needed', options)
    }
    if (tried.is === 'locked') {
      record('sign-in-locked', { accountIds: await auth.accountsOf(email), network })
      return problem('too-many-attempts', { ...options, headers: { 'retry-after': String(tried.seconds) } })
    }
    const { opened, accountIds } = await auth
      .opened(email, password, institutionId)
      .catch((error: unknown) => afterError(error, tried.undo))
    const [account] = opened
    if (!account) {
      record('sign-in-failed', { accountIds: await auth.accountsOf(email), network })
      await signIns.wrongPassword(accountIds, c.req.raw.headers)
      return problem('wrong-email-or-password', options)
    }
    await tried.right()
    const noStore = { 'cache-control': 'no-store' }
    if (opened.length > 1) {
      const institutions = await namesOf(opened.map((each) => each.institutionId))
      return c.json({ signedIn: false, institutions } satisfies z.infer<typeof chooseInstitution>, 200, noStore)
    }
    const whose = { id: account.userId, institutionId: account.institutionId }
    const byCode = await devices.deviceOf(c.req.header('cookie'), codesOf(whose))
    // A password or a link makes a device known without a code. Each would bring guesses of its own.
    const from = { network, device: byCode ?? device, devicesTogether: byCode === undefined }
    const checked = await signInCode.check(whose, code, from)
    if (checked.is !== 'right' && checked.is !== 'not-asked') {
      if (checked.is === 'wrong') await signIns.wrongCode(account.userId, c.req.raw.headers)
      if (checked.is === 'locked') record('sign-in-locked', { accountIds: [account.userId], network })
      if (checked.is === 'proof-needed') record('sign-in-proof-needed', { accountIds: [account.userId], network })
      const answer = codeProblem(checked, operatorContact, options)
      const cookie = checked.is === 'needed' ? await signIns.noCode(account.userId, c.req.raw.headers) : undefined
      if (cookie) answer.headers.append('set-cookie', cookie)
      return answer
    }
    // Rotation: the session that this browser had before, whoever's it was, is over.
    const cookies = await auth.enter({ ...account, codeRight: checked.is === 'right' }, c.req.raw.headers)
    if (!cookies) {
      record('sign-in-failed', { accountIds: [account.userId], network })
      return problem('wrong-email-or-password', options)
    }
    record('sign-in-succeeded', { accountIds: [account.userId], network })
    const answer = c.json({ signedIn: true } satisfies z.infer<typeof signedIn>, 200, noStore)
    for (const cookie of cookies) answer.headers.append('set-cookie', cookie)
    return answer
  })

  app.post('/api/auth/sign-out', async (c) => {
    const by = await auth.identify(c.req.raw.headers)
    if (by) record('signed-out', { accountIds: [by.id] })
    const headers = new Headers(c.req.raw.headers)
    headers.delete('content-length')
    const response = await auth.handler(new Request(c.req.url, { method: 'POST', headers }))
    const signedOut = c.json({ signedOut: true }, 200, { 'cache-control': 'no-store' })
    for (const cookie of response.headers.getSetCookie()) signedOut.headers.append('set-cookie', cookie)
    return signedOut
  })
}

function codeProblem(
  checked: Exclude<CodeChecked, { is: 'right' | 'not-asked' }>,
  operatorContact: string | undefined,
  options: ProblemOptions,
): Response {
  switch (checked.is) {
    case 'needed': {
      const { turnedOffBy } = checked
      const named = turnedOffBy === 'operator' && operatorContact !== undefined
      const whom: WhomToAsk = { turnedOffBy, ...(named ? { operatorContact } : {}) }
      return problem('code-needed', { ...options, more: whom })
    }
    case 'proof-needed':
      return problem('code-proof-needed', options)
    case 'locked':
      return problem('too-many-codes', { ...options, headers: { 'retry-after': String(checked.seconds) } })
    case 'not-a-code':
      return problemOfCode('not-a-code', options)
    case 'wrong':
      return problemOfCode(checked.problem, options)
  }
}

function problemOfCode(code: ProblemCode, options: ProblemOptions): Response {
  const [, en, pt] = PROBLEMS[code]
  return problem(code, { ...options, errors: [{ field: 'code', code, message: textIn({ en, pt }, options.locale) }] })
}

function describeAuth(app: OpenAPIHono<Env>): void {
  const answers = (schema: z.ZodType) => ({
    200: { description: 'Success', content: { 'application/json': { schema } } },
  })
  const problems = (...statuses: number[]) =>
    Object.fromEntries(
      statuses.map((status) => [
        status,
        { description: 'Problem', content: { 'application/problem+json': { schema: problemSchema } } },
      ]),
    )
  app.openAPIRegistry.registerPath({
    method: 'post',
    path: '/api/auth/sign-in/email',
    tags: ['session'],
    summary: 'Sign in: the answer sets the session cookie',
    description: 'Entrar: a resposta define o cookie da sessão',
    request: { body: { required: true, content: { 'application/json': { schema: credentials } } } },
    responses: {
      ...answers(z.union([signedIn, chooseInstitution])),
      ...problems(403, 422, 429, 503),
      401: {
        description: 'Problem',
        content: { 'application/problem+json': { schema: z.union([codeNeededSchema, problemSchema]) } },
      },
    },
  })
  app.openAPIRegistry.registerPath({
    method: 'post',
    path: '/api/auth/sign-out',
    tags: ['session'],
    summary: 'Sign out: the session is over everywhere',
    description: 'Sair: a sessão termina em todo lugar',
    responses: answers(z.object({ signedOut: z.literal(true) })),
  })
}
