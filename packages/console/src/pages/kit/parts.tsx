/** Small parts that records and lists are put together from. */
import { Paper, Title } from '@mantine/core'
import { type ReactNode, useId } from 'react'
import { useConsole } from './console.tsx'
import { Copy } from './copy.tsx'
import classes from './kit.module.css'
import type { Tone } from './looks.ts'

export function Card({
  title,
  hint,
  tools,
  children,
  flush,
  ...place
}: {
  title: string
  hint?: ReactNode
  tools?: ReactNode
  children: ReactNode
  /** A table inside brings its own edges. */
  flush?: boolean
  half?: boolean
  wide?: boolean
  narrow?: boolean
}) {
  const id = useId()
  return (
    <Paper
      component="section"
      withBorder
      className={classes.card}
      aria-labelledby={id}
      data-half={place.half}
      data-wide={place.wide}
      data-narrow={place.narrow}
    >
      <div className={classes.cardHead}>
        <div>
          <Title order={2} id={id}>
            {title}
          </Title>
          {hint && <div className={classes.cardHint}>{hint}</div>}
        </div>
        {tools}
      </div>
      {flush ? children : <div className={classes.cardBody}>{children}</div>}
    </Paper>
  )
}

export interface Fact {
  label: string
  value: ReactNode
}

/** What is not known, or not yet so, is a dash and not a gap. */
export function Facts({ facts }: { facts: readonly (Fact | false | undefined)[] }) {
  return (
    <dl className={classes.facts}>
      {facts.map(
        (fact) =>
          fact && (
            <div key={fact.label}>
              <dt>{fact.label}</dt>
              <dd>{fact.value ?? '–'}</dd>
            </div>
          ),
      )}
    </dl>
  )
}

/** A technical name or an id, in one piece, to be copied. */
export function Technical({ children, label }: { children: string; label?: string }) {
  const { t } = useConsole()
  return (
    <span className={classes.technical}>
      {children}
      <Copy quiet text={children} label={t('copy.what', { what: label ?? children })} size={24} />
    </span>
  )
}

/** An instant, to the millisecond on a record's page; the tooltip has all three zones. */
export function When({ at, exact }: { at: string | null | undefined; exact?: boolean }) {
  const { format } = useConsole()
  if (!at) return <>–</>
  return (
    <time dateTime={at} title={exact ? at : format.exact(at)}>
      {exact ? format.exact(at) : format.instant(at)}
    </time>
  )
}

/** Of steps that are close together: the time of day, to the millisecond. */
export function Moment({ at }: { at: string | null }) {
  const { format } = useConsole()
  return at ? (
    <time dateTime={at} title={format.exact(at)}>
      {format.moment(at)}
    </time>
  ) : (
    '–'
  )
}

export function Ms({ ms }: { ms: number | null | undefined }) {
  const { format } = useConsole()
  return <>{ms === null || ms === undefined ? '–' : format.ms(ms)}</>
}

export interface Segment {
  key: string
  label: string
  tone: Tone
  value: number
}

/** One bar for what is done, under way, failing. Screen readers get the sentence; whoever can see has the table beside it. */
export function SegmentBar({
  segments,
  done,
  total,
  label,
  small,
}: {
  segments: readonly Segment[]
  done: number
  total: number
  label: string
  small?: boolean
}) {
  const { format } = useConsole()
  const shown = segments.filter(({ value }) => value > 0)
  return (
    <div
      className={classes.bar}
      data-small={small}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={Math.max(total, 1)}
      aria-valuenow={Math.min(done, Math.max(total, 1))}
      aria-valuetext={format.list(shown.map(({ label: word, value }) => `${format.number(value)} ${word}`))}
    >
      {shown.map(({ key, tone, value }) => (
        <span
          key={key}
          className={classes.barPart}
          data-tone={tone}
          style={{ width: total > 0 ? `${(value / total) * 100}%` : 0 }}
        />
      ))}
    </div>
  )
}
