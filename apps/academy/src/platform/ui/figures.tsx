/** A few figures that sum up a page, each with its name, and a bar where a bar says more. */
import { Paper, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './figures.module.css'

interface Figure {
  name: string
  value: string
  hint?: ReactNode
  bar?: ReactNode
}

export function Figures({ figures }: { figures: readonly Figure[] }) {
  return (
    <Paper withBorder component="dl" className={classes.figures}>
      {figures.map(({ name, value, hint, bar }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className={classes.value}>{value}</dd>
          {(bar || hint) && (
            <dd className={classes.more}>
              {bar}
              {hint && (
                <Text size="sm" c="dimmed">
                  {hint}
                </Text>
              )}
            </dd>
          )}
        </div>
      ))}
    </Paper>
  )
}
