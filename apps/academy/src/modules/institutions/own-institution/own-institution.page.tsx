/** The institution that its staff works for, and the rules that it set. */
import { useNow } from '@cascata/console/page-kit'
import { Button, Modal, Paper, Text } from '@mantine/core'
import { IconPencil, IconScale } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../../platform/ui/api.tsx'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { useFormat, usePerson } from '../../../platform/ui/session.tsx'
import { ChangeInstitution } from './change-institution.page.tsx'
import { read } from './own-institution.contract.ts'
import classes from './own-institution.page.module.css'

const MINUTE_MS = 60_000

export default function OwnInstitution() {
  const { t } = useTranslation()
  const { institution } = usePerson()
  const { number, limitText, dateTime, zone } = useFormat()
  const own = useApi(read, {})
  const [isChanging, setChanging] = useState(false)
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
      value: limitText(institution.frequencyLimit),
      hint: t('institution.frequencyLimitHint'),
    },
  ]
  return (
    <>
      <PageHeader
        title={institution.name}
        actions={
          <>
            <Button
              component={Link}
              to="/app/result-rules"
              variant="default"
              leftSection={<IconScale size={16} aria-hidden />}
            >
              {t('resultRules.title')}
            </Button>
            <Button
              leftSection={<IconPencil size={16} aria-hidden />}
              disabled={own.data === undefined}
              onClick={() => setChanging(true)}
            >
              {t('institution.change')}
            </Button>
          </>
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
      <Modal
        opened={isChanging}
        onClose={() => setChanging(false)}
        title={t('institution.change')}
        closeButtonProps={{ 'aria-label': t('form.close') }}
      >
        {own.data && <ChangeInstitution shown={own.data} onClose={() => setChanging(false)} />}
      </Modal>
    </>
  )
}
