import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ListeningServer, listen } from '../../../test-support/listening-server.ts'
import { type Academy, startAcademy } from '../../../test-support/start-academy.ts'

let academy: Academy
let server: ListeningServer
beforeAll(async () => {
  academy = await startAcademy()
  server = await listen(academy.fetchRequest)
})
afterAll(async () => {
  await server?.close()
  await academy?.stop()
})

const send = (body: string | ReadableStream, init: RequestInit = {}) =>
  fetch(`${server.url}/registrations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    ...init,
  })

test('whoever sends too much hears so, and is told to use another connection', async () => {
  const response = await send('x'.repeat(300 * 1024))
  expect([response.status, response.headers.get('connection')]).toEqual([413, 'close'])
  expect(await response.json()).toMatchObject({ code: 'too-large' })
})

test('megabytes are heard out, also without a length', async () => {
  expect((await send('x'.repeat(6 * 1024 * 1024))).status).toBe(413)
  const parts = new ReadableStream({
    start(controller) {
      for (let part = 0; part < 40; part++) controller.enqueue(new TextEncoder().encode('x'.repeat(16 * 1024)))
      controller.close()
    },
  })
  expect((await send(parts, { duplex: 'half' } as RequestInit)).status).toBe(413)
})

test('no request that comes after one is lost', async () => {
  for (let round = 0; round < 20; round++) {
    const large = await send('x'.repeat(400 * 1024))
    await large.text()
    const after = await Promise.all(Array.from({ length: 3 }, () => fetch(`${server.url}/api/me`)))
    expect([large.status, ...after.map(({ status }) => status)]).toEqual([413, 200, 200, 200])
    for (const each of after) await each.text()
  }
})
