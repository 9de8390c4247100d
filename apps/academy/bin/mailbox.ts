/**
 * The development mailbox as a process.
 *
 *     MAILBOX_PORT           HTTP: page, provider, JSON API                default 3025
 *     MAILBOX_SMTP_PORT      SMTP                                          default 3026
 *     MAILBOX_HOST           address to listen on                          default 127.0.0.1
 *     MAILBOX_DATA           folder of its file                            default .data/mailbox
 *     MAILBOX_BASE           path of the page                              default /mailbox
 *     MAILBOX_KEEP           how many messages stay                        default 10000
 *     MAILBOX_ALLOWED_HOSTS  other names a browser may ask under, by comma
 *     MAILBOX_REJECTS        addresses refused for good, by comma, until somebody sets the simulator
 *     MAILBOX_API_KEY        the only api-key that HTTP takes              default: any
 *
 * Port 0 takes any free one. Prints one line when it is ready; ends on SIGTERM and SIGINT.
 */
import { simulatorSchema } from '../src/mailbox/simulator.ts'
import { startMailbox } from '../src/mailbox/start-mailbox.ts'

const { env } = process

const mailbox = await startMailbox({
  data: env['MAILBOX_DATA'] || '.data/mailbox',
  port: whole('MAILBOX_PORT', 3025, 0, 65_535),
  smtpPort: whole('MAILBOX_SMTP_PORT', 3026, 0, 65_535),
  keepMax: whole('MAILBOX_KEEP', 10_000, 1, 1_000_000),
  host: env['MAILBOX_HOST'] || '127.0.0.1',
  base: path(env['MAILBOX_BASE'] || '/mailbox'),
  allowedHosts: listed('MAILBOX_ALLOWED_HOSTS'),
  rejectAddresses: addresses('MAILBOX_REJECTS'),
  ...(env['MAILBOX_API_KEY'] ? { apiKey: env['MAILBOX_API_KEY'] } : {}),
  onBroken(error) {
    console.error(
      '[mailbox-cannot-write] The mailbox can no longer write its file, so it ends; started again, it reads what was kept.',
      error,
    )
    process.exit(1)
  },
}).catch((error: NodeJS.ErrnoException & { port?: number }) => {
  if (error.code !== 'EADDRINUSE') throw error
  quit(
    'mailbox-port-taken',
    `Port ${error.port} is taken.`,
    'stop the other process, or set MAILBOX_PORT and MAILBOX_SMTP_PORT.',
  )
})

console.log(
  `mailbox ready  page ${mailbox.pageUrl}  http ${mailbox.url}  smtp ${env['MAILBOX_HOST'] || '127.0.0.1'}:${mailbox.smtpPort}`,
)

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    mailbox.close().then(() => process.exit(0))
  })
}

function whole(name: string, standard: number, min: number, max: number): number {
  const text = env[name]
  if (text === undefined || text === '') return standard
  const value = Number(text)
  if (Number.isInteger(value) && value >= min && value <= max) return value
  return quit(
    'mailbox-setting-invalid',
    `${name} is "${text}".`,
    `use a whole number from ${min} to ${max}, or leave it out for ${standard}.`,
  )
}

function listed(name: string): string[] {
  return (env[name] ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean)
}

function addresses(name: string): string[] {
  const { success, data } = simulatorSchema.shape.rejectAddresses.safeParse(listed(name))
  if (success) return data
  return quit(
    'mailbox-setting-invalid',
    `${name} is "${env[name]}".`,
    'use addresses such as ana@example.org, by comma.',
  )
}

function path(text: string): string {
  if (/^(\/[a-z0-9-]+)+$/i.test(text)) return text
  return quit('mailbox-setting-invalid', `MAILBOX_BASE is "${text}".`, 'use a path such as /mailbox.')
}

function quit(code: string, what: string, fix: string): never {
  console.error(`[${code}] ${what} Fix: ${fix}`)
  process.exit(1)
}
