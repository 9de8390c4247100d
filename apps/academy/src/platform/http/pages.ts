/** The built client: files under a name that holds their hash are kept for good, the page itself is asked for each time. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import type { Context, Hono } from 'hono'

/** @param root folder with index.html and assets/. */
// biome-ignore lint/suspicious/noExplicitAny: takes a Hono of any environment.
export function mountPages(app: Hono<any>, root: string): void {
  const page = (file: string) => async (c: Context) => {
    try {
      return c.html(await readFile(join(root, file), 'utf8'), 200, { 'cache-control': 'no-cache' })
    } catch {
      return c.text('The pages have not been built: npm run build.', 503)
    }
  }
  const academy = page('index.html')
  app.get('/', academy)
  app.get('/app', academy)
  app.get('/app/*', academy)
  const console = page('adm.html')
  app.get('/adm', console)
  app.get('/adm/*', console)
  app.get(
    '/assets/*',
    serveStatic({
      root,
      onFound: (_, c) => c.header('cache-control', 'public, max-age=31536000, immutable'),
    }),
  )
  app.get('/:file{[a-z0-9-]+\\.(?:svg|png|ico|webmanifest|txt)}', async (c, next) =>
    existsSync(join(root, c.req.param('file'))) ? serveStatic({ root })(c, next) : next(),
  )
}
