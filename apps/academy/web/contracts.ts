/**
 * Pages need the address of a contract and the names of its fields; what is in them the server validates. So the
 * client is given that much, and neither schemas nor the validator that they are made with: a fifth of a first visit.
 */
import { pathToFileURL } from 'node:url'
import type { Plugin } from 'vite'
import type { Endpoint } from '../src/platform/http/endpoint.ts'

const IS_CONTRACT = /\/apps\/academy\/src\/.*\.(contract|fields)\.ts$/

/** While developing, contracts come as they are: what was read once would not notice a change. */
export const contractsForPages: Plugin = {
  name: 'contracts-for-pages',
  apply: 'build',
  load: {
    filter: { id: IS_CONTRACT },
    handler: forPages,
  },
}

/** @returns null for a module that comes as it is. */
export async function forPages(id: string): Promise<string | null> {
  const exported = Object.entries((await import(pathToFileURL(id).href)) as Record<string, unknown>)
  // A rule that pages apply too stays a rule.
  if (exported.some(([, value]) => typeof value === 'function')) return null
  // A schema is left out: a page that asks for one is not built.
  return exported.flatMap(([name, value]) => wordsOf(name, value)).join('\n')
}

function wordsOf(name: string, value: unknown): string[] {
  const kept = isEndpoint(value) ? outlineOf(value) : value
  return isData(kept) ? [`export const ${name} = ${JSON.stringify(kept)}`] : []
}

const isEndpoint = (value: unknown): value is Endpoint =>
  typeof value === 'object' && value !== null && 'path' in value && 'roles' in value && 'response' in value

function outlineOf({ path, query, body, stream }: Endpoint): object {
  const shapeOf = (of: { shape: object } | undefined) => of && { shape: namesIn(of.shape) }
  return { path, query: shapeOf(query), body: shapeOf(body), stream: stream && namesIn(stream) }
}

const namesIn = (fields: object) => Object.fromEntries(Object.keys(fields).map((name) => [name, 0]))

function isData(value: unknown): boolean {
  if (value === undefined || value === null || ['string', 'number', 'boolean'].includes(typeof value)) return true
  if (Array.isArray(value)) return value.every(isData)
  return (
    typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isData)
  )
}
