/**
 * Makes the database ready for the other processes: roles, migrations, and demonstration data when nobody has used it
 * yet, or with `--demo`. `--students 1000` adds a class of that size. Prints one JSON object.
 */
import { parseArgs } from 'node:util'
import { createDemoData, isEmpty } from '../src/demo/create-demo-data.ts'
import { createDemoTerm } from '../src/demo/create-demo-term.ts'
import { DEMO_SIGN_INS } from '../src/demo/people.ts'
import { createAuth } from '../src/platform/auth/create-auth.ts'
import { openPools } from '../src/platform/database/pools.ts'
import { prepareDatabase } from '../src/platform/database/prepare-database.ts'
import { readSettings } from '../src/platform/settings.ts'

const { values } = parseArgs({ options: { demo: { type: 'boolean' }, students: { type: 'string' } } })

try {
  const students = values.students === undefined ? undefined : Number(values.students)
  if (students !== undefined && (!Number.isInteger(students) || students < 1 || students > 100_000)) {
    throw new Error(`--students is ${values.students}. Fix: use a whole number from 1 to 100000.`)
  }
  const settings = await readSettings(process.env)
  const urls = await prepareDatabase(settings.databaseUrl, settings.secrets)
  const pools = openPools(urls)
  const auth = createAuth({ pool: pools.auth, secret: settings.secrets.sessionSecret, secureCookies: false })
  const wanted = values.demo || students !== undefined || (await isEmpty(pools))
  const demo = wanted
    ? await createDemoData(pools, { hashPassword: auth.hashPassword, ...(students ? { students } : {}) })
    : undefined
  if (demo) await createDemoTerm(pools)
  await pools.close()
  console.log(JSON.stringify({ ready: true, demo: demo ?? null, signIns: DEMO_SIGN_INS }))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
