/** Who is signed in. The rules of sessions are the server's; here they are asked for, shared, and ended. */
import { type QueryClient, queryOptions, type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useMemo } from 'react'
import type { ApiProblem } from '../http/client.ts'
import type { Locale, Role } from '../http/endpoint.ts'
import { isAway, SESSION_KEY, worthRetrying } from './api.tsx'
import { createFormat, type Format } from './format.ts'
import { usePreferredLanguage } from './preferences.tsx'
import { clearToasts } from './toast.tsx'

export interface Person {
  id: string
  name: string
  email: string
  role: Role
  locale: Locale
  /** An administrator who has no second factor yet: only their own account is open. */
  authenticatorNeeded: boolean
  institution: { id: string; name: string; timeZone: string; noteLimit: number; frequencyLimit: number }
}

export type NamedInstitution = { id: string; name: string }

export type Credentials = { email: string; password: string; institutionId?: string; code?: string }

/** How the session is read and changed: given by the application, since accounts are a module of it. */
export interface Accounts {
  /** Null: nobody is signed in. */
  read: (signal: AbortSignal) => Promise<Person | null>
  /** Gives the institutions of which one has to be chosen, where address and password open accounts of several; or none. */
  signIn: (credentials: Credentials) => Promise<readonly NamedInstitution[]>
  signOut: () => Promise<void>
  changeLocale: (locale: Locale) => Promise<unknown>
}

const AccountsContext = createContext<Accounts | undefined>(undefined)

export function AccountsProvider({ accounts, children }: { accounts: Accounts; children: ReactNode }) {
  return <AccountsContext value={accounts}>{children}</AccountsContext>
}

function useAccounts(): Accounts {
  const accounts = useContext(AccountsContext)
  if (!accounts) throw new Error('sessions need an AccountsProvider above them')
  return accounts
}

/** The person, or null when nobody is signed in. */
export const sessionQuery = ({ read }: Pick<Accounts, 'read'>) =>
  queryOptions<Person | null, ApiProblem>({
    queryKey: SESSION_KEY,
    queryFn: ({ signal }) => read(signal),
    retry: worthRetrying,
    staleTime: 60_000,
  })

export const useSession = (): UseQueryResult<Person | null, ApiProblem> => useQuery(sessionQuery(useAccounts()))

/**
 * Why nobody answers, once that has lasted longer than a restart: by then the question was asked a second time. A page that
 * asks nothing itself would else look as if all were well.
 */
export function useAway(): ApiProblem | null {
  const { error, failureReason, failureCount } = useSession()
  const problem = error ?? (failureCount > 1 ? failureReason : null)
  return isAway(problem) ? problem : null
}

/** Tells when somebody who was signed in no longer is: by their own wish, or because the session ended. */
export function onSignedOut(queries: QueryClient, signedOut: (byChoice: boolean) => void): void {
  let wasSignedIn = false
  queries.getQueryCache().subscribe((event) => {
    if (event.type !== 'updated' || event.query.queryKey[0] !== SESSION_KEY[0]) return
    if (event.action.type !== 'success') return
    const isSignedIn = event.query.state.data !== null
    if (wasSignedIn && !isSignedIn) signedOut(event.action.manual === true)
    wasSignedIn = isSignedIn
  })
}

export function useSessionActions() {
  const { signIn, signOut, changeLocale } = useAccounts()
  const queries = useQueryClient()
  return useMemo(() => {
    /** An answer has signed somebody in: nothing of whoever was here before may be seen. */
    const entered = async () => {
      clearToasts()
      queries.removeQueries({ predicate: (query) => query.queryKey[0] !== SESSION_KEY[0] })
      await queries.refetchQueries({ queryKey: SESSION_KEY })
    }
    return {
      entered,
      signIn: async (credentials: Credentials) => {
        const institutions = await signIn(credentials)
        if (institutions.length === 0) await entered()
        return institutions
      },
      signOut: async () => {
        await signOut()
        clearToasts()
        // Nothing of the person who left may be seen by the next.
        queries.removeQueries({ predicate: (query) => query.queryKey[0] !== SESSION_KEY[0] })
        queries.setQueryData(SESSION_KEY, null)
      },
      changeLocale,
    }
  }, [signIn, signOut, changeLocale, queries])
}

const PersonContext = createContext<Person | undefined>(undefined)

export function PersonProvider({ person, children }: { person: Person; children: ReactNode }) {
  return <PersonContext value={person}>{children}</PersonContext>
}

/** Inside the shell somebody is signed in. */
export function usePerson(): Person {
  const person = useContext(PersonContext)
  if (!person) throw new Error('this page is not inside the shell')
  return person
}

/** Dates and numbers in the reader's language and the institution's zone; a page of one class may name another zone. */
export function useFormat(timeZone?: string): Format {
  const person = useContext(PersonContext)
  const { language } = usePreferredLanguage()
  const zone = timeZone ?? person?.institution.timeZone ?? 'UTC'
  return useMemo(() => createFormat(language, zone), [language, zone])
}
