/** A student's grades per class, and what they add up to. */
import { Text, VisuallyHidden } from '@mantine/core'
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
              <Classes shown={shown} />
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

/** One table, so that the grades of what is under way stand above those of what is over. */
function Classes({ shown: { classes: all, noteLimit: limit } }: { shown: Notes }) {
  const { t } = useTranslation()
  const { number } = useFormat()
  const of = (group: 'current' | 'concluded') => {
    const rows = all.filter(({ status }) => (status === 'enrolled') === (group === 'current'))
    return rows.length === 0 ? [] : [{ key: group, head: t(`notes.group.${group}`), rows }]
  }
  return (
    <DataTable
      label={t('notes.title')}
      groups={[...of('current'), ...of('concluded')]}
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
