import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { count, id, instant } from '../../../platform/http/fields.ts'
import { demoSize } from '../institution.fields.ts'
import { SEED_STEPS } from '../seed-institution/seed-steps.fields.ts'

export const SEED_STEP_STATES = ['waiting', 'running', 'retrying', 'done', 'failed'] as const

export const seedProgress = z.object({
  size: demoSize,
  workflowId: id,
  createdAt: instant,
  finishedAt: instant.nullable(),
  /** waiting: nothing has begun; failed: a step was given up, and nothing of it was saved. */
  state: z.enum(['waiting', 'running', 'failed', 'finished']),
  done: count,
  steps: z.array(
    z.object({
      key: z.enum(SEED_STEPS),
      state: z.enum(SEED_STEP_STATES),
      ms: z.number().nullable().meta({ description: 'How long it took' }),
      counts: z.record(z.string(), count).meta({ description: 'What it made' }),
      nextTryAt: instant.nullable(),
      error: z.string().nullable(),
    }),
  ),
})

const common = { roles: ['staff'], tag: 'institutions' } as const

export const readSeed = endpoint({
  ...common,
  path: 'GET /institutions/own/seed',
  summary: { en: 'How the demonstration data is coming along', pt: 'Andamento dos dados de demonstração' },
  response: seedProgress,
})

/** `snapshot` at once and after each reconnection, then `progress` whenever something moved. */
export const seedStream = endpoint({
  ...common,
  path: 'GET /institutions/own/seed/stream',
  summary: { en: 'The same, live (server-sent events)', pt: 'O mesmo, ao vivo (server-sent events)' },
  response: seedProgress,
  stream: { progress: seedProgress },
})

export const retrySeed = endpoint({
  ...common,
  path: 'POST /institutions/own/seed/retry',
  summary: { en: 'Try the step again that was given up', pt: 'Tentar de novo o passo que falhou' },
  body: z.strictObject({}),
  response: z.object({ commandId: id }),
})
