/** The charges of a student, how each stands, and where it is paid. */
import { Anchor, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { ShowParts, useParts } from '../../../platform/ui/paging.tsx'
import { useFormat } from '../../../platform/ui/session.tsx'
import { ToneWord } from '../../../platform/ui/tone.tsx'
import { CHARGE_LOOKS, CHARGES_REFRESH_MS } from './charge-looks.page.tsx'
import { ChargesTable } from './charges-table.page.tsx'
import { contract } from './list-charges.contract.ts'

export default function OwnCharges() {
  const { t } = useTranslation()
  const { dateTime } = useFormat()
  const parts = useParts(contract, {}, 'before', { refetchEveryMs: CHARGES_REFRESH_MS })
  return (
    <>
      <PageHeader title={t('payments.title')}>{t('payments.ownLead')}</PageHeader>
      <ShowParts parts={parts}>
        {(shown) => (
          <ChargesTable
            charges={shown.flatMap((part) => part.charges)}
            noneHint={t('payments.ownNoneHint')}
            state={({ status, paidAt }) => (
              <>
                <ToneWord {...CHARGE_LOOKS[status]}>{t(`payments.ownStatus.${status}`)}</ToneWord>
                {paidAt && (
                  <Text size="sm" c="dimmed">
                    {t('payments.paidAt', { at: dateTime(paidAt) })}
                  </Text>
                )}
              </>
            )}
            action={({ status, payUrl, description }) =>
              status === 'requested' && payUrl ? (
                <Anchor
                  href={payUrl}
                  target="_blank"
                  rel="noreferrer"
                  aria-label={t('payments.payOf', { description })}
                >
                  {t('payments.pay')}
                </Anchor>
              ) : null
            }
          />
        )}
      </ShowParts>
    </>
  )
}
