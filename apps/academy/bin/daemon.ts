/** The daemon as a process: hears events, runs commands, sends e-mail. Settings: src/platform/settings.ts and mail-settings.ts. */
import { createDaemon } from 'cascata'
import { pino } from 'pino'
import { app } from '../src/app.ts'
import { createMailer } from '../src/platform/mail/create-mailer.ts'
import { mailSettings } from '../src/platform/mail/mail-settings.ts'
import { readSettings } from '../src/platform/settings.ts'

const log = pino({ name: 'daemon' })
try {
  const settings = await readSettings(process.env)
  const mail = createMailer(mailSettings(process.env))
  const daemon = createDaemon({
    app,
    database: { control: settings.database.daemon, exec: settings.database.exec },
    services: { mail, publicUrl: settings.publicUrl },
    onError: (error) => log.error({ err: error }, 'the daemon carries on'),
  })
  await daemon.start()
  log.info({ id: daemon.health().id }, 'daemon ready')

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, async () => {
      await daemon.stop()
      await mail.close()
      process.exit(0)
    })
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
