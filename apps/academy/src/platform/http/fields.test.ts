import { expect, test } from 'vitest'
import { z } from 'zod'
import { routes } from '../../app.ts'
import { line, personName, text } from './fields.ts'
import { fieldErrors } from './problem.ts'

const codeOf = (schema: z.ZodType, value: string) => {
  const { error } = z.object({ field: schema }).safeParse({ field: value })
  return error ? fieldErrors(error.issues, 'en')[0]?.code : 'taken'
}

test.each([
  ["José D'Ávila Conceição", 'taken'],
  ['Jose\u0301 Decomposto', 'taken'],
  ["O'Brien-Müller", 'taken'],
  ['田中さん', 'taken'],
  ['محمد', 'taken'],
  ['👩🏽‍🏫', 'taken'],
  ['Ana\nBcc: x@y.z', 'not-one-line'],
  ['Ana\r\nBcc: x@y.z', 'not-one-line'],
  ['Ana\u2028Bcc', 'not-one-line'],
  ['\u202eoãoJ', 'not-one-line'],
  ['Ana \u2067Silva', 'not-one-line'],
  ['\u200b', 'nothing-visible'],
  ['\u200b \u2060\u00ad', 'nothing-visible'],
  ['\u3164', 'nothing-visible'],
  ['\u2800', 'nothing-visible'],
])('a name %j: %s', (name, code) => {
  expect(codeOf(personName, name)).toBe(code)
})

test('a description has lines, and something to see', () => {
  expect(codeOf(text(100), 'one\n\ttwo')).toBe('taken')
  expect(codeOf(text(100), 'a\n\u200b')).toBe('taken')
  expect(codeOf(text(100), '\u200b')).toBe('nothing-visible')
})

test('what is wrong is said in words, in both languages', () => {
  const said = (value: string, locale: 'en' | 'pt-BR') =>
    fieldErrors(line(9).safeParse(value).error?.issues ?? [], locale)[0]?.message
  expect(said('a\nb', 'en')).toBe('Write it in one line, without hidden control characters.')
  expect(said('a\nb', 'pt-BR')).toBe('Escreva em uma só linha, sem caracteres de controle ocultos.')
  expect(said('\u200b', 'en')).toBe('Write something that can be seen.')
})

/**
 * Those may have several lines; every other text that people type stands in a heading, a list, a subject or a title. Ids and
 * time zones have lists or forms of their own, and secrets are shown nowhere.
 */
const SEVERAL_LINES = [
  'POST /activities description',
  'POST /notifications description',
  'PUT /people/:userId/authenticator/off reason',
  'PUT /students/:studentId/email reason',
  'PUT /teachers/:teacherId/email reason',
]

test('names and titles are of one line, whatever route takes them', () => {
  const taken = routes.flatMap(({ contract }) => {
    const fields = Object.entries((contract.body as z.ZodObject | undefined)?.shape ?? {})
    return fields
      .filter(([, schema]) => (schema as z.ZodType).safeParse('a\n\u202eb').success)
      .map(([name]) => `${contract.path} ${name}`)
      .filter(
        (field) =>
          !/ (password|currentPassword|token|code|reason|id|periodId|timeZone)$/.test(field) ||
          SEVERAL_LINES.includes(field),
      )
  })
  expect(taken.sort()).toEqual(SEVERAL_LINES)
})
