/** The console of the engine, for the system administrator: who that is, and how institutions and people are called. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { type ConsoleOptions, createConsole } from '@cascata/console/server'
import { SINGLE_TENANT, type Tx } from 'cascata'
import { app } from './app.ts'
import { PURPOSE as NEW_ACTIVITY_EMAILS } from './modules/activities/create-class-activity/announcement.ts'
import { PURPOSE as RESULT_NOTICES } from './modules/classes/finalize-classes/result-notice.ts'
import type { Auth } from './platform/auth/create-auth.ts'
import type { SecurityLog } from './platform/auth/security-log.ts'
import type { SessionWatch } from './platform/auth/session-watch.ts'
import type { Pools } from './platform/database/pools.ts'
import { withTenant } from './platform/database/with-tenant.ts'
import { localeOf } from './platform/http/locale.ts'
import { problem } from './platform/http/problem.ts'
import type { Actor } from './platform/http/route.ts'
import type { Log } from './platform/http/server-log.ts'

const BATCH_LABELS = {
  [NEW_ACTIVITY_EMAILS]: { en: 'E-mails about a new activity', pt: 'E-mails de nova atividade' },
  [RESULT_NOTICES]: { en: 'Notices of the results of a class', pt: 'Avisos dos resultados de uma turma' },
}

export const ENTITY_LABELS = {
  'academic-period': { en: 'Academic period', pt: 'Período acadêmico' },
  'address-correction': { en: 'Corrected address', pt: 'Correção de endereço' },
  campus: { en: 'Campus', pt: 'Campus' },
  charge: { en: 'Charge', pt: 'Cobrança' },
  class: { en: 'Class', pt: 'Turma' },
  'class-activity': { en: 'Activity', pt: 'Atividade' },
  'class-finalization': { en: 'End of a class', pt: 'Encerramento de turma' },
  course: { en: 'Course', pt: 'Curso' },
  'course-curriculum': { en: 'Curriculum', pt: 'Grade curricular' },
  'course-offering': { en: 'Course offering', pt: 'Oferta de curso' },
  discipline: { en: 'Subject', pt: 'Disciplina' },
  'enrollment-period': { en: 'Enrolment period', pt: 'Período de matrícula' },
  institution: { en: 'Institution', pt: 'Instituição' },
  'invitation-round': { en: 'Invitations sent again', pt: 'Reenvio de convites' },
  'password-request': { en: 'Password request', pt: 'Pedido de senha' },
  registration: { en: 'Registration', pt: 'Cadastro' },
  student: { en: 'Student', pt: 'Aluno' },
  'student-class-note': { en: 'Grade', pt: 'Nota' },
  teacher: { en: 'Teacher', pt: 'Professor' },
  'webhook-subscription': { en: 'Webhook', pt: 'Webhook' },
}

export const CONSOLE_API = '/adm/api'

export type AcademyConsoleOptions = {
  pools: Pools
  identify: Auth['identify']
  untilSessionEnds: SessionWatch['untilEnd']
  record: SecurityLog
  log: Log
  closing?: AbortSignal
} & Pick<ConsoleOptions, 'lookEveryMs'>

/** @returns a fetch handler for everything below `/adm/api`. */
export function createAcademyConsole({
  pools,
  identify,
  untilSessionEnds,
  record,
  log,
  closing,
  ...more
}: AcademyConsoleOptions) {
  // Not by the request: one whose length is not said reaches the console as another object.
  const asking = new AsyncLocalStorage<Actor | undefined>()
  // The administrator belongs to the institution of zeros; the directory's policies show all the others.
  const directory = <T>(read: (tx: Tx) => Promise<T>) =>
    withTenant(pools.console, { institutionId: SINGLE_TENANT }, read, { readOnly: true })

  const console = createConsole({
    database: pools.console,
    app,
    basePath: CONSOLE_API,
    authorize: async () => {
      const by = asking.getStore()
      return by && { userId: by.id, name: by.name, role: 'admin' }
    },
    batchLabels: BATCH_LABELS,
    entityLabels: ENTITY_LABELS,
    tenants: () =>
      directory(async (tx) => {
        const { rows } = await tx.query<{ id: string; name: string }>(
          `select id, name from academy.institutions where id <> '${SINGLE_TENANT}' order by name, id`,
        )
        return rows
      }),
    nameOf: (userId) =>
      directory(async (tx) => {
        const { rows } = await tx.query<{ name: string }>('select name from academy.users where id = $1', [userId])
        return rows[0]?.name
      }),
    onError: (error) => log.error({ err: error }, 'console: request failed'),
    ...more,
  })
  closing?.addEventListener('abort', () => void console.close())

  return async (request: Request): Promise<Response> => {
    const by = await identify(request.headers)
    // Whoever is signed in as somebody else would be sent from here to sign in, and from there back here.
    if (by && by.role !== 'administrator') {
      const locale = localeOf(request.headers.get('accept-language') ?? undefined)
      record('authorization-refused', { accountIds: [by.id], operation: `${request.method} ${CONSOLE_API}` })
      return problem('wrong-role', { locale, requestId: crypto.randomUUID() })
    }
    // The console itself lets everybody read how it is described.
    if (!by && new URL(request.url).pathname === `${CONSOLE_API}/openapi.json`) {
      const locale = localeOf(request.headers.get('accept-language') ?? undefined)
      return problem('unauthenticated', { locale, requestId: crypto.randomUUID() })
    }
    // The console leads to the sign-in page, and that one to the second factor.
    if (by?.authenticatorNeeded) {
      const locale = localeOf(request.headers.get('accept-language') ?? undefined)
      return problem('authenticator-needed', { locale, requestId: crypto.randomUUID() })
    }
    const response = await asking.run(by, () => console.fetch(request))
    const goesOn = response.headers.get('content-type')?.startsWith('text/event-stream')
    return by && goesOn ? untilSessionEnds(by, response) : response
  }
}
