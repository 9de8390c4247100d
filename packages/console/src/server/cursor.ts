/** Where a page begins: after or before one record, whose id and institution are unique together. */
import { Refused } from './problem.ts'

export interface Cursor {
  /** Older records than it, or newer ones. */
  direction: 'older' | 'newer'
  id: string
  tenant: string
}

const FORM = /^([on])([0-9a-f]{32})([0-9a-f]{32})$/

export function encodeCursor({ direction, id, tenant }: Cursor): string {
  return Buffer.from(`${direction[0]}${id}${tenant}`.replaceAll('-', '')).toString('base64url')
}

/** @throws Refused `invalid-input` for anything that `encodeCursor` did not make. */
export function decodeCursor(text: string | undefined): Cursor | undefined {
  if (text === undefined) return undefined
  const parts = FORM.exec(Buffer.from(text, 'base64url').toString('latin1'))
  if (!parts) {
    throw new Refused('invalid-input', [{ field: 'cursor', code: 'not-a-cursor', message: 'not-a-cursor' }])
  }
  return {
    direction: parts[1] === 'o' ? 'older' : 'newer',
    id: uuid(parts[2] as string),
    tenant: uuid(parts[3] as string),
  }
}

const uuid = (hex: string): string =>
  [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
