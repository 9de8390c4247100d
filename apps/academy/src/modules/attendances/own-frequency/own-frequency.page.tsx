/** A student's attendance: in all, and per class against what is asked for, with how many lessons can still be missed. */
import { Paper, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconCalendarCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useApi } from '../../../platform/ui/api.tsx'
import { Figures } from '../../../platform/ui/figures.tsx'
import { LimitBar } from '../../../platform/ui/limit-bar.tsx'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { useFormat } from '../../../platform/ui/session.tsx'
import { Message, Show } from '../../../platform/ui/states.tsx'
import { ToneWord } from '../../../platform/ui/tone.tsx'
import { absencesLeft } from './absences.view.ts'
import { contract } from './own-frequency.contract.ts'
import classes from './own-frequency.page.module.css'

type Frequency = ResponseOf<typeof contract>

export default function OwnFrequency() {
  const { t } = useTranslation()
  const query = useApi(contract, {})
  return (
    <>
      <PageHeader title={t('frequency.title')} />
      <Show query={query}>
        {(shown) =>
          shown.classes.length === 0 ? (
            <Message icon={IconCalendarCheck} title={t('frequency.none')}>
              {t('frequency.noneHint')}
            </Message>
          ) : (
            <>
              <Overall shown={shown} />
              <Stack gap="xl">
                {(['current', 'concluded'] as const).map((group) => (
                  <Classes
                    key={group}
                    group={group}
                    limit={shown.frequencyLimit}
                    shown={shown.classes.filter(({ status }) => (status === 'enrolled') === (group === 'current'))}
                  />
                ))}
              </Stack>
            </>
          )
        }
      </Show>
    </>
  )
}

function Overall({ shown: { frequency, frequencyLimit, present, records } }: { shown: Frequency }) {
  const { t } = useTranslation()
  const { number, frequencyText, limitText } = useFormat()
  return (
    <Figures
      figures={[
        {
          name: t('frequency.overall'),
          value: records === 0 ? '–' : frequencyText(frequency),
          hint:
            records === 0
              ? t('frequency.noRecords')
              : t('frequency.presentOf', { present: number(present), count: records }),
        },
        { name: t('frequency.limit'), value: limitText(frequencyLimit), hint: t('frequency.limitHint') },
      ]}
    />
  )
}

function Classes({
  group,
  shown,
  limit,
}: {
  group: 'current' | 'concluded'
  shown: Frequency['classes']
  limit: number
}) {
  const { t } = useTranslation()
  if (shown.length === 0) return null
  return (
    <section aria-labelledby={`frequency-${group}`}>
      <Title order={2} id={`frequency-${group}`} mb="sm">
        {t(`notes.group.${group}`)}
      </Title>
      <Paper withBorder component="ul" className={classes.list}>
        {shown.map((each) => (
          <OfClass key={each.id} shown={each} limit={limit} />
        ))}
      </Paper>
    </section>
  )
}

function OfClass({ shown, limit }: { shown: Frequency['classes'][number]; limit: number }) {
  const { t } = useTranslation()
  const { number, frequencyText, limitText } = useFormat()
  const { discipline, period, present, records, pendingLessons, frequency, status } = shown
  const text = frequencyText(frequency)
  const left = absencesLeft(shown, limit)
  return (
    <li className={classes.item}>
      <div>
        <Text fw={600}>{discipline}</Text>
        <Text size="sm" c="dimmed">
          {period}
          {records > 0 && ` · ${t('frequency.presentOf', { present: number(present), count: records })}`}
        </Text>
      </div>
      {records === 0 ? (
        <Text size="sm" c="dimmed">
          {t('frequency.noRecords')}
        </Text>
      ) : (
        <div className={classes.share}>
          <LimitBar
            value={frequency}
            max={100}
            limit={limit}
            label={t('frequency.of', { discipline })}
            valueText={t('frequency.ofLimit', { frequency: text, limit: limitText(limit) })}
          />
          <span className={classes.number} aria-hidden="true">
            {text}
          </span>
        </div>
      )}
      <div className={classes.left}>
        {status !== 'enrolled' ? (
          <Text size="sm" c="dimmed">
            {t(`class.studentStatus.${status}`)}
          </Text>
        ) : records + pendingLessons === 0 ? null : left < 0 ? (
          <ToneWord tone="bad" icon={IconAlertTriangle}>
            {t('frequency.tooMany')}
          </ToneWord>
        ) : left <= FEW_ABSENCES ? (
          <ToneWord tone="warn" icon={IconAlertTriangle}>
            {t('frequency.left', { count: left })}
          </ToneWord>
        ) : (
          <Text size="sm" c="dimmed">
            {t('frequency.left', { count: left })}
          </Text>
        )}
      </div>
    </li>
  )
}

/** From here on it is worth a warning. */
const FEW_ABSENCES = 1
