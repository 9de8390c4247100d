/**
 * The daemon as a process: hears events, runs commands, sends e-mail. Settings: in src/platform/, settings.ts,
 * integration-settings.ts and mail/mail-settings.ts.
 */
import { createDaemon, createOutageLog, type Daemon } from 'cascata'
import { pino } from 'pino'
import { app } from '../src/app.ts'
import { createEventPublisher } from '../src/platform/event-publisher/event-publisher.ts'
import { integrationSettings } from '../src/platform/integration-settings.ts'
import { createMailer } from '../src/platform/mail/create-mailer.ts'
import { goesToMailbox } from '../src/platform/mail/goes-to-mailbox.ts'
import { mailSettings } from '../src/platform/mail/mail-settings.ts'
import { toPeople } from '../src/platform/mail/reserved-address.ts'
import { createOutbound } from '../src/platform/outbound/outbound.ts'
import { createPaymentGateway } from '../src/platform/payment-gateway/payment-gateway.ts'
import { createSecretBox } from '../src/platform/secret-box/secret-box.ts'
import { readSettings } from '../src/platform/settings.ts'

const log = pino({ name: 'daemon' })
try {
  const settings = await readSettings(process.env)
  const integrations = await integrationSettings(process.env)
  const { rabbitMqUrl, paymentGateway } = integrations
  const mailing = mailSettings(process.env)
  const demonstrationMail = goesToMailbox(mailing, process.env)
  const mail = demonstrationMail ? createMailer(mailing) : toPeople(createMailer(mailing))
  const eventPublisher = rabbitMqUrl ? createEventPublisher({ url: rabbitMqUrl }) : undefined
  const outbound = createOutbound({ allow: { loopback: settings.allowed.privateOutbound } })
  const isOfOutage = createOutageLog({
    answers: () => daemon.health().databaseAnswers,
    print: (line) => log.error(line),
  })
  const daemon: Daemon = createDaemon({
    app,
    database: { control: settings.database.daemon, exec: settings.database.exec },
    services: {
      mail,
      demonstrationMail,
      publicUrl: settings.publicUrl,
      operatorContact: settings.operatorContact,
      outbound,
      secretBox: createSecretBox(integrations.encryptionKey),
      eventPublisher,
      paymentGateway: paymentGateway && createPaymentGateway(paymentGateway),
    },
    onError: (error, context) => {
      if (!isOfOutage(error)) log.error({ err: error, ...context }, 'the daemon carries on')
    },
  })
  // A terminal and npm each send one: whichever comes first, the process ends when the work has been seen to.
  let isEnding = false
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, async () => {
      if (isEnding) return
      isEnding = true
      await daemon.stop()
      await Promise.all([mail.close(), eventPublisher?.close()])
      process.exit(0)
    })
  }
  await daemon.start()
  if (daemon.health().state === 'running') log.info({ id: daemon.health().id }, 'daemon ready')
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
