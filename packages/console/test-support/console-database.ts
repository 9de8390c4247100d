import { migrate } from 'cascata'
import pg from 'pg'
import { type FreshDatabase, freshDatabase, templateDatabase } from '../../../scripts/testing/fresh-database.ts'
import { ORDERS_TABLE } from './orders-app.ts'

/** A database of the test's own, with the engine's schema and the table of the test application. */
export async function consoleDatabase(): Promise<FreshDatabase> {
  const template = await templateDatabase('console', async (url) => {
    await migrate({ url })
    const client = new pg.Client(url)
    await client.connect()
    await client.query(ORDERS_TABLE)
    await client.end()
  })
  return await freshDatabase({ template })
}
