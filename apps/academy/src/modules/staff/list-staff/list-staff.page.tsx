/** Staff of the institution, for each other: who is there, and who signs in with a code as well. */
import { Anchor, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { EmailAddress } from '../../../platform/ui/email-address.tsx'
import { FilterBar, NoneFound, SearchInput, useFilters } from '../../../platform/ui/filters.tsx'
import { OperatorContact } from '../../../platform/ui/operator-contact.tsx'
import { ACCOUNT_PATH } from '../../../platform/ui/page.ts'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { ShowParts, useParts } from '../../../platform/ui/paging.tsx'
import { PersonDialog } from '../../../platform/ui/person-dialog.tsx'
import { RowMenu } from '../../../platform/ui/row-menu.tsx'
import { usePerson } from '../../../platform/ui/session.tsx'
import { DataTable } from '../../../platform/ui/table.tsx'
import { TurnOffTwoSteps, TurnOffTwoStepsItem, TwoStepsMark } from '../../../platform/ui/two-steps.tsx'
import {
  listTurnedOff,
  turnOffAuthenticatorOf,
} from '../../users/turn-off-authenticator/turn-off-authenticator.contract.ts'
import { contract } from './list-staff.contract.ts'

type Colleague = ResponseOf<typeof contract>['staff'][number]

export default function Staff() {
  const { t } = useTranslation()
  const person = usePerson()
  const [{ search = '' }, change] = useFilters('search')
  const [turningOff, setTurningOff] = useState<Colleague>()
  const parts = useParts(contract, search ? { search } : {})
  return (
    <>
      <PageHeader title={t('staff.title')} />
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
          const colleagues = shown.flatMap((part) => part.staff)
          return (
            <>
              <Text size="sm" c="dimmed" role="status">
                {t('staff.found', { count: shown[0].total })}
              </Text>
              {colleagues.length === 0 ? (
                <NoneFound onClear={() => change({ search: '' })} />
              ) : (
                <DataTable
                  label={t('staff.title')}
                  rows={colleagues}
                  keyOf={({ id }) => id}
                  columns={[
                    {
                      head: t('staff.name'),
                      rowHeader: true,
                      cell: ({ id, name }) => (
                        <>
                          <Text fw={600} inherit>
                            {name}
                          </Text>
                          {id === person.id && (
                            <Text size="sm" c="dimmed">
                              {t('staff.you')}
                              {' · '}
                              <Anchor component={Link} to={ACCOUNT_PATH} inherit>
                                {t('shell.account')}
                              </Anchor>
                            </Text>
                          )}
                        </>
                      ),
                    },
                    {
                      head: t('teachers.email'),
                      cell: (colleague) => (
                        <>
                          <EmailAddress>{colleague.email}</EmailAddress>
                          <TwoStepsMark person={colleague} />
                        </>
                      ),
                    },
                    {
                      head: t('students.actions'),
                      action: true,
                      menu: true,
                      cell: (colleague) =>
                        colleague.id !== person.id &&
                        colleague.hasAuthenticator && (
                          <RowMenu name={colleague.name}>
                            <TurnOffTwoStepsItem onChoose={() => setTurningOff(colleague)} />
                          </RowMenu>
                        ),
                    },
                  ]}
                />
              )}
              {shown[0].operatorContact && (
                <Text size="sm" c="dimmed" mt="md">
                  {t('staff.operator')} <OperatorContact contact={shown[0].operatorContact} />
                </Text>
              )}
            </>
          )
        }}
      </ShowParts>
      <PersonDialog
        person={turningOff}
        title={({ name }) => t('turnOff.title', { name })}
        onClose={() => setTurningOff(undefined)}
      >
        {(colleague) => (
          <TurnOffTwoSteps
            key={colleague.id}
            person={colleague}
            turnOff={turnOffAuthenticatorOf}
            listTurnedOff={listTurnedOff}
            list={contract}
            onClose={() => setTurningOff(undefined)}
          />
        )}
      </PersonDialog>
    </>
  )
}
