import type pg from 'pg'

const number = (text: string) => Number(text)
const json = (text: string) => JSON.parse(text) as unknown

/** By the numbers that PostgreSQL gave its types: fixed for ever. */
const PARSERS: Record<number, (text: string) => unknown> = {
  16: (text) => text === 't', // boolean
  21: number, // smallint
  23: number, // integer
  700: number, // real
  701: number, // double precision
  114: json,
  3802: json, // jsonb
  1184: (text) => new Date(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')), // timestamptz; DateStyle is ISO
}

/**
 * How the engine reads what its own statements return. The driver's parsers belong to the whole process, and the
 * application may change them: jsonb as text, dates as objects of a library.
 */
export const OWN_TYPES: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number) => PARSERS[oid] ?? String) as unknown as pg.CustomTypesConfig['getTypeParser'],
}
