/** A student's grades per class, and what they add up to. */
import { Stack, Text, Title, VisuallyHidden } from '@mantine/core'
import { IconCertificate } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useApi } from '../../../platform/ui/api.tsx'
import { Figures } from '../../../platform/ui/figures.tsx'
import { LimitBar } from '../../../platform/ui/limit-bar.tsx'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { useFormat } from '../../../platform/ui/session.tsx'
import { Message, Show } from '../../../platform/ui/states.tsx'
import { DataTable } from '../../../platform/ui/table.tsx'
import { ToneBadge } from '../../../platform/ui/tone.tsx'
import type { Tone } from '../../../platform/ui/tones.ts'
import { NOTES } from '../../activities/class-activity.fields.ts'
import type { StudentClassStatus } from '../../classes/class.fields.ts'
import { contract } from './own-notes.contract.ts'
import classes from './own-notes.page.module.css'

type Notes = ResponseOf<typeof contract>
type OfClass = Notes['classes'][number]

const NOTE_MAX = 10

const TONES: Record<StudentClassStatus, Tone> = {
  enrolled: 'busy',
  approved: 'good',
  'failed-by-note': 'bad',
  'failed-by-frequency': 'bad',
  exempt: 'quiet',
}

export default function OwnNotes() {
  const { t } = useTranslation()
  const query = useApi(contract, {})
  return (
    <>
      <PageHeader title={t('notes.title')} />
      <Show query={query}>
        {(shown) =>
          shown.classes.length === 0 ? (
            <Message icon={IconCertificate} title={t('notes.none')}>
              {t('notes.noneHint')}
            </Message>
          ) : (
            <>
              <Overall shown={shown} />
              <Stack gap="xl">
                {(['current', 'concluded'] as const).map((group) => (
                  <Classes
                    key={group}
                    group={group}
                    limit={shown.noteLimit}
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

function Overall({ shown: { overallAverage, noteLimit, classes: all } }: { shown: Notes }) {
  const { t } = useTranslation()
  const { number } = useFormat()
  const concluded = all.filter(({ status, averageNote }) => status !== 'enrolled' && averageNote !== null).length
  return (
    <Figures
      figures={[
        {
          name: t('notes.overall'),
          value: concluded === 0 ? '–' : number(overallAverage, 2),
          hint: t('notes.overallHint', { count: concluded }),
        },
        { name: t('notes.limit'), value: number(noteLimit, 2), hint: t('notes.limitHint') },
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
  shown: readonly OfClass[]
  limit: number
}) {
  const { t } = useTranslation()
  const { number } = useFormat()
  if (shown.length === 0) return null
  return (
    <section aria-labelledby={`notes-${group}`}>
      <Title order={2} id={`notes-${group}`} mb="sm">
        {t(`notes.group.${group}`)}
      </Title>
      <DataTable
        label={t(`notes.group.${group}`)}
        rows={shown}
        keyOf={({ id }) => id}
        columns={[
          {
            head: t('notes.discipline'),
            rowHeader: true,
            cell: ({ discipline, period }) => (
              <>
                <Text fw={600} inherit>
                  {discipline}
                </Text>
                <Text size="sm" c="dimmed">
                  {period}
                </Text>
              </>
            ),
          },
          {
            head: t('notes.status'),
            cell: ({ status }) => <ToneBadge tone={TONES[status]}>{t(`class.studentStatus.${status}`)}</ToneBadge>,
          },
          ...NOTES.map((note) => ({
            head: note,
            numeric: true,
            cell: ({ notes }: OfClass) => <Given note={notes.find(({ type }) => type === note)?.note} />,
          })),
          {
            head: t('class.mean'),
            numeric: true,
            cell: ({ averageNote, discipline }) =>
              averageNote === null ? (
                <Given note={null} />
              ) : (
                <span className={classes.mean}>
                  <LimitBar
                    value={averageNote}
                    max={NOTE_MAX}
                    limit={limit}
                    label={t('notes.meanOf', { discipline })}
                    valueText={t('notes.ofLimit', { mean: number(averageNote, 2), limit: number(limit, 2) })}
                  />
                  <strong>{number(averageNote, 2)}</strong>
                </span>
              ),
          },
        ]}
      />
    </section>
  )
}

function Given({ note }: { note: number | null | undefined }) {
  const { t } = useTranslation()
  const { number } = useFormat()
  if (note !== null && note !== undefined) return number(note, 2)
  return (
    <Text component="span" c="dimmed" inherit>
      <span aria-hidden="true">–</span>
      <VisuallyHidden>{t('class.notGraded')}</VisuallyHidden>
    </Text>
  )
}
