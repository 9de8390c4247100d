import type { App } from '../app/app.ts'
import { emptyNext, type NextJson, nextText } from '../commands/next-json.ts'
import { type Statement, statement } from '../postgres/pools.ts'
import type { Handling } from './handling.ts'

const settle: Statement = statement(
  'settle_events',
  `select cascata.settle_events($1, $2, $3, $4::uuid[], $5::text[], $6::uuid[], $7::text[], $8::text[], $9::uuid[],
     $10::integer[], $11::integer[], $12::integer[], $13::text[], $14::boolean[], $15::double precision[],
     $16::double precision[], $17::double precision[], $18::text[], $19::jsonb[], $20, $21::text[], $22::text[],
     $23::integer[])`,
)

/** The statements that save a set: one a tenant. All claims of a set were taken with the same token. */
export function settleEvents(
  daemonId: string,
  app: App,
  handlings: readonly Handling[],
): { statement: Statement; values: unknown[] }[] {
  const tenants = Map.groupBy(handlings, ({ claim }) => claim.tenant)
  return [...tenants].map(([tenant, own]) => {
    const claims = [...new Set(own.map(({ claim }) => claim))]
    const fresh = [...new Set(claims.filter(({ handler }) => handler === '').map(({ type }) => type))]
    const next: NextJson = emptyNext()
    for (const handling of own) {
      next.commands.push(...handling.next.commands)
      next.batches.push(...handling.next.batches)
    }
    return {
      statement: settle,
      values: [
        tenant,
        daemonId,
        claims[0]?.token,
        claims.map(({ eventId }) => eventId),
        claims.map(({ handler }) => handler),
        own.map(({ claim }) => claim.eventId),
        own.map(({ handler }) => handler),
        own.map(({ claim }) => claim.type),
        own.map(({ claim }) => claim.rootId),
        own.map(({ claim }) => claim.claimNo),
        own.map(({ failures }) => failures),
        own.map(({ crashes }) => crashes),
        own.map(({ outcome }) => outcome),
        own.map(({ final }) => final),
        own.map(({ startedAtMs }) => startedAtMs),
        own.map(({ ms }) => ms),
        own.map(({ delayMs }) => delayMs ?? null),
        own.map(({ why }) => why ?? null),
        own.map(({ error }) => (error ? JSON.stringify(error) : null)),
        nextText(next),
        fresh,
        fresh.flatMap((type) => (app.eventHandlers.get(type) ?? []).map((h) => `${type}/${h.handlerName}`)),
        own.some(({ refusals }) => refusals > 0) ? own.map(({ refusals }) => refusals) : [],
      ],
    }
  })
}
