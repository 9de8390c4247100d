/** What every answer tells the browser, and the check that a change was asked for by our own pages. */
import type { MiddlewareHandler } from 'hono'

/**
 * Scripts and styles of our own only.
 * @param styles what else may be a style: the nonce of a page, or the hash of an element's text.
 */
export const contentPolicy = (styles = ''): string =>
  [
    "default-src 'self'",
    "script-src 'self'",
    `style-src 'self'${styles && ` '${styles}'`}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'self'",
  ].join('; ')

/** @param secure people reach us through TLS: their browsers are told to use nothing else from now on. */
export const securityHeaders = (secure: boolean): readonly (readonly [name: string, value: string])[] => [
  ['content-security-policy', contentPolicy()],
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'SAMEORIGIN'],
  ['referrer-policy', 'same-origin'],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['origin-agent-cluster', '?1'],
  ['x-permitted-cross-domain-policies', 'none'],
  ...(secure ? [['strict-transport-security', 'max-age=31536000; includeSubDomains'] as const] : []),
]

/** Every answer gets the headers that it has not set itself. Data is kept by no cache unless the answer says so. */
export function secured(secure: boolean): MiddlewareHandler {
  const headers = securityHeaders(secure)
  return async (c, next) => {
    await next()
    for (const [name, value] of headers) if (!c.res.headers.has(name)) c.header(name, value)
    const type = c.res.headers.get('content-type') ?? ''
    if (/\b(json|event-stream)\b/.test(type) && !c.res.headers.has('cache-control'))
      c.header('cache-control', 'no-store')
  }
}

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
