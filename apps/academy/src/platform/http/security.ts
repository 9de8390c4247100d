/** What every answer tells the browser, and the check that a change was asked for by our own pages. */
import { secureHeaders } from 'hono/secure-headers'

/**
 * Scripts and styles of our own only; Mantine sets styles from script, hence 'unsafe-inline' for styles.
 * @param secure people reach us through TLS: their browsers are told to use nothing else from now on.
 */
export const securityHeaders = (secure: boolean) =>
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:'],
      fontSrc: ["'self'"],
      connectSrc: ["'self'"],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'self'"],
    },
    referrerPolicy: 'same-origin',
    strictTransportSecurity: secure ? 'max-age=31536000; includeSubDomains' : false,
    xFrameOptions: 'SAMEORIGIN',
  })

/**
 * false for a change that another site's page asks for. Browsers send `Sec-Fetch-Site` or `Origin` with every such
 * request; a program that sends neither has no cookie that it was not given.
 */
export function sameOrigin(request: Request): boolean {
  if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS') return true
  const site = request.headers.get('sec-fetch-site')
  if (site !== null && site !== 'same-origin' && site !== 'none') return false
  const origin = request.headers.get('origin')
  if (origin === null) return true
  return URL.canParse(origin) && new URL(origin).host === (request.headers.get('host') ?? new URL(request.url).host)
}
