/** The form that publishes an activity. The server's rules are the rules: what it refuses is shown where it was typed. */
import {
  Button,
  Group,
  Input,
  NativeSelect,
  NumberInput,
  Paper,
  SegmentedControl,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core'
import { IconBell, IconMail, IconSend } from '@tabler/icons-react'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useApi, useSend } from '../../../platform/ui/api.tsx'
import { DayField } from '../../../platform/ui/day-field.tsx'
import { chosen, ProblemSummary, useProblems } from '../../../platform/ui/form.tsx'
import { addDays } from '../../../platform/ui/format.ts'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { useFormat } from '../../../platform/ui/session.tsx'
import { Show } from '../../../platform/ui/states.tsx'
import { useUnsaved } from '../../../platform/ui/unsaved.tsx'
import { contract as listClasses } from '../../classes/list-classes/list-classes.contract.ts'
import { contract as readClass } from '../../classes/read-class/read-class.contract.ts'
import {
  ACTIVITY_TYPES,
  type ActivityType,
  DESCRIPTION_LENGTH_MAX,
  NOTES,
  type Note,
  TITLE_LENGTH_MAX,
} from '../class-activity.fields.ts'
import { followDelivery } from '../follow-delivery/running-deliveries.view.ts'
import { contract as listActivities } from '../list-activities/list-activities.contract.ts'
import { contract } from './create-class-activity.contract.ts'
import classes from './create-class-activity.page.module.css'

const DAYS_UNTIL_DUE = 7
/** Before midnight: at 00:00 it is a day later than most who read it think. */
const DUE_HOUR = '23:59'

/** A week from today, or the last day of the period where that comes first. */
const usualDueDate = ({ today, period }: ResponseOf<typeof readClass>) =>
  [addDays(today, DAYS_UNTIL_DUE), period.endAt].toSorted()[0] ?? null

export default function NewActivity() {
  const { t } = useTranslation()
  const { classId } = useParams({ strict: false }) as { classId: string }
  const query = useApi(readClass, { classId })
  return (
    <Show
      query={query}
      page
      action={
        <Button component={Link} to="/app/classes" variant="default">
          {t('classes.title')}
        </Button>
      }
    >
      {(shown) => (
        <>
          <PageHeader
            title={t('activity.new')}
            crumbs={[
              { label: t('classes.title'), to: '/app/classes' },
              { label: shown.discipline, to: '/app/classes/$classId', params: { classId } },
            ]}
          >
            <span>{t('classes.codeAndPeriod', { code: shown.code, period: shown.period.id })}</span>
          </PageHeader>
          <ActivityForm shown={shown} />
        </>
      )}
    </Show>
  )
}

function ActivityForm({ shown }: { shown: ResponseOf<typeof readClass> }) {
  const { t } = useTranslation()
  const { number, percent, day, zone } = useFormat(shown.timeZone)
  const navigate = useNavigate()
  const form = useRef<HTMLFormElement>(null)
  const noteLabel = useId()
  const [title, setTitle] = useState('')
  const [description, setDescription] = useState('')
  const [type, setType] = useState<ActivityType>('work')
  const [note, setNote] = useState<Note>(NOTES.find((each) => shown.remainingWeights[each] > 0) ?? 'N1')
  const [weight, setWeight] = useState<string | number>('')
  const [dueDate, setDueDate] = useState(() => usualDueDate(shown))
  const [dueHour, setDueHour] = useState(DUE_HOUR)

  // The page that follows is there when it is wanted.
  useEffect(() => void import('../read-activity/read-activity.page.tsx').catch(() => {}), [])
  useUnsaved(title.trim() !== '' || description.trim() !== '')
  const remaining = shown.remainingWeights[note]
  const publish = useSend(contract, {
    refresh: [readClass, listClasses, listActivities],
    onSuccess: ({ id }) => {
      followDelivery({ activityId: id, title: title.trim() })
      void navigate({
        to: '/app/activities/$activityId',
        params: { activityId: id } as never,
        ignoreBlocker: true,
      })
    },
  })
  const labels = {
    title: t('activity.title'),
    description: t('activity.description'),
    type: t('activity.type'),
    note: t('activity.note'),
    weight: t('activity.weight'),
    dueDate: t('activity.dueDate'),
    dueHour: t('activity.dueHour'),
  }
  const problems = useProblems(publish.error, form, labels)

  const dueDateProblem = (due: string) => {
    const { startAt, endAt } = shown.period
    if (due < shown.today) return t('activity.dueDatePast')
    if (due >= startAt && due <= endAt) return undefined
    return t('activity.dueDateOutside', { start: day(startAt), end: day(endAt) })
  }

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (publish.isPending || publish.isSuccess) return
    // What is missing or impossible goes as it is: the answer says what is wrong with it, in one place and one language.
    publish.mutate({
      classId: shown.id,
      title,
      description,
      type,
      note,
      weight: chosen(weight) as number,
      dueDate: chosen(dueDate),
      dueHour: chosen(dueHour),
    })
  }

  return (
    <form ref={form} onSubmit={submit} noValidate className={classes.form}>
      <Paper withBorder p={{ base: 'md', sm: 'xl' }} className={classes.fields}>
        <Stack gap="lg">
          <ProblemSummary problems={problems} form={form} />
          <TextInput
            label={labels.title}
            data-field="title"
            required
            maxLength={TITLE_LENGTH_MAX}
            value={title}
            onChange={(event) => setTitle(event.currentTarget.value)}
            error={problems.of('title')}
            autoComplete="off"
          />
          <div>
            <Textarea
              label={labels.description}
              description={t('activity.descriptionHint')}
              data-field="description"
              required
              autosize
              minRows={6}
              maxRows={18}
              maxLength={DESCRIPTION_LENGTH_MAX}
              value={description}
              onChange={(event) => setDescription(event.currentTarget.value)}
              error={problems.of('description')}
            />
            <Text size="xs" c="dimmed" ta="right" mt={4}>
              {t('form.counter', { used: number(description.length), max: number(DESCRIPTION_LENGTH_MAX) })}
            </Text>
          </div>
          <NativeSelect
            label={labels.type}
            data-field="type"
            value={type}
            onChange={(event) => setType(event.currentTarget.value as ActivityType)}
            data={ACTIVITY_TYPES.map((value) => ({ value, label: t(`activity.types.${value}`) }))}
            error={problems.of('type')}
          />
          <Input.Wrapper
            label={labels.note}
            labelElement="div"
            labelProps={{ id: noteLabel }}
            error={problems.of('note')}
            data-field="note"
          >
            <SegmentedControl
              fullWidth
              aria-labelledby={noteLabel}
              value={note}
              onChange={(value) => setNote(value as Note)}
              data={NOTES.map((each) => ({
                value: each,
                label: (
                  <span className={classes.note}>
                    {each}
                    <small>{t('activity.noteLeft', { left: percent(shown.remainingWeights[each]) })}</small>
                  </span>
                ),
              }))}
            />
          </Input.Wrapper>
          <div className={classes.three}>
            <NumberInput
              label={labels.weight}
              description={t('activity.weightHint', { note, left: percent(remaining) })}
              inputWrapperOrder={['label', 'input', 'error', 'description']}
              data-field="weight"
              required
              min={0}
              max={remaining}
              clampBehavior="none"
              allowDecimal={false}
              allowNegative={false}
              suffix="%"
              value={weight}
              onChange={setWeight}
              error={problems.of('weight')}
            />
            <DayField
              label={labels.dueDate}
              field="dueDate"
              near={shown.today}
              problemOf={dueDateProblem}
              value={dueDate}
              onChange={setDueDate}
              error={problems.of('dueDate')}
            />
            <TextInput
              type="time"
              label={labels.dueHour}
              description={zone}
              inputWrapperOrder={['label', 'input', 'error', 'description']}
              data-field="dueHour"
              required
              value={dueHour}
              onChange={(event) => setDueHour(event.currentTarget.value)}
              error={problems.of('dueHour')}
            />
          </div>
        </Stack>
      </Paper>
      <aside className={classes.rail} aria-labelledby="who-is-told">
        <Paper withBorder p="lg" className={classes.told}>
          <Title order={2} size="h3" id="who-is-told" mb="xs">
            {t('activity.whoIsTold')}
          </Title>
          {shown.students.length === 0 ? (
            <Text c="dimmed">{t('activity.nobodyToTell')}</Text>
          ) : (
            <>
              <Text className={classes.count}>{t('classes.students', { count: shown.students.length })}</Text>
              <ul className={classes.ways}>
                <li>
                  <IconBell size={18} stroke={1.7} aria-hidden /> {t('activity.toldInApp')}
                </li>
                <li>
                  <IconMail size={18} stroke={1.7} aria-hidden /> {t('activity.toldByEmail')}
                </li>
              </ul>
              <Text size="sm" c="dimmed">
                {t('activity.youAreTold')}
              </Text>
            </>
          )}
        </Paper>
        <Group gap="sm" grow preventGrowOverflow={false}>
          <Button
            type="submit"
            size="md"
            loading={publish.isPending || publish.isSuccess}
            leftSection={<IconSend size={18} aria-hidden />}
          >
            {t('activity.publish')}
          </Button>
          <Button
            component={Link}
            to="/app/classes/$classId"
            params={{ classId: shown.id } as never}
            variant="default"
            size="md"
          >
            {t('form.cancel')}
          </Button>
        </Group>
      </aside>
    </form>
  )
}
