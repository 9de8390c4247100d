const UNITS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 }

/** Milliseconds of an instant, or of so long ago; the contract has checked the form. */
export function instantMs(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined
  if (!text.startsWith('-')) return Date.parse(text)
  return Math.max(0, now - Number(text.slice(1, -1)) * (UNITS[text.slice(-1)] as number))
}
