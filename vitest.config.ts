import { availableParallelism } from 'node:os'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'

const everywhere = ['**/node_modules/**', '**/dist/**']

/**
 * The tests of a file run in no order of their own, so that none comes to need what one before it left. The seed is the same
 * for everybody, so that a check finds what the one before it found; `--sequence.seed` tries another order. Files need no
 * shuffling: each runs in a process of its own, beside others.
 */
const seed = 1796077027971
const sequence = { shuffle: { tests: true, files: false } }

/** No `extends`: what stands at the root (the servers) is then set up once for the run, not once for each project. */
function project(
  name: string,
  include: string[],
  more: NonNullable<TestProjectInlineConfiguration['test']> = {},
): TestProjectInlineConfiguration {
  const { exclude = [], ...rest } = more
  return { test: { name, include, exclude: [...everywhere, ...exclude], hookTimeout: 60_000, sequence, ...rest } }
}

/** Longer than any wait in a test, so that on a busy machine it is the wait that ends, and says for what. */
const pgTimeoutMs = 90_000
const engineTests = ['packages/engine/**/*.pg.test.ts']
/** PostgreSQL 15 has no setting for the size of its queue of notifications, and fills 8 GB. */
const sizedQueue = ['**/full-notification-queue.pg.test.ts']
const conformance = ['packages/engine/**/*.conformance.pg.test.ts']

export default defineConfig({
  test: {
    sequence: { seed },
    globalSetup: 'scripts/testing/postgres-servers.ts',
    // Tests on PostgreSQL mostly wait, so two fit on one core; more than four starve the pages' browser.
    maxWorkers: Math.min(4, Math.max(2, availableParallelism())),
    projects: [
      project('unit', ['**/*.test.ts'], { exclude: ['**/*.pg.test.ts', '**/*.page.test.ts'] }),
      project('pg', ['**/*.pg.test.ts'], { testTimeout: pgTimeoutMs }),
      project('engine-pg15', engineTests, {
        exclude: sizedQueue,
        testTimeout: pgTimeoutMs,
        env: { CASCATA_TEST_PG: '15' },
      }),
      project('engine-after-commit', conformance, {
        testTimeout: pgTimeoutMs,
        env: { CASCATA_TEST_DOORBELL: 'after-commit' },
      }),
      project('engine-poll', conformance, { testTimeout: pgTimeoutMs, env: { CASCATA_TEST_DOORBELL: 'poll' } }),
      project('page', ['**/*.page.test.ts'], {
        testTimeout: 60_000,
        globalSetup: 'scripts/testing/built-pages.ts',
        expect: { poll: { timeout: 60_000 } }, // a page that loads on a busy machine takes more than the usual second
      }),
    ],
  },
})
