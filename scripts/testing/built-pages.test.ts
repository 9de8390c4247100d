import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { errorText } from '../start/start-error.ts'
import { copyBuilt } from './built-pages.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'built-pages-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('a built client is copied whole', async () => {
  const built = join(folder, 'dist')
  await mkdir(join(built, 'assets'), { recursive: true })
  await writeFile(join(built, 'index.html'), '<h1>Academy</h1>')
  await writeFile(join(built, 'assets/main.js'), 'run()')
  await copyBuilt(built, join(folder, 'pages'))
  expect(await readFile(join(folder, 'pages/index.html'), 'utf8')).toBe('<h1>Academy</h1>')
  expect(await readFile(join(folder, 'pages/assets/main.js'), 'utf8')).toBe('run()')
})

test.each(['missing', 'empty'])(
  'a folder that is %s is refused with the setting, the reason and the fix',
  async (name) => {
    await mkdir(join(folder, 'empty'))
    const refused = await copyBuilt(join(folder, name), join(folder, 'pages')).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'bad-setting' })
    expect(errorText(refused)).toContain(`CASCATA_TEST_BUILT_PAGES names ${join(folder, name)}`)
    expect(errorText(refused)).toMatch(/^Fix .*unset CASCATA_TEST_BUILT_PAGES/m)
  },
)
