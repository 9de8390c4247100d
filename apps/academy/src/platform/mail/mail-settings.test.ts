import { describe, expect, test } from 'vitest'
import { MAIL_SETTINGS_ERRORS, MailSettingsError, type MailSettingsErrorCode, mailSettings } from './mail-settings.ts'

const from = { MAIL_FROM: 'Academy <no-reply@academy.example>' }

describe('mailSettings', () => {
  test('the HTTP transport', () => {
    expect(mailSettings({ ...from, MAIL_URL: 'mail+http://127.0.0.1:3025', MAIL_API_KEY: 'k' })).toEqual({
      transport: 'http',
      baseUrl: 'http://127.0.0.1:3025',
      apiKey: 'k',
      from: { name: 'Academy', email: 'no-reply@academy.example' },
      timeoutMs: 30_000,
    })
    const settings = mailSettings({
      ...from,
      MAIL_URL: 'mail+https://api.brevo.com/',
      MAIL_API_KEY: 'k',
      MAIL_TIMEOUT_MS: '5000',
    })
    expect(settings).toMatchObject({ baseUrl: 'https://api.brevo.com', timeoutMs: 5_000 })
  })

  test.each([
    ['brevo://', 'http', 'https://api.brevo.com'],
    ['sendgrid://', 'sendgrid', 'https://api.sendgrid.com'],
    ['sendgrid://api.eu.sendgrid.com', 'sendgrid', 'https://api.eu.sendgrid.com'],
    ['mandrill://', 'mandrill', 'https://mandrillapp.com'],
    ['mandrill://127.0.0.1:4010/', 'mandrill', 'http://127.0.0.1:4010'],
    ['brevo://proxy:8080', 'http', 'https://proxy:8080'],
  ])('the provider %s', (url, transport, baseUrl) => {
    expect(mailSettings({ ...from, MAIL_URL: url, MAIL_API_KEY: 'k' })).toEqual({
      transport,
      baseUrl,
      apiKey: 'k',
      from: { name: 'Academy', email: 'no-reply@academy.example' },
      timeoutMs: 30_000,
    })
  })

  test('the SMTP transport', () => {
    expect(mailSettings({ MAIL_FROM: 'no-reply@academy.example', MAIL_URL: 'smtp://localhost:3026' })).toEqual({
      transport: 'smtp',
      host: 'localhost',
      port: 3026,
      secure: false,
      requireTls: false,
      from: { email: 'no-reply@academy.example' },
      timeoutMs: 30_000,
    })
    const login = { MAIL_USER: 'u', MAIL_PASSWORD: 'p' }
    expect(mailSettings({ ...from, ...login, MAIL_URL: 'smtps://relay.example' })).toMatchObject({
      port: 465,
      secure: true,
      requireTls: false,
    })
    expect(mailSettings({ ...from, MAIL_URL: 'smtp://[::1]:25' })).toMatchObject({ host: '::1', port: 25 })
  })

  test('a password leaves this machine only under TLS', () => {
    const login = { ...from, MAIL_USER: 'u', MAIL_PASSWORD: 'p' }
    expect(mailSettings({ ...login, MAIL_URL: 'smtp://relay.example' })).toMatchObject({ port: 587, requireTls: true })
    expect(mailSettings({ ...login, MAIL_URL: 'smtp://127.0.0.1:1025' })).toMatchObject({ requireTls: false })
  })

  const wrong: [MailSettingsErrorCode, Record<string, string>][] = [
    ['mail-url-missing', { MAIL_URL: '' }],
    ['mail-url-invalid', { MAIL_URL: 'brevo' }],
    ['mail-url-invalid', { MAIL_URL: 'https://api.brevo.com' }],
    ['mail-url-invalid', { MAIL_URL: 'smtp://relay.example/path' }],
    ['mail-url-invalid', { MAIL_URL: 'postmark://' }],
    ['mail-secret-in-url', { MAIL_URL: 'sendgrid://?key=s3cret', MAIL_API_KEY: 's3cret' }],
    ['mail-secret-in-url', { MAIL_URL: 'mandrill://s3cret@mandrillapp.com' }],
    ['mail-api-key-missing', { MAIL_URL: 'sendgrid://' }],
    ['mail-secret-in-url', { MAIL_URL: 'smtp://user:s3cret@relay.example' }],
    ['mail-secret-in-clear', { MAIL_URL: 'mail+http://api.brevo.com', MAIL_API_KEY: 's3cret' }],
    ['mail-api-key-missing', { MAIL_URL: 'mail+https://api.brevo.com' }],
    ['mail-login-incomplete', { MAIL_URL: 'smtp://relay.example', MAIL_PASSWORD: 's3cret' }],
    ['mail-from-invalid', { MAIL_URL: 'smtp://localhost', MAIL_FROM: 'Academy' }],
    ['mail-timeout-invalid', { MAIL_URL: 'smtp://localhost', MAIL_TIMEOUT_MS: '30s' }],
  ]

  test.each(wrong)('%s: code, what, why and fix, and no secret', (code, env) => {
    const error = thrown(() => mailSettings({ ...from, ...env }))
    expect(error).toBeInstanceOf(MailSettingsError)
    expect(error).toMatchObject({ code, why: MAIL_SETTINGS_ERRORS[code] })
    expect(error.message).toMatch(/^\[mail-[a-z-]+\] .+ Fix: .+\.$/)
    expect(error.message).not.toContain('s3cret')
  })

  test('every code is reached by one of these', () => {
    expect(new Set(wrong.map(([code]) => code))).toEqual(new Set(Object.keys(MAIL_SETTINGS_ERRORS)))
  })
})

function thrown(run: () => unknown): Error {
  try {
    run()
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}
