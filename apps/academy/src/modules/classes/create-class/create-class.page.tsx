/** A new class: what, by whom, when. Its lessons follow from its schedules. */
import { ActionIcon, Anchor, Button, Checkbox, Input, NativeSelect, NumberInput, Select, Tooltip } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi, useSend } from '../../../platform/ui/api.tsx'
import { DialogForm } from '../../../platform/ui/dialog-form.tsx'
import { chosen, type Problems } from '../../../platform/ui/form.tsx'
import { HourInput } from '../../../platform/ui/hour-input.tsx'
import { usePreferredLanguage } from '../../../platform/ui/preferences.tsx'
import { type Choice, SearchSelect } from '../../../platform/ui/search-select.tsx'
import { toast } from '../../../platform/ui/toast.tsx'
import { list as listDisciplines } from '../../disciplines/manage-disciplines/manage-disciplines.contract.ts'
import { contract as readInsights } from '../../insights/read-insights/read-insights.contract.ts'
import { list as listPeriods } from '../../periods/manage-academic-periods/manage-academic-periods.contract.ts'
import { contract as listTeachers } from '../../teachers/list-teachers/list-teachers.contract.ts'
import { DAYS, SCHEDULES_MAX, type Schedule, VACANCIES_MAX } from '../class.fields.ts'
import { contract as listClasses } from '../list-classes/list-classes.contract.ts'
import { begunAt, dayName } from '../schedules.view.ts'
import { workloadText } from '../workload.view.ts'
import { contract } from './create-class.contract.ts'
import classes from './create-class.page.module.css'

const TEACHER_CONFLICT = 'teacher-schedule-conflict'
const EVENING: Schedule = { day: 'monday', startAt: '19:00', endAt: '22:00' }

/** On the next day of the week, at the same hours; on Sundays only when somebody asks for them. */
const after = (last: Schedule | undefined): Schedule => ({
  ...EVENING,
  ...last,
  day: DAYS.filter((day) => day !== 'sunday')[last ? DAYS.indexOf(last.day) + 1 : 0] ?? EVENING.day,
})

export function CreateClass({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const { language } = usePreferredLanguage()
  const disciplines = useApi(listDisciplines, {}).data?.disciplines
  const periods = useApi(listPeriods, {}).data?.academicPeriods
  const [disciplineId, setDisciplineId] = useState<string | null>(null)
  const [teacher, setTeacher] = useState<Choice>()
  const [period, setPeriod] = useState<string>()
  const [vacancies, setVacancies] = useState<string | number>(40)
  const [schedules, setSchedules] = useState<(Schedule & { key: number })[]>([{ ...EVENING, key: 0 }])
  const [allowTeacherConflict, setAllowTeacherConflict] = useState(false)
  const periodId = period ?? periods?.[0]?.id
  const send = useSend(contract, {
    refresh: [listClasses, listTeachers, listPeriods, readInsights],
    onSuccess: ({ id, lessons, workloadMinutes }) => {
      const discipline = disciplines?.find((each) => each.id === disciplineId)?.name ?? ''
      toast(
        'good',
        t('newClass.created', { discipline }),
        <>
          {t('newClass.lessons', { count: lessons, workload: workloadText(workloadMinutes, language) })}{' '}
          <Anchor component={Link} to="/app/classes/$classId" params={{ classId: id } as never} size="sm">
            {t('newClass.open')}
          </Anchor>
        </>,
      )
      onClose()
    },
  })
  const labels = {
    disciplineId: t('newClass.discipline'),
    teacherId: t('newClass.teacher'),
    periodId: t('newClass.period'),
    vacancies: t('newClass.vacancies'),
    ...Object.fromEntries(
      schedules.flatMap((_, index) => {
        const label = t('newClass.schedule', { number: index + 1 })
        return ['', '.startAt', '.endAt'].map((part) => [`schedules.${index}${part}`, label])
      }),
    ),
  }
  const teacherIsTaken = send.error?.errors.some(({ code }) => code === TEACHER_CONFLICT)
  return (
    <DialogForm
      send={send}
      labels={labels}
      submitLabel={t('newClass.submit')}
      onSubmit={() =>
        send.mutate({
          disciplineId: chosen(disciplineId),
          teacherId: chosen(teacher?.value ?? ''),
          periodId: chosen(periodId ?? ''),
          vacancies: chosen(vacancies as number | ''),
          schedules: schedules.map(({ key: _, ...schedule }) => schedule),
          allowTeacherConflict,
        })
      }
      onClose={onClose}
    >
      {(problems) => (
        <>
          <Select
            label={labels.disciplineId}
            data-field="disciplineId"
            data-autofocus
            required
            searchable
            openOnFocus={false}
            maxDropdownHeight={280}
            nothingFoundMessage={
              disciplines && (disciplines.length === 0 ? t('newClass.noDisciplines') : t('list.noneFound'))
            }
            data={(disciplines ?? []).map(({ id, name, code }) => ({ value: id, label: `${name} (${code})` }))}
            value={disciplineId}
            onChange={setDisciplineId}
            error={problems.of('disciplineId')}
          />
          <SearchSelect
            endpoint={listTeachers}
            choicesOf={({ teachers }) => teachers.map(({ id, name }) => ({ value: id, label: name }))}
            choice={teacher}
            onChoice={setTeacher}
            label={labels.teacherId}
            description={t('newClass.teacherHint')}
            data-field="teacherId"
            required
            nothingFoundMessage={t('newClass.noTeacher')}
            error={problems.of('teacherId')}
          />
          <NativeSelect
            label={labels.periodId}
            description={periods?.length === 0 && t('newClass.noPeriods')}
            data-field="periodId"
            required
            value={periodId ?? ''}
            onChange={(event) => setPeriod(event.currentTarget.value)}
            data={(periods ?? []).map(({ id }) => id)}
            error={problems.of('periodId')}
          />
          <NumberInput
            label={labels.vacancies}
            data-field="vacancies"
            required
            min={0}
            max={VACANCIES_MAX}
            clampBehavior="none"
            allowDecimal={false}
            allowNegative={false}
            value={vacancies}
            onChange={setVacancies}
            error={problems.of('vacancies')}
          />
          <fieldset className={classes.schedules}>
            <legend>{t('newClass.schedules')}</legend>
            <Input.Description>{t('newClass.schedulesHint')}</Input.Description>
            {schedules.map((schedule, index) => (
              <ScheduleFields
                key={schedule.key}
                number={index + 1}
                schedule={schedule}
                onChange={(changed) =>
                  setSchedules(schedules.map((each) => (each === schedule ? { ...each, ...changed } : each)))
                }
                {...(schedules.length > 1
                  ? { onRemove: () => setSchedules(schedules.filter((each) => each !== schedule)) }
                  : {})}
                problems={problems}
              />
            ))}
            <div>
              <Button
                size="xs"
                variant="default"
                leftSection={<IconPlus size={16} aria-hidden />}
                disabled={schedules.length >= SCHEDULES_MAX}
                onClick={() => {
                  const last = schedules.at(-1)
                  setSchedules([...schedules, { ...after(last), key: (last?.key ?? 0) + 1 }])
                }}
              >
                {t('newClass.add')}
              </Button>
            </div>
          </fieldset>
          {(teacherIsTaken || allowTeacherConflict) && (
            <Checkbox
              label={t('newClass.allowConflict')}
              checked={allowTeacherConflict}
              onChange={(event) => setAllowTeacherConflict(event.currentTarget.checked)}
            />
          )}
        </>
      )}
    </DialogForm>
  )
}

function ScheduleFields({
  number,
  schedule: { day, startAt, endAt },
  onChange,
  onRemove,
  problems,
}: {
  number: number
  schedule: Schedule
  onChange: (changed: Partial<Schedule>) => void
  onRemove?: () => void
  problems: Problems
}) {
  const { t } = useTranslation()
  const { language } = usePreferredLanguage()
  const field = `schedules.${number - 1}`
  const wrong = problems.of(field)
  const wrongId = `wrong-${field}`
  const described = wrong ? { 'aria-describedby': wrongId, 'aria-invalid': true } : {}
  return (
    <fieldset className={classes.schedule} data-field={field} aria-label={t('newClass.schedule', { number })}>
      <NativeSelect
        label={t('newClass.day')}
        value={day}
        onChange={(event) => onChange({ day: event.currentTarget.value as Schedule['day'] })}
        data={DAYS.map((each) => ({ value: each, label: dayName(each, language, 'long') }))}
        error={wrong !== undefined}
        {...described}
      />
      <HourInput
        label={t('newClass.from')}
        value={startAt}
        onHour={(hour) => onChange(begunAt(hour, { startAt, endAt }))}
        error={problems.of(`${field}.startAt`) ?? wrong !== undefined}
        {...described}
      />
      <HourInput
        label={t('newClass.to')}
        value={endAt}
        onHour={(hour) => onChange({ endAt: hour })}
        error={problems.of(`${field}.endAt`) ?? wrong !== undefined}
        {...described}
      />
      {onRemove && (
        <Tooltip label={t('newClass.remove', { number })}>
          <ActionIcon
            variant="default"
            size="input-sm"
            aria-label={t('newClass.remove', { number })}
            onClick={onRemove}
          >
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
      )}
      {wrong && (
        <div className={classes.wrong} id={wrongId}>
          {wrong}
        </div>
      )}
    </fieldset>
  )
}
