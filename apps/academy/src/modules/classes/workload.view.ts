import type { Locale } from '../../platform/http/endpoint.ts'

/** `0`, `15min`, `1h`, `1h e 30min` (in English `1h 30min`). */
export function workloadText(minutes: number, locale: Locale): string {
  const hours = Math.floor(minutes / 60)
  const rest = minutes % 60
  if (hours === 0) return rest === 0 ? '0' : `${rest}min`
  if (rest === 0) return `${hours}h`
  return locale === 'en' ? `${hours}h ${rest}min` : `${hours}h e ${rest}min`
}
