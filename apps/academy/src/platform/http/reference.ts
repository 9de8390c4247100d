/** /docs: the API reference, rendered here from the OpenAPI document: no script, nothing asked of another host. */
import { createHash } from 'node:crypto'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { html, raw } from 'hono/html'
import type { Variables } from './create-api.ts'
import { PROBLEMS } from './problem.ts'
import { contentPolicy } from './security.ts'

type Schema = Record<string, unknown>
type Operation = {
  summary?: string
  description?: string
  tags?: string[]
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema?: Schema }[]
  requestBody?: { content?: Record<string, { schema?: Schema }> }
  responses?: Record<string, { description?: string; content?: Record<string, { schema?: Schema }> }>
}

export function mountReference(app: OpenAPIHono<{ Variables: Variables }>): void {
  app.get('/docs', async (c) => {
    const response = await app.request('/openapi.json')
    const document = (await response.json()) as {
      info: { title: string; version: string; description?: string }
      paths: Record<string, Record<string, Operation>>
    }
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
    )
    const tags = [...new Set(operations.map(({ operation }) => operation.tags?.[0] ?? 'other'))]
    c.header('content-security-policy', contentPolicy(STYLE_HASH))
    return c.html(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${document.info.title} API</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<style>${raw(STYLE)}</style>
</head>
<body>
<main>
<h1>${document.info.title} API <small>${document.info.version}</small></h1>
<p>${document.info.description ?? ''}</p>
<p>Machine-readable: <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1).</p>
${tags.map(
  (tag) => html`<section><h2>${tag}</h2>
${operations.filter(({ operation }) => (operation.tags?.[0] ?? 'other') === tag).map(operationIn)}</section>`,
)}
<section><h2>Problems</h2>
<p>Everything that is not a success is an RFC 9457 problem with one of these codes, or one that a rule gives.</p>
<table><thead><tr><th scope="col">Code</th><th scope="col">Status</th><th scope="col">Meaning</th></tr></thead><tbody>
${Object.entries(PROBLEMS).map(
  ([code, [status, en]]) => html`<tr><td><code>${code}</code></td><td>${status}</td><td>${en}</td></tr>`,
)}</tbody></table></section>
</main>
</body>
</html>`)
  })
}

const operationIn = ({ path, method, operation }: { path: string; method: string; operation: Operation }) => {
  const body = Object.values(operation.requestBody?.content ?? {})[0]?.schema
  return html`<article id="${`${method}${path}`}">
<h3><code>${method} ${path}</code></h3>
<p><strong>${operation.summary ?? ''}</strong></p>
<p>${operation.description ?? ''}</p>
${
  operation.parameters?.length
    ? html`<table><thead><tr><th scope="col">Parameter</th><th scope="col">In</th><th scope="col">Meaning</th></tr></thead><tbody>
${operation.parameters.map(
  (parameter) =>
    html`<tr><td><code>${parameter.name}</code>${parameter.required ? ' (required)' : ''}</td><td>${parameter.in}</td><td>${parameter.description ?? ''}</td></tr>`,
)}</tbody></table>`
    : ''
}
${body ? html`<details open><summary>Body</summary><pre>${JSON.stringify(body, null, 2)}</pre></details>` : ''}
${Object.entries(operation.responses ?? {}).map(([status, { description, content }]) => {
  const [type, media] = Object.entries(content ?? {})[0] ?? []
  return html`<details><summary>${status} ${description ?? ''} <small>${type ?? ''}</small></summary><pre>${JSON.stringify(media?.schema ?? {}, null, 2)}</pre></details>`
})}
</article>`
}

const STYLE = `
:root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5 }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem }
article { border-top: 1px solid #8885; padding: .5rem 0 1rem }
h2 { margin-top: 2.5rem; text-transform: capitalize }
pre { overflow-x: auto; padding: .75rem; border: 1px solid #8885; border-radius: .5rem; font-size: .875rem }
p { white-space: pre-line }
code { overflow-wrap: anywhere }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #8885; vertical-align: top }
`

const STYLE_HASH = `sha256-${createHash('sha256').update(STYLE).digest('base64')}`
