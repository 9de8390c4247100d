/** How long a session lives: it ends when it is not used for a while, and at the latest some time after sign-in. */
import type { Role } from '../http/endpoint.ts'

const HOUR_MS = 3_600_000

/** Without use. It is prolonged at most once a day. */
export const IDLE_HOURS = 7 * 24
const LIFE_HOURS = 30 * 24
/** They see every institution. */
const ADMINISTRATOR_LIFE_HOURS = 12

export const LIFE_SECONDS_MAX = LIFE_HOURS * 3600

/** The end that no use puts off. */
export const endOfSession = (signedInAt: Date, role: Role): Date =>
  new Date(signedInAt.getTime() + (role === 'administrator' ? ADMINISTRATOR_LIFE_HOURS : LIFE_HOURS) * HOUR_MS)
