/** All that CI does, in its order. Every step runs, whatever the ones before it found; the last line counts the tests. */
import { rmSync } from 'node:fs'
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from './checks/run-command.ts'
import { testCounts, type VitestReport } from './checks/test-counts.ts'
import { BUILT_PAGES } from './testing/built-pages.ts'

const ROOT = join(import.meta.dirname, '..')
const inRoot = (path: string) => join(ROOT, path)
const tool = (name: string) => inRoot(`node_modules/.bin/${name}`)
const failed: string[] = []

await step('format and lint', tool('biome'), ['ci', '--error-on-warnings', '.'])
await step('types', process.execPath, [inRoot('node_modules/@typescript/native/bin/tsc'), '--build'])
await step('who imports whom', process.execPath, [inRoot('scripts/checks/dependency-arrows.ts')])
await step('unused files, exports, packages', tool('knip'), ['--no-config-hints'])
await step('paths that documents name', process.execPath, [inRoot('scripts/checks/document-paths.ts')])
if (await step('build of the pages', tool('vite'), ['build', '--logLevel', 'warn', 'apps/academy/web'])) {
  process.env[BUILT_PAGES] = inRoot('apps/academy/web/dist') // the tests would build them once more
}
const counts = await tests()

if (failed.length > 0) console.log(`\nFailed: ${failed.join(' · ')}`)
console.log(`${counts.passed} passed, ${counts.failed} failed`)
process.exitCode = failed.length > 0 ? 1 : 0

async function step(name: string, program: string, args: string[]): Promise<boolean> {
  console.log(`\n▸ ${name}`)
  const startedMs = performance.now()
  const code = await runCommand(program, args, ROOT)
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
  console.log(code === 0 ? `  ✓ ${seconds} s` : `  ✗ exit code ${code}, ${seconds} s`)
  if (code !== 0) failed.push(name)
  return code === 0
}

async function tests() {
  const folder = await mkdtemp(join(tmpdir(), 'cascata-check-'))
  process.once('exit', () => rmSync(folder, { recursive: true })) // a signal ends us in the middle of a step
  const file = join(folder, 'tests.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  await step('tests', process.execPath, [inRoot('scripts/setup.mjs'), 'test', ...reporters])
  const report = await readFile(file, 'utf8').catch(() => undefined)
  if (report === undefined) return { passed: 0, failed: 1 } // the run broke before it could report
  const { skipped, ...found } = testCounts(JSON.parse(report) as VitestReport)
  if (skipped > 0) failed.push(`${skipped} tests were skipped`)
  return found
}
