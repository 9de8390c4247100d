import { ERROR_CODES } from 'cascata'
import { expect, test } from 'vitest'
import { inRepository } from './documents.ts'

test('docs/errors.md lists exactly the codes of the library, in its order and with its reasons', async () => {
  const rows = [...(await inRepository('docs/errors.md')).matchAll(/^\| `([a-z-]+)` \| (.+?) \| .+ \|$/gm)]
  expect(rows.map(([, code, why]) => [code, why])).toEqual(Object.entries(ERROR_CODES))
})
