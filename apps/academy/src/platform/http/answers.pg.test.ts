/** Every kind of answer, over a real port: who is served under which name, and what each answer tells the browser. */

import { mkdtemp, rm } from 'node:fs/promises'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { QUICK_PASSWORDS } from '../../../test-support/quick-passwords.ts'
import {
  type Academy,
  CALLBACK_SECRET,
  STUDENT,
  startAcademy,
  TEST_SECRETS,
  TEST_SERVICES,
} from '../../../test-support/start-academy.ts'
import { createServer } from '../../create-server.ts'
import { DEMO_ADMINISTRATOR } from '../../demo/people.ts'
import { type Mailbox, startMailbox } from '../../mailbox/start-mailbox.ts'
import { servedHosts } from './hosts.ts'
import { listen } from './listen.ts'

let academy: Academy
let mailbox: Mailbox
let mailboxData: string
let port: number
let stop: () => Promise<void>

beforeAll(async () => {
  academy = await startAcademy()
  mailboxData = await mkdtemp(join(tmpdir(), 'academy-answers-'))
  mailbox = await startMailbox({ data: mailboxData, port: 0, smtpPort: 0 })
  const { fetch } = createServer({
    pools: academy.pools,
    services: TEST_SERVICES,
    paymentCallbackSecret: CALLBACK_SECRET,
    sessionSecret: TEST_SECRETS.sessionSecret,
    secureCookies: true,
    passwords: QUICK_PASSWORDS,
    administratorCode: 'optional', // authenticator.pg.test.ts asks for one
    hosts: servedHosts({ publicUrl: 'https://school.example', loopbackPorts: 'any' }),
    mailboxUrl: mailbox.url,
    log: { info: () => {}, error: () => {} },
  })
  const server = listen({ fetch, hostname: '127.0.0.1', port: 0, secure: true })
  await new Promise((resolve) => server.once('listening', resolve))
  port = (server.address() as AddressInfo).port
  stop = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})
afterAll(async () => {
  await stop?.()
  await mailbox?.close()
  await academy?.stop()
  if (mailboxData) await rm(mailboxData, { recursive: true, force: true })
})

type Answer = { status: number; headers: IncomingMessage['headers']; text: string }

function ask(path: string, init: { method?: string; headers?: Record<string, string>; body?: string } = {}) {
  return new Promise<Answer>((resolve, reject) => {
    const asked = httpRequest({
      port,
      host: '127.0.0.1',
      path,
      agent: false,
      method: init.method ?? 'GET',
      headers: init.headers,
    })
    asked.on('error', reject)
    asked.on('response', (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    asked.end(init.body)
  })
}

/** What a socket is answered, word for word. */
function say(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    let heard = ''
    socket.on('data', (chunk) => {
      heard += chunk
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(heard))
  })
}

const json = { 'content-type': 'application/json' }

describe('security headers are on every kind of answer', () => {
  const kinds: [name: string, path: string, init: Parameters<typeof ask>[1], status: number][] = [
    ['health', '/health', {}, 503],
    ['a page of documentation', '/docs', {}, 200],
    ['the description of the API', '/openapi.json', {}, 200],
    ['data', '/api/me', {}, 200],
    ['nobody is signed in', '/students', {}, 401],
    ['what is not there', '/nothing-here', {}, 404],
    ['the console', '/adm/api/overview', {}, 401],
    ['the console’s description', '/adm/api/openapi.json', {}, 401],
    ['a payment message that nobody signed', '/payments/callback', { method: 'POST', headers: json, body: '{}' }, 401],
    ['the mailbox', '/mailbox', {}, 200],
    ['the mailbox’s data', '/mailbox/api/messages', {}, 200],
    ['too much', '/activities', { method: 'POST', headers: json, body: 'x'.repeat(300_000) }, 413],
    ['no JSON', '/registrations', { method: 'POST', headers: json, body: '{' }, 400],
    [
      'another site',
      '/registrations',
      { method: 'POST', headers: { ...json, origin: 'https://evil.example' }, body: '{}' },
      403,
    ],
    ['another name', '/api/me', { headers: { host: 'evil.example' } }, 403],
    ['no honest name', '/api/me', { headers: { host: 'a b' } }, 400],
    ['an expectation', '/api/me', { headers: { expect: 'miracles' } }, 417],
  ]
  test.each(kinds)('%s', async (_, path, init, status) => {
    const answer = await ask(path, init)
    expect(answer.status).toBe(status)
    expect(answer.headers['content-security-policy']).toMatch(/frame-ancestors '(self|none)'/)
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': expect.stringMatching(/^(same-origin|no-referrer)$/),
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'strict-transport-security': expect.stringContaining('max-age='),
    })
    if (/json/.test(answer.headers['content-type'] ?? '')) expect(answer.headers['cache-control']).toBe('no-store')
  })

  test.each([
    ['what the parser gives up on', 'no request\r\n\r\n', 400],
    ['headers without end', `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['no Host', 'GET /api/me HTTP/1.1\r\nconnection: close\r\n\r\n', 400],
    ['an empty Host', 'GET /api/me HTTP/1.1\r\nhost:\r\nconnection: close\r\n\r\n', 400],
  ])('%s', async (_, request, status) => {
    const heard = (await say(request)).toLowerCase()
    expect(heard).toContain(`http/1.1 ${status} `)
    for (const name of ['content-security-policy', 'x-content-type-options', 'strict-transport-security']) {
      expect(heard).toContain(`${name}: `)
    }
  })
})

describe('only the names that the installation has are answered', () => {
  test.each(['/api/me', '/', '/docs', '/health', '/adm/api/overview', '/mailbox', '/mailbox/api/messages?limit=1'])(
    '%s under another name',
    async (path) => {
      for (const host of [
        'evil.example',
        'school.example.evil.example',
        'localhost.evil.example',
        'school.example:81',
      ]) {
        const answer = await ask(path, { headers: { host } })
        expect(answer.status, host).toBe(403)
        expect(JSON.parse(answer.text)).toMatchObject({ code: 'wrong-host' })
      }
    },
  )

  test.each(['school.example', 'SCHOOL.example', 'school.example:443', 'localhost', '127.0.0.1:5', '[::1]:5'])(
    '%s is answered',
    async (host) => expect((await ask('/api/me', { headers: { host } })).status).toBe(200),
  )

  test('an address in the request line does not pass for the name', async () => {
    const heard = await say(
      'GET http://evil.example/api/me HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n',
    )
    expect(heard).toContain(' 403 ')
  })
})

describe('what is for this machine alone', () => {
  const elsewhere = [{ 'x-forwarded-for': '203.0.113.9' }, { forwarded: 'for=203.0.113.9' }, { via: '1.1 proxy' }]

  test('the mailbox is shown to nobody for whom a proxy asks', async () => {
    for (const headers of elsewhere) {
      const answer = await ask('/mailbox/api/messages', { headers })
      expect([answer.status, JSON.parse(answer.text).code]).toEqual([403, 'local-only'])
    }
  })

  test('no other site changes how the mail fails', async () => {
    const before = (await ask('/mailbox/api/simulator')).text
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }, ...elsewhere]) {
      const answer = await ask('/mailbox/api/simulator', {
        method: 'PUT',
        headers: { ...json, ...headers },
        body: '{"mode":"down"}',
      })
      expect(answer.status).toBe(403)
    }
    expect((await ask('/mailbox/api/simulator')).text).toBe(before)
  })

  test('health says up or down to everybody, and why to this machine and to administrators', async () => {
    const far = { 'x-forwarded-for': '203.0.113.9' }
    expect(JSON.parse((await ask('/health')).text)).toMatchObject({
      parts: { daemon: { reason: 'no daemon is running' } },
    })
    expect(JSON.parse((await ask('/health', { headers: far })).text)).toEqual({ status: 'down' })
    const cookieFor = async (email: string) => {
      const body = JSON.stringify({ email, password: 'cascata-demo' })
      const headers = { ...json, host: 'school.example' }
      const { headers: given } = await ask('/api/auth/sign-in/email', { method: 'POST', headers, body })
      return (given['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ')
    }
    const asAdministrator = { ...far, host: 'school.example', cookie: await cookieFor(DEMO_ADMINISTRATOR.email) }
    expect(JSON.parse((await ask('/health', { headers: asAdministrator })).text)).toHaveProperty('parts')
    const asStudent = { ...far, host: 'school.example', cookie: await cookieFor(STUDENT.email) }
    expect(JSON.parse((await ask('/health', { headers: asStudent })).text)).toEqual({ status: 'down' })
  })
})
