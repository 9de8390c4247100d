/** What the seed's commands and rows mean to the person who watches. */
import type { z } from 'zod'
import type { DemoSize } from '../institution.fields.ts'
import { SEED_STEPS, type SeedStep } from '../seed-institution/seed-steps.fields.ts'
import type { SEED_STEP_STATES, seedProgress } from './follow-seed.contract.ts'

export type SeedFacts = {
  size: DemoSize
  workflow_id: string
  created_at: string
  /** The latest command of each step that has one; a step that was tried again by somebody has several. */
  commands: {
    step: SeedStep
    id: string
    status: string
    failures: number | null
    run_at: string | null
    ms: number | null
    ended_at: string | null
    error: string | null
  }[]
  steps: { step: SeedStep; counts: Record<string, number> }[]
}

export type SeedProgress = z.output<typeof seedProgress>
type StepState = (typeof SEED_STEP_STATES)[number]

export function progressOf(facts: SeedFacts): SeedProgress {
  const steps = SEED_STEPS.map((key) => {
    const command = facts.commands.find(({ step }) => step === key)
    const state = stateOf(command)
    return {
      key,
      state,
      ms: state === 'done' ? (command?.ms ?? null) : null,
      counts: facts.steps.find(({ step }) => step === key)?.counts ?? {},
      nextTryAt: state === 'retrying' ? instant(command?.run_at) : null,
      error: state === 'failed' ? (command?.error ?? null) : null,
    }
  })
  const done = steps.filter(({ state }) => state === 'done').length
  const finished = done === steps.length
  const last = facts.commands.find(({ step }) => step === SEED_STEPS.at(-1))
  return {
    size: facts.size,
    workflowId: facts.workflow_id,
    createdAt: instant(facts.created_at) ?? '',
    finishedAt: finished ? instant(last?.ended_at) : null,
    state: finished
      ? 'finished'
      : steps.some(({ state }) => state === 'failed')
        ? 'failed'
        : facts.commands.length === 0
          ? 'waiting'
          : 'running',
    done,
    steps,
  }
}

/** The step that was given up, if there is one. */
export const failedCommand = ({ commands }: SeedFacts): string | undefined =>
  commands.find((command) => stateOf(command) === 'failed')?.id

function stateOf(command: SeedFacts['commands'][number] | undefined): StepState {
  switch (command?.status) {
    case undefined:
      return 'waiting'
    case 'success':
    case 'recovered':
      return 'done'
    case 'processing':
      return 'running'
    case 'error':
    case 'cancelled':
    case 'unknown':
      return 'failed'
    default:
      return (command?.failures ?? 0) > 0 ? 'retrying' : 'waiting'
  }
}

const instant = (text: string | null | undefined) => (text ? new Date(text).toISOString() : null)
