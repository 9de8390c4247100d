/** A week of meetings: columns of days with an axis of hours where there is room for them, a list by day where there is not. */
import { Text } from '@mantine/core'
import type { CSSProperties, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { daysShown, hoursOf, lanesOf, minutesOf, type Weekday } from './week.ts'
import classes from './week-table.module.css'

export interface Meeting {
  key: string
  day: Weekday
  startAt: string
  endAt: string
  what: ReactNode
  /** `quiet`: there, but not what this week is about. */
  tone?: 'accent' | 'quiet'
}

export function WeekTable({
  label,
  meetings,
  today,
}: {
  label: string
  meetings: readonly Meeting[]
  /** The day to point out. */
  today?: Weekday | undefined
}) {
  const { t } = useTranslation()
  const { first, last } = hoursOf(meetings)
  const days = daysShown(meetings)
  const at = (time: string) => (minutesOf(time) - first * 60) / 60
  return (
    <div className={classes.room}>
      <div className={classes.week} style={places({ hours: last - first, count: days.length })}>
        <div className={classes.axis} aria-hidden="true">
          {Array.from({ length: last - first }, (_, passed) => first + passed).map((hour) => (
            <span key={hour} style={places({ from: hour - first })}>
              {hour}h
            </span>
          ))}
        </div>
        {/* Without bullets some browsers forget that it is a list. */}
        {/* biome-ignore lint/a11y/noRedundantRoles: see above */}
        <ul role="list" aria-label={label} className={classes.days}>
          {days.map((day) => {
            const ofDay = lanesOf(meetings.filter((each) => each.day === day))
            return (
              <li key={day} className={classes.day} data-empty={ofDay.length === 0 || undefined}>
                <div className={classes.dayName} data-today={day === today || undefined}>
                  {t(`week.days.${day}`)}
                  {day === today && <span className={classes.today}>{t('week.today')}</span>}
                </div>
                {ofDay.length > 0 && (
                  // biome-ignore lint/a11y/noRedundantRoles: see above
                  <ul role="list" className={classes.meetings}>
                    {ofDay.map(({ key, startAt, endAt, what, tone = 'accent', lane, lanes }) => (
                      <li
                        key={key}
                        className={classes.meeting}
                        data-tone={tone}
                        style={places({ from: at(startAt), to: at(endAt), lane, lanes })}
                      >
                        <Text component="span" className={classes.time}>
                          {startAt}–{endAt}
                        </Text>
                        <span className={classes.what}>{what}</span>
                      </li>
                    ))}
                  </ul>
                )}
              </li>
            )
          })}
        </ul>
      </div>
    </div>
  )
}

/** Numbers for the style sheet. */
const places = (numbers: Record<string, number>) =>
  Object.fromEntries(Object.entries(numbers).map(([name, value]) => [`--${name}`, value])) as CSSProperties
