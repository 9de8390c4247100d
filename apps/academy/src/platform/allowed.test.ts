import { describe, expect, test } from 'vitest'
import { allowed, isPublic } from './allowed.ts'

const here = { host: '127.0.0.1', publicUrl: 'http://localhost:3000' }
const asked = {
  DEMONSTRATIONS: 'on',
  REGISTRATION: 'open',
  PRIVATE_OUTBOUND: 'loopback',
  MAILBOX_URL: 'http://127.0.0.1:3025/',
  ADMINISTRATOR_CODE: 'optional',
  DEMO_ACCOUNTS: 'on',
  INSECURE_ADDRESS: 'on',
}

test('without any variable everything dangerous is off, whatever NODE_ENV says', () => {
  const off = {
    demonstrations: false,
    registration: false,
    privateOutbound: false,
    mailboxUrl: undefined,
    administratorCode: 'asked',
    demoAccounts: false,
    insecureAddress: false,
  }
  for (const env of [{}, { NODE_ENV: 'development' }, { NODE_ENV: 'production' }]) {
    expect(allowed(env, here)).toEqual(off)
  }
})

test('development asks for each', () => {
  expect(allowed(asked, here)).toEqual({
    demonstrations: true,
    registration: true,
    privateOutbound: true,
    mailboxUrl: 'http://127.0.0.1:3025',
    administratorCode: 'optional',
    demoAccounts: true,
    insecureAddress: true,
  })
})

describe('on a public address', () => {
  const school = { host: '127.0.0.1', publicUrl: 'https://school.example' }

  test.each(['PRIVATE_OUTBOUND', 'MAILBOX_URL', 'ADMINISTRATOR_CODE', 'DEMO_ACCOUNTS'] as const)(
    '%s is refused',
    (name) => {
      expect(() => allowed({ [name]: asked[name] }, school)).toThrow(new RegExp(`^${name} is ".+". Fix: leave it out`))
    },
  )

  test('an operator may let strangers register and look around', () => {
    const env = { DEMONSTRATIONS: 'on', REGISTRATION: 'open' }
    expect(allowed(env, school)).toMatchObject({ demonstrations: true, registration: true })
  })
})

test('a value that is none of the two is said', () => {
  expect(() => allowed({ REGISTRATION: 'yes' }, here)).toThrow('REGISTRATION is "yes". Fix: use open or closed.')
})

test.each([
  ['127.0.0.1', 'http://localhost:3000', false],
  ['::1', 'http://[::1]:3000', false],
  ['localhost', 'http://academy.localhost:3000', false],
  ['0.0.0.0', 'http://localhost:3000', true],
  ['192.168.1.7', 'http://localhost:3000', true],
  ['127.0.0.1', 'https://school.example', true],
  ['127.0.0.1', 'http://127.0.0.1.school.example', true],
])('%s as %s: public %s', (host, publicUrl, is) => expect(isPublic({ host, publicUrl })).toBe(is))
