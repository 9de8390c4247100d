import { availableParallelism } from 'node:os'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { LongestFirst } from './scripts/testing/longest-first.ts'

const everywhere = ['**/node_modules/**', '**/dist/**']

/**
 * The tests of a file run in no order of their own, so that none comes to need what one before it left. The seed is the same
 * for everybody, so that a check finds what the one before it found; `--sequence.seed` tries another order. Files need no
 * shuffling: they run beside others.
 */
const seed = 1796077027971
const sequence = { shuffle: { tests: true, files: false } }

const cores = Math.max(2, availableParallelism())

/** Projects of one group run beside each other, and groups one after the other. */
interface Group {
  order: number
  maxWorkers: number
}
/** Nothing but processor: as many as there are cores. */
const computing: Group = { order: 0, maxWorkers: Math.min(4, cores) }
/** Tests on PostgreSQL mostly wait: of one alone a core is a third busy. */
const waiting: Group = { order: 1, maxWorkers: Math.min(8, 2 * cores) }
/** A browser, a server and a Daemon each: more of them starve one another. */
const browsing: Group = { order: 2, maxWorkers: Math.min(4, cores) }

/** No `extends`: what stands at the root (the servers) is then set up once for the run, not once for each project. */
function project(
  name: string,
  { order: groupOrder, maxWorkers }: Group,
  include: string[],
  more: NonNullable<TestProjectInlineConfiguration['test']> = {},
): TestProjectInlineConfiguration {
  const { exclude = [], ...rest } = more
  const common = { maxWorkers, hookTimeout: 60_000, sequence: { ...sequence, groupOrder } }
  return { test: { name, include, exclude: [...everywhere, ...exclude], ...common, ...rest } }
}

/** Longer than any wait in a test, so that on a busy machine it is the wait that ends, and says for what. */
const pgTimeoutMs = 90_000
/** Tests that only compute, beside others that do. */
const unitTimeoutMs = 30_000
/** Files one after the other in one process: in one of their own, modules alone took two seconds of processor a file. */
const shared = { isolate: false }
const academyTests = ['apps/**/*.pg.test.ts', 'packages/console/**/*.pg.test.ts', 'packages/cli/**/*.pg.test.ts']
const engineTests = ['packages/engine/**/*.pg.test.ts']
/** PostgreSQL 15 has no setting for the size of its queue of notifications, and fills 8 GB. */
const sizedQueue = ['**/full-notification-queue.pg.test.ts']
const conformance = ['packages/engine/**/*.conformance.pg.test.ts']

const pages = {
  ...shared,
  testTimeout: 60_000,
  expect: { poll: { timeout: 60_000 } }, // a page that loads on a busy machine takes more than the usual second
}
/** A cheap choice of pages, on a processor six times as slow: what settles too early is found where it is quick, too. */
const throttled = ['**/settle.page.test.ts', '**/people.page.test.ts']

export default defineConfig({
  test: {
    sequence: { seed, sequencer: LongestFirst },
    globalSetup: ['scripts/testing/postgres-servers.ts', 'scripts/testing/built-pages.ts'],
    projects: [
      project('unit', computing, ['**/*.test.ts'], {
        exclude: ['**/*.pg.test.ts', '**/*.page.test.ts'],
        ...shared,
        testTimeout: unitTimeoutMs,
      }),
      project('academy', waiting, academyTests, { testTimeout: pgTimeoutMs, ...shared }),
      project('pg', waiting, ['**/*.pg.test.ts'], {
        exclude: [...academyTests, ...engineTests],
        testTimeout: pgTimeoutMs,
      }),
      project('engine', waiting, engineTests, { testTimeout: pgTimeoutMs, ...shared }),
      project('engine-pg15', waiting, engineTests, {
        exclude: sizedQueue,
        testTimeout: pgTimeoutMs,
        ...shared,
        env: { CASCATA_TEST_PG: '15' },
      }),
      project('engine-after-commit', waiting, conformance, {
        testTimeout: pgTimeoutMs,
        ...shared,
        env: { CASCATA_TEST_DOORBELL: 'after-commit' },
      }),
      project('engine-poll', waiting, conformance, {
        testTimeout: pgTimeoutMs,
        ...shared,
        env: { CASCATA_TEST_DOORBELL: 'poll' },
      }),
      project('page', browsing, ['**/*.page.test.ts'], pages),
      project('page-throttled', browsing, throttled, { ...pages, env: { CASCATA_TEST_CPU_THROTTLE: '6' } }),
    ],
  },
})
