import { httpMailer } from './http-mailer.ts'
import type { MailSettings } from './mail-settings.ts'
import type { OpenMailer } from './mailer.ts'
import { smtpMailer } from './smtp-mailer.ts'

/** The transport that the settings name. Opens nothing yet; call `close()` when the process ends. */
export function createMailer(settings: MailSettings): OpenMailer {
  return settings.transport === 'http' ? httpMailer(settings) : smtpMailer(settings)
}
