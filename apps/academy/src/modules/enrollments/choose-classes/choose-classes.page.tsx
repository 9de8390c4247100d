/** A student chooses classes: what is on offer with seats and hours, what stands against each, and the week that comes of it. */
import { Button, Checkbox, Paper, Stack, Text, Title } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCalendarOff,
  IconCheck,
  IconClock,
  IconDeviceFloppy,
  IconListCheck,
  IconMinus,
  IconPlus,
  IconUser,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi, useSend } from '../../../platform/ui/api.tsx'
import { ProblemSummary, type Problems, useProblems } from '../../../platform/ui/form.tsx'
import { unbroken } from '../../../platform/ui/format.ts'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { useFormat } from '../../../platform/ui/session.tsx'
import { Message, Show } from '../../../platform/ui/states.tsx'
import { toast } from '../../../platform/ui/toast.tsx'
import { SegmentBar, ToneBadge, ToneWord } from '../../../platform/ui/tone.tsx'
import { useUnsaved } from '../../../platform/ui/unsaved.tsx'
import { WeekTable } from '../../../platform/ui/week-table.tsx'
import { contract as agenda } from '../../classes/agenda/agenda.contract.ts'
import { contract as ownCurriculum } from '../../curricula/own-curriculum/own-curriculum.contract.ts'
import { choose, read } from './choose-classes.contract.ts'
import classes from './choose-classes.page.module.css'
import { type Enrollment, type Obstacle, type OfferedClass, obstacleOf, sumUp } from './selection.view.ts'

export default function ChooseClasses() {
  const { t } = useTranslation()
  const query = useApi(read, {})
  return (
    <Show query={query} page>
      {(enrollment) => (
        <>
          <PageHeader title={t('enrollment.title')}>
            <Windows enrollment={enrollment} />
          </PageHeader>
          {enrollment.windows.length === 0 ? (
            <Closed enrollment={enrollment} />
          ) : enrollment.classes.length === 0 ? (
            <Message icon={IconListCheck} title={t('enrollment.none')}>
              {t('enrollment.noneHint')}
            </Message>
          ) : (
            <Choice enrollment={enrollment} refetch={() => void query.refetch()} />
          )}
        </>
      )}
    </Show>
  )
}

function Windows({ enrollment: { windows } }: { enrollment: Enrollment }) {
  const { t } = useTranslation()
  const { day } = useFormat()
  return windows.map(({ periodId, endAt }) => (
    <ToneBadge key={periodId} tone="accent" icon={IconClock}>
      {t('enrollment.openUntil', { period: periodId, day: day(endAt) })}
    </ToneBadge>
  ))
}

function Closed({ enrollment: { nextWindow } }: { enrollment: Enrollment }) {
  const { t } = useTranslation()
  const { day } = useFormat()
  return (
    <Message
      icon={IconCalendarOff}
      title={t('enrollment.closed')}
      action={
        <Button component={Link} to="/app/agenda" variant="default">
          {t('enrollment.seeAgenda')}
        </Button>
      }
    >
      {nextWindow
        ? t('enrollment.opens', {
            period: nextWindow.periodId,
            start: day(nextWindow.startAt),
            end: day(nextWindow.endAt),
          })
        : t('enrollment.noWindow')}
    </Message>
  )
}

function Choice({ enrollment, refetch }: { enrollment: Enrollment; refetch: () => void }) {
  const { t } = useTranslation()
  const form = useRef<HTMLFormElement>(null)
  const held = enrollment.classes.filter(({ isSelected }) => isSelected).map(({ id }) => id)
  // Undefined while the choice is what the server has: then it follows the server's.
  const [wanted, setWanted] = useState<readonly string[]>()
  const chosen = new Set(wanted ?? held)
  const send = useSend(choose, {
    refresh: [read, agenda, ownCurriculum],
    onSuccess: ({ classes: now }) => {
      setWanted(undefined)
      toast(
        'good',
        t('enrollment.saved'),
        t('enrollment.savedHint', { count: now.filter((each) => each.isSelected).length }),
      )
    },
  })
  // The server names a class by its place in what was sent.
  const sent = send.variables?.classes ?? []
  const problems = useProblems(send.error, form, labelsOf(sent, enrollment))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    // What was refused is no longer as it was shown: another took the last seat, say.
    if (!send.isPending) send.mutate({ classes: [...chosen] }, { onError: refetch })
  }
  const toggle = (id: string) => {
    send.reset()
    setWanted(chosen.has(id) ? [...chosen].filter((other) => other !== id) : [...chosen, id])
  }
  const periods = [...Map.groupBy(enrollment.classes, ({ curriculumPeriod }) => curriculumPeriod)]
  return (
    <form ref={form} onSubmit={submit} noValidate className={classes.choice}>
      <Stack gap="xl" className={classes.offer}>
        <ProblemSummary problems={problems} form={form} title={t('enrollment.refused')} />
        {periods.map(([period, offered]) => (
          <section key={period} aria-labelledby={`period-${period}`}>
            <Title order={2} id={`period-${period}`} mb="sm">
              {t('curriculum.period', { period })}
            </Title>
            <ul className={classes.list}>
              {offered.map((each) => (
                <Offered
                  key={each.id}
                  offered={each}
                  isChosen={chosen.has(each.id)}
                  obstacle={obstacleOf(each, enrollment, chosen)}
                  field={sent.includes(each.id) ? `classes.${sent.indexOf(each.id)}` : undefined}
                  problems={problems}
                  onToggle={() => toggle(each.id)}
                />
              ))}
            </ul>
          </section>
        ))}
      </Stack>
      <Summary enrollment={enrollment} chosen={chosen} isSaving={send.isPending} />
    </form>
  )
}

const labelsOf = (sent: readonly string[], { classes: offered }: Enrollment) =>
  Object.fromEntries(
    sent.map((id, place) => [`classes.${place}`, offered.find((each) => each.id === id)?.discipline ?? id]),
  )

function Offered({
  offered: { discipline, teacher, schedules, credits, workloadHours, enrolled, vacancies },
  isChosen,
  obstacle,
  field,
  problems,
  onToggle,
}: {
  offered: OfferedClass
  isChosen: boolean
  obstacle: Obstacle | undefined
  field: string | undefined
  problems: Problems
  onToggle: () => void
}) {
  const { t } = useTranslation()
  const facts = useId()
  const inTheWay = useObstacleText(obstacle)
  const refused = (field && problems.of(field)) ?? inTheWay
  const { number } = useFormat()
  const seats = t('enrollment.seats', { left: number(Math.max(0, vacancies - enrolled)), vacancies: number(vacancies) })
  return (
    <Paper withBorder component="li" className={classes.item} data-chosen={isChosen || undefined}>
      <Checkbox
        size="md"
        className={classes.check ?? ''}
        classNames={{ inner: classes.box ?? '' }}
        data-field={field}
        label={<span className={classes.discipline}>{discipline}</span>}
        aria-describedby={facts}
        checked={isChosen}
        // What was chosen can always be given up.
        disabled={obstacle !== undefined && !isChosen}
        onChange={onToggle}
      />
      <div id={facts} className={classes.facts}>
        <span className={classes.fact}>
          <IconClock size={16} aria-hidden /> <Hours schedules={schedules} />
        </span>
        <span className={classes.fact}>
          <IconUser size={16} aria-hidden /> {teacher}
        </span>
        <span>{t('enrollment.creditsAndHours', { count: credits, hours: workloadHours })}</span>
        {refused && (
          <span className={classes.refused}>
            <ToneWord tone={isChosen ? 'bad' : 'warn'} icon={IconAlertTriangle}>
              {refused}
            </ToneWord>
          </span>
        )}
      </div>
      <div className={classes.seats}>
        <Text size="sm">{seats}</Text>
        <SegmentBar
          segments={[{ tone: enrolled >= vacancies ? 'quiet' : 'accent', value: Math.min(enrolled, vacancies) }]}
          total={vacancies}
          done={Math.min(enrolled, vacancies)}
          label={t('enrollment.seatsOf', { discipline })}
          valueText={seats}
        />
      </div>
    </Paper>
  )
}

function Hours({ schedules }: Pick<OfferedClass, 'schedules'>) {
  const { t } = useTranslation()
  const { list } = useFormat()
  return list(schedules.map(({ day, startAt, endAt }) => unbroken(`${t(`week.days.${day}`)} ${startAt}–${endAt}`)))
}

function useObstacleText(obstacle: Obstacle | undefined): string | undefined {
  const { t } = useTranslation()
  switch (obstacle?.why) {
    case 'full':
      return t('enrollment.obstacle.full')
    case 'attending':
      return t('enrollment.obstacle.attending')
    case 'passed':
      return t('enrollment.obstacle.passed')
    case 'same-discipline':
      return t('enrollment.obstacle.sameDiscipline')
    case 'clash':
      return t('enrollment.obstacle.clash', { other: obstacle.other })
    case 'clash-kept':
      return t('enrollment.obstacle.clashKept', { other: obstacle.other })
    case undefined:
      return undefined
  }
}

function Summary({
  enrollment: { classes: offered, kept },
  chosen,
  isSaving,
}: {
  enrollment: Enrollment
  chosen: ReadonlySet<string>
  isSaving: boolean
}) {
  const { t } = useTranslation()
  const { number } = useFormat()
  const { count, credits, hours, entered, left } = sumUp(offered, chosen)
  const isChanged = entered.length + left.length > 0
  useUnsaved(isChanged)
  const meetings = [
    ...offered.filter(({ id }) => chosen.has(id)).map((each) => ({ ...each, tone: 'accent' as const })),
    ...kept.map((each) => ({ ...each, tone: 'quiet' as const })),
  ].flatMap(({ id, discipline, schedules, tone }) =>
    schedules.map((schedule) => ({
      key: `${id} ${schedule.day} ${schedule.startAt}`,
      what: discipline,
      tone,
      ...schedule,
    })),
  )
  return (
    <aside className={classes.rail} aria-labelledby="my-choice">
      <Paper withBorder className={classes.card}>
        <Title order={2} size="h3" id="my-choice">
          {t('enrollment.choice')}
        </Title>
        <div role="status" className={classes.sums}>
          <strong>{t('enrollment.count', { count })}</strong>
          <span>{t('enrollment.creditsAndHours', { count: credits, hours: number(hours) })}</span>
        </div>
        {isChanged && (
          <ul className={classes.changes} aria-label={t('enrollment.changes')}>
            {entered.map(({ id, discipline }) => (
              <li key={id}>
                <ToneWord tone="good" icon={IconPlus}>
                  {t('enrollment.enters', { discipline })}
                </ToneWord>
              </li>
            ))}
            {left.map(({ id, discipline }) => (
              <li key={id}>
                <ToneWord tone="warn" icon={IconMinus}>
                  {t('enrollment.leaves', { discipline })}
                </ToneWord>
              </li>
            ))}
          </ul>
        )}
      </Paper>
      {isChanged ? (
        <div className={classes.save}>
          <span className={classes.saveSum}>{t('enrollment.count', { count })}</span>
          <Button type="submit" size="md" loading={isSaving} leftSection={<IconDeviceFloppy size={18} aria-hidden />}>
            {t('enrollment.save')}
          </Button>
        </div>
      ) : (
        count > 0 && (
          <div className={classes.saved}>
            <ToneWord tone="good" icon={IconCheck}>
              {t('enrollment.nothingToSave')}
            </ToneWord>
          </div>
        )
      )}
      {meetings.length > 0 && (
        <Paper withBorder className={classes.card}>
          <Title order={2} size="h3">
            {t('enrollment.week')}
          </Title>
          <WeekTable label={t('enrollment.week')} meetings={meetings} />
          {kept.length > 0 && (
            <Text size="sm" c="dimmed">
              {t('enrollment.keptHint')}
            </Text>
          )}
        </Paper>
      )}
    </aside>
  )
}
