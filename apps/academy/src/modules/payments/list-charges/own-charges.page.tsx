/** The charges of a student, how each stands, and where it is paid. */
import { Anchor, Text } from '@mantine/core'
import { IconReceipt } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { ShowParts, useParts } from '../../../platform/ui/paging.tsx'
import { useFormat } from '../../../platform/ui/session.tsx'
import { Message } from '../../../platform/ui/states.tsx'
import { DataTable } from '../../../platform/ui/table.tsx'
import { ToneWord } from '../../../platform/ui/tone.tsx'
import { CHARGE_LOOKS, CHARGES_REFRESH_MS } from './charge-looks.page.tsx'
import { contract } from './list-charges.contract.ts'

export default function OwnCharges() {
  const { t } = useTranslation()
  const { dateTime, number } = useFormat()
  const parts = useParts(contract, {}, 'before', { refetchEveryMs: CHARGES_REFRESH_MS })
  return (
    <>
      <PageHeader title={t('payments.title')}>{t('payments.ownLead')}</PageHeader>
      <ShowParts parts={parts}>
        {(shown) => {
          const charges = shown.flatMap((part) => part.charges)
          return charges.length === 0 ? (
            <Message icon={IconReceipt} title={t('payments.none')}>
              {t('payments.ownNoneHint')}
            </Message>
          ) : (
            <DataTable
              label={t('payments.title')}
              rows={charges}
              keyOf={({ id }) => id}
              columns={[
                {
                  head: t('payments.description'),
                  rowHeader: true,
                  cell: ({ description, createdAt }) => (
                    <>
                      {description}
                      <Text size="sm" c="dimmed">
                        {dateTime(createdAt)}
                      </Text>
                    </>
                  ),
                },
                {
                  head: t('payments.amount'),
                  numeric: true,
                  cell: ({ amountCents }) => t('payments.money', { amount: number(amountCents / 100, 2) }),
                },
                {
                  head: t('payments.state'),
                  cell: ({ status, paidAt }) => (
                    <>
                      <ToneWord {...CHARGE_LOOKS[status]}>{t(`payments.ownStatus.${status}`)}</ToneWord>
                      {paidAt && (
                        <Text size="sm" c="dimmed">
                          {t('payments.paidAt', { at: dateTime(paidAt) })}
                        </Text>
                      )}
                    </>
                  ),
                },
                {
                  head: t('payments.actions'),
                  action: true,
                  cell: ({ status, payUrl, description }) =>
                    status === 'requested' && payUrl ? (
                      <Anchor
                        href={payUrl}
                        target="_blank"
                        rel="noreferrer"
                        aria-label={t('payments.payOf', { description })}
                      >
                        {t('payments.pay')}
                      </Anchor>
                    ) : null,
                },
              ]}
            />
          )
        }}
      </ShowParts>
    </>
  )
}
