import { expect, test } from 'vitest'
import { SEED_STEPS } from '../seed-institution/seed-steps.fields.ts'
import { failedCommand, progressOf, type SeedFacts } from './seed-progress.ts'

const AT = '2026-11-24T12:00:00.000Z'
type Command = SeedFacts['commands'][number]

const command = (at: number, status: string, over: Partial<Command> = {}): Command => ({
  step: SEED_STEPS[at] ?? 'basic-data',
  id: `command ${at}`,
  status,
  failures: null,
  run_at: null,
  ms: null,
  ended_at: null,
  error: null,
  ...over,
})
const done = (at: number) => command(at, 'success', { ms: 100 + at, ended_at: AT })
const facts = (...commands: Command[]): SeedFacts => ({
  size: 'S',
  workflow_id: '019a0000-0000-7000-8000-000000000000',
  created_at: '2026-11-24T11:59:58+00:00',
  commands,
  steps: [{ step: 'basic-data', counts: { campi: 4 } }],
})
const states = (...commands: Command[]) => progressOf(facts(...commands)).steps.map(({ state }) => state)

test('nothing has begun', () => {
  expect(progressOf(facts())).toMatchObject({ state: 'waiting', done: 0, finishedAt: null })
})

test('two steps are done, the third is under way', () => {
  const progress = progressOf(facts(done(0), done(1), command(2, 'processing')))
  expect(progress).toMatchObject({ state: 'running', done: 2 })
  expect(progress.steps[0]).toMatchObject({ state: 'done', ms: 100, counts: { campi: 4 } })
  expect(states(done(0), done(1), command(2, 'processing'))).toEqual(['done', 'done', 'running', 'waiting', 'waiting'])
})

test('a step that failed and is tried again says when; one that is pending for the first time only waits', () => {
  const retried = command(1, 'scheduled', { failures: 1, run_at: AT })
  expect(progressOf(facts(done(0), retried)).steps[1]).toMatchObject({ state: 'retrying', nextTryAt: AT })
  expect(states(done(0), command(1, 'pending'))[1]).toBe('waiting')
})

test.each(['error', 'cancelled', 'unknown'])('%s: the step has failed, and is the one to try again', (status) => {
  const given = facts(done(0), command(1, status, { error: 'The disk is full.' }))
  expect(progressOf(given)).toMatchObject({ state: 'failed', done: 1 })
  expect(progressOf(given).steps[1]).toMatchObject({ state: 'failed', error: 'The disk is full.', ms: null })
  expect(failedCommand(given)).toBe('command 1')
})

test('all five are done', () => {
  const given = facts(...SEED_STEPS.map((_, at) => done(at)))
  expect(progressOf(given)).toMatchObject({ state: 'finished', done: 5, finishedAt: AT })
  expect(failedCommand(given)).toBeUndefined()
})
