import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ArrowsReport, checkArrows } from './dependency-arrows.ts'

const engine = 'packages/engine/src/index.ts'
const slice = 'apps/academy/src/modules/activities/close/close.ts'
const page = 'apps/academy/src/modules/activities/close/close.page.tsx'
const contract = 'apps/academy/src/modules/activities/close/close.contract.ts'

const allowed = [
  [slice, engine],
  [slice, 'apps/academy/src/modules/classes/class.events.ts'],
  [slice, 'apps/academy/src/modules/classes/class.queries.ts'],
  [slice, 'apps/academy/src/modules/classes/class.ids.ts'],
  [slice, 'apps/academy/src/platform/mail/mailer.ts'],
  [page, contract],
  [page, 'apps/academy/src/platform/ui/button.tsx'],
  ['apps/academy/web/main.tsx', page],
  ['packages/console/src/server/app.ts', engine],
  ['packages/console/src/pages/list.tsx', 'packages/console/src/contract.ts'],
  ['packages/cli/src/tail.ts', 'packages/console/src/server/app.ts'],
  ['packages/engine/src/outbox/save.pg.test.ts', 'scripts/testing/fresh-database.ts'],
  ['packages/engine/test-support/engine-database.ts', 'scripts/testing/fresh-database.ts'],
] as const

const forbidden = [
  ['engine-arrows', engine, 'packages/dev-postgres/src/index.ts'],
  ['engine-arrows', 'packages/engine/src/testing/index.ts', 'scripts/testing/fresh-database.ts'],
  ['engine-tests-arrows', 'packages/engine/src/outbox/save.test.ts', slice],
  ['console-arrows', 'packages/console/src/server/other.ts', slice],
  ['cli-arrows', 'packages/cli/src/trace.ts', slice],
  ['academy-arrows', slice, 'packages/cli/src/tail.ts'],
  ['console-pages-without-server-code', 'packages/console/src/pages/detail.tsx', 'packages/console/src/server/app.ts'],
  ['academy-pages-without-server-code', page, slice],
  ['academy-pages-without-server-code', contract, 'apps/academy/src/modules/activities/activity.ts'],
  ['academy-pages-without-server-code', 'apps/academy/web/router.tsx', engine],
  ['modules-meet-in-what-they-publish', slice, 'apps/academy/src/modules/classes/class.ts'],
  ['platform-knows-no-module', 'apps/academy/src/platform/mail/other.ts', slice],
] as const

let folder: string
let report: ArrowsReport

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arrows-'))
  const imports = new Map<string, string[]>()
  const add = (file: string, line?: string) =>
    imports.set(file, [...(imports.get(file) ?? []), ...(line ? [line] : [])])
  for (const [from, to] of [...allowed, ...forbidden.map(([, ...pair]) => pair)]) {
    add(from, `import '${relative(dirname(from), to).replace(/^(?!\.)/, './')}'`)
    add(to)
  }
  // By the package's name, a type alone, and what only a server has.
  add('apps/academy/web/by-name.tsx', `import type { CascataError } from 'cascata'`)
  add('apps/academy/web/node.tsx', `import 'node:fs'`)
  add('apps/academy/web/driver.tsx', `import 'pg'`)
  for (const [file, lines] of imports) await write(file, lines.join('\n'))
  await write('packages/engine/package.json', '{ "name": "cascata", "type": "module", "exports": "./src/index.ts" }')
  await write('node_modules/pg/index.js', '')
  await write('node_modules/pg/package.json', '{ "name": "pg", "main": "index.js" }')
  await symlink('../packages/engine', join(folder, 'node_modules/cascata'))
  report = await checkArrows(folder)
}, 30_000)
afterAll(() => rm(folder, { recursive: true }))

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, file)), { recursive: true })
  await writeFile(join(folder, file), text)
}

test.each(forbidden)('%s: %s must not import %s', (rule, from, to) => {
  expect(report.violations).toContain(`${rule}: ${from} → ${to}`)
})

test.each(allowed)('%s may import %s', (from, to) => {
  expect(report.violations.filter((violation) => violation.endsWith(`${from} → ${to}`))).toEqual([])
})

test('an import by package name, or of a type alone, is seen too', () => {
  const violation = `academy-pages-without-server-code: apps/academy/web/by-name.tsx → ${engine}`
  expect(report.violations).toContain(violation)
})

test('a page imports neither Node nor a package for servers', () => {
  expect(report.violations).toContain('pages-without-node: apps/academy/web/node.tsx → fs')
  expect(report.violations).toContain(
    'pages-without-server-packages: apps/academy/web/driver.tsx → node_modules/pg/index.js',
  )
})

test('it saw the modules', () => {
  expect(report.modules).toBeGreaterThan(allowed.length)
})
