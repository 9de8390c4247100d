/** Amounts to be compared at a glance: a bar each, from one line on, and beside it the amount in words. */
import classes from './bars.module.css'

export interface Bar {
  key: string
  name: string
  amount: number
  text: string
}

export function Bars({ label, bars }: { label: string; bars: readonly Bar[] }) {
  const largest = Math.max(1, ...bars.map(({ amount }) => amount))
  return (
    <ul className={classes.bars} aria-label={label}>
      {bars.map(({ key, name, amount, text }) => (
        <li key={key}>
          <span>{name}</span>
          <span className={classes.track} aria-hidden="true">
            {amount > 0 && <span className={classes.bar} style={{ width: `${(amount / largest) * 100}%` }} />}
          </span>
          <span className={classes.amount}>{text}</span>
        </li>
      ))}
    </ul>
  )
}
