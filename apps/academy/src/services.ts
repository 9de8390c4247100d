/** What handlers of the academy are given besides the engine's own. */
import type { EventPublisher } from './platform/event-publisher/event-publisher.ts'
import type { Mailer } from './platform/mail/mailer.ts'
import type { Outbound } from './platform/outbound/outbound.ts'
import type { PaymentGateway } from './platform/payment-gateway/payment-gateway.ts'
import type { SecretBox } from './platform/secret-box/secret-box.ts'

declare module 'cascata' {
  interface Services {
    mail: Mailer
    /** The mailer is the development mailbox, which reaches nobody: demonstration institutions send by it too. */
    demonstrationMail: boolean
    secretBox: SecretBox
    /** Calls to addresses that users typed. */
    outbound: Outbound & { publicOnly: Outbound }
    /** undefined: events stay in the house. */
    eventPublisher: EventPublisher | undefined
    /** undefined: nobody can be asked to pay. */
    paymentGateway: PaymentGateway | undefined
    /** Where people reach the application, without a slash at the end; links in e-mails begin with it. */
    publicUrl: string
    /** At which whoever runs the installation is reached: an e-mail address, or an https address. */
    operatorContact?: string | undefined
  }
}
