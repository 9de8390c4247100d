/** A call as HTTP has it: parameters in the path, the rest in the query, or in the body of what changes something. */
interface HttpCall {
  method: string
  url: string
  body: string | undefined
}

const text = (value: unknown) => (Array.isArray(value) ? value.join(',') : String(value))

export function httpCall(path: string, values: Readonly<Record<string, unknown>>): HttpCall {
  const [method = 'GET', pattern = '/'] = path.split(' ')
  const rest = new Map(Object.entries(values).filter(([, value]) => value !== undefined && value !== null))
  const filled = pattern.replace(/:(\w+)/g, (_, name: string) => {
    const value = rest.get(name)
    rest.delete(name)
    return encodeURIComponent(text(value))
  })
  if (method !== 'GET') return { method, url: filled, body: JSON.stringify(Object.fromEntries(rest)) }
  const query = new URLSearchParams()
  for (const [name, value] of rest) if (text(value) !== '') query.set(name, text(value))
  const search = query.toString()
  return { method, url: search ? `${filled}?${search}` : filled, body: undefined }
}
