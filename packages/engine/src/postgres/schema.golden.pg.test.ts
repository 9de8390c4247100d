import { readFile, writeFile } from 'node:fs/promises'
import pg from 'pg'
import { expect, test } from 'vitest'
import { freshDatabase } from '../../../../scripts/testing/fresh-database.ts'
import { describeSchema } from '../../test-support/describe-schema.ts'
import { migrate } from './migrate.ts'

const GOLDEN = new URL('./schema.golden.sql', import.meta.url)

/** After a new migration: `CASCATA_WRITE_GOLDEN=1 npm test -- schema.golden`, and look at the difference. */
test('the schema is the one that is written down, on every supported server', async () => {
  const database = await freshDatabase()
  await migrate({ url: database.url })
  const client = new pg.Client(database.url)
  await client.connect()
  const schema = await describeSchema(client, 'cascata')
  await client.end()
  await database.drop()
  if (process.env['CASCATA_WRITE_GOLDEN']) await writeFile(GOLDEN, schema)
  expect(schema).toBe(await readFile(GOLDEN, 'utf8'))
})
