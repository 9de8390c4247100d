import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { CascataError, ERROR_CODES } from './errors.ts'

/** `docs/errors.md` is what people find when they search for a code. */
test('the document lists exactly the codes that exist, with what they mean', async () => {
  const document = await readFile(new URL('../../../docs/errors.md', import.meta.url), 'utf8')
  const listed = [...document.matchAll(/^\| `([a-z-]+)` \| (.+?) \|/gm)].map(([, code, meaning]) => [code, meaning])
  expect(listed).toEqual(Object.entries(ERROR_CODES))
})

test('an error says its code, what happened, why and what to do, and keeps its cause', () => {
  const cause = new Error('below')
  const error = new CascataError('fenced', 'Command 7.', { fix: 'nothing.', cause })
  expect(error).toMatchObject({ name: 'CascataError', code: 'fenced', fix: 'nothing.', cause })
  expect(error.message).toBe(`[fenced] Command 7. ${ERROR_CODES.fenced} Fix: nothing.`)
})
