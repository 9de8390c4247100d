/** How something stands: always an icon, a word and a colour, so that none of the three has to be seen. */
import type { Icon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import classes from './kit.module.css'
import type { Segment, Tone } from './tones.ts'

export function ToneWord({ tone, icon: Icon, children }: { tone: Tone; icon: Icon; children: ReactNode }) {
  return (
    <span className={classes.tone} data-tone={tone}>
      <Icon size={16} stroke={2} aria-hidden />
      <span>{children}</span>
    </span>
  )
}

export function ToneBadge({ tone, icon: Icon, children }: { tone: Tone; icon?: Icon; children: ReactNode }) {
  return (
    <span className={classes.toneBadge} data-tone={tone}>
      {Icon && <Icon size={14} stroke={2} aria-hidden />}
      {children}
    </span>
  )
}

/** One bar for what is done, under way, failing. Its text twin stands beside it; screen readers get the share that is done. */
export function SegmentBar({
  segments,
  total,
  done,
  label,
  valueText,
}: {
  segments: readonly Segment[]
  total: number
  done: number
  label: string
  valueText: string
}) {
  return (
    <div
      className={classes.bar}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={done}
      aria-valuetext={valueText}
    >
      {segments.map(({ tone, value, open }) => (
        <span
          key={tone}
          className={classes.barPart}
          data-tone={tone}
          data-open={open || undefined}
          style={{ width: total > 0 ? `${(value / total) * 100}%` : 0 }}
        />
      ))}
    </div>
  )
}
