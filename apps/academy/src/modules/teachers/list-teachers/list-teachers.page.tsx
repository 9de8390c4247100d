/** Teachers of the institution, for its staff. */
import { Anchor, Button, Modal, Text } from '@mantine/core'
import { IconPlus, IconUserEdit } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EmailAddress } from '../../../platform/ui/email-address.tsx'
import { FilterBar, SearchInput, useFilters } from '../../../platform/ui/filters.tsx'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { ShowParts, useParts } from '../../../platform/ui/paging.tsx'
import { useFormat } from '../../../platform/ui/session.tsx'
import { Message } from '../../../platform/ui/states.tsx'
import { DataTable } from '../../../platform/ui/table.tsx'
import { CreateTeacher } from '../create-teacher/create-teacher.page.tsx'
import { contract } from './list-teachers.contract.ts'

export default function Teachers() {
  const { t } = useTranslation()
  const { number } = useFormat()
  const [{ search = '' }, change] = useFilters('search')
  const [creating, setCreating] = useState(false)
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
              <Text size="sm" c="dimmed" role="status">
                {t('teachers.found', { count: shown[0].total })}
              </Text>
              {teachers.length === 0 ? (
                <Message
                  icon={IconUserEdit}
                  title={search ? t('list.noneFound') : t('teachers.none')}
                  action={
                    search ? (
                      <Button variant="default" onClick={() => change({ search: '' })}>
                        {t('list.clear')}
                      </Button>
                    ) : (
                      create
                    )
                  }
                >
                  {search ? t('list.noneFoundHint') : t('teachers.noneHint')}
                </Message>
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
                      cell: ({ email }) => <EmailAddress>{email}</EmailAddress>,
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
                  ]}
                />
              )}
            </>
          )
        }}
      </ShowParts>
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
