/** Short news in a corner; never the only place where something can be read. */
import { CloseButton } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconInfoCircle } from '@tabler/icons-react'
import { type ReactNode, useEffect, useState, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './toast.module.css'

interface Toast {
  id: number
  tone: 'good' | 'accent' | 'bad'
  title: string
  message: ReactNode
}

const ICONS = { good: IconCheck, accent: IconInfoCircle, bad: IconAlertTriangle }
const STAYS_MS = { good: 7_000, accent: 7_000, bad: 12_000 }
const SHOWN_MAX = 4

let toasts: readonly Toast[] = []
let nextId = 1
const listeners = new Set<() => void>()

function change(next: readonly Toast[]) {
  toasts = next
  for (const listener of listeners) listener()
}

export function toast(tone: Toast['tone'], title: string, message: ReactNode = '') {
  change([...toasts, { id: nextId++, tone, title, message }].slice(-SHOWN_MAX))
}

/** What one person was told is not for the next. */
export function clearToasts() {
  change([])
}

export function Toasts() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => toasts,
  )
  // The region is there before the first toast is: only then is a toast heard. Toasts that were heard are not read again.
  return (
    <div className={classes.region} role="status" aria-live="polite" aria-atomic="false">
      {shown.map((each) => (
        <ToastCard key={each.id} shown={each} />
      ))}
    </div>
  )
}

function ToastCard({ shown: { id, tone, title, message } }: { shown: Toast }) {
  const { t } = useTranslation()
  const [held, setHeld] = useState(false)
  const close = () => change(toasts.filter((each) => each.id !== id))
  // Whoever points at it or has the focus in it is still reading.
  useEffect(() => {
    if (held) return
    const timer = setTimeout(() => change(toasts.filter((each) => each.id !== id)), STAYS_MS[tone])
    return () => clearTimeout(timer)
  }, [held, id, tone])
  const ToastIcon = ICONS[tone]
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: pointing at it only keeps it on the screen
    <div
      className={classes.toast}
      data-tone={tone}
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <ToastIcon size={20} aria-hidden />
      <div className={classes.text}>
        <div className={classes.title}>{title}</div>
        {message && <div className={classes.message}>{message}</div>}
      </div>
      <CloseButton aria-label={t('form.close')} onClick={close} />
    </div>
  )
}
