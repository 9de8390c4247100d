/** Keeps what is on the page up to date, and says honestly whether it does. */
import { UnstyledButton } from '@mantine/core'
import {
  IconAntennaBars5,
  IconAntennaBarsOff,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconRefresh,
} from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useEffectEvent, useMemo, useRef, useState } from 'react'
import type { Change } from '../../contract/index.ts'
import { type LiveKind, useApi } from '../kit/api.tsx'
import { useConsole } from '../kit/console.tsx'
import { streamChanges } from '../kit/endpoints.ts'
import { openStream, type StreamState } from '../page-kit/index.ts'
import classes from './shell.module.css'

export type LiveState = StreamState | 'paused'

interface Live {
  state: LiveState
  pause: () => void
  resume: () => void
}

const LiveContext = createContext<Live | undefined>(undefined)

/** However much happens, a page asks again at most this often. */
const ASK_AGAIN_EVERY_MS = 1_000

export function LiveProvider({ children }: { children: ReactNode }) {
  const { base } = useApi()
  const queries = useQueryClient()
  const [stream, setStream] = useState<StreamState>('connecting')
  const [paused, setPaused] = useState(false)
  const changed = useRef(new Set<LiveKind>())
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)

  const askAgain = useEffectEvent(() => {
    timer.current = undefined
    const kinds = changed.current
    changed.current = new Set()
    void queries.invalidateQueries({
      predicate: ({ meta }) => ((meta?.['live'] as LiveKind[] | undefined) ?? []).some((kind) => kinds.has(kind)),
    })
  })
  const note = useEffectEvent((changes: readonly Change[]) => {
    for (const { kind } of changes)
      for (const each of kind === 'all' ? (['event', 'command', 'batch', 'daemon'] as const) : [kind])
        changed.current.add(each)
    timer.current ??= setTimeout(() => askAgain(), ASK_AGAIN_EVERY_MS)
  })

  useEffect(() => {
    if (paused) return
    let open: ReturnType<typeof openStream> | undefined
    // A hidden tab gives its connection back: a browser allows six to one server.
    const onVisibility = () => {
      if (document.visibilityState === 'hidden') {
        open?.close()
        open = undefined
        return
      }
      if (open) return
      open = openStream({
        url: base + streamChanges.path.replace('GET ', ''),
        onMessage: ({ event, data }) => {
          if (event === 'changes') note((JSON.parse(data) as { changes: Change[] }).changes)
        },
        onState: (state) => {
          setStream(state)
          // Pages find out by themselves whether it is the stream alone that is away.
          if (state === 'reconnecting') note([{ kind: 'all' }])
        },
        onMissed: () => note([{ kind: 'all' }]),
      })
    }
    const onReturn = () => {
      if (document.visibilityState === 'visible' && !open) note([{ kind: 'all' }])
      onVisibility()
    }
    const onOnline = () => open?.retryNow()
    onVisibility()
    document.addEventListener('visibilitychange', onReturn)
    window.addEventListener('online', onOnline)
    return () => {
      document.removeEventListener('visibilitychange', onReturn)
      window.removeEventListener('online', onOnline)
      open?.close()
      clearTimeout(timer.current)
      timer.current = undefined
    }
  }, [base, paused])

  const value = useMemo<Live>(
    () => ({
      state: paused ? 'paused' : stream,
      pause: () => setPaused(true),
      resume: () => {
        setPaused(false)
        note([{ kind: 'all' }])
      },
    }),
    [paused, stream],
  )
  return <LiveContext value={value}>{children}</LiveContext>
}

export function useLive(): Live {
  const live = useContext(LiveContext)
  if (!live) throw new Error('a page of the console needs a LiveProvider above it')
  return live
}

const ICONS = {
  connecting: IconRefresh,
  live: IconAntennaBars5,
  reconnecting: IconRefresh,
  polling: IconRefresh,
  refused: IconAntennaBarsOff,
  paused: IconPlayerPauseFilled,
}

/** What the connection is, and the switch that stops what moves (WCAG 2.2.2). */
export function LiveSwitch() {
  const { t } = useConsole()
  const { state, pause, resume } = useLive()
  const paused = state === 'paused'
  const Icon = ICONS[state]
  const Do = paused ? IconPlayerPlayFilled : IconPlayerPauseFilled
  return (
    <UnstyledButton
      className={classes.live}
      data-state={state}
      aria-pressed={paused}
      aria-label={t('live.switch', { state: t(`live.${state}`) })}
      title={t(paused ? 'live.resume' : 'live.pause')}
      onClick={paused ? resume : pause}
    >
      <Icon size={15} aria-hidden />
      <span className={classes.liveWord}>{t(`live.${state}`)}</span>
      {!paused && <Do size={12} aria-hidden />}
    </UnstyledButton>
  )
}
