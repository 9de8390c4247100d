/** A curriculum in sums: what each of its periods comes to, in figures and as bars. */
import { Paper, Title } from '@mantine/core'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { Bars } from '../../../platform/ui/bars.tsx'
import { useFormat } from '../../../platform/ui/session.tsx'
import classes from './curriculum-sums.page.module.css'

interface Counted {
  period: number
  credits: number
  workloadHours: number
}

export const sumsOf = (disciplines: readonly Counted[]) => ({
  disciplines: disciplines.length,
  credits: disciplines.reduce((sum, { credits }) => sum + credits, 0),
  workloadHours: disciplines.reduce((sum, { workloadHours }) => sum + workloadHours, 0),
})

/** The disciplines by period, the first period first. */
export const byPeriod = <Discipline extends Counted>(disciplines: readonly Discipline[]) =>
  [...Map.groupBy(disciplines, ({ period }) => period)].sort(([a], [b]) => a - b)

export function HoursByPeriod({ disciplines }: { disciplines: readonly Counted[] }) {
  const { t } = useTranslation()
  const { number } = useFormat()
  const heading = useId()
  return (
    <Paper withBorder component="section" aria-labelledby={heading} className={classes.hours}>
      <Title order={2} size="h3" id={heading}>
        {t('curricula.hoursByPeriod')}
      </Title>
      <Bars
        label={t('curricula.hoursByPeriod')}
        bars={byPeriod(disciplines).map(([period, of]) => {
          const { workloadHours } = sumsOf(of)
          return {
            key: String(period),
            name: t('curricula.period', { number: period }),
            amount: workloadHours,
            text: t('curricula.hours', { hours: number(workloadHours) }),
          }
        })}
      />
    </Paper>
  )
}
