/** The request of somebody who chooses a password. */
import { z } from 'zod'
import { PASSWORD_LENGTH_MAX } from './password.fields.ts'

/** Its strength is a rule of its own, with a code of its own. */
export const password = z.string().min(1).max(PASSWORD_LENGTH_MAX)

/** The secret of a link that came by e-mail. */
export const linkToken = z.string().min(1).max(200).meta({ description: 'From the link in the e-mail' })
