/** Asks whether to leave what has not been saved. Loaded when somebody is about to. */
import { Button, Group, Modal, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'

export default function LeaveDialog({ onAnswer }: { onAnswer: (leave: boolean) => void }) {
  const { t } = useTranslation()
  return (
    <Modal
      opened
      onClose={() => onAnswer(false)}
      title={t('unsaved.title')}
      closeButtonProps={{ 'aria-label': t('form.close') }}
    >
      <Text>{t('unsaved.hint')}</Text>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={() => onAnswer(true)}>
          {t('unsaved.leave')}
        </Button>
        <Button data-autofocus onClick={() => onAnswer(false)}>
          {t('unsaved.stay')}
        </Button>
      </Group>
    </Modal>
  )
}
