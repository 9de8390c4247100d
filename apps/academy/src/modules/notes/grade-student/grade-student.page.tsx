/** The grades of a class as a grid, saved student by student. Arrows move in it as in a spreadsheet, Enter saves and goes down. */
import { Alert, Button, Paper, Table, Text, TextInput, VisuallyHidden } from '@mantine/core'
import { IconAlertCircle, IconCheck, IconInfoCircle, IconUsers } from '@tabler/icons-react'
import { Link, useParams } from '@tanstack/react-router'
import { type KeyboardEvent, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useApi, useProblemText, useSend } from '../../../platform/ui/api.tsx'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { useFormat, usePerson } from '../../../platform/ui/session.tsx'
import { Message, Show } from '../../../platform/ui/states.tsx'
import { toast } from '../../../platform/ui/toast.tsx'
import { ToneWord } from '../../../platform/ui/tone.tsx'
import { useUnsaved } from '../../../platform/ui/unsaved.tsx'
import { NOTES, type Note } from '../../activities/class-activity.fields.ts'
import { contract as readClass } from '../../classes/read-class/read-class.contract.ts'
import { contract } from './grade-student.contract.ts'
import classes from './grade-student.page.module.css'
import { readNote } from './note-input.view.ts'

type Class = ResponseOf<typeof readClass>
type Student = Class['students'][number]

export default function GradeStudents() {
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
            title={t('grading.title')}
            crumbs={[
              { label: t('classes.title'), to: '/app/classes' },
              {
                label: shown.discipline,
                to: '/app/classes/$classId',
                params: { classId },
                search: { tab: 'students' },
              },
            ]}
          >
            <span>{t('classes.codeAndPeriod', { code: shown.code, period: shown.period.id })}</span>
            <Graded shown={shown} />
          </PageHeader>
          {shown.students.length === 0 ? (
            <Message icon={IconUsers} title={t('class.noStudents')}>
              {t('class.noStudentsHint')}
            </Message>
          ) : (
            <Grid shown={shown} refetch={() => void query.refetch()} />
          )}
        </>
      )}
    </Show>
  )
}

function Graded({ shown: { students } }: { shown: Class }) {
  const { t } = useTranslation()
  const { number } = useFormat()
  const given = students.flatMap(({ notes }) => notes).filter(({ note }) => note !== null).length
  return <span>{t('grading.given', { given: number(given), count: students.length * NOTES.length })}</span>
}

function Grid({ shown, refetch }: { shown: Class; refetch: () => void }) {
  const { t } = useTranslation()
  const { institution } = usePerson()
  const { number } = useFormat()
  const grid = useRef<HTMLTableElement>(null)
  const isOpen = shown.status === 'started'
  const focusOn = (row: number, note: Note) => {
    const input = grid.current?.querySelector<HTMLInputElement>(`[data-cell="${row} ${note}"]`)
    input?.focus()
    input?.select()
    return input !== null && input !== undefined
  }
  return (
    <>
      {isOpen ? (
        <Text size="sm" c="dimmed" mb="md">
          {t('grading.hint', { limit: number(institution.noteLimit, 2) })}
        </Text>
      ) : (
        <Alert color="water" variant="light" bg="var(--accent-soft)" icon={<IconInfoCircle aria-hidden />} mb="md">
          {t('grading.notStarted')}
        </Alert>
      )}
      <Paper withBorder className={classes.card}>
        {/* Display as blocks takes a table's meaning away in some browsers; the roles give it back. */}
        <Table ref={grid} role="table" aria-label={t('grading.title')} className={classes.grid ?? ''}>
          <Table.Thead role="rowgroup">
            <Table.Tr role="row">
              <Table.Th role="columnheader" scope="col">
                {t('class.student')}
              </Table.Th>
              {NOTES.map((note) => (
                <Table.Th key={note} role="columnheader" scope="col" className={classes.noteHead}>
                  {note}
                </Table.Th>
              ))}
              <Table.Th role="columnheader" scope="col" className={classes.meanHead}>
                {t('class.mean')}
              </Table.Th>
              <Table.Th role="columnheader" scope="col">
                <VisuallyHidden>{t('grading.saving')}</VisuallyHidden>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody role="rowgroup">
            {shown.students.map((student, row) => (
              <Row
                key={student.id}
                classId={shown.id}
                student={student}
                row={row}
                isOpen={isOpen}
                onMove={focusOn}
                onRefused={refetch}
              />
            ))}
          </Table.Tbody>
        </Table>
      </Paper>
    </>
  )
}

type Typed = Partial<Record<Note, string>>

function Row({
  classId,
  student,
  row,
  isOpen,
  onMove,
  onRefused,
}: {
  classId: string
  student: Student
  row: number
  isOpen: boolean
  onMove: (row: number, note: Note) => boolean
  onRefused: () => void
}) {
  const { t } = useTranslation()
  const { number } = useFormat()
  const { institution } = usePerson()
  const problemText = useProblemText()
  const problemsAt = useId()
  // Only what differs from what the server has: the rest follows the server.
  const [typed, setTyped] = useState<Typed>({})
  const [unreadable, setUnreadable] = useState<readonly Note[]>([])
  const send = useSend(contract, {
    refresh: [readClass],
    onSuccess: () => {
      setTyped({})
      toast('good', t('grading.saved', { name: student.name }))
    },
  })
  const given = (note: Note) => student.notes.find(({ type }) => type === note)
  const shownAs = (note: Note) => {
    const value = given(note)?.note
    return value === null || value === undefined ? '' : number(value, 2)
  }
  const changed = NOTES.flatMap((note) => {
    const text = typed[note]
    const before = given(note)
    if (text === undefined || !before) return []
    const read = readNote(text)
    if (read.kind === 'note' && read.note === before.note) return []
    return [{ type: note, read, version: before.version }]
  })
  useUnsaved(changed.length > 0)
  const errorOf = (note: Note) =>
    unreadable.includes(note)
      ? t('grading.unreadable')
      : send.error?.errors.find(({ field }) => field === note)?.message
  const rowProblem = send.error && !NOTES.some((note) => errorOf(note)) ? problemText(send.error) : undefined
  // Whoever graded meanwhile gave what is there now: it is told before it is replaced.
  const meanwhile =
    send.error?.code === 'changed-meanwhile'
      ? changed.map(({ type }) => t('grading.now', { note: type, value: shownAs(type) || '–' }))
      : []
  const ofNotes = NOTES.flatMap((note) => (errorOf(note) ? [`${note}: ${errorOf(note)}`] : []))
  const problems = [...ofNotes, ...(rowProblem ? [rowProblem] : []), ...meanwhile]

  /** @param then where the focus goes once it is saved. */
  const save = (then?: () => void) => {
    const bad = changed.filter(({ read }) => read.kind === 'unreadable').map(({ type }) => type)
    setUnreadable(bad)
    const [firstBad] = bad
    if (firstBad) return void onMove(row, firstBad)
    if (changed.length === 0) return then?.()
    if (send.isPending) return
    const notes = changed.flatMap(({ type, read, version }) =>
      read.kind === 'note' ? [{ type, note: read.note, version }] : [],
    )
    send.mutate(
      { classId, studentId: student.id, notes },
      {
        onSuccess: () => then?.(),
        onError: (problem) => {
          onRefused()
          const wrong = NOTES.find((note) => problem.errors.some(({ field }) => field === note))
          if (wrong) onMove(row, wrong)
        },
      },
    )
  }
  const type = (note: Note, text: string) => {
    if (send.error) send.reset()
    setUnreadable((before) => before.filter((each) => each !== note))
    setTyped({ ...typed, [note]: text })
  }
  const onKey = (event: KeyboardEvent<HTMLInputElement>, note: Note) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (onMove(row + (event.key === 'ArrowDown' ? 1 : -1), note)) event.preventDefault()
    } else if (event.key === 'Enter') {
      event.preventDefault()
      save(() => onMove(row + 1, note))
    } else if (event.key === 'Escape') {
      setTyped({})
      setUnreadable([])
      send.reset()
    }
  }

  return (
    <Table.Tr role="row" data-changed={changed.length > 0 || undefined} aria-busy={send.isPending || undefined}>
      <Table.Th role="rowheader" scope="row">
        <Text fw={600} inherit>
          {student.name}
        </Text>
        <Text size="sm" c="dimmed">
          {student.enrollmentCode}
        </Text>
        {problems.length > 0 && (
          <div role="alert" id={problemsAt} className={classes.problems}>
            {problems.map((problem) => (
              <ToneWord key={problem} tone="bad" icon={IconAlertCircle}>
                {problem}
              </ToneWord>
            ))}
          </div>
        )}
      </Table.Th>
      {NOTES.map((note) => (
        <Table.Td key={note} role="cell" className={classes.note} data-head={note}>
          <TextInput
            aria-label={t('grading.noteOf', { note, name: student.name })}
            aria-describedby={errorOf(note) ? problemsAt : undefined}
            error={errorOf(note) !== undefined}
            data-cell={`${row} ${note}`}
            inputMode="decimal"
            autoComplete="off"
            maxLength={8}
            placeholder="–"
            disabled={!isOpen}
            value={typed[note] ?? shownAs(note)}
            onChange={(event) => type(note, event.currentTarget.value)}
            onFocus={(event) => event.currentTarget.select()}
            onKeyDown={(event) => onKey(event, note)}
            classNames={{ input: classes.input ?? '' }}
          />
        </Table.Td>
      ))}
      <Table.Td role="cell" className={classes.mean} data-head={t('class.mean')}>
        {student.averageNote === null ? (
          <Text component="span" c="dimmed" inherit>
            <span aria-hidden="true">–</span>
            <VisuallyHidden>{t('class.notGraded')}</VisuallyHidden>
          </Text>
        ) : (
          <strong data-below={student.averageNote < institution.noteLimit || undefined}>
            {number(student.averageNote, 2)}
          </strong>
        )}
      </Table.Td>
      <Table.Td role="cell" className={classes.save}>
        {changed.length > 0 || send.isPending ? (
          <Button
            size="compact-sm"
            loading={send.isPending}
            aria-label={t('grading.saveOf', { name: student.name })}
            onClick={() => save()}
          >
            {t('grading.save')}
          </Button>
        ) : (
          send.isSuccess && (
            <ToneWord tone="good" icon={IconCheck}>
              {t('grading.done')}
            </ToneWord>
          )
        )}
      </Table.Td>
    </Table.Tr>
  )
}
