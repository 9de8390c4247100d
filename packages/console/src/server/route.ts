/** Joins an endpoint of the contract to the function that answers it. */
import type pg from 'pg'
import type { Endpoint, InputOf, ResponseOf, Role } from '../contract/index.ts'
import { type Reader, reading } from './read.ts'

/** Who asks, as the application's `authorize` says. */
export interface Person {
  userId: string
  name: string
  role: Role
}

export interface Asked<E extends Endpoint> {
  input: InputOf<E>
  by: Person
}

export interface Route {
  readonly endpoint: Endpoint
  readonly answer: (asked: Asked<Endpoint>) => Promise<unknown>
}

export function route<E extends Endpoint>(endpoint: E, answer: (asked: Asked<E>) => Promise<ResponseOf<E>>): Route {
  return { endpoint, answer: answer as never }
}

/** A route that reads one snapshot, by following indexes. */
export const lookUpRoute = <E extends Endpoint>(
  pool: pg.Pool,
  endpoint: E,
  answer: (db: Reader, asked: Asked<E>) => Promise<ResponseOf<E>>,
): Route => route(endpoint, (asked) => reading(pool, 'look-up', (db) => answer(db, asked)))

/** A route that reads one snapshot, and sums up. */
export const gatherRoute = <E extends Endpoint>(
  pool: pg.Pool,
  endpoint: E,
  answer: (db: Reader, asked: Asked<E>) => Promise<ResponseOf<E>>,
): Route => route(endpoint, (asked) => reading(pool, 'gather', (db) => answer(db, asked)))
