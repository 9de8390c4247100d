/**
 * What the two sides of one HTTP endpoint agree on. Pages and the server import the same value, so a changed field is a
 * type error on both. No server code here: of the value, the browser gets address and names of fields (web/contracts.ts).
 */
import type { z } from 'zod'

export const ROLES = ['staff', 'teacher', 'student', 'administrator'] as const
export type Role = (typeof ROLES)[number]

export const LOCALES = ['pt-BR', 'en'] as const
export type Locale = (typeof LOCALES)[number]

/** A text that people read, in every language of the product. */
export type Text = { en: string; pt: string }
export const textIn = (text: Text, locale: Locale) => (locale === 'en' ? text.en : text.pt)

/** Names one intent of the sender: a POST that comes again with it is not done again. */
export const IDEMPOTENCY_KEY = 'idempotency-key'

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
export type Path = `${Method} /${string}`

type Shape = z.ZodObject

export type Endpoint<
  P extends Path = Path,
  Params extends Shape = Shape,
  Query extends Shape = Shape,
  Body extends Shape = Shape,
  Response extends z.ZodType = z.ZodType,
  Stream extends Record<string, z.ZodType> = Record<string, z.ZodType>,
> = {
  /** Method and path, parameters as `:name`. */
  path: P
  /** Who may call it; everybody else gets 403, and 401 without a session. */
  roles: readonly Role[]
  summary: Text
  tag: string
  params?: Params
  query?: Query
  body?: Body
  /** Status of the good answer. */
  status?: 200 | 201
  response: Response
  /** For `text/event-stream`: name of each event and its data. `response` is then the first state, sent as `snapshot`. */
  stream?: Stream
}

/** An object schema without fields. */
type Nothing = z.ZodObject<Record<never, never>>

/** Declares an endpoint and keeps every type of it. */
export const endpoint = <
  const P extends Path,
  Response extends z.ZodType,
  Params extends Shape = Nothing,
  Query extends Shape = Nothing,
  Body extends Shape = Nothing,
  Stream extends Record<string, z.ZodType> = Record<never, never>,
>(
  definition: Endpoint<P, Params, Query, Body, Response, Stream>,
): Endpoint<P, Params, Query, Body, Response, Stream> => definition

// zod's own type of an object without fields has an index signature that would refuse every field beside it.
type Part<S> = S extends z.ZodObject<infer Fields> ? (keyof Fields extends never ? unknown : z.output<S>) : unknown
type Sent<S> = S extends z.ZodObject<infer Fields> ? (keyof Fields extends never ? unknown : z.input<S>) : unknown
type Flat<T> = { [K in keyof T]: T[K] }

/** Parameters, query and body together, as the handler receives them. */
export type InputOf<E extends Endpoint> = Flat<
  Part<NonNullable<E['params']>> & Part<NonNullable<E['query']>> & Part<NonNullable<E['body']>>
>
/** The same as a page may send them: what has a default may be left out. */
export type RequestOf<E extends Endpoint> = Flat<
  Sent<NonNullable<E['params']>> & Sent<NonNullable<E['query']>> & Sent<NonNullable<E['body']>>
>
export type ResponseOf<E extends Endpoint> = z.output<E['response']>

/**
 * One thing that is wrong with one field; `code` never changes, `message` is in the reader's language. `id`: which of the
 * ids that were sent.
 */
export type FieldError = { field: string; code: string; message: string; id?: string }

/** RFC 9457 body of everything that is not a success. */
export type Problem = {
  type: string
  title: string
  status: number
  detail: string
  code: string
  requestId: string
  errors?: FieldError[]
}

/** Two-step verification is turned off by one of these for somebody who lost the app and its recovery codes. */
export const TURNED_OFF_BY = ['office', 'colleague', 'operator'] as const
export type TurnedOffBy = (typeof TURNED_OFF_BY)[number]

/** The answer `code-needed` says besides who turns it off, and how whoever runs the installation is reached. */
export type WhomToAsk = {
  turnedOffBy: TurnedOffBy
  /** With `operator`, where the installation names it: an e-mail address, or the https address of a page. */
  operatorContact?: string
}
