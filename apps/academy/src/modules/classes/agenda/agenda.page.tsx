/** The week of a teacher or a student. */
import { useNow } from '@cascata/console/page-kit'
import { Anchor, Paper } from '@mantine/core'
import { IconCalendarWeek } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../../platform/ui/api.tsx'
import { todayIn } from '../../../platform/ui/format.ts'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { usePerson } from '../../../platform/ui/session.tsx'
import { Message, Show } from '../../../platform/ui/states.tsx'
import { weekdayOf } from '../../../platform/ui/week.ts'
import { WeekTable } from '../../../platform/ui/week-table.tsx'
import { contract } from './agenda.contract.ts'
import classes from './agenda.page.module.css'

const MINUTE_MS = 60_000

export default function Agenda() {
  const { t } = useTranslation()
  const { role, institution } = usePerson()
  const today = weekdayOf(todayIn(institution.timeZone, useNow(MINUTE_MS)))
  const query = useApi(contract, {})
  const teaches = role === 'teacher'
  return (
    <>
      <PageHeader title={t('agenda.title')} />
      <Show query={query}>
        {({ days }) =>
          days.length === 0 ? (
            <Message icon={IconCalendarWeek} title={t('agenda.none')}>
              {teaches ? t('agenda.noneToTeach') : t('agenda.noneToAttend')}
            </Message>
          ) : (
            <Paper withBorder className={classes.card}>
              <WeekTable
                label={t('agenda.title')}
                today={today}
                meetings={days.flatMap(({ day, classes: meetings }) =>
                  meetings.map(({ classId, discipline, startAt, endAt }) => ({
                    key: `${classId} ${day} ${startAt}`,
                    day,
                    startAt,
                    endAt,
                    what: teaches ? (
                      <Anchor
                        component={Link}
                        to="/app/classes/$classId"
                        params={{ classId } as never}
                        inherit
                        c="inherit"
                      >
                        {discipline}
                      </Anchor>
                    ) : (
                      discipline
                    ),
                  })),
                )}
              />
            </Paper>
          )
        }
      </Show>
    </>
  )
}
