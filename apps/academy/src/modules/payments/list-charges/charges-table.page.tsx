/** Charges, to staff and to students: what for, how much, how each stands and what is to be done. */
import { Text } from '@mantine/core'
import { IconReceipt } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useFormat } from '../../../platform/ui/session.tsx'
import { Message } from '../../../platform/ui/states.tsx'
import { DataTable } from '../../../platform/ui/table.tsx'
import type { contract } from './list-charges.contract.ts'

export type Charge = ResponseOf<typeof contract>['charges'][number]

export function ChargesTable({
  charges,
  noneHint,
  about,
  state,
  action,
}: {
  charges: readonly Charge[]
  noneHint: string
  /** Beside the time, below the description. */
  about?: (charge: Charge) => string
  state: (charge: Charge) => ReactNode
  action: (charge: Charge) => ReactNode
}) {
  const { t } = useTranslation()
  const { dateTime, number } = useFormat()
  if (charges.length === 0)
    return (
      <Message icon={IconReceipt} title={t('payments.none')}>
        {noneHint}
      </Message>
    )
  return (
    <DataTable
      label={t('payments.title')}
      rows={charges}
      keyOf={({ id }) => id}
      columns={[
        {
          head: t('payments.description'),
          rowHeader: true,
          cell: (charge) => (
            <>
              {charge.description}
              <Text size="sm" c="dimmed">
                {[...(about ? [about(charge)] : []), dateTime(charge.createdAt)].join(' · ')}
              </Text>
            </>
          ),
        },
        {
          head: t('payments.amount'),
          numeric: true,
          cell: ({ amountCents }) => t('payments.money', { amount: number(amountCents / 100, 2) }),
        },
        { head: t('payments.state'), cell: state },
        { head: t('payments.actions'), action: true, cell: action },
      ]}
    />
  )
}
