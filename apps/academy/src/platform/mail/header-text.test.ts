import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { createMailer } from './create-mailer.ts'
import { headerText } from './header-text.ts'
import { mailSettings } from './mail-settings.ts'

test.each([
  ['Boas-vindas a Universidade Serra Azul', 'Boas-vindas a Universidade Serra Azul'],
  ['Fac\r\nBcc: evil@uni.example', 'Fac Bcc: evil@uni.example'],
  ['a\u2028b\u0085c\td', 'a b c d'],
  ['\u202eoãoJ\u202c', 'oãoJ'],
  ['\u0000\u0007', ''],
])('%j is written as %j', (given, written) => {
  expect(headerText(given)).toBe(written)
})

test('every message leaves with a subject and a name of one line', async () => {
  const bodies: { subject: string; to: { email: string; name?: string }[] }[] = []
  const provider = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk) => (text += chunk))
    request.on('end', () => {
      bodies.push(JSON.parse(text))
      response.writeHead(201, { 'content-type': 'application/json' }).end('{"messageId":"<1@provider>"}')
    })
  })
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
  const { port } = provider.address() as { port: number }
  const mailer = createMailer(
    mailSettings({ MAIL_URL: `mail+http://127.0.0.1:${port}`, MAIL_API_KEY: 'any', MAIL_FROM: 'a@uni.example' }),
  )
  const message = { to: 'ana@uni.example', text: 'x', html: 'x' }
  await mailer.send({
    ...message,
    key: crypto.randomUUID(),
    subject: 'Sua conta em Fac\r\nBcc: evil@uni.example',
    toName: 'Ana\u202e\nX-Evil: 1',
  })
  await mailer.send({ ...message, key: crypto.randomUUID(), subject: 'x', toName: '\u202e' })
  expect(bodies.map(({ subject, to }) => [subject, to])).toEqual([
    ['Sua conta em Fac Bcc: evil@uni.example', [{ email: 'ana@uni.example', name: 'Ana X-Evil: 1' }]],
    ['x', [{ email: 'ana@uni.example' }]],
  ])
  await mailer.close()
  await new Promise((resolve) => provider.close(resolve))
})
