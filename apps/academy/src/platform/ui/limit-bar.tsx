/** A figure against the least that is asked for: a bar with a mark at the limit. The figure itself is written beside it. */
import classes from './limit-bar.module.css'

export function LimitBar({
  value,
  max,
  limit,
  label,
  valueText,
}: {
  value: number
  max: number
  limit: number
  label: string
  valueText: string
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a `<meter>` shows no mark at a limit
    <div
      className={classes.bar}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={value}
      aria-valuetext={valueText}
    >
      <span
        className={classes.value}
        data-tone={value < limit ? 'bad' : 'good'}
        style={{ width: `${(value / max) * 100}%` }}
      />
      <span className={classes.limit} style={{ left: `${(limit / max) * 100}%` }} />
    </div>
  )
}
