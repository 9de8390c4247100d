/** Students of the institution, for its staff: who they are, and whose e-mails do not arrive. */
import { Button, Group, Modal, Switch, Text } from '@mantine/core'
import { IconCircleCheck, IconPlus, IconUsers } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useSend } from '../../../platform/ui/api.tsx'
import { Coming, InviteAll, useInvitedToast } from '../../../platform/ui/coming.tsx'
import { FailedEmails } from '../../../platform/ui/correct-address.tsx'
import { EmailAddress } from '../../../platform/ui/email-address.tsx'
import { FilterBar, NothingListed, SearchInput, useFilters } from '../../../platform/ui/filters.tsx'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { ShowParts, useParts } from '../../../platform/ui/paging.tsx'
import { PersonDialog } from '../../../platform/ui/person-dialog.tsx'
import { PersonMenu } from '../../../platform/ui/person-menu.tsx'
import { DataTable } from '../../../platform/ui/table.tsx'
import { TurnOffTwoSteps, TwoStepsMark } from '../../../platform/ui/two-steps.tsx'
import { contract as inviteAgain } from '../../people/invite-again/invite-again.contract.ts'
import {
  listTurnedOff,
  turnOffAuthenticatorOf,
} from '../../users/turn-off-authenticator/turn-off-authenticator.contract.ts'
import { CreateStudent } from '../create-student/create-student.page.tsx'
import { CorrectStudentAddress } from './correct-student-address.page.tsx'
import { contract } from './list-students.contract.ts'
import classes from './list-students.page.module.css'

type Student = ResponseOf<typeof contract>['students'][number]

export default function Students() {
  const { t } = useTranslation()
  const [{ search = '', problems }, change] = useFilters('search', 'problems')
  const failedOnly = problems === 'true'
  const [creating, setCreating] = useState(false)
  const [correcting, setCorrecting] = useState<Student>()
  const [turningOff, setTurningOff] = useState<Student>()
  const invited = useInvitedToast()
  const inviting = useSend(inviteAgain, { refresh: [contract], onSuccess: invited.done })
  const invite = (people?: string[]) =>
    inviting.mutate({ role: 'student', ...(people ? { people } : {}) }, { onError: invited.failed })
  const parts = useParts(contract, {
    ...(search ? { search } : {}),
    ...(failedOnly ? { failedOnly: 'true' } : {}),
  })
  const create = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
      {t('newStudent.title')}
    </Button>
  )
  const clear = () => change({ search: '', problems: '' })
  const none = { icon: IconUsers, title: t('students.none'), hint: t('students.noneHint'), action: create }
  const noProblems = {
    icon: IconCircleCheck,
    title: t('students.noProblems'),
    hint: t('students.noProblemsHint'),
    action: (
      <Button variant="default" onClick={clear}>
        {t('list.clear')}
      </Button>
    ),
  }
  return (
    <>
      <PageHeader title={t('students.title')} actions={create} />
      <FilterBar>
        <SearchInput
          label={t('list.search')}
          description={t('students.searchHint')}
          value={search}
          onSearch={(asked) => change({ search: asked })}
        />
        <Switch
          label={t('students.failedOnly')}
          checked={failedOnly}
          onChange={(event) => change({ problems: event.currentTarget.checked ? 'true' : '' })}
          className={classes.failedOnly ?? ''}
        />
      </FilterBar>
      <ShowParts parts={parts}>
        {(shown) => {
          const students = shown.flatMap((part) => part.students)
          return (
            <>
              <Group justify="space-between" gap="xs">
                <Text size="sm" c="dimmed" role="status">
                  {t('students.found', { count: shown[0].total })}
                </Text>
                <InviteAll count={shown[0].neverCame} inviting={inviting} onInvite={() => invite()} />
              </Group>
              {students.length === 0 ? (
                <NothingListed isFiltered={search !== ''} none={failedOnly ? noProblems : none} onClear={clear} />
              ) : (
                <DataTable
                  label={t('students.title')}
                  rows={students}
                  keyOf={({ id }) => id}
                  columns={[
                    {
                      head: t('class.student'),
                      rowHeader: true,
                      cell: ({ name, enrollmentCode }) => (
                        <>
                          <Text fw={600} inherit>
                            {name}
                          </Text>
                          <Text size="sm" c="dimmed">
                            {enrollmentCode}
                          </Text>
                        </>
                      ),
                    },
                    {
                      head: t('students.status'),
                      cell: ({ status, course }) => (
                        <>
                          {t(`students.statuses.${status}`)}
                          {course && (
                            <Text size="sm" c="dimmed">
                              {course}
                            </Text>
                          )}
                        </>
                      ),
                    },
                    {
                      head: t('students.email'),
                      cell: (student) => (
                        <>
                          <EmailAddress>{student.email}</EmailAddress>
                          <Coming person={student} />
                          <TwoStepsMark person={student} />
                          <FailedEmails person={student} onCorrect={() => setCorrecting(student)} />
                        </>
                      ),
                    },
                    {
                      head: t('students.actions'),
                      action: true,
                      menu: true,
                      cell: (student) => (
                        <PersonMenu
                          person={student}
                          inviting={inviting}
                          onInvite={invite}
                          onCorrect={() => setCorrecting(student)}
                          onTurnOff={() => setTurningOff(student)}
                        />
                      ),
                    },
                  ]}
                />
              )}
            </>
          )
        }}
      </ShowParts>
      <PersonDialog
        person={correcting}
        title={({ name }) => t('correct.title', { name })}
        onClose={() => setCorrecting(undefined)}
      >
        {(student) => (
          <CorrectStudentAddress key={student.id} student={student} onClose={() => setCorrecting(undefined)} />
        )}
      </PersonDialog>
      <PersonDialog
        person={turningOff}
        title={({ name }) => t('turnOff.title', { name })}
        onClose={() => setTurningOff(undefined)}
      >
        {(student) => (
          <TurnOffTwoSteps
            key={student.id}
            person={student}
            turnOff={turnOffAuthenticatorOf}
            listTurnedOff={listTurnedOff}
            list={contract}
            onClose={() => setTurningOff(undefined)}
          />
        )}
      </PersonDialog>
      <Modal
        opened={creating}
        onClose={() => setCreating(false)}
        title={t('newStudent.title')}
        closeButtonProps={{ 'aria-label': t('form.close') }}
        size="lg"
      >
        <CreateStudent onClose={() => setCreating(false)} />
      </Modal>
    </>
  )
}
