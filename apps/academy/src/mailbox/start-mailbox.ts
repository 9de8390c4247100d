/**
 * The development mailbox: a mail provider on this machine that keeps what it is given instead of sending it. It speaks HTTP
 * (Brevo's shape) and SMTP, shows the messages on a page, and misbehaves on request (`simulator.ts`).
 *
 * Never for production: it has no sign-in. It listens on this machine only, and refuses requests whose Host is not a name of
 * this machine, or a page anywhere could read the mail through DNS rebinding.
 */
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { api, problem } from './api.ts'
import { page } from './page.ts'
import { httpProvider } from './provider-http.ts'
import { smtpProvider } from './provider-smtp.ts'
import { MailStore, type StoreOptions } from './store.ts'

export interface MailboxOptions extends StoreOptions {
  /** Folder of the mailbox's file. */
  data: string
  /** 0: any free port. */
  port?: number
  smtpPort?: number
  host?: string
  /** Where the page lives; an API server may proxy `<base>/*` here unchanged. */
  base?: string
  /** Other names under which a browser may ask, for example behind a proxy. */
  allowedHosts?: string[]
  /** If set, the HTTP API takes only this key. */
  apiKey?: string
}

export interface Mailbox {
  url: string
  pageUrl: string
  port: number
  smtpPort: number
  close(): Promise<void>
}

export async function startMailbox(options: MailboxOptions): Promise<Mailbox> {
  const { data, port = 3025, smtpPort = 3026, host = '127.0.0.1', base = '/mailbox', allowedHosts = [] } = options
  const store = await MailStore.open(data, options)
  const closing = new AbortController()
  const wait = (ms: number) => delay(ms, undefined, { signal: closing.signal })

  const app = new Hono({ strict: false })
  const mayAsk = new Set([host, 'localhost', '127.0.0.1', '[::1]', ...allowedHosts])
  app.use(async (c, next) => {
    const name = new URL(c.req.url).hostname
    if (isLoopback(host) && !mayAsk.has(name) && !name.endsWith('.localhost')) {
      return problem(c, 403, 'host-not-allowed', 'This name is not served', {
        detail: `The mailbox was asked as "${name}". Add it to MAILBOX_ALLOWED_HOSTS if that is intended.`,
      })
    }
    await next()
  })
  app.onError((error, c) => {
    // What was still waiting when we were told to stop: its sender does not know, as with any process that ends.
    if (!closing.signal.aborted) console.error(error)
    return problem(c, 500, 'internal', 'The mailbox failed')
  })
  app.notFound((c) => problem(c, 404, 'not-found', 'Not found'))
  app.get('/health', (c) =>
    c.json({ status: 'ok', pid: process.pid, messages: store.counts().messages, simulator: store.simulator.mode }),
  )
  app.route('/', httpProvider(store, { apiKey: options.apiKey, wait }))
  app.route('/api', api(store, closing.signal))
  app.route(`${base}/api`, api(store, closing.signal))
  app.route(base, page(store, base))
  app.get('/', (c) => c.redirect(base))

  const http = await listen((ready) => serve({ fetch: app.fetch, port, hostname: host }, ready) as Server)
  const smtp = smtpProvider(store, { wait })
  try {
    await new Promise<void>((resolve, reject) => {
      smtp.server.once('error', reject)
      smtp.listen(smtpPort, host, resolve)
    })
  } catch (error) {
    http.close()
    await store.close()
    throw error
  }

  const actualPort = (http.address() as AddressInfo).port
  const url = `http://${host}:${actualPort}`
  return {
    url,
    pageUrl: `${url}${base}`,
    port: actualPort,
    smtpPort: (smtp.server.address() as AddressInfo).port,
    async close() {
      closing.abort()
      const httpClosed = new Promise((resolve) => http.close(resolve))
      http.closeIdleConnections()
      // Requests under way get a moment for their answer; a client that keeps its connection open does not hold us up.
      const cut = setTimeout(() => http.closeAllConnections(), 1_000)
      await Promise.all([httpClosed, new Promise<void>((resolve) => smtp.close(resolve))])
      clearTimeout(cut)
      await store.close()
    },
  }
}

async function listen(start: (ready: () => void) => Server): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = start(() => resolve(server))
    server.once('error', reject)
  })
}

const isLoopback = (host: string) => host === 'localhost' || host === '::1' || host.startsWith('127.')
