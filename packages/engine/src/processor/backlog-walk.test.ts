import { expect, test } from 'vitest'
import { BacklogWalk } from './backlog-walk.ts'

interface Place {
  readonly tenant: string
  readonly n: number
}

const nameOf = (i: number) => String(i).padStart(5, '0')
/** The statements take so many tenants a turn, and so many rows a look, divided among those that have a backlog. */
const TURN = 100
const ROWS_MAX = 10_000

/** Walks until every tenant has been walked to its end. @returns how many looks that took. */
async function walkAll(backlogs: ReadonlyMap<string, number>, looksMax: number): Promise<number> {
  const tenants = [...backlogs.keys()]
  const ended = new Set<string>()
  const walk = new BacklogWalk<Place, Place>('', (claim) => claim)
  let looks = 0
  while (ended.size < tenants.length && looks < looksMax) {
    await walk.next(10, async (cursor, places, among) => {
      looks++
      const part = Math.floor(ROWS_MAX / (among || Math.min(TURN, tenants.length)))
      const turn = tenants.filter((tenant) => tenant > cursor).slice(0, TURN)
      const walked = turn.flatMap((tenant) => {
        const from = places.find((place) => place.tenant === tenant)?.n ?? 0
        const n = Math.min(backlogs.get(tenant) ?? 0, from + part)
        if (n - from < part) ended.add(tenant)
        return n > from ? [{ tenant, n, found: 0, ended: n - from < part }] : []
      })
      return { claims: [], turnEnd: turn.length === TURN ? turn.at(-1) : undefined, walked }
    })
  }
  return looks
}

test('one backlog among many tenants is walked as fast as one alone', async () => {
  const backlogs = new Map(Array.from({ length: 90 }, (_, i) => [nameOf(i), i === 50 ? 150_000 : 1]))
  expect(await walkAll(backlogs, 1_000)).toBeLessThanOrEqual(20)
})

test('more tenants with a backlog than places are remembered of: each is walked to its end', async () => {
  const backlogs = new Map(Array.from({ length: 1_300 }, (_, i) => [nameOf(i), 250]))
  expect(await walkAll(backlogs, 1_000)).toBeLessThanOrEqual(60)
})
