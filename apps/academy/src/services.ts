/** What handlers of the academy are given besides the engine's own. */
import type { Mailer } from './platform/mail/mailer.ts'

declare module 'cascata' {
  interface Services {
    mail: Mailer
    /** Where people reach the application, without a slash at the end; links in e-mails begin with it. */
    publicUrl: string
  }
}
