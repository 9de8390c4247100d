import { expect, test } from 'vitest'
import { PreparedTexts } from './prepared-texts.ts'

const after = (texts: PreparedTexts, text: string, uses: number) => {
  let name: string | undefined
  for (let i = 0; i < uses; i++) name = texts.nameOf(text)
  return name
}

test('a text that comes again and again gets a name, and keeps it', () => {
  const texts = new PreparedTexts()
  expect(after(texts, 'select 1', 4)).toBeUndefined()
  const name = texts.nameOf('select 1')
  expect(name).toMatch(/^cascata_text_[0-9a-f]{24}$/)
  expect(texts.nameOf('select 1')).toBe(name)
  expect(after(texts, 'select 2', 5)).not.toBe(name)
})

test('a new text for every call neither gets names nor drives out the one that comes again', () => {
  const texts = new PreparedTexts()
  for (let i = 0; i < 2_000; i++) {
    expect(texts.nameOf(`select ${i}`)).toBeUndefined()
    if (i % 400 === 0) texts.nameOf('select $1')
  }
  expect(after(texts, 'select $1', 5)).toBeDefined()
})

test('the server keeps a hundred at the most, and no long ones', () => {
  const texts = new PreparedTexts()
  for (let i = 0; i < 100; i++) expect(after(texts, `select ${i}`, 5)).toBeDefined()
  expect(after(texts, 'one too many', 20)).toBeUndefined()
  expect(after(new PreparedTexts(), 'x'.repeat(8_193), 20)).toBeUndefined()
})

test('a text whose plan the server refuses is not prepared again', () => {
  const texts = new PreparedTexts()
  expect(after(texts, 'select *', 5)).toBeDefined()
  texts.refuse('select *')
  expect(after(texts, 'select *', 20)).toBeUndefined()
})
