/** The app of somebody who signs in with a code. */
import { Secret, TOTP } from 'otpauth'

/** @param later how many periods of half a minute from now. */
export const codeShown = (secret: string, later = 0): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + later * 30_000 })
