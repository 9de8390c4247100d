/** The curricula of all courses, for staff. */
import { Button, Text } from '@mantine/core'
import { IconListTree, IconPlus } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../../platform/ui/api.tsx'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { SearchableTable } from '../../../platform/ui/searchable-table.tsx'
import { useFormat } from '../../../platform/ui/session.tsx'
import { list } from './manage-curricula.contract.ts'

export default function Curricula() {
  const { t } = useTranslation()
  const { number } = useFormat()
  const query = useApi(list, {})
  return (
    <>
      <PageHeader
        title={t('curricula.title')}
        actions={
          <Button component={Link} to="/app/curricula/new" leftSection={<IconPlus size={16} aria-hidden />}>
            {t('curricula.new')}
          </Button>
        }
      >
        {t('curricula.lead')}
      </PageHeader>
      <SearchableTable
        label={t('curricula.title')}
        query={query}
        rowsOf={({ curricula }) => curricula}
        keyOf={({ id }) => id}
        orderedBy={({ name, course }) => `${course.name} ${name}`}
        searchedIn={({ name, course }) => `${name} ${course.name}`}
        none={{ icon: IconListTree, title: t('curricula.none'), hint: t('curricula.noneHint') }}
        columns={[
          {
            head: t('curricula.name'),
            rowHeader: true,
            cell: ({ id, name, course }) => (
              <>
                <Link to="/app/curricula/$curriculumId" params={{ curriculumId: id } as never}>
                  {name}
                </Link>
                <Text size="sm" c="dimmed">
                  {course.name}
                </Text>
              </>
            ),
          },
          { head: t('curricula.periods'), numeric: true, cell: ({ periods }) => number(periods) },
          { head: t('curricula.disciplines'), numeric: true, cell: ({ disciplines }) => number(disciplines) },
          { head: t('curricula.credits'), numeric: true, cell: ({ credits }) => number(credits) },
          {
            head: t('curricula.workload'),
            numeric: true,
            cell: ({ workloadHours }) => t('curricula.hours', { hours: number(workloadHours) }),
          },
        ]}
      />
    </>
  )
}
