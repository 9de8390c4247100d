/** Teachers of the institution, for its staff. */
import { Anchor, Button, Group, Modal, Text } from '@mantine/core'
import { IconPlus, IconUserEdit } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
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
import { useFormat } from '../../../platform/ui/session.tsx'
import { DataTable } from '../../../platform/ui/table.tsx'
import { TurnOffTwoSteps, TwoStepsMark } from '../../../platform/ui/two-steps.tsx'
import { contract as inviteAgain } from '../../people/invite-again/invite-again.contract.ts'
import {
  listTurnedOff,
  turnOffAuthenticatorOf,
} from '../../users/turn-off-authenticator/turn-off-authenticator.contract.ts'
import { CreateTeacher } from '../create-teacher/create-teacher.page.tsx'
import { CorrectTeacherAddress } from './correct-teacher-address.page.tsx'
import { contract } from './list-teachers.contract.ts'

type Teacher = ResponseOf<typeof contract>['teachers'][number]

export default function Teachers() {
  const { t } = useTranslation()
  const { number } = useFormat()
  const [{ search = '' }, change] = useFilters('search')
  const [creating, setCreating] = useState(false)
  const [correcting, setCorrecting] = useState<Teacher>()
  const [turningOff, setTurningOff] = useState<Teacher>()
  const invited = useInvitedToast()
  const inviting = useSend(inviteAgain, { refresh: [contract], onSuccess: invited.done })
  const invite = (people?: string[]) =>
    inviting.mutate({ role: 'teacher', ...(people ? { people } : {}) }, { onError: invited.failed })
  const parts = useParts(contract, search ? { search } : {})
  const create = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
      {t('teachers.new')}
    </Button>
  )
  return (
    <>
      <PageHeader title={t('teachers.title')} actions={create} />
      <FilterBar>
        <SearchInput
          label={t('list.search')}
          description={t('teachers.searchHint')}
          value={search}
          onSearch={(asked) => change({ search: asked })}
        />
      </FilterBar>
      <ShowParts parts={parts}>
        {(shown) => {
          const teachers = shown.flatMap((part) => part.teachers)
          return (
            <>
              <Group justify="space-between" gap="xs">
                <Text size="sm" c="dimmed" role="status">
                  {t('teachers.found', { count: shown[0].total })}
                </Text>
                <InviteAll count={shown[0].neverCame} inviting={inviting} onInvite={() => invite()} />
              </Group>
              {teachers.length === 0 ? (
                <NothingListed
                  isFiltered={search !== ''}
                  none={{
                    icon: IconUserEdit,
                    title: t('teachers.none'),
                    hint: t('teachers.noneHint'),
                    action: create,
                  }}
                  onClear={() => change({ search: '' })}
                />
              ) : (
                <DataTable
                  label={t('teachers.title')}
                  rows={teachers}
                  keyOf={({ id }) => id}
                  columns={[
                    {
                      head: t('teachers.teacher'),
                      rowHeader: true,
                      cell: ({ name }) => (
                        <Text fw={600} inherit>
                          {name}
                        </Text>
                      ),
                    },
                    {
                      head: t('teachers.email'),
                      cell: (teacher) => (
                        <>
                          <EmailAddress>{teacher.email}</EmailAddress>
                          <Coming person={teacher} />
                          <TwoStepsMark person={teacher} />
                          <FailedEmails person={teacher} onCorrect={() => setCorrecting(teacher)} />
                        </>
                      ),
                    },
                    {
                      head: t('teachers.classes'),
                      numeric: true,
                      cell: ({ name, classes }) =>
                        classes === 0 ? (
                          number(0)
                        ) : (
                          <Anchor
                            component={Link}
                            to="/app/classes"
                            search={{ search: name } as never}
                            aria-label={t('teachers.seeClasses', { name, classes: number(classes) })}
                            inherit
                          >
                            {number(classes)}
                          </Anchor>
                        ),
                    },
                    {
                      head: t('students.actions'),
                      action: true,
                      menu: true,
                      cell: (teacher) => (
                        <PersonMenu
                          person={teacher}
                          inviting={inviting}
                          onInvite={invite}
                          onCorrect={() => setCorrecting(teacher)}
                          onTurnOff={() => setTurningOff(teacher)}
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
        {(teacher) => (
          <CorrectTeacherAddress key={teacher.id} teacher={teacher} onClose={() => setCorrecting(undefined)} />
        )}
      </PersonDialog>
      <PersonDialog
        person={turningOff}
        title={({ name }) => t('turnOff.title', { name })}
        onClose={() => setTurningOff(undefined)}
      >
        {(teacher) => (
          <TurnOffTwoSteps
            key={teacher.id}
            person={teacher}
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
        title={t('teachers.new')}
        closeButtonProps={{ 'aria-label': t('form.close') }}
        size="lg"
      >
        <CreateTeacher onClose={() => setCreating(false)} />
      </Modal>
    </>
  )
}
