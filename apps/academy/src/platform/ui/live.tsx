/** Live data in pages: a stream of a contract, and a badge that says honestly whether it is live. */
import { openStream, type StreamState } from '@cascata/console/page-kit'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import { urlOf } from '../http/client.ts'
import type { Endpoint, RequestOf, ResponseOf } from '../http/endpoint.ts'
import { askSessionAnew, askSessionWhileAway, keyOf } from './api.tsx'
import classes from './kit.module.css'

type Handlers<E extends Endpoint> = {
  [K in keyof NonNullable<E['stream']>]?: (data: z.output<NonNullable<E['stream']>[K]>) => void
}

/**
 * Follows `endpoint` while the page can be seen: a browser allows six connections to a server, so a hidden tab gives its own
 * back, and asks for what it missed when it is looked at again. `poll` is what is asked for while there is no stream.
 */
export function useStream<E extends Endpoint>(
  endpoint: E,
  request: RequestOf<E>,
  on: { snapshot?: (state: ResponseOf<E>) => void; poll: readonly Endpoint[] } & Handlers<E>,
  enabled = true,
): StreamState {
  const [state, setState] = useState<StreamState>('connecting')
  const queries = useQueryClient()
  const url = urlOf(endpoint, request)
  const heard = useEffectEvent((name: string, data: unknown) => {
    const handler = (on as Record<string, unknown>)[name]
    if (typeof handler === 'function' && name !== 'poll') handler(data)
  })
  const poll = useEffectEvent(() => {
    for (const polled of on.poll) void queries.invalidateQueries({ queryKey: keyOf(polled) })
  })

  useEffect(() => {
    if (!enabled) return
    let stream: ReturnType<typeof openStream> | undefined
    const open = () => {
      stream ??= openStream({
        url,
        onMessage: (message) => heard(message.event, JSON.parse(message.data)),
        onState: (now) => {
          setState(now)
          if (now === 'reconnecting') askSessionWhileAway(queries)
          if (now === 'refused') void askSessionAnew(queries)
        },
        onMissed: () => poll(),
      })
    }
    const onVisibility = () => {
      if (document.visibilityState === 'visible') return open()
      stream?.close()
      stream = undefined
    }
    const onOnline = () => stream?.retryNow()
    onVisibility()
    document.addEventListener('visibilitychange', onVisibility)
    window.addEventListener('online', onOnline)
    return () => {
      document.removeEventListener('visibilitychange', onVisibility)
      window.removeEventListener('online', onOnline)
      stream?.close()
    }
  }, [url, enabled, queries])

  return state
}

export function LiveBadge({ state }: { state: StreamState }) {
  const { t } = useTranslation()
  if (state === 'refused') return null
  return (
    <span className={classes.live} data-state={state}>
      <span className={classes.liveDot} aria-hidden="true" />
      {t(`live.${state}`)}
    </span>
  )
}
