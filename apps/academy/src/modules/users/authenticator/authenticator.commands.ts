/** The orders of this slice. */
import { command, enqueue, type Tx, uuidv7 } from 'cascata'
import { z } from 'zod'

export const AUTHENTICATOR_CHANGES = [
  'on',
  'off',
  'recovery-code-used',
  'recovery-codes-renewed',
  'off-by-staff',
  'off-by-operator',
] as const
export type AuthenticatorChange = (typeof AUTHENTICATOR_CHANGES)[number]

/** Commands that are stored may have the words of before. */
const EARLIER_WORDS = new Map<unknown, AuthenticatorChange>([
  ['withdrawn-by-staff', 'off-by-staff'],
  ['withdrawn-by-operator', 'off-by-operator'],
])

const change = z.preprocess((word) => EARLIER_WORDS.get(word) ?? word, z.enum(AUTHENTICATOR_CHANGES))

export const SendAuthenticatorEmail = command(
  'authenticator-email.send',
  z.object({ changeId: z.uuid(), userId: z.uuid(), change }),
  {
    lane: 'interactive', // if it was not them, minutes count
    retry: { attempts: 12, backoff: 'exponential', base: '1s', cap: '2m', jitter: 'full' },
    timeout: '45s', // longer than the mailer's own, so that it is the mailer that says what happened
    label: {
      en: 'Tell by e-mail that the second factor of an account changed',
      pt: 'Avisar por e-mail que a verificação em duas etapas de uma conta mudou',
    },
  },
)

/** In the transaction that changes it. */
export async function tellOfAuthenticator(
  tx: Tx,
  { id: userId, institutionId: tenant }: { id: string; institutionId: string },
  change: AuthenticatorChange,
): Promise<void> {
  await enqueue(tx, SendAuthenticatorEmail({ changeId: uuidv7(), userId, change }), { tenant })
}
