import { headerText } from './header-text.ts'
import { httpMailer } from './http-mailer.ts'
import type { MailSettings } from './mail-settings.ts'
import type { MailMessage, OpenMailer } from './mailer.ts'
import { mandrillMailer } from './mandrill-mailer.ts'
import { sendGridMailer } from './sendgrid-mailer.ts'
import { smtpMailer } from './smtp-mailer.ts'

/** The transport that the settings name. Opens nothing yet; call `close()` when the process ends. */
export function createMailer(settings: MailSettings): OpenMailer {
  const transport = transportOf(settings)
  return { ...transport, send: (message) => transport.send(inOneLine(message)) }
}

function inOneLine({ toName, ...message }: MailMessage): MailMessage {
  const name = toName && headerText(toName)
  return { ...message, subject: headerText(message.subject), ...(name ? { toName: name } : {}) }
}

function transportOf(settings: MailSettings): OpenMailer {
  switch (settings.transport) {
    case 'http':
      return httpMailer(settings)
    case 'sendgrid':
      return sendGridMailer(settings)
    case 'mandrill':
      return mandrillMailer(settings)
    case 'smtp':
      return smtpMailer(settings)
  }
}
