/** The institution that its staff works for, and the rules that it set. */
import { Button, Paper, Text } from '@mantine/core'
import { IconScale } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useNow } from '../../../platform/ui/live.tsx'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { useFormat, usePerson } from '../../../platform/ui/session.tsx'
import classes from './own-institution.page.module.css'

const MINUTE_MS = 60_000

export default function OwnInstitution() {
  const { t } = useTranslation()
  const { institution } = usePerson()
  const { number, percent, dateTime, zone } = useFormat()
  const now = new Date(useNow(MINUTE_MS)).toISOString()
  const facts = [
    {
      name: t('institution.timeZone'),
      value: zone,
      hint: t('institution.timeZoneHint', { now: dateTime(now) }),
    },
    { name: t('institution.noteLimit'), value: number(institution.noteLimit, 2), hint: t('institution.noteLimitHint') },
    {
      name: t('institution.frequencyLimit'),
      value: percent(institution.frequencyLimit),
      hint: t('institution.frequencyLimitHint'),
    },
  ]
  return (
    <>
      <PageHeader
        title={institution.name}
        actions={
          <Button
            component={Link}
            to="/app/result-rules"
            variant="default"
            leftSection={<IconScale size={16} aria-hidden />}
          >
            {t('resultRules.title')}
          </Button>
        }
      />
      <Paper withBorder className={classes.card}>
        <dl className={classes.facts}>
          {facts.map(({ name, value, hint }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd className={classes.value}>{value}</dd>
              <dd>
                <Text size="sm" c="dimmed">
                  {hint}
                </Text>
              </dd>
            </div>
          ))}
        </dl>
      </Paper>
    </>
  )
}
