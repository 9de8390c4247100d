import { type Kind, PREFIXES } from '../contract/index.ts'

export const showId = (kind: Kind, uuid: string): string => PREFIXES[kind] + uuid

export const showIdOrNull = (kind: Kind, uuid: string | null): string | null =>
  uuid === null ? null : showId(kind, uuid)

/** The UUID of an id with or without prefix; the contract has checked its form. */
export const uuidOf = (id: string): string => id.slice(-36).toLowerCase()

/** What the prefix says; undefined without one. */
export const kindOf = (id: string): Kind | undefined =>
  (Object.keys(PREFIXES) as Kind[]).find((kind) => id.toLowerCase().startsWith(PREFIXES[kind]))

const uuidMs = (uuid: string): number => Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16)

const msUuid = (ms: number, rest: string): string => {
  const hex = Math.min(Math.max(Math.floor(ms), 0), 2 ** 48 - 1)
    .toString(16)
    .padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-${rest}`
}

/** The least and the greatest UUID of a millisecond. Records that one event caused carry its millisecond and a hash. */
export const floorOf = (ms: number): string => msUuid(ms, '0000-0000-000000000000')
export const ceilingOf = (ms: number): string => msUuid(ms, 'ffff-ffff-ffffffffffff')

/** The least id that something caused by this one may have. */
export const notBefore = (uuid: string): string => floorOf(uuidMs(uuid))
export const sameMillisecond = (uuid: string) => ({ least: floorOf(uuidMs(uuid)), greatest: ceilingOf(uuidMs(uuid)) })

/** The same in SQL, of any expression. */
export const sqlFloor = (uuid: string): string => `(left(${uuid}::text, 13) || '-0000-0000-000000000000')::uuid`
export const sqlCeiling = (uuid: string): string => `(left(${uuid}::text, 13) || '-ffff-ffff-ffffffffffff')::uuid`
