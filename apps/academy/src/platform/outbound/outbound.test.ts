/** Against real sockets: what may be called, what may not, and that the address that was checked is the one that is used. */

import { createServer as createTlsServer, type Server } from 'node:https'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type AnsweringServer, cut, json, startAnsweringServer } from '../../../test-support/answering-server.ts'
import { isGlobalAddress } from './global-address.ts'
import { createOutbound, escaped } from './outbound.ts'

/** For hook.test and this file only; the name is reserved, and the key is of no use to anybody. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQggu5DB6ZGlgxl8uIk
tGORbypJ0xGcKGupBYpBa8QC/TWhRANCAAQu0ZlXvLP/gGM8jN8eT45iagJJYFtk
NSHPm88urWuL7KrY8EeqTsqCZGdbw1pKkEcoU0Gf875gPhgFIzlIxPSX
-----END PRIVATE KEY-----`
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBXjCCAQSgAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlob29rLnRl
c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
CWhvb2sudGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABC7RmVe8s/+AYzyM
3x5PjmJqAklgW2Q1Ic+bzy6ta4vsqtjwR6pOyoJkZ1vDWkqQRyhTQZ/zvmA+GAUj
OUjE9JejRTBDMBQGA1UdEQQNMAuCCWhvb2sudGVzdDAMBgNVHRMEBTADAQH/MB0G
A1UdDgQWBBTEPeVeo+vq0RDOJiS3HWbmjMNL2DAKBggqhkjOPQQDAgNIADBFAiAH
SosfD6q2ytIdgDB/11xbppIMoVrxSOX8gfaHHWsXlAIhAN34DYHcBYR45gOAP4lr
HAjL2J1crBM+Yuw5h6nPq67q
-----END CERTIFICATE-----`

describe('addresses', () => {
  test.each(['93.184.216.34', '8.8.8.8', '2606:4700::1111', '2a00:1450:4001:81b::200e', '172.15.0.1', '172.32.0.1'])(
    '%s is public',
    (address) => expect(isGlobalAddress(address)).toBe(true),
  )

  test.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '100.127.255.255',
    '127.0.0.1',
    '127.255.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.2.1',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'ff02::1',
    'localhost',
    '',
  ])('%s is not', (address) => expect(isGlobalAddress(address)).toBe(false))
})

describe('what people may type', () => {
  const strict = createOutbound()
  const lenient = createOutbound({ allow: { loopback: true } })

  test.each([
    ['https://hooks.example.org/a?b=c', undefined],
    ['https://8.8.8.8/hook', undefined],
    ['/hook', 'not-absolute'],
    ['hooks.example.org', 'not-absolute'],
    ['http://hooks.example.org', 'not-https'],
    ['ftp://hooks.example.org', 'not-https'],
    ['javascript:alert(1)', 'not-https'],
    ['https://user:password@hooks.example.org', 'has-credentials'],
    ['https://user@hooks.example.org', 'has-credentials'],
    ['https://hooks.example.org:8443', 'port-not-allowed'],
    ['https://localhost/hook', 'not-public'],
    ['https://intranet/hook', 'not-public'],
    ['https://127.0.0.1/hook', 'not-public'],
    ['https://127.1/hook', 'not-public'],
    ['https://0x7f000001/hook', 'not-public'],
    ['https://2130706433/hook', 'not-public'],
    ['https://[::1]/hook', 'not-public'],
    ['https://[::ffff:169.254.169.254]/hook', 'not-public'],
    ['https://169.254.169.254/latest/meta-data', 'not-public'],
  ])('%s: %s', async (url, problem) => expect(await strict.problemOf(url)).toBe(problem))

  test.each([
    ['http://127.0.0.1:4000/hook', undefined],
    ['http://localhost:4000/hook', undefined],
    ['http://[::1]:4000/hook', undefined],
    ['http://10.0.0.1/hook', 'not-https'],
    ['https://10.0.0.1/hook', 'not-public'],
    ['http://hooks.example.org', 'not-https'],
  ])('where this machine is allowed, %s: %s', async (url, problem) =>
    expect(await lenient.problemOf(url)).toBe(problem),
  )

  test.each([
    ['127.0.0.1', 'not-public'],
    ['10.0.0.7', 'not-public'],
    ['::1', 'not-public'],
    ['93.184.216.34', undefined],
  ])('a name that leads to %s: %s', async (address, problem) => {
    const outbound = createOutbound({ resolve: async () => ['93.184.216.34', address] })
    expect(await outbound.problemOf('https://hooks.example.org/a')).toBe(problem)
  })

  test('a name that leads nowhere yet is no fault', async () => {
    const outbound = createOutbound({
      resolve: async () => {
        throw new Error('ENOTFOUND')
      },
    })
    expect(await outbound.problemOf('https://hooks.example.org/a')).toBeUndefined()
  })

  test('for those whom nobody knows there are no exceptions', async () => {
    const { publicOnly } = createOutbound({ allow: { loopback: true, ports: [8443] } })
    expect(await publicOnly.problemOf('http://127.0.0.1:3025/')).toBe('not-https')
    expect(await publicOnly.problemOf('https://localhost/')).toBe('not-public')
    expect(await publicOnly.problemOf('https://hooks.example.org:8443/')).toBe('port-not-allowed')
    const call = { url: 'http://127.0.0.1:9/', headers: {}, body: '' }
    expect(await publicOnly.post(call)).toMatchObject({ kind: 'not-sent', reason: 'not-https' })
  })
})

describe('calls', () => {
  let server: AnsweringServer
  let tls: Server
  let tlsPort: number
  const overTls: { host: string | undefined; servername: unknown; body: string }[] = []
  beforeAll(async () => {
    server = await startAnsweringServer()
    tls = createTlsServer({ key: KEY, cert: CERTIFICATE }, (request, response) => {
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => {
        const { servername } = request.socket as unknown as { servername: unknown }
        overTls.push({ host: request.headers.host, servername, body })
        response.end('thanks')
      })
    })
    await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve))
    tlsPort = (tls.address() as AddressInfo).port
  })
  afterAll(async () => {
    await server.close()
    tls.close()
    tls.closeAllConnections()
  })
  beforeEach(() => {
    server.seen.length = 0
    overTls.length = 0
  })

  const call = (url: string) => ({ url, headers: { 'content-type': 'application/json' }, body: '{"olá":1}' })
  const local = (more: object = {}) => createOutbound({ allow: { loopback: true }, ...more })

  test('the answer: its status, its time, what it begins with', async () => {
    server.answer = json(201, { thanks: true }, { 'retry-after': '7' })
    const result = await local().post(call(`${server.url}/hook?a=b`))
    expect(result).toMatchObject({ kind: 'answered', status: 201, excerpt: '{"thanks":true}', retryAfterMs: 7_000 })
    expect(result.ms).toBeGreaterThanOrEqual(0)
    expect(server.seen[0]).toMatchObject({ method: 'POST', url: '/hook?a=b', body: '{"olá":1}' })
    expect(server.seen[0]?.headers).toMatchObject({ host: `127.0.0.1:${server.port}`, 'content-length': '10' })
  })

  test('without the exception for this machine nothing is sent', async () => {
    expect(await createOutbound().post(call(server.url))).toMatchObject({ kind: 'not-sent', reason: 'not-https' })
    expect(server.seen).toEqual([])
  })

  test.each([
    [['127.0.0.1']],
    [['93.184.216.34', '10.0.0.1']],
    [['2606:4700::1111', '::ffff:127.0.0.1']],
    [['169.254.169.254']],
    [[]],
  ])('a name that leads to %j is refused, whichever of them comes first', async (addresses) => {
    const outbound = createOutbound({ resolve: async () => addresses })
    const result = await outbound.post(call('https://rebind.example.org/hook'))
    expect(result.kind).toBe('not-sent')
    expect(result).toMatchObject({ reason: expect.stringMatching(/not a public address|no address/) })
  })

  test('a name that does not resolve: nothing was sent', async () => {
    const resolve = () => Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }))
    const result = await createOutbound({ resolve }).post(call('https://nowhere.example.org'))
    expect(result).toMatchObject({ kind: 'not-sent', reason: 'ENOTFOUND: no such name' })
  })

  test('over TLS: asked once who the name is, connected to that address, under the name that was typed', async () => {
    const asked: string[] = []
    // Whoever asks a second time gets the address that must never be called.
    const resolve = async (name: string) => (asked.push(name) === 1 ? ['127.0.0.1'] : ['169.254.169.254'])
    const outbound = createOutbound({
      resolve,
      allow: { loopback: true, ports: [tlsPort] },
      ca: CERTIFICATE,
    })
    const result = await outbound.post(call(`https://hook.test:${tlsPort}/hook`))
    expect(result).toMatchObject({ kind: 'answered', status: 200, excerpt: 'thanks' })
    expect(asked).toEqual(['hook.test'])
    expect(overTls).toEqual([{ host: `hook.test:${tlsPort}`, servername: 'hook.test', body: '{"olá":1}' }])
  })

  test('a certificate for another name, or of nobody we trust: not a byte of the request leaves', async () => {
    const resolve = async () => ['127.0.0.1']
    const allow = { loopback: true, ports: [tlsPort] }
    for (const [ca, name] of [
      [CERTIFICATE, 'other.test'],
      [undefined, 'hook.test'],
    ] as const) {
      const outbound = createOutbound({ resolve, allow, ...(ca ? { ca } : {}) })
      expect(await outbound.post(call(`https://${name}:${tlsPort}`))).toMatchObject({ kind: 'not-sent' })
    }
    expect(overTls).toEqual([])
  })

  test('a redirect is an answer, not an order', async () => {
    server.answer = json(302, {}, { location: `${server.url}/elsewhere` })
    expect(await local().post(call(server.url))).toMatchObject({ kind: 'answered', status: 302 })
    expect(server.seen).toHaveLength(1)
  })

  test('a proxy of the environment is not used', async () => {
    const proxy = await startAnsweringServer()
    const before = { ...process.env }
    Object.assign(process.env, { HTTP_PROXY: proxy.url, http_proxy: proxy.url, NODE_USE_ENV_PROXY: '1' })
    try {
      server.answer = json(200, {})
      expect(await local().post(call(server.url))).toMatchObject({ kind: 'answered', status: 200 })
      expect(proxy.seen).toEqual([])
    } finally {
      for (const name of ['HTTP_PROXY', 'http_proxy', 'NODE_USE_ENV_PROXY']) {
        if (before[name] === undefined) delete process.env[name]
        else process.env[name] = before[name]
      }
      await proxy.close()
    }
  })

  test('of an endless answer 64 KiB are read and one is kept; control characters are escaped', async () => {
    let written = 0
    server.answer = (_request, response) => {
      response.writeHead(200)
      const more = () => {
        while (!response.destroyed && written < 50_000_000) {
          written += 16_384
          if (!response.write(Buffer.alloc(16_384, 'a\u0000'))) return void response.once('drain', more)
        }
      }
      more()
    }
    const result = await local().post(call(server.url))
    if (result.kind !== 'answered') throw new Error(result.reason)
    expect(result.excerpt).toBe('a\\u0000'.repeat(512))
    expect(written).toBeLessThan(50_000_000)
    expect(escaped(Buffer.from('<b>\u001b[31m\u202eolá\n'))).toBe('<b>\\u001b[31m\\u202eolá\n')
  })

  test('cut before the status: it may have arrived; cut after it: the status counts', async () => {
    server.answer = cut
    expect(await local().post(call(server.url))).toMatchObject({ kind: 'no-answer' })
    server.answer = (request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('beginning', () => request.socket.destroy())
    }
    expect(await local().post(call(server.url))).toMatchObject({ kind: 'answered', status: 200, excerpt: 'beginning' })
  })

  test('no answer in time, and called off meanwhile: it may have arrived', async () => {
    server.answer = () => {}
    const result = await local({ totalTimeoutMs: 150 }).post(call(server.url))
    expect(result).toMatchObject({ kind: 'no-answer', reason: 'no answer within 150 ms' })
    const leave = new AbortController()
    server.answer = () => leave.abort(new Error('the daemon shuts down'))
    expect(await local().post({ ...call(server.url), signal: leave.signal })).toMatchObject({ kind: 'no-answer' })
  })

  test('nobody listens, or nobody shakes hands: nothing was sent', async () => {
    const mute = createTcpServer((socket) => socket.on('error', () => {}).resume())
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
    const { port } = mute.address() as AddressInfo
    const slow = local({
      connectTimeoutMs: 100,
      allow: { loopback: true, ports: [port] },
      resolve: async () => ['127.0.0.1'],
    })
    const result = await slow.post(call(`https://hook.test:${port}`))
    expect(result).toMatchObject({ kind: 'not-sent', reason: 'it did not connect in time' })
    await new Promise((resolve) => mute.close(resolve))
    expect(await local().post(call(`http://127.0.0.1:${port}`))).toMatchObject({
      kind: 'not-sent',
      reason: expect.stringContaining('ECONNREFUSED'),
    })
  })
})
