/**
 * The mailbox's page: one HTML document, a style sheet and two modules, served by the mailbox itself. No bundler and no
 * dependency: the modules are TypeScript, whose types are taken out when the process starts (`node:module`).
 *
 * What an e-mail contains is hostile by definition. Its HTML is a document of its own: in an iframe with `sandbox` (no
 * scripts, no forms, an origin of its own) and under a policy that loads nothing from anywhere. Everything else reaches the
 * page as JSON and is put in as text.
 */
import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { type Context, Hono } from 'hono'
import { getCookie } from 'hono/cookie'
import { problem } from './api.ts'
import { type Locale, WORDS } from './page/words.ts'
import type { MailStore } from './store.ts'

const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ')

/** Nothing remote, not even an image: it would tell the sender that the mail was opened. Links open outside the sandbox. */
const MAIL_POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "frame-ancestors 'self'",
  'sandbox allow-popups allow-popups-to-escape-sandbox',
].join('; ')

const source = (name: string) => readFileSync(new URL(`./page/${name}`, import.meta.url), 'utf8')

export function page(store: MailStore, base: string) {
  const app = new Hono()
  const assets = new Map([
    ['app.js', { type: 'text/javascript', body: withoutTypes('app.tsx').replace("'./words.ts'", "'./words.js'") }],
    ['words.js', { type: 'text/javascript', body: withoutTypes('words.ts') }],
    ['style.css', { type: 'text/css', body: source('style.css') }],
    ['icon.svg', { type: 'image/svg+xml', body: source('icon.svg') }],
  ])

  const shell = (c: Context) => {
    const locale = localeOf(c)
    const theme = getCookie(c, 'mailbox-theme')
    c.header('content-security-policy', PAGE_POLICY)
    c.header('cache-control', 'no-store')
    c.header('x-content-type-options', 'nosniff')
    c.header('referrer-policy', 'no-referrer')
    c.header('vary', 'accept-language, cookie')
    return c.html(document(base, locale, theme === 'light' || theme === 'dark' ? theme : 'system'))
  }

  app.get('/', shell)
  app.get('/:id{[0-9]+}', shell)

  app.get('/:id{[0-9]+}/html', (c) => {
    const message = store.get(c.req.param('id'))
    if (!message) return problem(c, 404, 'not-found', 'Not found')
    c.header('content-security-policy', MAIL_POLICY)
    c.header('x-content-type-options', 'nosniff')
    c.header('referrer-policy', 'no-referrer')
    c.header('cache-control', 'no-store')
    return c.html(withTarget(message.html))
  })

  app.get('/assets/:name', (c) => {
    const asset = assets.get(c.req.param('name'))
    if (!asset) return problem(c, 404, 'not-found', 'Not found')
    c.header('content-type', `${asset.type}; charset=utf-8`)
    c.header('cache-control', 'no-cache')
    c.header('x-content-type-options', 'nosniff')
    return c.body(asset.body)
  })

  return app
}

/** The `ExperimentalWarning` of this one call is not the developer's business. */
function withoutTypes(name: string): string {
  const emitWarning = process.emitWarning
  process.emitWarning = () => {}
  try {
    return stripTypeScriptTypes(source(name))
  } finally {
    process.emitWarning = emitWarning
  }
}

/** Links of an e-mail open in a new tab; inside the frame they would be blocked, and look broken. */
function withTarget(html: string): string {
  const target = '<base target="_blank">'
  const head = /<head[^>]*>/i.exec(html)
  return head
    ? html.slice(0, head.index + head[0].length) + target + html.slice(head.index + head[0].length)
    : target + html
}

function localeOf(c: Context): Locale {
  const chosen = c.req.query('lang') ?? getCookie(c, 'mailbox-lang')
  if (chosen === 'pt-BR' || chosen === 'en') return chosen
  const ranked = (c.req.header('accept-language') ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(';')
      const q = parameters.find((parameter) => parameter.trim().startsWith('q='))
      return { language: tag.split('-')[0]?.toLowerCase(), q: q === undefined ? 1 : Number(q.trim().slice(2)) || 0 }
    })
    .filter((entry) => entry.q > 0)
    .sort((a, b) => b.q - a.q)
  return ranked.find((entry) => entry.language === 'pt' || entry.language === 'en')?.language === 'pt' ? 'pt-BR' : 'en'
}

function document(base: string, locale: Locale, theme: 'light' | 'dark' | 'system'): string {
  const words = WORDS[locale]
  return `<!doctype html>
<html lang="${locale}" data-theme="${theme}" data-base="${base}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="${theme === 'system' ? 'light dark' : theme}">
<title>${words.title}</title>
<link rel="icon" href="${base}/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${base}/assets/style.css">
<link rel="modulepreload" href="${base}/assets/words.js">
<script type="module" src="${base}/assets/app.js"></script>
</head>
<body>
<div id="app"></div>
<noscript>${words.noScript}</noscript>
</body>
</html>
`
}
