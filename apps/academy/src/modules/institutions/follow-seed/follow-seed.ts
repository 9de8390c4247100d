/** Staff of a new institution watch it being filled: once, or live; and try a step again that was given up. */
import { reprocess } from 'cascata'
import { notFound, refuse } from '../../../platform/http/refusal.ts'
import { route, type StreamEvent, stream } from '../../../platform/http/route.ts'
import { watches } from '../../../platform/http/watch.ts'
import { readSeed as readContract, retrySeed as retryContract, seedStream } from './follow-seed.contract.ts'
import { seedFacts } from './seed-progress.queries.ts'
import { failedCommand, progressOf, type SeedFacts } from './seed-progress.ts'

const LOOK_EVERY_MS = 200

const noSeed = () =>
  notFound('seed-not-found', {
    en: 'This institution was made without demonstration data.',
    pt: 'Esta instituição foi criada sem dados de demonstração.',
  })

export const readSeed = route('GET /institutions/own/seed', readContract, async ({ tx, by }) => {
  const facts = await seedFacts(tx, by.institutionId)
  return facts ? progressOf(facts) : noSeed()
})

export const followSeed = stream('GET /institutions/own/seed/stream', seedStream, async ({ read, by, signal }) => {
  const look = () => read((tx) => seedFacts(tx, by.institutionId))
  if (!(await look())) return noSeed()
  return events(watches.follow(`seed ${by.institutionId}`, LOOK_EVERY_MS, look, signal))
})

async function* events(found: AsyncIterable<SeedFacts | undefined>): AsyncIterable<StreamEvent> {
  let event = 'snapshot'
  for await (const facts of found) {
    if (!facts) return
    const data = progressOf(facts)
    yield { event, data }
    event = 'progress'
  }
}

export const retrySeed = route('POST /institutions/own/seed/retry', retryContract, async ({ tx, by }) => {
  const facts = await seedFacts(tx, by.institutionId)
  if (!facts) return noSeed()
  const commandId = failedCommand(facts)
  if (!commandId) {
    return refuse('no-failed-step', {
      because: 'conflict',
      message: { en: 'No step has failed.', pt: 'Nenhum passo falhou.' },
    })
  }
  const copy = await reprocess(tx, {
    tenant: by.institutionId,
    commandId,
    author: by.id,
    reason: 'Tried again from the page of the demonstration data.',
  })
  return { commandId: copy }
})
