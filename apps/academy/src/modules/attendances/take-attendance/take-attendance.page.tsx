/** The roll of a lesson. Everybody is present until marked absent: one click or one key for each who is missing. */
import { Alert, Button, Checkbox, Group, Kbd, Paper, Text } from '@mantine/core'
import { IconCheck, IconChevronLeft, IconChevronRight, IconInfoCircle, IconUsers, IconX } from '@tabler/icons-react'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useApi, useSend } from '../../../platform/ui/api.tsx'
import { ProblemSummary, useProblems } from '../../../platform/ui/form.tsx'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { useFormat } from '../../../platform/ui/session.tsx'
import { Message, Show } from '../../../platform/ui/states.tsx'
import { toast } from '../../../platform/ui/toast.tsx'
import { SegmentBar, ToneBadge, ToneWord } from '../../../platform/ui/tone.tsx'
import { useUnsaved } from '../../../platform/ui/unsaved.tsx'
import { contract as listClasses } from '../../classes/list-classes/list-classes.contract.ts'
import { contract as readClass } from '../../classes/read-class/read-class.contract.ts'
import { contract as insights } from '../../insights/read-insights/read-insights.contract.ts'
import { read, take } from './take-attendance.contract.ts'
import classes from './take-attendance.page.module.css'

type Roll = ResponseOf<typeof read>
type Class = ResponseOf<typeof readClass>

export default function TakeAttendance() {
  const { t } = useTranslation()
  const { classId, lessonId } = useParams({ strict: false }) as { classId: string; lessonId: string }
  const roll = useApi(read, { lessonId })
  const klass = useApi(readClass, { classId })
  const action = (
    <Button component={Link} to="/app/classes" variant="default">
      {t('classes.title')}
    </Button>
  )
  return (
    <Show query={roll} page action={action}>
      {(shown) => (
        <Show query={klass} page action={action}>
          {(ofClass) => <Lesson key={lessonId} roll={shown} klass={ofClass} refetch={() => void roll.refetch()} />}
        </Show>
      )}
    </Show>
  )
}

function Lesson({ roll, klass, refetch }: { roll: Roll; klass: Class; refetch: () => void }) {
  const { t } = useTranslation()
  const { day } = useFormat(klass.timeZone)
  const { lesson, students } = roll
  const blocked =
    klass.status !== 'started'
      ? t('rollCall.notStarted')
      : lesson.date > klass.today
        ? t('rollCall.notGiven', { day: day(lesson.date) })
        : undefined
  return (
    <>
      <PageHeader
        title={t('rollCall.of', { number: lesson.number })}
        crumbs={[
          { label: t('classes.title'), to: '/app/classes' },
          {
            label: klass.discipline,
            to: '/app/classes/$classId',
            params: { classId: klass.id },
            search: { tab: 'lessons' },
          },
        ]}
        actions={<Neighbours lesson={lesson} klass={klass} />}
      >
        <span>{t('rollCall.when', { day: day(lesson.date), from: lesson.startAt, to: lesson.endAt })}</span>
        {lesson.status === 'finalized' ? (
          <ToneBadge tone="good" icon={IconCheck}>
            {t('lesson.taken')}
          </ToneBadge>
        ) : (
          <ToneBadge tone="quiet">{t('lesson.pending')}</ToneBadge>
        )}
      </PageHeader>
      {blocked && (
        <Alert color="water" variant="light" bg="var(--accent-soft)" icon={<IconInfoCircle aria-hidden />} mb="md">
          {blocked}
        </Alert>
      )}
      {students.length === 0 ? (
        <Message icon={IconUsers} title={t('class.noStudents')}>
          {t('rollCall.nobodyHint')}
        </Message>
      ) : (
        <RollForm roll={roll} isBlocked={blocked !== undefined} refetch={refetch} />
      )}
    </>
  )
}

function Neighbours({ lesson, klass }: { lesson: Roll['lesson']; klass: Class }) {
  const { t } = useTranslation()
  const at = klass.lessons.findIndex(({ id }) => id === lesson.id)
  const link = (to: Class['lessons'][number] | undefined, icon: 'left' | 'right') =>
    to && (
      <Button
        component={Link}
        to="/app/classes/$classId/lessons/$lessonId"
        params={{ classId: klass.id, lessonId: to.id } as never}
        variant="default"
        {...(icon === 'left'
          ? { leftSection: <IconChevronLeft size={16} aria-hidden /> }
          : { rightSection: <IconChevronRight size={16} aria-hidden /> })}
      >
        {t('lesson.number', { number: to.number })}
      </Button>
    )
  return (
    <>
      {link(klass.lessons[at - 1], 'left')}
      {link(klass.lessons[at + 1], 'right')}
    </>
  )
}

function RollForm({
  roll: { lesson, students },
  isBlocked,
  refetch,
}: {
  roll: Roll
  isBlocked: boolean
  refetch: () => void
}) {
  const { t } = useTranslation()
  const { frequencyText } = useFormat()
  const navigate = useNavigate()
  const form = useRef<HTMLFormElement>(null)
  const hint = useId()
  const [opened, setOpened] = useState(() => ({ absent: absentIn(students), version: lesson.version }))
  const { absent: asOpened } = opened
  const [absent, setAbsent] = useState(asOpened)
  useUnsaved(absent.size !== asOpened.size || [...absent].some((id) => !asOpened.has(id)))
  const send = useSend(take, {
    refresh: [read, readClass, listClasses, insights],
    onSuccess: (taken) => {
      const there = taken.students.filter(({ present }) => present).length
      toast(
        'good',
        t('rollCall.saved', { number: taken.lesson.number }),
        t('rollCall.sum', {
          there: t('rollCall.present', { count: there }),
          missing: t('rollCall.absent', { count: taken.students.length - there }),
        }),
      )
      void navigate({
        to: '/app/classes/$classId',
        params: { classId: lesson.classId } as never,
        search: { tab: 'lessons' } as never,
        ignoreBlocker: true,
      })
    },
  })
  const nameOf = (id: string | undefined) => students.find((each) => each.id === id)?.name
  const problems = useProblems(
    send.error,
    form,
    Object.fromEntries(
      (send.variables?.presentStudents ?? []).map((id, place) => [`presentStudents.${place}`, nameOf(id) ?? id]),
    ),
  )
  useEffect(() => {
    if (!isBlocked) boxesIn(form.current)[0]?.focus({ preventScroll: true })
  }, [isBlocked])

  const save = (version: number) => {
    const presentStudents = students.filter(({ id }) => !absent.has(id)).map(({ id }) => id)
    send.mutate({ lessonId: lesson.id, presentStudents, version }, { onError: refetch })
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!send.isPending && !isBlocked) save(opened.version)
  }
  const takeTheirs = () => {
    const theirs = absentIn(students)
    setOpened({ absent: theirs, version: lesson.version })
    setAbsent(theirs)
    send.reset()
  }
  const mark = (id: string, isPresent: boolean) => {
    const next = new Set(absent)
    if (isPresent) next.delete(id)
    else next.add(id)
    setAbsent(next)
  }
  const onKey = (event: KeyboardEvent<HTMLUListElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof HTMLInputElement)) return
    const boxes = boxesIn(form.current)
    const at = boxes.indexOf(event.target)
    const key = event.key.toLowerCase()
    const isMark = PRESENT_KEYS.has(key) || ABSENT_KEYS.has(key)
    if (isMark) mark(event.target.value, PRESENT_KEYS.has(key))
    const to = isMark ? at + 1 : placeAfter(event.key, at, boxes.length)
    if (to === undefined) return
    event.preventDefault()
    boxes[Math.min(to, boxes.length - 1)]?.focus()
  }
  const there = students.length - absent.size
  const sum = t('rollCall.sum', {
    there: t('rollCall.present', { count: there }),
    missing: t('rollCall.absent', { count: absent.size }),
  })

  return (
    <form ref={form} onSubmit={submit} noValidate className={classes.form}>
      <ProblemSummary problems={problems} form={form} title={t('rollCall.refused')} />
      {send.error?.code === 'roll-call-changed' && lesson.version !== opened.version && (
        <Group gap="xs">
          <Button variant="default" onClick={takeTheirs}>
            {t('rollCall.takeTheirs')}
          </Button>
          <Button variant="default" color="red" loading={send.isPending} onClick={() => save(lesson.version)}>
            {t('rollCall.keepMine')}
          </Button>
        </Group>
      )}
      <Paper withBorder className={classes.head}>
        <div className={classes.sum}>
          <Text fw={600} role="status">
            {sum}
          </Text>
          <SegmentBar
            segments={[
              { tone: 'good', value: there },
              { tone: 'bad', value: absent.size },
            ]}
            total={students.length}
            done={there}
            label={t('rollCall.share')}
            valueText={frequencyText((there / students.length) * 100)}
          />
        </div>
        {!isBlocked && (
          <Group gap="xs" wrap="nowrap">
            <Button variant="default" px="sm" onClick={() => setAbsent(new Set())} disabled={absent.size === 0}>
              {t('rollCall.allPresent')}
            </Button>
            <Button
              variant="default"
              px="sm"
              onClick={() => setAbsent(new Set(students.map(({ id }) => id)))}
              disabled={there === 0}
            >
              {t('rollCall.allAbsent')}
            </Button>
          </Group>
        )}
      </Paper>
      {!isBlocked && (
        <Text size="sm" c="dimmed" id={hint} className={classes.hint}>
          {t('rollCall.hint')}{' '}
          <span className={classes.keys}>
            <Kbd>↑</Kbd> <Kbd>↓</Kbd> {t('rollCall.keys.move')} · <Kbd>{t('rollCall.keys.presentKey')}</Kbd>{' '}
            {t('rollCall.isPresent')} · <Kbd>{t('rollCall.keys.absentKey')}</Kbd> {t('rollCall.isAbsent')} ·{' '}
            <Kbd>Enter</Kbd> {t('rollCall.keys.save')}
          </span>
        </Text>
      )}
      <Paper
        withBorder
        component="ul"
        aria-label={t('rollCall.students')}
        className={classes.list}
        data-field="presentStudents"
        onKeyDown={onKey}
      >
        {students.map(({ id, name }) => {
          const isPresent = !absent.has(id)
          return (
            <li key={id} className={classes.student} data-absent={!isPresent || undefined}>
              <Checkbox
                size="md"
                className={classes.check ?? ''}
                classNames={{ inner: classes.box ?? '' }}
                value={id}
                label={name}
                aria-describedby={hint}
                checked={isPresent}
                disabled={isBlocked}
                onChange={(event) => mark(id, event.currentTarget.checked)}
              />
              {/* The box says it already. */}
              <span aria-hidden="true" className={classes.state}>
                {isPresent ? (
                  <ToneWord tone="good" icon={IconCheck}>
                    {t('rollCall.isPresent')}
                  </ToneWord>
                ) : (
                  <ToneWord tone="bad" icon={IconX}>
                    {t('rollCall.isAbsent')}
                  </ToneWord>
                )}
              </span>
            </li>
          )
        })}
      </Paper>
      {!isBlocked && (
        <div className={classes.save}>
          <span className={classes.saveSum} aria-hidden="true">
            {sum}
          </span>
          <Button type="submit" size="md" flex="none" loading={send.isPending}>
            {lesson.status === 'finalized' ? t('rollCall.saveAgain') : t('rollCall.save')}
          </Button>
        </div>
      )}
    </form>
  )
}

const absentIn = (students: Roll['students']): ReadonlySet<string> =>
  new Set(students.filter(({ present }) => present === false).map(({ id }) => id))

/** P in both languages; F for falta, A for absent: each works in either. */
const PRESENT_KEYS = new Set(['p'])
const ABSENT_KEYS = new Set(['a', 'f'])

const boxesIn = (form: HTMLElement | null) => [
  ...(form?.querySelectorAll<HTMLInputElement>('input[type="checkbox"]') ?? []),
]

const placeAfter = (key: string, at: number, count: number): number | undefined => {
  switch (key) {
    case 'ArrowDown':
      return at + 1
    case 'ArrowUp':
      return Math.max(0, at - 1)
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return undefined
  }
}
