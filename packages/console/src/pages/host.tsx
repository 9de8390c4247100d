/** What the console is told by the application that it is part of. */
import { createContext, type ReactNode, useContext } from 'react'

export interface ConsoleHost {
  /** Name of the product, beside the mark. */
  name: string
  /** The mark; Cascata's when left out. */
  mark?: ReactNode
  /** Where the way out of the console leads. */
  home: string
  /** Address of the sign-in page that comes back to `returnTo`. */
  signIn: (returnTo: string) => string
  signOut?: () => Promise<void>
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
