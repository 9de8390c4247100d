/** The built client: files under a name that holds their hash are kept for good, the page itself is asked for each time. */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import type { Context, Hono, MiddlewareHandler } from 'hono'
import { accepts } from 'hono/accepts'
import { etag } from 'hono/etag'
import { chosenEncoding } from './content-encoding.ts'
import { contentPolicy } from './security.ts'

/** What the build writes beside each file, the smaller one first. */
const BUILT_ENCODINGS = ['br', 'gzip'] as const

/**
 * Comes after all other routes: an address that none of them has is a page too, which says so, to those who ask for HTML.
 * @param root folder with index.html and assets/.
 */
// biome-ignore lint/suspicious/noExplicitAny: takes a Hono of any environment.
export function mountPages(app: Hono<any>, root: string): void {
  const page =
    (file: string, status: 200 | 404 = 200) =>
    async (c: Context) => {
      try {
        const text = await readFile(join(root, file), 'utf8')
        // Mantine makes style elements in the browser; theirs is a word that nobody could have put into the page before.
        const nonce = randomBytes(16).toString('base64')
        return c.html(text.replace('<head>', `<head>\n    <meta property="csp-nonce" nonce="${nonce}" />`), status, {
          'cache-control': 'no-cache',
          'content-security-policy': contentPolicy(`nonce-${nonce}`),
        })
      } catch {
        return c.text('The pages have not been built: npm run build.', 503)
      }
    }
  const academy = page('index.html')
  for (const path of ['/', '/app', '/app/*']) app.get(path, academy)
  const console = page('adm.html')
  for (const path of ['/adm', '/adm/*']) app.get(path, console)

  const file = (cacheControl: string) =>
    serveStatic({ root, precompressed: true, onFound: (_, c) => c.header('cache-control', cacheControl) })
  app.get('/assets/*', asBuilt, file('public, max-age=31536000, immutable'))
  app.get('/:file{[a-z0-9-]+\\.(?:svg|png|ico|webmanifest|txt)}', etag(), asBuilt, file('no-cache'))

  const lost = page('index.html', 404)
  app.get('*', (c, next) => (wantsHtml(c) ? lost(c) : next()))
}

/** Asks for one of the files that the build wrote, in words that the server of files understands: it reads no weights. */
const asBuilt: MiddlewareHandler = async (c, next) => {
  c.req.raw.headers.set(
    'accept-encoding',
    chosenEncoding(c.req.header('accept-encoding'), BUILT_ENCODINGS) ?? 'identity',
  )
  await next()
  // Of every answer, the uncompressed too, or a cache would hand that one to all.
  c.res.headers.set('vary', 'Accept-Encoding')
}

/** Browsers put HTML first when somebody types an address; programs name JSON, or take anything. */
const wantsHtml = (c: Context) =>
  accepts(c, { header: 'Accept', supports: ['application/json', 'text/html'], default: 'application/json' }) ===
  'text/html'
