import { expect, test } from 'vitest'
import { operatorContact } from './operator-contact.ts'

test.each([
  [undefined, undefined],
  ['', undefined],
  [' Suporte@Escola.example ', 'suporte@escola.example'],
  ['https://escola.example/ajuda?de=academia', 'https://escola.example/ajuda?de=academia'],
])('%s is taken', (text, contact) => {
  expect(operatorContact(text)).toBe(contact)
})

test.each([
  'Maria',
  'suporte@',
  'mailto:suporte@escola.example',
  'a@escola.example, b@escola.example',
  'http://escola.example',
  'https://',
  'https://maria:senha@escola.example',
  'https://escola.example/ajuda aqui',
  'javascript:alert(1)',
  '+55 11 5555-0100',
])('%s is refused with what to do', (text) => {
  expect(() => operatorContact(text)).toThrow(/^OPERATOR_CONTACT is ".+"\. Fix: use an e-mail address, or .+\.$/)
})
