/** The name and the time zone of one's institution. */
import { TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { SESSION_KEY, useSend } from '../../../platform/ui/api.tsx'
import { DialogForm } from '../../../platform/ui/dialog-form.tsx'
import { useEdited } from '../../../platform/ui/edited.ts'
import { chosen } from '../../../platform/ui/form.tsx'
import { TimeZoneSelect } from '../../../platform/ui/time-zone-select.tsx'
import { toast } from '../../../platform/ui/toast.tsx'
import { INSTITUTION_NAME_LENGTH_MAX } from '../institution.fields.ts'
import { change, read } from './own-institution.contract.ts'

export function ChangeInstitution({ shown, onClose }: { shown: ResponseOf<typeof read>; onClose: () => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const send = useSend(change, {
    refresh: [read],
    onSuccess: (changed) => {
      // The session tells its owner of the institution.
      void queries.invalidateQueries({ queryKey: SESSION_KEY })
      toast('good', t('institution.saved'), changed.name)
      onClose()
    },
  })
  const { values, set, version, theirs } = useEdited(
    { name: shown.name, timeZone: shown.timeZone },
    shown.version,
    send.error,
  )
  const { name, timeZone } = values
  const labels = { name: t('institution.name'), timeZone: t('institution.timeZone') }
  return (
    <DialogForm
      send={send}
      labels={labels}
      theirs={theirs}
      submitLabel={t('list.save')}
      onSubmit={() => send.mutate({ name: chosen(name), timeZone, version })}
      onClose={onClose}
    >
      {(problems) => (
        <>
          <TextInput
            label={labels.name}
            data-field="name"
            data-autofocus
            required
            maxLength={INSTITUTION_NAME_LENGTH_MAX}
            value={name}
            onChange={(event) => set({ name: event.currentTarget.value })}
            error={problems.of('name')}
          />
          <TimeZoneSelect
            label={labels.timeZone}
            description={t('institution.timeZoneStays')}
            data-field="timeZone"
            value={timeZone}
            onZone={(zone) => set({ timeZone: zone })}
            error={problems.of('timeZone')}
          />
        </>
      )}
    </DialogForm>
  )
}
