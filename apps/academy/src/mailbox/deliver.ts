/** One attempt to hand a message over, whatever the protocol: ask the simulator, store at most once per key, record the attempt. */
import type { Attempt, Draft } from './message.ts'
import { decide, type Refusal } from './simulator.ts'
import type { MailStore } from './store.ts'

export type Verdict =
  | { kind: 'accepted'; messageId: string; id: string }
  | { kind: 'duplicate'; messageId: string }
  | { kind: 'dropped' }
  | { kind: 'refused'; refusal: Refusal; retryAfterSeconds: number }

/** The reply codes of each protocol, written down with the attempt. */
export type Statuses = Record<'accepted' | 'duplicate' | Refusal, number>

export async function deliver(
  store: MailStore,
  draft: Draft,
  statuses: Statuses,
  wait: (ms: number) => Promise<void>,
): Promise<Verdict> {
  const { key, via, tags } = draft
  const to = draft.to.map((address) => address.email)
  const n = store.beginAttempt(key)
  const decision = decide(store.simulator, { key: key ?? '', n, to })
  const { retryAfterSeconds } = store.simulator
  const attempt = (outcome: Attempt['outcome'], status: number | null): Attempt => ({
    at: new Date().toISOString(),
    via,
    key,
    n,
    to,
    tags,
    outcome,
    status,
    ...(decision.failNext ? { failNext: true } : {}),
  })

  if (decision.refusal) {
    await store.recordAttempt(attempt('rejected', statuses[decision.refusal]))
    return { kind: 'refused', refusal: decision.refusal, retryAfterSeconds }
  }
  if (decision.delayMs > 0) await wait(decision.delayMs)

  // No await between the question and the record: whoever comes second with this key finds the first one's message.
  const known = store.knownMessageId(key)
  if (known !== null) {
    await store.recordAttempt({ ...attempt('duplicate', statuses.duplicate), messageId: known })
    return { kind: 'duplicate', messageId: known }
  }
  const message = await store.accept(
    draft,
    decision.drop ? attempt('dropped', null) : attempt('accepted', statuses.accepted),
  )
  return decision.drop ? { kind: 'dropped' } : { kind: 'accepted', messageId: message.messageId, id: message.id }
}
