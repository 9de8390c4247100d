/**
 * `npm run flow`: what is wired to what, with file:line. Arrows come from the types that handlers return.
 *
 *     npm run flow                          the academy
 *     npm run flow -- examples/hello/app.ts any module that exports `app`, made by createApp
 *     npm run flow -- --write               also rewrites apps/academy/flow.golden.txt, which a test compares
 */
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { FLOW_GOLDEN, flowOf } from './flow/flow-of.ts'
import { FlowError } from './flow/read-types.ts'

const ROOT = join(import.meta.dirname, '..')

try {
  const { values, positionals } = parseArgs({ options: { write: { type: 'boolean' } }, allowPositionals: true })
  const [named] = positionals
  if (positionals.length > 1 || (values.write && named))
    throw new FlowError('Name one module, or --write for the academy.')
  const entry = named ? resolve(named) : join(ROOT, 'apps/academy/src/app.ts')
  const { text, golden } = await flowOf(entry, ROOT)
  console.log(text)
  if (values.write) await writeFile(join(ROOT, FLOW_GOLDEN), golden)
} catch (error) {
  const usage = error instanceof FlowError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')
  console.error(usage ? (error as Error).message : error)
  process.exit(usage ? 2 : 1)
}
