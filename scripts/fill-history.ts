/**
 * Fills a migrated, empty database of the engine with history, to look at the console or measure with:
 *
 *     node scripts/fill-history.ts --url postgres://… [--commands 1000000] [--tenants 40] [--weeks 12]
 */
import { parseArgs } from 'node:util'
import { fillHistory } from './testing/history.ts'

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    commands: { type: 'string', default: '1000000' },
    tenants: { type: 'string', default: '40' },
    weeks: { type: 'string', default: '12' },
  },
})
const url = values.url ?? process.env['DATABASE_URL']
if (!url) {
  console.error('Which database? Give --url or DATABASE_URL.')
  process.exit(2)
}
const started = performance.now()
const history = await fillHistory(url, {
  commands: Number(values.commands),
  tenants: Number(values.tenants),
  weeks: Number(values.weeks),
})
const seconds = Math.round((performance.now() - started) / 100) / 10
console.log(JSON.stringify({ ...history, tenants: history.tenants.length, seconds }))
