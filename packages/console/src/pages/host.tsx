/** What the console is told by the application that it is part of. */
import { createContext, type ReactNode, useContext } from 'react'
import type { Label } from '../contract/index.ts'
import type { Language } from './i18n/words.ts'

/** A page of the application, and what the application calls it. */
export interface HostLink {
  href: string
  label: Label
  icon?: ReactNode
}

export interface AccountLanguage {
  /** It is asked for, and shown, as long as the reader has chosen none in this browser. Nothing: nobody is signed in. */
  read: () => Promise<Language | undefined>
  /** The reader chose one in the console. Where this rejects the choice holds in this browser alone. */
  change: (language: Language) => Promise<unknown>
}

export interface ConsoleHost {
  /** Name of the product, beside the mark. */
  name: string
  /** The mark; Cascata's when left out. */
  mark?: ReactNode
  /** The way back to the application, in the header of every page. */
  home: HostLink
  /** Other pages of it, below the name of whoever is signed in: their account, for instance. */
  links?: readonly HostLink[]
  /** Address of the sign-in page that comes back to `returnTo`. */
  signIn: (returnTo: string) => string
  /** Rejects when the person is still signed in. */
  signOut?: () => Promise<void>
  /** The language that the account of whoever is signed in has; without it the browser's is shown. */
  accountLanguage?: AccountLanguage
  /** Time zone of each institution, by its id; without it "institution" is no choice for times. */
  institutionZones?: () => Promise<ReadonlyMap<string, string>>
  /** What starts a daemon here: shown when none is running. */
  daemonCommand: string
}

const HostContext = createContext<ConsoleHost | undefined>(undefined)

export function HostProvider({ host, children }: { host: ConsoleHost; children: ReactNode }) {
  return <HostContext value={host}>{children}</HostContext>
}

export function useHost(): ConsoleHost {
  const host = useContext(HostContext)
  if (!host) throw new Error('the console needs a HostProvider above it')
  return host
}

/** Address of the sign-in page that comes back to the page that is open. */
export function useSignIn(): string {
  const { signIn } = useHost()
  return signIn(location.pathname + location.search)
}
