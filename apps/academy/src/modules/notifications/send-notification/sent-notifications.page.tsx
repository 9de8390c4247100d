/** What staff have told people, and how many have looked at it. */
import { Button, Modal, Text } from '@mantine/core'
import { IconPlus, IconSpeakerphone } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { ShowParts, useParts } from '../../../platform/ui/paging.tsx'
import { useFormat } from '../../../platform/ui/session.tsx'
import { Message } from '../../../platform/ui/states.tsx'
import { DataTable } from '../../../platform/ui/table.tsx'
import { SegmentBar } from '../../../platform/ui/tone.tsx'
import { listSent } from './send-notification.contract.ts'
import { SendNotification } from './send-notification.page.tsx'

export default function SentNotifications() {
  const { t } = useTranslation()
  const { dateTime, number } = useFormat()
  const [writing, setWriting] = useState(false)
  const parts = useParts(listSent, {}, 'before')
  const write = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setWriting(true)}>
      {t('notices.new')}
    </Button>
  )
  return (
    <>
      <PageHeader title={t('notices.title')} actions={write}>
        {t('notices.lead')}
      </PageHeader>
      <ShowParts parts={parts}>
        {(shown) => {
          const notices = shown.flatMap(({ notifications }) => notifications)
          return notices.length === 0 ? (
            <Message icon={IconSpeakerphone} title={t('notices.none')} action={write}>
              {t('notices.noneHint')}
            </Message>
          ) : (
            <DataTable
              label={t('notices.title')}
              rows={notices}
              keyOf={({ id }) => id}
              columns={[
                {
                  head: t('notices.subject'),
                  rowHeader: true,
                  cell: ({ title, description }) => (
                    <>
                      <Text fw={600} inherit>
                        {title}
                      </Text>
                      <Text size="sm" c="dimmed" lineClamp={2}>
                        {description}
                      </Text>
                    </>
                  ),
                },
                {
                  head: t('notices.target'),
                  cell: ({ target, timeless }) => (
                    <>
                      {t(`notices.targets.${target}`)}
                      {timeless && (
                        <Text size="sm" c="dimmed">
                          {t('notices.timelessOne')}
                        </Text>
                      )}
                    </>
                  ),
                },
                { head: t('notices.sentAt'), cell: ({ createdAt }) => dateTime(createdAt) },
                {
                  head: t('notices.viewed'),
                  cell: ({ viewed, recipients, title }) => {
                    const text = t('notices.viewedOf', { viewed: number(viewed), recipients: number(recipients) })
                    return (
                      <>
                        {text}
                        <SegmentBar
                          segments={[{ tone: 'accent', value: viewed }]}
                          total={recipients}
                          done={viewed}
                          label={`${t('notices.viewed')}: ${title}`}
                          valueText={text}
                        />
                      </>
                    )
                  },
                },
              ]}
            />
          )
        }}
      </ShowParts>
      <Modal
        opened={writing}
        onClose={() => setWriting(false)}
        title={t('notices.new')}
        closeButtonProps={{ 'aria-label': t('form.close') }}
        size="lg"
      >
        <SendNotification onClose={() => setWriting(false)} />
      </Modal>
    </>
  )
}
