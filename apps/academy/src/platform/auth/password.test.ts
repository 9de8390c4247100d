import { expect, test } from 'vitest'
import { strengthOf } from './password.fields.ts'
import { weakPassword } from './weak-password.ts'

const ABOUT = ['Beatriz Nogueira', 'beatriz.nogueira@serra-azul.example', 'Faculdade Serra Azul']

test.each([
  'Forte-Senha-2026',
  'correct horse battery staple long',
  'cavalo bateria grampo correto', // no capital letter, no digit
  '7391 8264 0057', // digits and spaces
  'água morna de manhã',
  'çàéîõü-ñß', // eight and more, whatever the letters
  'o mar de Beatriz é bem mais fundo',
])('%j is accepted', (password) => {
  expect(weakPassword(password, ABOUT)).toBeUndefined()
})

test.each([
  ['Ab1!xyz', 'weak-password'],
  ['👩‍🏫👩‍🏫', 'weak-password'],
  ['Password1!', 'common-password'],
  ['P@ssw0rd2026', 'common-password'],
  ['12345678', 'common-password'],
  ['qwertyuiop', 'common-password'],
  ['Flamengo123', 'common-password'],
  ['cachorro!2026', 'common-password'],
  ['Fernanda@1999', 'common-password'],
  ['Aa1!aaaa', 'common-password'],
  ['abababababab', 'common-password'],
  ['Cascata-2026', 'common-password'],
  ['Cascata-Academy-26', 'personal-password'],
  ['Nogueira e Beatriz', 'personal-password'],
  ['serra-azul-26', 'personal-password'],
  ['BEATRIZ.nogueira.1', 'personal-password'],
])('%j is refused: %s', (password, code) => {
  expect(weakPassword(password, ABOUT)).toMatchObject({ code, errors: [{ field: 'password', code }] })
})

test('what is about somebody else is nothing to this one', () => {
  expect(weakPassword('Nogueira e Beatriz', ['Carlos Lima'])).toBeUndefined()
})

test.each([
  ['abcdefg', 'short'],
  ['👩👩👩👩👩👩👩', 'short'], // as many as people see
  ['abababababab', 'simple'],
  ['abcdefgh', 'acceptable'],
  ['abcdefghijkl', 'good'],
  ['abcdefghijklmnop', 'strong'],
])('%j looks %s', (password, strength) => {
  expect(strengthOf(password)).toBe(strength)
})
