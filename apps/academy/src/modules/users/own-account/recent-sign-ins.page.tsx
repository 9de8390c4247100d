/** Sign-ins of the account in the last thirty days, tries included. */
import { Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useFormat } from '../../../platform/ui/session.tsx'
import { DataTable } from '../../../platform/ui/table.tsx'
import { useDeviceName } from './device-name.page.tsx'
import type { readOwnAccount } from './own-account.contract.ts'

export function RecentSignIns({ signIns }: Pick<ResponseOf<typeof readOwnAccount>, 'signIns'>) {
  const { t } = useTranslation()
  const { dateTime } = useFormat()
  const nameOf = useDeviceName()
  if (signIns.length === 0) return null
  return (
    <section aria-labelledby="sign-ins-title">
      <Title order={2} id="sign-ins-title" mb="sm">
        {t('ownAccount.signIns')}
      </Title>
      <DataTable
        label={t('ownAccount.signIns')}
        rows={signIns}
        keyOf={({ id }) => id}
        columns={[
          { head: t('ownAccount.signInAt'), rowHeader: true, cell: ({ at }) => dateTime(at) },
          { head: t('ownAccount.device'), cell: (signIn) => nameOf(signIn) },
          {
            head: t('ownAccount.outcome'),
            cell: ({ outcome }) => (
              <Text span inherit {...(outcome === 'signed-in' ? {} : { fw: 600 })}>
                {t(`ownAccount.outcomes.${outcome}`)}
              </Text>
            ),
          },
        ]}
      />
      <Text size="sm" c="dimmed" mt="sm">
        {t('ownAccount.signInsHint')}
      </Text>
      {signIns.some(({ outcome }) => outcome === 'no-code' || outcome === 'wrong-code') && (
        <Text size="sm" mt="xs">
          {t('ownAccount.passwordKnown')}
        </Text>
      )}
    </section>
  )
}
