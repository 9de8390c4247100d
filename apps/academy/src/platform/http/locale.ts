import type { Locale } from './endpoint.ts'

/** Portuguese unless the reader prefers English: `Accept-Language`, highest quality first (RFC 9110 §12.5.4). */
export function localeOf(acceptLanguage: string | undefined): Locale {
  const wanted = (acceptLanguage ?? '')
    .split(',')
    .map((range) => {
      const [tag = '', ...parameters] = range.trim().toLowerCase().split(';')
      const q = parameters.map((p) => /^\s*q=([\d.]+)\s*$/.exec(p)?.[1]).find((value) => value !== undefined)
      return { language: tag.trim().split('-')[0], quality: q === undefined ? 1 : Number(q) }
    })
    .filter(({ language, quality }) => (language === 'pt' || language === 'en') && quality > 0)
    .sort((a, b) => b.quality - a.quality)
  return wanted[0]?.language === 'en' ? 'en' : 'pt-BR'
}
