import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'

/**
 * Every statement of the engine, in migrations and in code, names its tenant for every table that has one, so that it
 * runs on one node of a database that is distributed by tenant. The exceptions are listed, with the reason.
 */
const SOURCE = join(import.meta.dirname, '..')

const TENANT_TABLES = new Set([
  ...['events', 'commands', 'attempts', 'event_handlings', 'event_queue', 'command_queue', 'batches', 'batch_failures'],
  'recoveries',
  ...['effects', 'audit', 'tallies', 'totals', 'tally_deltas', 'command_statuses', 'event_statuses', 'batch_statuses'],
])

/** The directory: who has work, and upkeep over all. `place table`, where place is a function, a view or a file. */
const ACROSS_TENANTS: Record<string, string> = {
  'rescue_commands command_queue': 'claims of a lost daemon, whoever they belong to',
  'rescue_events event_queue': 'the same for events',
  'promote command_queue': 'what is due, of all tenants',
  'promote event_queue': 'the same for events',
  'park_commands command_queue': 'types that nobody knows, of all tenants',
  'park_events event_queue': 'the same for events',
  'unpark command_queue': 'types that a daemon knows, of all tenants',
  'move_absent event_queue': 'handlers that came or went, of all tenants',
  'unpark event_queue': 'the same for events',
  'commands/claim-commands.ts command_queue': 'which tenants have work; the claim itself names the tenant',
  'events/claim-events.ts event_queue': 'the same for events',
  'batches/settle-batches.ts batches': 'the sweep: open batches of all tenants; each is settled by its own statement',
  'upkeep/upkeep.ts command_queue': 'whether a lost daemon holds claims, and the tokens of its own',
  'upkeep/upkeep.ts event_queue': 'the same for events',
  'testing/harness.ts command_queue': 'a test waits for everything, and moves the clock of everything',
  'testing/harness.ts event_queue': 'the same for events',
  'testing/harness.ts batches': 'the same for batches',
}
const WHOLE_FILES = [
  /^postgres\/migrations\/0011-tallies\.sql$/, // counts of all tenants, grouped by tenant
  /^postgres\/migrations\/0012-retention\.sql$/, // whole weeks of all tenants go together
  /^upkeep\/retention\.ts$/,
]

const VOLATILE = /\b(?:random|gen_random_uuid|clock_timestamp|timeofday|nextval|new_uuid|uuidv7|uuidv4)\s*\(/i

interface Text {
  place: string
  sql: string
}

async function texts(): Promise<Text[]> {
  const found: Text[] = []
  for (const entry of await readdir(SOURCE, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const place = relative(SOURCE, path)
    if (WHOLE_FILES.some((file) => file.test(place)) || /\.test\.ts$|golden/.test(place)) continue
    if (/^postgres\/migrations\/.*\.sql$/.test(place)) found.push(...ofMigration(await readFile(path, 'utf8')))
    else if (place.endsWith('.ts')) found.push(...ofCode(place, await readFile(path, 'utf8')))
  }
  return found
}

/** Bodies of functions and views; the rest of a migration defines tables. */
function ofMigration(sql: string): Text[] {
  const found: Text[] = []
  const text = sql.replace(/--.*$/gm, '')
  for (const m of text.matchAll(/create (?:or replace )?function cascata\.(\w+)[\s\S]*?\$\$([\s\S]*?)\$\$/g)) {
    for (const statement of (m[2] as string).split(';')) found.push({ place: m[1] as string, sql: statement })
  }
  for (const m of text.matchAll(/create (?:or replace )?view cascata\.(\w+)([\s\S]*?);/g))
    found.push({ place: m[1] as string, sql: m[2] as string })
  return found
}

/** Template and other string literals that speak to a table of the engine. */
function ofCode(place: string, code: string): Text[] {
  const literals = code.match(/`(?:[^`\\]|\\.)*`|'(?:[^'\\\n]|\\.)*'/g) ?? []
  return literals
    .filter((literal) => /\b(?:from|join|update|into|using)\s+cascata\./.test(literal))
    .flatMap((literal) => literal.slice(1, -1).replace(/--.*$/gm, '').split(';'))
    .map((sql) => ({ place, sql }))
}

/** The innermost parentheses around a position: a CTE, a sub-query, or the whole. */
function scope(sql: string, at: number): string {
  let from = at
  for (let depth = 0; from > 0; from--) {
    if (sql[from] === ')') depth++
    if (sql[from] === '(' && depth-- === 0) break
  }
  let to = at
  for (let depth = 0; to < sql.length; to++) {
    if (sql[to] === '(') depth++
    if (sql[to] === ')' && depth-- === 0) break
  }
  return sql.slice(from, to)
}

const KEYWORDS = new Set(
  'set where using on values select order group left cross join for limit returning union inner as from with having'.split(
    ' ',
  ),
)
const REFERENCE = /\b(from|join|update|into|using)\s+cascata\.(\w+)(?:\s+(?:as\s+)?(\w+))?/gi

function violations({ place, sql: raw }: Text): string[] {
  const sql = raw.replace(/'(?:[^']|'')*'/g, "''")
  const found: string[] = []
  for (const m of sql.matchAll(REFERENCE)) {
    const [, verb, table, word] = m as unknown as [string, string, string, string | undefined]
    if (!TENANT_TABLES.has(table)) continue
    const around = scope(sql, m.index)
    const alias = word && !KEYWORDS.has(word.toLowerCase()) ? word : undefined
    const own = alias ? `(?:${alias}|${table})\\.tenant` : `(?:(?<![.\\w])tenant|${table}\\.tenant|\\w+\\.tenant)`
    const named =
      verb.toLowerCase() === 'into'
        ? new RegExp(`into\\s+cascata\\.${table}\\s*(?:\\(\\s*tenant\\b|values \\(p_tenant)`).test(around)
        : new RegExp(`${own}\\s*=|=\\s*${own}|\\(${own}, [^)]*\\) (?:=|in)`).test(around)
    if (!named && !(`${place} ${table}` in ACROSS_TENANTS))
      found.push(`${place}: ${around.trim().replace(/\s+/g, ' ').slice(0, 160)}`)
  }
  return found
}

test('every statement on a table with tenants names its tenant', async () => {
  const all = await texts()
  expect(all.length).toBeGreaterThan(100) // it does read them
  expect(all.flatMap(violations)).toEqual([])
})

test('no exception is left over', async () => {
  const places = new Set(
    (await texts()).flatMap(({ place, sql }) => [...sql.matchAll(REFERENCE)].map((m) => `${place} ${m[2]}`)),
  )
  expect(Object.keys(ACROSS_TENANTS).filter((exception) => !places.has(exception))).toEqual([])
})

test('no UPDATE calls a volatile function', async () => {
  const updates = (await texts()).flatMap(({ place, sql }) =>
    [...sql.matchAll(/\bupdate\s+cascata\.\w+/gi)].map((m) => ({ place, sql: scope(sql, m.index).slice(0) })),
  )
  expect(updates.length).toBeGreaterThan(15)
  expect(updates.filter(({ sql }) => VOLATILE.test(sql)).map(({ place }) => place)).toEqual([])
})

test.each([
  ['a statement without it', 'select 1 from cascata.commands where id = $1', 1],
  [
    'a join whose other side has it',
    'select 1 from cascata.commands c join cascata.attempts a on a.command_id = c.id where c.tenant = $1',
    1,
  ],
  [
    'both sides',
    'select 1 from cascata.commands c join cascata.attempts a on a.tenant = c.tenant where c.tenant = $1',
    0,
  ],
  [
    'a sub-query without it',
    'select 1 from cascata.batches b where b.tenant = $1 and exists (select 1 from cascata.commands where batch_id = b.id)',
    1,
  ],
  ['an insert that does not begin with it', 'insert into cascata.audit (id, tenant) values ($1, $2)', 1],
])('the rule itself: %s', (_, sql, n) => {
  expect(violations({ place: 'x', sql })).toHaveLength(n)
})
