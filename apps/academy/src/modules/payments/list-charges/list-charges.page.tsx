/** What students were asked to pay, for the staff: how each stands, where it is paid, and a new one. */
import { Anchor, Button, Modal, Text } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { ShowParts, useParts } from '../../../platform/ui/paging.tsx'
import { useFormat } from '../../../platform/ui/session.tsx'
import { ToneWord } from '../../../platform/ui/tone.tsx'
import { CreateCharge } from '../create-charge/create-charge.page.tsx'
import { TryAgain } from '../create-charge/try-again.page.tsx'
import { CHARGE_LOOKS, CHARGES_REFRESH_MS } from './charge-looks.page.tsx'
import { type Charge, ChargesTable } from './charges-table.page.tsx'
import { contract } from './list-charges.contract.ts'

export default function Charges() {
  const { t } = useTranslation()
  const [creating, setCreating] = useState(false)
  const [failed, setFailed] = useState<Charge>()
  const parts = useParts(contract, {}, 'before', { refetchEveryMs: CHARGES_REFRESH_MS })
  return (
    <>
      <PageHeader
        title={t('payments.title')}
        actions={
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
            {t('payments.new')}
          </Button>
        }
      />
      <ShowParts parts={parts}>
        {(shown) => (
          <ChargesTable
            charges={shown.flatMap((part) => part.charges)}
            noneHint={t('payments.noneHint')}
            about={({ student }) => student.name}
            state={(charge) => <State charge={charge} />}
            action={(charge) =>
              charge.status === 'failed' ? (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={t('payments.tryAgainOf', { name: charge.student.name })}
                  onClick={() => setFailed(charge)}
                >
                  {t('payments.tryAgain')}
                </Button>
              ) : charge.status === 'requested' && charge.payUrl ? (
                <Anchor
                  href={charge.payUrl}
                  target="_blank"
                  rel="noreferrer"
                  aria-label={t('payments.payPageOf', { name: charge.student.name })}
                >
                  {t('payments.payPage')}
                </Anchor>
              ) : null
            }
          />
        )}
      </ShowParts>
      <Modal
        opened={creating}
        onClose={() => setCreating(false)}
        title={t('payments.new')}
        closeButtonProps={{ 'aria-label': t('form.close') }}
      >
        <CreateCharge onClose={() => setCreating(false)} />
      </Modal>
      <Modal
        opened={failed !== undefined}
        onClose={() => setFailed(undefined)}
        title={t('payments.tryAgain')}
        closeButtonProps={{ 'aria-label': t('form.close') }}
      >
        {failed && <TryAgain chargeId={failed.id} onClose={() => setFailed(undefined)} />}
      </Modal>
    </>
  )
}

const REASONS = {
  'refused-by-gateway': 'payments.reason.gateway',
  'no-answer': 'payments.reason.noAnswer',
  'no-gateway': 'payments.reason.noGateway',
} as const

function State({ charge: { status, reason, paidAt } }: { charge: Charge }) {
  const { t } = useTranslation()
  const { dateTime } = useFormat()
  return (
    <>
      <ToneWord {...CHARGE_LOOKS[status]}>{t(`payments.status.${status}`)}</ToneWord>
      {status === 'failed' && reason && reason in REASONS && (
        <Text size="sm" c="dimmed">
          {t(REASONS[reason as keyof typeof REASONS])}
        </Text>
      )}
      {paidAt && (
        <Text size="sm" c="dimmed">
          {dateTime(paidAt)}
        </Text>
      )}
    </>
  )
}
