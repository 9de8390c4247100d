/** An address in a list: on one line, which ends in dots where there is no room; whole to whoever points at it, and to screen readers. */
import classes from './email-address.module.css'

export function EmailAddress({ children }: { children: string }) {
  return (
    <span className={classes.address} title={children}>
      {children}
    </span>
  )
}
