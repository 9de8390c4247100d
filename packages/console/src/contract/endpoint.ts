/**
 * What the two sides of one HTTP endpoint agree on. The pages and the server import the same value, so a changed field is
 * a type error on both. No server code here: these files are part of the browser's bundle.
 */
import type { z } from 'zod'

/** What a person may do here: each role may do what those before it may. */
export const ROLES = ['viewer', 'operator', 'admin'] as const
export type Role = (typeof ROLES)[number]

type Shape = z.ZodObject

export type Endpoint<
  Params extends Shape = Shape,
  Query extends Shape = Shape,
  Body extends Shape = Shape,
  Response extends z.ZodType = z.ZodType,
> = {
  /** Method and path below the console's base, parameters as `:name`. */
  path: `${'GET' | 'POST'} /${string}`
  /** The least role that may call it; others get 403, and 401 when nobody is signed in. */
  role: Role
  summary: string
  tag: string
  params?: Params
  query?: Query
  body?: Body
  /** Codes of its refusals, besides those that every endpoint may give. */
  refusals?: readonly ProblemCode[]
  response: Response
}

/** Declares an endpoint and keeps every type of it. */
export const endpoint = <
  Response extends z.ZodType,
  Params extends Shape = z.ZodObject<Record<never, never>>,
  Query extends Shape = z.ZodObject<Record<never, never>>,
  Body extends Shape = z.ZodObject<Record<never, never>>,
>(
  definition: Endpoint<Params, Query, Body, Response>,
): Endpoint<Params, Query, Body, Response> => definition

/** An object of nothing has any string as key: it must not spoil what it is joined with. */
type Named<T> = string extends keyof T ? unknown : T
type Part<S> = S extends z.ZodType ? Named<z.output<S>> : unknown
type Sent<S> = S extends z.ZodType ? Named<z.input<S>> : unknown
type Flat<T> = { [K in keyof T]: T[K] }

/** Parameters, query and body together, as the server reads them. */
export type InputOf<E extends Endpoint> = Flat<
  Part<NonNullable<E['params']>> & Part<NonNullable<E['query']>> & Part<NonNullable<E['body']>>
>
/** The same as a page may send them: what has a default may be left out. */
export type RequestOf<E extends Endpoint> = Flat<
  Sent<NonNullable<E['params']>> & Sent<NonNullable<E['query']>> & Sent<NonNullable<E['body']>>
>
export type ResponseOf<E extends Endpoint> = z.output<E['response']>

/** Every reason that the API gives for not doing something, with its HTTP status. */
export const PROBLEMS = {
  'malformed-request': 400,
  unauthenticated: 401,
  'wrong-role': 403,
  'wrong-origin': 403,
  'not-found': 404,
  'not-finished': 409,
  'already-succeeded': 409,
  'reprocess-open': 409,
  'changed-meanwhile': 409,
  'too-large': 413,
  'unsupported-media-type': 415,
  'invalid-input': 422,
  internal: 500,
  unavailable: 503,
  'took-too-long': 503,
} as const
export type ProblemCode = keyof typeof PROBLEMS

/** One thing that is wrong with one field. `code` is stable; pages word it. */
export type FieldError = { field: string; code: string; message: string }

/** RFC 9457 body (`application/problem+json`) of everything that is not a success. */
export type Problem = {
  type: string
  title: string
  status: number
  detail: string
  code: ProblemCode
  errors?: FieldError[]
}

/** Method and address of a call, relative to the console's base: parameters filled in, the query encoded. */
export const addressOf = <E extends Endpoint>(endpoint: E, request: RequestOf<E>): { method: string; url: string } => {
  const values = request as Record<string, unknown>
  const [method = 'GET', pattern = '/'] = endpoint.path.split(' ')
  const path = pattern.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(values[name])))
  const query = new URLSearchParams()
  for (const name of Object.keys(endpoint.query?.shape ?? {})) {
    const value = values[name]
    if (value === undefined || value === null || value === '') continue
    query.set(name, Array.isArray(value) ? value.join(',') : String(value))
  }
  const search = query.toString()
  return { method, url: search ? `${path}?${search}` : path }
}
