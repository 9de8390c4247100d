import { type MailSettings, mailSettings } from './mail-settings.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Mail of this environment may reach people. Where it cannot be sent at all, it reaches nobody. */
export function mailReachesPeople(env: Env): boolean {
  if (!env['MAIL_URL']?.trim()) return false
  return !goesToMailbox(mailSettings(env), env)
}

/**
 * Is the mailer that these settings name the development mailbox of the same environment, which keeps messages and sends none
 * on? Anything else may reach people.
 */
export function goesToMailbox(settings: MailSettings, env: Env): boolean {
  const mailbox = env['MAILBOX_URL'] && URL.canParse(env['MAILBOX_URL']) ? new URL(env['MAILBOX_URL']) : undefined
  if (!mailbox) return false
  if (settings.transport === 'http')
    return settings.baseUrl === `${mailbox.origin}${mailbox.pathname.replace(/\/+$/, '')}`
  return (
    settings.transport === 'smtp' &&
    settings.host === mailbox.hostname &&
    String(settings.port) === env['MAILBOX_SMTP_PORT']?.trim()
  )
}
