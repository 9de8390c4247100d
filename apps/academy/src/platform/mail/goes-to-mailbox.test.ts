import { expect, test } from 'vitest'
import { goesToMailbox } from './goes-to-mailbox.ts'
import { mailSettings } from './mail-settings.ts'

const MAILBOX = { MAILBOX_URL: 'http://127.0.0.1:3025', MAILBOX_SMTP_PORT: '3026' }
const goes = (env: Record<string, string>) =>
  goesToMailbox(mailSettings({ MAIL_FROM: 'a@uni.example', MAIL_API_KEY: 'any', ...env }), env)

test.each([
  [{ MAIL_URL: 'mail+http://127.0.0.1:3025', ...MAILBOX }, true],
  [{ MAIL_URL: 'smtp://127.0.0.1:3026', ...MAILBOX }, true],
  [{ MAIL_URL: 'mail+http://127.0.0.1:3025' }, false],
  [{ MAIL_URL: 'mail+http://127.0.0.1:3027', ...MAILBOX }, false],
  [{ MAIL_URL: 'mail+https://mail.example', ...MAILBOX }, false],
  [{ MAIL_URL: 'smtp://127.0.0.1:25', ...MAILBOX }, false],
  [{ MAIL_URL: 'smtp://mail.example:3026', ...MAILBOX }, false],
  [{ MAIL_URL: 'brevo://', ...MAILBOX }, false],
])('%j: %s', (env, expected) => {
  expect(goes(env)).toBe(expected)
})
