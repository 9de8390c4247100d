/** A step taken by many classes at once: those that wait for it are listed, chosen among, and moved on all together. */
import { Modal } from '@mantine/core'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../../platform/ui/api.tsx'
import { Show } from '../../../platform/ui/states.tsx'
import { CLASSES_MAX } from '../class.fields.ts'
import { contract as listClasses } from '../list-classes/list-classes.contract.ts'
import { ChangeClassStatus } from './change-class-status.page.tsx'
import { type Step, startingFrom } from './steps.page.tsx'

interface Narrowed {
  search?: string
  periodId?: string
}

export function ChangeListedClasses({
  step,
  narrowed,
  onClose,
}: {
  /** Open while there is one. */
  step: Step | undefined
  /** What the list of classes is narrowed to, this one is too. */
  narrowed: Narrowed
  onClose: () => void
}) {
  const { t } = useTranslation()
  // While the dialog fades out it still shows what it was about.
  const last = useRef(step)
  if (step) last.current = step
  const shown = step ?? last.current
  return (
    <Modal
      opened={step !== undefined}
      onClose={onClose}
      title={shown && t(`lifeCycle.title.${shown}`)}
      closeButtonProps={{ 'aria-label': t('form.close') }}
      size="lg"
    >
      {shown && <Waiting step={shown} narrowed={narrowed} onClose={onClose} />}
    </Modal>
  )
}

function Waiting({ step, narrowed, onClose }: { step: Step; narrowed: Narrowed; onClose: () => void }) {
  const query = useApi(listClasses, {
    ...narrowed,
    status: startingFrom(step),
    // The others cannot be finalized yet.
    ...(step === 'finalize' ? { lessonsGiven: 'true' } : {}),
    limit: CLASSES_MAX,
  })
  return (
    <Show query={query}>
      {({ classes, total }) => (
        <ChangeClassStatus
          step={step}
          classes={classes.map((each) => ({ ...each, teacher: each.teacher.name }))}
          total={total}
          onClose={onClose}
        />
      )}
    </Show>
  )
}
