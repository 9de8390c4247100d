/** A student's way through the curriculum: how much of it is done, and how each discipline stands. */
import { Paper, Stack, Text } from '@mantine/core'
import { IconCircle, IconCircleCheck, IconProgress, IconRotate, IconRoute } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../../platform/ui/api.tsx'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { useFormat } from '../../../platform/ui/session.tsx'
import { Message, Show } from '../../../platform/ui/states.tsx'
import { DataTable } from '../../../platform/ui/table.tsx'
import { SegmentBar, ToneWord } from '../../../platform/ui/tone.tsx'
import type { Tone } from '../../../platform/ui/tones.ts'
import { type OwnDiscipline, progressOf } from './curriculum-progress.view.ts'
import { contract } from './own-curriculum.contract.ts'
import classes from './own-curriculum.page.module.css'

const LOOKS: Record<OwnDiscipline['status'], { tone: Tone; icon: typeof IconCircle }> = {
  pending: { tone: 'quiet', icon: IconCircle },
  enrolled: { tone: 'busy', icon: IconProgress },
  approved: { tone: 'good', icon: IconCircleCheck },
  exempt: { tone: 'good', icon: IconCircleCheck },
  'failed-by-note': { tone: 'bad', icon: IconRotate },
  'failed-by-frequency': { tone: 'bad', icon: IconRotate },
}

export default function OwnCurriculum() {
  const { t } = useTranslation()
  const query = useApi(contract, {})
  return (
    <Show query={query} page>
      {({ course, curriculum, disciplines }) => (
        <>
          <PageHeader title={t('curriculum.own')}>
            {course && <span>{course}</span>}
            {curriculum && <span>{curriculum}</span>}
          </PageHeader>
          {disciplines.length === 0 ? (
            <Message icon={IconRoute} title={t('curriculum.none')}>
              {t('curriculum.noneHint')}
            </Message>
          ) : (
            <Stack gap="xl">
              <Overall disciplines={disciplines} />
              <Periods disciplines={disciplines} />
            </Stack>
          )}
        </>
      )}
    </Show>
  )
}

function Overall({ disciplines }: { disciplines: readonly OwnDiscipline[] }) {
  const { t } = useTranslation()
  const { number, percent } = useFormat()
  const { done, current, all } = progressOf(disciplines)
  const share = all.hours === 0 ? 0 : (done.hours / all.hours) * 100
  const open = all.disciplines - done.disciplines - current.disciplines
  return (
    <Paper withBorder component="section" aria-label={t('curriculum.progress')} className={classes.overall}>
      <div className={classes.share}>
        <strong>{percent(share)}</strong>
        <Text c="dimmed">
          {t('curriculum.hoursDone', { done: number(done.hours), count: all.hours })} ·{' '}
          {t('curriculum.creditsDone', { done: number(done.credits), count: all.credits })}
        </Text>
      </div>
      <Progress disciplines={disciplines} label={t('curriculum.progress')} />
      <ul className={classes.legend}>
        <li>
          <ToneWord {...LOOKS.approved}>{t('curriculum.done', { count: done.disciplines })}</ToneWord>
        </li>
        <li>
          <ToneWord {...LOOKS.enrolled}>{t('curriculum.current', { count: current.disciplines })}</ToneWord>
        </li>
        <li>
          <ToneWord {...LOOKS.pending}>{t('curriculum.open', { count: open })}</ToneWord>
        </li>
      </ul>
    </Paper>
  )
}

function Progress({ disciplines, label }: { disciplines: readonly OwnDiscipline[]; label: string }) {
  const { t } = useTranslation()
  const { number } = useFormat()
  const { done, current, all } = progressOf(disciplines)
  return (
    <SegmentBar
      segments={[
        { tone: 'good', value: done.hours },
        { tone: 'busy', value: current.hours },
      ]}
      total={all.hours}
      done={done.hours}
      label={label}
      valueText={t('curriculum.hoursDone', { done: number(done.hours), count: all.hours })}
    />
  )
}

function Periods({ disciplines }: { disciplines: readonly OwnDiscipline[] }) {
  const { t } = useTranslation()
  const { number } = useFormat()
  return (
    <DataTable
      label={t('curriculum.own')}
      groups={[...Map.groupBy(disciplines, ({ period }) => period)].map(([period, rows]) => ({
        key: String(period),
        head: (
          <div className={classes.periodHead}>
            {t('curriculum.period', { period })}
            <div className={classes.periodBar}>
              <Progress disciplines={rows} label={t('curriculum.progressOf', { period })} />
            </div>
          </div>
        ),
        rows,
      }))}
      keyOf={({ id }) => id}
      columns={[
        {
          head: t('notes.discipline'),
          rowHeader: true,
          cell: ({ name }) => (
            <Text fw={600} inherit>
              {name}
            </Text>
          ),
        },
        { head: t('curriculum.credits'), numeric: true, cell: ({ credits }) => number(credits) },
        {
          head: t('curriculum.hours'),
          numeric: true,
          cell: ({ workloadHours }) => t('curriculum.inHours', { hours: number(workloadHours) }),
        },
        {
          head: t('notes.status'),
          cell: ({ status }) => (
            <ToneWord {...LOOKS[status]}>
              {status === 'pending' ? t('curriculum.pending') : t(`class.studentStatus.${status}`)}
            </ToneWord>
          ),
        },
      ]}
    />
  )
}
