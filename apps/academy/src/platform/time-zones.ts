/** Time zones by their IANA names, and as people call them. Part of the browser's bundle. */
import type { Locale } from './http/endpoint.ts'

export const DEFAULT_TIME_ZONE = 'America/Sao_Paulo'

/** Brazil has four times; each of its zones has one, and a place that is known for it. */
const TIMES = {
  brasilia: { pt: 'horário de Brasília', en: 'Brasília time' },
  amazonas: { pt: 'horário do Amazonas', en: 'Amazonas time' },
  acre: { pt: 'horário do Acre', en: 'Acre time' },
  noronha: { pt: 'horário de Fernando de Noronha', en: 'Fernando de Noronha time' },
} as const

const BRAZILIAN: Readonly<Record<string, { time: keyof typeof TIMES; places: string }>> = {
  'America/Sao_Paulo': { time: 'brasilia', places: 'São Paulo, Brasília' },
  'America/Bahia': { time: 'brasilia', places: 'Salvador' },
  'America/Fortaleza': { time: 'brasilia', places: 'Fortaleza, São Luís, Teresina' },
  'America/Recife': { time: 'brasilia', places: 'Recife' },
  'America/Maceio': { time: 'brasilia', places: 'Maceió, Aracaju' },
  'America/Belem': { time: 'brasilia', places: 'Belém, Macapá' },
  'America/Santarem': { time: 'brasilia', places: 'Santarém' },
  'America/Araguaina': { time: 'brasilia', places: 'Araguaína, Palmas' },
  'America/Manaus': { time: 'amazonas', places: 'Manaus' },
  'America/Cuiaba': { time: 'amazonas', places: 'Cuiabá' },
  'America/Campo_Grande': { time: 'amazonas', places: 'Campo Grande' },
  'America/Porto_Velho': { time: 'amazonas', places: 'Porto Velho' },
  'America/Boa_Vista': { time: 'amazonas', places: 'Boa Vista' },
  'America/Rio_Branco': { time: 'acre', places: 'Rio Branco' },
  'America/Eirunepe': { time: 'acre', places: 'Eirunepé' },
  'America/Noronha': { time: 'noronha', places: 'Fernando de Noronha' },
}

export const BRAZILIAN_TIME_ZONES: readonly string[] = Object.keys(BRAZILIAN)

const known = new Set([...BRAZILIAN_TIME_ZONES, ...Intl.supportedValuesOf('timeZone'), 'UTC'])

/** As the list of IANA writes it. */
export const isTimeZone = (name: string) => known.has(name)

/** For the middle of a sentence: `horário de Brasília`, `Brasília time`; `Europe/London` as the reader's language calls it. */
export function zoneInWords(timeZone: string, locale: Locale): string {
  const brazilian = BRAZILIAN[timeZone]
  if (brazilian) return locale === 'en' ? TIMES[brazilian.time].en : TIMES[brazilian.time].pt
  const name = new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : 'pt-BR', { timeZone, timeZoneName: 'longGeneric' })
    .formatToParts(0)
    .find(({ type }) => type === 'timeZoneName')?.value
  if (name === undefined) return timeZone
  return locale === 'en' ? name : name.replace(/^Horário/, 'horário')
}

/** To choose from: `Rio Branco · horário do Acre`, and for others their names. */
export const zoneChoice = (timeZone: string, locale: Locale): { value: string; label: string } => {
  const places = BRAZILIAN[timeZone]?.places ?? timeZone.replaceAll('_', ' ')
  return { value: timeZone, label: `${places} · ${zoneInWords(timeZone, locale)}` }
}

export const otherTimeZones = (): string[] => [...known].filter((name) => !(name in BRAZILIAN)).sort()

/** Where this browser is, when it is in Brazil. */
export function browsersTimeZone(): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()
  return timeZone in BRAZILIAN ? timeZone : DEFAULT_TIME_ZONE
}
