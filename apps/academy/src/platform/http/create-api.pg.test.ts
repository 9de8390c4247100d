import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Academy, startAcademy } from '../../../test-support/start-academy.ts'
import { routes } from '../../app.ts'

let academy: Academy
beforeAll(async () => {
  academy = await startAcademy()
})
afterAll(() => academy?.stop())

type Document = {
  openapi: string
  paths: Record<
    string,
    Record<string, { requestBody?: unknown; responses: Record<string, unknown>; security?: object[] }>
  >
}

test('OpenAPI 3.1 describes every route', async () => {
  const document = (await (await academy.fetch('/openapi.json')).json()) as Document
  expect(document.openapi).toBe('3.1.0')
  for (const { contract } of routes) {
    const [method = '', pattern = ''] = contract.path.split(' ')
    const operation = document.paths[pattern.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]
    expect(operation, contract.path).toBeDefined()
    expect(Object.keys(operation?.responses ?? {}), contract.path).toContain(String(contract.status ?? 200))
  }
  expect(Object.keys(document.paths)).toContain('/api/auth/sign-in/email')
  expect(JSON.stringify(document.paths['/activities']?.['post']?.requestBody)).toContain('dueHour')
})

test('OpenAPI says every answer that an operation may give, and how one signs in', async () => {
  const document = (await (await academy.fetch('/openapi.json')).json()) as Document & {
    components: { securitySchemes: Record<string, object> }
  }
  expect(document.components.securitySchemes).toMatchObject({ session: { type: 'apiKey', in: 'cookie' } })
  for (const { kind, contract } of routes) {
    const [method = '', pattern = ''] = contract.path.split(' ')
    const operation = document.paths[pattern.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]
    const given = Object.keys(operation?.responses ?? {})
    const due = [
      '500',
      '503',
      ...(contract.params || contract.query || contract.body ? ['400'] : []),
      ...(contract.params ? ['404'] : []),
      ...(method === 'GET' ? [] : ['403', '409', '413']),
      ...(contract.body ? ['415', '422'] : []),
    ]
    expect(given, contract.path).toEqual(expect.arrayContaining(due))
    expect(operation?.security, contract.path).toEqual(kind === 'public-route' ? undefined : [{ session: [] }])
  }
})

test('the reference page needs nothing from elsewhere', async () => {
  const response = await academy.fetch('/docs')
  const page = await response.text()
  expect(page).toContain('POST /activities')
  expect(page).not.toMatch(/<script|(src|href)="(https?:)?\/\//)
})

test('security headers on everything, problems included', async () => {
  for (const path of ['/docs', '/nothing-here', '/api/me']) {
    const { headers } = await academy.fetch(path)
    expect(headers.get('content-security-policy')).toContain("default-src 'self'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  }
})

test('what is not there is a problem in the reader’s language', async () => {
  const ask = async (language: string) =>
    (await academy.fetch('/nothing-here', { headers: { 'accept-language': language } })).json()
  expect(await ask('en')).toMatchObject({ status: 404, code: 'not-found', detail: 'There is nothing here.' })
  expect(await ask('de')).toMatchObject({ status: 404, code: 'not-found', detail: 'Não há nada aqui.' })
})
