import { createHash, randomFillSync } from 'node:crypto'
import { CascataError } from '../errors.ts'

/**
 * Ids are UUIDv7 (RFC 9562 §5.7): 48 bits of milliseconds, so that a fact's id names its partition and sorts by time.
 * Within one process ids only grow: 12 bits count inside a millisecond, and run ahead of the clock when they overflow.
 * Only when the clock is set back by more than a minute they follow it, or all would be refused until it has caught up.
 */
let lastMs = 0
let counter = 0
let skewMs = 0
const CLOCK_SET_BACK_MS = 60_000

const random = Buffer.alloc(8 * 512)
let randomAt = random.length

export function uuidv7(): string {
  const now = Math.round(Date.now() + skewMs)
  if (now > lastMs || now < lastMs - CLOCK_SET_BACK_MS) {
    lastMs = now
    counter = 0
  } else if (++counter > 0xfff) {
    lastMs++
    counter = 0
  }
  if (randomAt === random.length) {
    randomFillSync(random)
    randomAt = 0
  }
  const tail = random.toString('hex', randomAt, randomAt + 8)
  randomAt += 8
  return format(lastMs, counter.toString(16).padStart(3, '0'), tail)
}

/**
 * The clock that ids are made with follows the database's: database − this process, in milliseconds. It holds for the whole
 * process. A daemon asks for it when it starts and each minute. A process without one need not call this: its clock may
 * differ by five minutes, and when the database refuses an id (`clock-skew`) ids follow its clock from then on. Two
 * databases with different clocks in one process would move it to and fro.
 * @throws CascataError `bad-option` for anything but a finite number.
 */
export function correctClock(databaseMinusLocalMs: number): void {
  if (!Number.isFinite(databaseMinusLocalMs)) {
    throw new CascataError('bad-option', `${databaseMinusLocalMs} is no difference of clocks.`, {
      fix: "pass the database's clock minus this machine's, in milliseconds.",
    })
  }
  skewMs = databaseMinusLocalMs
}

/** Now by the corrected clock, in milliseconds since 1970. */
export function correctedNow(): number {
  return Date.now() + skewMs
}

/**
 * An id that is the same however often it is made: the time of the id it derives from, and a hash. What an event's
 * handler creates carries such ids, so a repeated save meets its own primary key instead of doubling the work.
 */
export function derivedUuid(from: string, ...parts: readonly (string | number)[]): string {
  const hash = createHash('sha256')
    .update([from, ...parts].join('\u001f'))
    .digest('hex')
  return format(uuidMs(from), hash.slice(0, 3), hash.slice(3, 19))
}

/** The milliseconds that a UUIDv7 carries. */
export function uuidMs(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
}

function format(ms: number, twelveBits: string, sixteenHex: string): string {
  const time = ms.toString(16).padStart(12, '0')
  const variant = ((Number.parseInt(sixteenHex[0] as string, 16) & 0x3) | 0x8).toString(16)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${twelveBits}-${variant}${sixteenHex.slice(1, 4)}-${sixteenHex.slice(4)}`
}

/** The tenant of those who have only one. */
export const SINGLE_TENANT = '00000000-0000-0000-0000-000000000000'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** @throws CascataError `bad-option` unless the value is a UUID. */
export function checkedUuid(name: string, value: unknown): string {
  if (isUuid(value)) return value
  throw new CascataError('bad-option', `${name} "${String(value)}" is no UUID.`, {
    fix: 'pass the id as it was given to you.',
  })
}

export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value)
}
