/** Who listens to the keyboard: the console's own keys and those of the page that is open. */
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useEffectEvent,
  useMemo,
  useRef,
  useState,
} from 'react'
import { useStored } from '../kit/stored.ts'
import { createKeySequences, isField, type KeyBinding } from './key-sequences.ts'

export interface Shortcut extends KeyBinding {
  /** What it does, for the help. */
  label: string
}

interface Shortcuts {
  /** Single keys can be switched off (WCAG 2.1.4): speech input types whole words. */
  enabled: boolean
  setEnabled: (enabled: boolean) => void
  all: readonly Shortcut[]
  add: (shortcuts: readonly Shortcut[]) => () => void
}

const ShortcutsContext = createContext<Shortcuts | undefined>(undefined)

export function ShortcutsProvider({ children }: { children: ReactNode }) {
  const [stored, setStored] = useStored('cascata.shortcuts', 'on')
  const [groups, setGroups] = useState<readonly (readonly Shortcut[])[]>([])
  const enabled = stored !== 'off'
  const all = useMemo(() => groups.flat(), [groups])
  const current = useRef(all)
  current.current = all

  useEffect(() => {
    if (!enabled) return
    const feed = createKeySequences(() => current.current)
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || document.querySelector('[role="dialog"]')) return
      if (feed({ ...modifiersOf(event), key: event.key, intoField: isField(event.target) })) event.preventDefault()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [enabled])

  // The same function for ever: made anew with `all`, it had every page bind its keys again, and `all` change again.
  const add = useCallback((added: readonly Shortcut[]) => {
    setGroups((before) => [...before, added])
    return () => setGroups((before) => before.filter((group) => group !== added))
  }, [])

  const value = useMemo<Shortcuts>(
    () => ({
      enabled,
      setEnabled: (on) => setStored(on ? 'on' : 'off'),
      all,
      add,
    }),
    [enabled, all, add, setStored],
  )
  return <ShortcutsContext value={value}>{children}</ShortcutsContext>
}

const modifiersOf = ({ ctrlKey, metaKey, altKey }: KeyboardEvent) => ({ ctrlKey, metaKey, altKey })

export function useShortcutList(): Shortcuts {
  const shortcuts = useContext(ShortcutsContext)
  if (!shortcuts) throw new Error('shortcuts need a ShortcutsProvider above them')
  return shortcuts
}

/** Binds keys while the component is on the page; those without `run` are not offered. */
export function useShortcuts(shortcuts: readonly { keys: string; label: string; run: (() => void) | undefined }[]) {
  const { add } = useShortcutList()
  const run = useEffectEvent((keys: string) => shortcuts.find((each) => each.keys === keys)?.run?.())
  const offered = shortcuts.filter((each) => each.run).map(({ keys, label }) => `${keys}\t${label}`)
  const signature = offered.join('\n')
  useEffect(() => {
    if (signature === '') return
    return add(
      signature.split('\n').map((line) => {
        const [keys = '', label = ''] = line.split('\t')
        return { keys, label, run: () => run(keys) }
      }),
    )
  }, [signature, add])
}
