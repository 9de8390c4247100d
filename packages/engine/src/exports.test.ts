import { readFile, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

/** What is not exported can change on a Tuesday. To change the list: `CASCATA_WRITE_GOLDEN=1 npm test -- exports`. */
test('the front door is the one that is written down', async () => {
  const names: string[] = []
  for (const [subpath, file] of [
    ['cascata', './index.ts'],
    ['cascata/testing', './testing/index.ts'],
  ] as const) {
    const code = await readFile(new URL(file, import.meta.url), 'utf8')
    for (const [, type, list] of code.matchAll(/^export (type )?\{([^}]*)\}/gm)) {
      for (const name of (list as string)
        .split(',')
        .map((n) => n.trim())
        .filter(Boolean)) {
        names.push(`${subpath} ${type ? `type ${name}` : name}`)
      }
    }
  }
  const golden = new URL('./exports.golden.txt', import.meta.url)
  const text = `${names.sort().join('\n')}\n`
  if (process.env['CASCATA_WRITE_GOLDEN']) await writeFile(golden, text)
  expect(text).toBe(await readFile(golden, 'utf8'))
})
