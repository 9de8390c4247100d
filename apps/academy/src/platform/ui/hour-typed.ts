/** `07:50` for `7:50`, `0750`, `750`, `07h50` and `7h50`; `07:00` for `7`; undefined for what is no hour of a day. */
export function hourTyped(typed: string): string | undefined {
  const [, hour = '', minute = '00'] =
    /^(\d{1,2})\s*[:h.]\s*(\d{2})?$/i.exec(typed.trim()) ?? /^(\d{1,2}?)(\d{2})?$/.exec(typed.trim()) ?? []
  const written = `${hour.padStart(2, '0')}:${minute}`
  return hour !== '' && /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/.test(written) ? written : undefined
}
