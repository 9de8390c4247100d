/** A dialog about one person of a list. */
import { Modal } from '@mantine/core'
import { type ReactNode, useRef } from 'react'
import { useTranslation } from 'react-i18next'

export function PersonDialog<Person extends { id: string }>({
  person,
  title,
  onClose,
  children,
}: {
  person: Person | undefined
  title: (person: Person) => string
  onClose: () => void
  children: (person: Person) => ReactNode
}) {
  const { t } = useTranslation()
  // While the dialog fades out it still shows whom it was about.
  const last = useRef(person)
  if (person) last.current = person
  const shown = person ?? last.current
  return (
    <Modal
      opened={person !== undefined}
      onClose={onClose}
      title={shown && title(shown)}
      closeButtonProps={{ 'aria-label': t('form.close') }}
      size="lg"
    >
      {shown && children(shown)}
    </Modal>
  )
}
