/**
 * The cookie between the two steps of a sign-in: it names the row that says that the password was right, so that the code which
 * follows takes the place of that row and of no other. It opens nothing.
 */
import { parse, serialize } from 'hono/utils/cookie'

/** Longer than anybody looks for a code. */
const MINUTES = 15
const ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

export type SignInCookie = ReturnType<typeof createSignInCookie>

/** @param secure sent through TLS only, and to this host only. */
export function createSignInCookie({ secure }: { secure: boolean }) {
  const name = secure ? '__Host-academy.sign_in' : 'academy.sign_in'
  return {
    /** @returns the row's id; none where the browser sent something else. */
    idIn(cookie: string | null): string | undefined {
      const id = parse(cookie ?? '', name)[name]
      return id !== undefined && ID.test(id) ? id : undefined
    },
    /** The `Set-Cookie` line. */
    line: (id: string) =>
      serialize(name, id, { path: '/', httpOnly: true, sameSite: 'Lax', secure, maxAge: MINUTES * 60 }),
  }
}
