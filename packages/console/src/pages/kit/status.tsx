/** A status as icon, word and colour. */

import { useCallback } from 'react'
import { useConsole } from './console.tsx'
import classes from './kit.module.css'
import { isLook, lookOf } from './looks.ts'

export function useStatusWord() {
  const { t } = useConsole()
  return useCallback((status: string) => (isLook(status) ? t(`status.${status}`) : status), [t])
}

export function StatusBadge({ status, large }: { status: string; large?: boolean }) {
  const word = useStatusWord()
  const { tone, icon: Icon } = lookOf(status)
  return (
    <span className={classes.badge} data-tone={tone} data-large={large}>
      <Icon size={large ? 16 : 14} stroke={2} aria-hidden />
      {word(status)}
    </span>
  )
}

/** In a row whose words say the rest: the icon alone for the eye, its word for everybody else. */
export function StatusIcon({ status, size = 18 }: { status: string; size?: number }) {
  const word = useStatusWord()
  const { tone, icon: Icon } = lookOf(status)
  return (
    <span className={classes.statusIcon} data-tone={tone} role="img" aria-label={word(status)} title={word(status)}>
      <Icon size={size} stroke={2} aria-hidden />
    </span>
  )
}

/** The icon beside a word that says the same. */
export function StatusMark({ status, size = 14 }: { status: string; size?: number }) {
  const { icon: Icon } = lookOf(status)
  return <Icon size={size} stroke={2} aria-hidden />
}
