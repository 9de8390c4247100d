import { type DoorbellMode, migrate } from 'cascata'
import { type FreshDatabase, freshDatabase, templateDatabase } from '../../../scripts/testing/fresh-database.ts'

/** The doorbell mode that this Vitest project runs the conformance tests in. */
export const doorbell = (process.env['CASCATA_TEST_DOORBELL'] ?? 'trigger') as DoorbellMode

/** The second server runs the same tests; what only takes longer with more of it runs with less there. */
export const isSecondServer = process.env['CASCATA_TEST_PG'] === '15'

/** A migrated database of the test's own. */
export async function engineDatabase(): Promise<FreshDatabase> {
  const version = process.env['CASCATA_TEST_PG'] ?? '18'
  const template = await templateDatabase(`engine_${version}_${doorbell.replace('-', '_')}`, async (url) => {
    await migrate({ url, doorbell })
  })
  return await freshDatabase({ template })
}
