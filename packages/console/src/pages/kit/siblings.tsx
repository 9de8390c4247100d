/** The list that a reader came from, so that a record's page can lead to its neighbours and back to the list. */
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef } from 'react'
import type { Kind } from '../../contract/index.ts'
import type { Place } from './place.ts'

interface List {
  /** The list, with its filters. */
  place: Place
  ids: readonly string[]
}

interface Siblings {
  remember: (kind: Kind, list: List) => void
  of: (kind: Kind, id: string) => { list: List | undefined; previous: string | undefined; next: string | undefined }
}

const SiblingsContext = createContext<Siblings | undefined>(undefined)

export function SiblingsProvider({ children }: { children: ReactNode }) {
  const lists = useRef<Partial<Record<Kind, List>>>({})
  const value = useMemo<Siblings>(
    () => ({
      remember: (kind, list) => {
        lists.current[kind] = list
      },
      of: (kind, id) => {
        const list = lists.current[kind]
        const at = list?.ids.indexOf(id) ?? -1
        if (!list || at < 0) return { list: undefined, previous: undefined, next: undefined }
        return { list, previous: list.ids[at - 1], next: list.ids[at + 1] }
      },
    }),
    [],
  )
  return <SiblingsContext value={value}>{children}</SiblingsContext>
}

function useSiblingLists(): Siblings {
  const siblings = useContext(SiblingsContext)
  if (!siblings) throw new Error('a page of the console needs a SiblingsProvider above it')
  return siblings
}

export const useSiblings = (kind: Kind, id: string) => useSiblingLists().of(kind, id)

export function useRememberList(kind: Kind, ids: readonly string[], list: Place) {
  const { remember } = useSiblingLists()
  useEffect(() => {
    if (ids.length > 0) remember(kind, { ids, place: list })
  }, [remember, kind, ids, list])
}
