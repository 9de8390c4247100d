/** Runs dependency-cruiser on the tree below a folder and says which imports go against the arrows. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const ROOT = join(import.meta.dirname, '../..')
const FOLDERS = ['packages', 'apps', 'examples', 'bench', 'chaos', 'scripts']

export interface ArrowsReport {
  modules: number
  /** `rule: from → to`, one for each import that is not allowed. */
  violations: string[]
}

export async function checkArrows(folder: string): Promise<ArrowsReport> {
  const program = join(ROOT, 'node_modules/.bin/depcruise')
  const folders = FOLDERS.filter((name) => existsSync(join(folder, name)))
  const config = join(ROOT, '.dependency-cruiser.cjs')
  const cruise = promisify(execFile)(
    process.execPath,
    [program, '--config', config, '--output-type', 'json', ...folders],
    { cwd: folder, maxBuffer: 256 * 1024 * 1024 },
  )
  const { summary } = JSON.parse((await cruise).stdout) as {
    summary: { totalCruised: number; violations: { rule: { name: string }; from: string; to: string }[] }
  }
  return {
    modules: summary.totalCruised,
    violations: summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
  }
}

if (import.meta.main) {
  const { modules, violations } = await checkArrows(ROOT)
  for (const violation of violations) console.error(violation)
  console.log(`${modules} modules, ${violations.length} imports against the arrows`)
  // With a TypeScript that it cannot use, dependency-cruiser sees no module and finds nothing wrong.
  if (modules === 0 || violations.length > 0) process.exitCode = 1
}
