/**
 * Makes the database ready for the other processes: roles, migrations. Where DEMO_ACCOUNTS is on, demonstration data when
 * nobody has used it yet, or with `--demo`; `--students 1000` adds a class of that size. Prints one JSON object.
 */
import { parseArgs } from 'node:util'
import { createDemoData, isEmpty } from '../src/demo/create-demo-data.ts'
import { createDemoTerm } from '../src/demo/create-demo-term.ts'
import { createDemoWork } from '../src/demo/create-demo-work.ts'
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
  const isAsked = values.demo === true || students !== undefined
  if (isAsked && !settings.allowed.demoAccounts) {
    throw new Error('Accounts with the published password were not asked for. Fix: set DEMO_ACCOUNTS=on.')
  }
  const pools = openPools(await prepareDatabase(settings.databaseUrl, settings.secrets, settings.secretsFile))
  const auth = createAuth({ pool: pools.auth, secret: settings.secrets.sessionSecret, secureCookies: false })
  const empty = await isEmpty(pools)
  const isWanted = settings.allowed.demoAccounts && (isAsked || empty)
  const demo = isWanted
    ? await createDemoData(pools, { hashPassword: auth.hashPassword, ...(students ? { students } : {}) })
    : undefined
  if (demo) {
    await createDemoTerm(pools)
    if (!students) await createDemoWork(pools, { hashPassword: auth.hashPassword })
  }
  const { rows } = await pools.auth.query<{ there: number }>(
    'select count(*)::int as there from academy_auth.users where email = any($1)',
    [DEMO_SIGN_INS.map(({ email }) => email)],
  )
  await pools.close()
  // Shown where they work.
  const signIns = rows[0]?.there === DEMO_SIGN_INS.length ? DEMO_SIGN_INS : []
  console.log(JSON.stringify({ ready: true, demo: demo ?? null, signIns, empty: empty && !demo }))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
