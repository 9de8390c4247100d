/** The client as it is sent: over a socket, with the headers of browsers and of programs. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type IncomingHttpHeaders, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compressed } from './compress.ts'
import { mountPages } from './pages.ts'

const SCRIPT = 'export const words = "a script of some length"\n'.repeat(40)
const LIST = { items: Array.from({ length: 100 }, (_, i) => ({ id: i, name: `Student ${i}` })) }
const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }

type Answer = { status: number; headers: IncomingHttpHeaders; body: Buffer }

let folder: string
let server: ReturnType<typeof serve>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'academy-pages-test-'))
  await mkdir(join(folder, 'assets'))
  const write = (name: string, data: string | Buffer) => writeFile(join(folder, name), data)
  await write('index.html', `<!doctype html><head><title>Cascata</title>${'<p>'.repeat(500)}`)
  await write('adm.html', '<!doctype html><title>Console</title>')
  await write('favicon.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>')
  await write('assets/main-abc.js', SCRIPT)
  await write('assets/main-abc.js.br', brotliCompressSync(SCRIPT))
  await write('assets/main-abc.js.gz', gzipSync(SCRIPT))
  await write('assets/small-abc.js', 'export {}')

  const app = new Hono()
  app.use(compressed)
  app.get('/students', (c) => c.json(LIST))
  app.get('/me', (c) => c.json({ name: 'Ana' }))
  app.get('/events', () => {
    const body = new ReadableStream({ start: (controller) => controller.enqueue(`data: ${'x'.repeat(4000)}\n\n`) })
    return new Response(body.pipeThrough(new TextEncoderStream()), { headers: { 'content-type': 'text/event-stream' } })
  })
  app.notFound((c) => c.json({ code: 'not-found' }, 404))
  mountPages(app, folder)
  server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 })
  await new Promise((resolve) => server.once('listening', resolve))
})

afterAll(async () => {
  server.close()
  await rm(folder, { recursive: true })
})

/** The bytes as they are on the wire: `fetch` would take them out of their encoding. */
const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  new Promise<Answer>((resolve, reject) => {
    const { port } = server.address() as AddressInfo
    request({ port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      const end = () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) })
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        if (response.headers['content-type'] !== 'text/event-stream') return
        end()
        response.destroy()
      })
      response.on('end', end).on('error', reject)
    })
      .on('error', reject)
      .end()
  })

test('a script is sent as the build has compressed it, and kept for good', async () => {
  const { status, headers, body } = await ask('/assets/main-abc.js', { 'accept-encoding': 'gzip, deflate, br, zstd' })
  expect(status).toBe(200)
  expect(headers).toMatchObject({
    'content-encoding': 'br',
    'content-type': expect.stringContaining('javascript'),
    'content-length': String(body.length),
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'Accept-Encoding',
  })
  expect(brotliDecompressSync(body).toString()).toBe(SCRIPT)
})

test('weights decide, and what is refused is not sent', async () => {
  const gzip = await ask('/assets/main-abc.js', { 'accept-encoding': 'br;q=0, gzip;q=0.8, identity;q=0' })
  expect(gzip.headers['content-encoding']).toBe('gzip')
  expect(gunzipSync(gzip.body).toString()).toBe(SCRIPT)
  for (const encoding of ['identity', '*;q=0', 'deflate']) {
    const { headers, body } = await ask('/assets/main-abc.js', { 'accept-encoding': encoding })
    expect(headers['content-encoding']).toBeUndefined()
    expect(headers.vary).toBe('Accept-Encoding')
    expect(body.toString()).toBe(SCRIPT)
  }
  const { headers, body } = await ask('/assets/main-abc.js')
  expect(headers['content-encoding']).toBeUndefined()
  expect(body.toString()).toBe(SCRIPT)
})

test('a file that the build has not compressed is sent as it is', async () => {
  const { headers, body } = await ask('/assets/small-abc.js', { 'accept-encoding': 'br' })
  expect(headers['content-encoding']).toBeUndefined()
  expect(body.toString()).toBe('export {}')
})

test('HEAD tells what GET would send, and a range is one of what is sent', async () => {
  const head = await ask('/assets/main-abc.js', { 'accept-encoding': 'br' }, 'HEAD')
  expect(head.headers['content-encoding']).toBe('br')
  expect(Number(head.headers['content-length'])).toBe(brotliCompressSync(SCRIPT).length)
  expect(head.body.length).toBe(0)
  const range = await ask('/assets/main-abc.js', { range: 'bytes=0-9' })
  expect(range.status).toBe(206)
  expect(range.headers['content-range']).toBe(`bytes 0-9/${SCRIPT.length}`)
  expect(range.body.toString()).toBe(SCRIPT.slice(0, 10))
})

test('a page is asked for each time, compressed, with a nonce that it shares with no other', async () => {
  const first = await ask('/app/classes', { ...BROWSER, 'accept-encoding': 'gzip' })
  expect(first.headers).toMatchObject({ 'content-encoding': 'gzip', 'cache-control': 'no-cache' })
  expect(gunzipSync(first.body).toString()).toContain('<title>Cascata</title>')
  const nonceOf = ({ headers, body }: typeof first) => {
    const nonce = /nonce="([^"]{24})"/.exec(gunzipSync(body).toString())?.[1]
    expect(headers['content-security-policy']).toContain(`style-src 'self' 'nonce-${nonce}';`)
    return nonce
  }
  const again = await ask('/app/classes', { ...BROWSER, 'accept-encoding': 'gzip' })
  expect(nonceOf(again)).not.toBe(nonceOf(first))
  const icon = await ask('/favicon.svg')
  expect(icon.headers['content-type']).toMatch(/^image\/svg\+xml/)
  expect((await ask('/favicon.svg', { 'if-none-match': String(icon.headers.etag) })).status).toBe(304)
})

test('answers in JSON are compressed when that pays', async () => {
  const { headers, body } = await ask('/students', { 'accept-encoding': 'gzip, br' })
  expect(headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' })
  expect(JSON.parse(gunzipSync(body).toString())).toEqual(LIST)
  expect(body.length).toBeLessThan(JSON.stringify(LIST).length / 4)
  const small = await ask('/me', { 'accept-encoding': 'gzip' })
  expect(small.headers['content-encoding']).toBeUndefined()
  expect(small.headers['content-length']).toBe('14')
  const refused = await ask('/students', { 'accept-encoding': 'gzip;q=0' })
  expect(refused.headers['content-encoding']).toBeUndefined()
  expect(refused.headers['content-length']).toBe(String(JSON.stringify(LIST).length))
})

test('the length of an answer to another site tells nothing but its length', async () => {
  for (const [site, encoding] of [
    ['cross-site', undefined],
    ['same-site', undefined],
    ['same-origin', 'gzip'],
    ['none', 'gzip'],
  ] as const) {
    const { headers } = await ask('/students', { 'accept-encoding': 'gzip', 'sec-fetch-site': site })
    expect(headers['content-encoding'], site).toBe(encoding)
  }
})

test('events leave as they happen', async () => {
  const { headers, body } = await ask('/events', { 'accept-encoding': 'gzip, br' })
  expect(headers['content-encoding']).toBeUndefined()
  expect(body.toString()).toMatch(/^data: x/)
})

test('a mistyped address is a page to people, and JSON to programs', async () => {
  for (const path of ['/nope', '/a/b/nope', '/nope.html', '/nope.svg']) {
    const person = await ask(path, BROWSER)
    expect(person.status, path).toBe(404)
    expect(person.headers['content-type'], path).toMatch(/^text\/html/)
    expect(person.body.toString(), path).toContain('<title>Cascata</title>')
    for (const accept of ['*/*', 'application/json', 'application/json, text/html;q=0.5']) {
      const program = await ask(path, { accept })
      expect(program.status, path).toBe(404)
      expect(JSON.parse(program.body.toString()), path).toEqual({ code: 'not-found' })
    }
  }
  const posted = await ask('/nope', BROWSER, 'POST')
  expect(JSON.parse(posted.body.toString())).toEqual({ code: 'not-found' })
})
