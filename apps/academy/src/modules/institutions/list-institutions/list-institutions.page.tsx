/** Where the system administrator starts: every institution that is served. */
import { Text } from '@mantine/core'
import { IconBuildingCommunity } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../../platform/ui/api.tsx'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { useFormat } from '../../../platform/ui/session.tsx'
import { Message, Show } from '../../../platform/ui/states.tsx'
import { DataTable } from '../../../platform/ui/table.tsx'
import { contract } from './list-institutions.contract.ts'

export default function Institutions() {
  const { t } = useTranslation()
  const { number, dateTime } = useFormat()
  const query = useApi(contract, {})
  return (
    <>
      <PageHeader title={t('institutions.title')}>
        {query.data && <span>{t('institutions.count', { count: query.data.institutions.length })}</span>}
      </PageHeader>
      <Show query={query}>
        {({ institutions }) =>
          institutions.length === 0 ? (
            <Message icon={IconBuildingCommunity} title={t('institutions.none')}>
              {t('institutions.noneHint')}
            </Message>
          ) : (
            <DataTable
              label={t('institutions.title')}
              rows={institutions}
              keyOf={({ id }) => id}
              columns={[
                {
                  head: t('institution.name'),
                  rowHeader: true,
                  cell: ({ name }) => (
                    <Text fw={600} inherit>
                      {name}
                    </Text>
                  ),
                },
                { head: t('institution.timeZone'), cell: ({ timeZone }) => <ZoneName timeZone={timeZone} /> },
                { head: t('institutions.users'), numeric: true, cell: ({ users }) => number(users) },
                { head: t('institutions.since'), cell: ({ createdAt }) => dateTime(createdAt) },
              ]}
            />
          )
        }
      </Show>
    </>
  )
}

function ZoneName({ timeZone }: { timeZone: string }) {
  return useFormat(timeZone).zone
}
