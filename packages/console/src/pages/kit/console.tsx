/** What every page is given: language, texts, formats, the zone that times are shown in. */
import { useQuery } from '@tanstack/react-query'
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react'
import { useHost } from '../host.tsx'
import { chooseLanguage, createTranslate, type Language, type Translate } from '../i18n/words.ts'
import { createFormat, type Format } from './format.ts'
import { useStored } from './stored.ts'

export const ZONES = ['local', 'institution', 'utc'] as const
export type Zone = (typeof ZONES)[number]

interface Console {
  language: Language
  setLanguage: (language: Language) => void
  t: Translate
  zone: Zone
  setZone: (zone: string) => void
  /** The zone of the institution on the page, once it is known. */
  institutionZone: string | undefined
  setInstitution: (id: string | undefined) => void
  format: Format
}

const ConsoleContext = createContext<Console | undefined>(undefined)

const STORED_LANGUAGE = 'cascata.language'

export function ConsoleProvider({ locale, children }: { locale?: Language | undefined; children: ReactNode }) {
  const { language, setLanguage } = useLanguage(locale)
  const [storedZone, setZone] = useStored('cascata.zone', 'local')
  const [institution, setInstitution] = useState<string>()
  const zone = ZONES.find((each) => each === storedZone) ?? 'local'
  const institutionZone = useZones(zone === 'institution')?.get(institution ?? '')

  useEffect(() => {
    document.documentElement.lang = language
  }, [language])

  const t = useMemo(() => createTranslate(language), [language])
  const format = useMemo(
    () => createFormat(language, timeZoneOf(zone, institutionZone)),
    [language, zone, institutionZone],
  )
  const value = useMemo<Console>(
    () => ({ language, setLanguage, t, zone, setZone, institutionZone, setInstitution, format }),
    [language, setLanguage, t, zone, setZone, institutionZone, format],
  )
  return <ConsoleContext value={value}>{children}</ConsoleContext>
}

/** The reader's choice in this browser, else the account's language, else the application's for all, else the browser's. */
function useLanguage(locale: Language | undefined) {
  const [chosen, choose] = useStored(STORED_LANGUAGE, '')
  const { accountLanguage } = useHost()
  const ofAccount = useQuery({
    queryKey: ['account-language'],
    queryFn: async () => (await accountLanguage?.read()) ?? null,
    enabled: chosen === '' && accountLanguage !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: ({ state: { error } }) => (error ? HOST_AGAIN_MS : false),
  }).data
  const language = chooseLanguage([chosen, ofAccount, locale, ...navigator.languages])
  const setLanguage = useCallback(
    (next: Language) => {
      choose(next)
      accountLanguage?.change(next).catch(() => {})
    },
    [choose, accountLanguage],
  )
  return { language, setLanguage }
}

/** Knowledge of the application that could not be had is asked for again after this. */
const HOST_AGAIN_MS = 5_000

/** Zones are the application's knowledge; asked for once somebody wants them. */
function useZones(wanted: boolean) {
  const { institutionZones } = useHost()
  return useQuery({
    queryKey: ['institution-zones'],
    queryFn: async () => (await institutionZones?.()) ?? new Map<string, string>(),
    enabled: wanted && institutionZones !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: ({ state: { error } }) => (error ? HOST_AGAIN_MS : false),
  }).data
}

const timeZoneOf = (zone: Zone, institutionZone: string | undefined) => {
  if (zone === 'utc') return 'UTC'
  const local = Intl.DateTimeFormat().resolvedOptions().timeZone
  return zone === 'institution' ? (institutionZone ?? local) : local
}

export function useConsole(): Console {
  const value = useContext(ConsoleContext)
  if (!value) throw new Error('a page of the console needs a ConsoleProvider above it')
  return value
}

/** A record's page, or a list of one institution, says whose zone "institution" means. */
export function useInstitution(id: string | undefined) {
  const { setInstitution } = useConsole()
  useEffect(() => {
    setInstitution(id)
    return () => setInstitution(undefined)
  }, [id, setInstitution])
}
