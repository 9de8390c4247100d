/** Answers are compressed on their way out: JSON and HTML shrink to a fifth. What the build has compressed is left as it is. */
import type { MiddlewareHandler } from 'hono'
import { compress } from 'hono/compress'

/** Streams of events are left out: each event must leave at once. */
const COMPRESSED_TYPES = /^(application\/(problem\+)?json|text\/html)\b/

/** Below it an answer fits into one packet as it is. */
const BYTES_MIN = 1024

const inGzip = compress({ threshold: BYTES_MIN, contentTypeFilter: COMPRESSED_TYPES })

/**
 * For the whole server, around everything else. An answer to another site's request is left as it is: beside what that site
 * has put into the address, its compressed length would tell what else is in it (the BREACH attack).
 */
export const compressed: MiddlewareHandler = async (c, next) => {
  if (isFromElsewhere(c.req.header('sec-fetch-site'))) return next()
  return inGzip(c, async () => {
    await next()
    if (!COMPRESSED_TYPES.test(c.res.headers.get('content-type') ?? '') || c.res.headers.has('content-length')) return
    // The length decides whether compressing pays, and is not known before the answer is whole.
    const { byteLength } = await c.res.clone().arrayBuffer()
    c.header('content-length', String(byteLength))
  })
}

const isFromElsewhere = (site: string | undefined) => site === 'cross-site' || site === 'same-site'
