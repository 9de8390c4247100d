/** The campi of the institution, kept by its staff. */
import { Text, TextInput } from '@mantine/core'
import { IconMapPin } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useApi, useSend } from '../../../platform/ui/api.tsx'
import { DialogForm } from '../../../platform/ui/dialog-form.tsx'
import { useEdited } from '../../../platform/ui/edited.ts'
import { ManagedList } from '../../../platform/ui/managed-list.tsx'
import { toast } from '../../../platform/ui/toast.tsx'
import { list as listOfferings } from '../../offerings/manage-offerings/manage-offerings.contract.ts'
import { CAMPUS_NAME_LENGTH_MAX, CITY_LENGTH_MAX } from '../campus.fields.ts'
import { create, edit, list } from './manage-campi.contract.ts'

type Campus = ResponseOf<typeof list>['campi'][number]

export default function Campi() {
  const { t } = useTranslation()
  const query = useApi(list, {})
  return (
    <ManagedList
      label={t('campi.title')}
      lead={t('campi.lead')}
      newLabel={t('campi.new')}
      query={query}
      rowsOf={({ campi }) => campi}
      keyOf={({ id }) => id}
      orderedBy={({ name }) => name}
      searchedIn={({ name, city }) => `${name} ${city}`}
      none={{ icon: IconMapPin, title: t('campi.none'), hint: t('campi.noneHint') }}
      columns={[
        {
          head: t('campi.name'),
          rowHeader: true,
          cell: ({ name }) => (
            <Text fw={600} inherit>
              {name}
            </Text>
          ),
        },
        { head: t('campi.city'), cell: ({ city }) => city },
      ]}
      change={{ title: t('campi.change'), nameOf: ({ name }) => name }}
      form={(campus, onClose) => <CampusForm campus={campus} onClose={onClose} />}
    />
  )
}

function CampusForm({ campus, onClose }: { campus: Campus | undefined; onClose: () => void }) {
  const { t } = useTranslation()
  const saved = {
    refresh: [list, listOfferings],
    onSuccess: () => {
      toast('good', t('campi.saved'), name)
      onClose()
    },
  }
  const creating = useSend(create, saved)
  const changing = useSend(edit, saved)
  const send = campus ? changing : creating
  const { values, set, version, theirs } = useEdited(
    { name: campus?.name ?? '', city: campus?.city ?? '' },
    campus?.version,
    send.error,
  )
  const { name, city } = values
  const labels = { name: t('campi.name'), city: t('campi.city') }
  return (
    <DialogForm
      send={send}
      labels={labels}
      theirs={theirs}
      submitLabel={campus ? t('list.save') : t('list.create')}
      onSubmit={() => (campus ? changing.mutate({ campusId: campus.id, ...values, version }) : creating.mutate(values))}
      onClose={onClose}
    >
      {(problems) => (
        <>
          <TextInput
            label={labels.name}
            data-field="name"
            data-autofocus
            required
            autoComplete="off"
            maxLength={CAMPUS_NAME_LENGTH_MAX}
            value={name}
            onChange={(event) => set({ name: event.currentTarget.value })}
            error={problems.of('name')}
          />
          <TextInput
            label={labels.city}
            description={t('campi.cityHint')}
            data-field="city"
            required
            autoComplete="off"
            maxLength={CITY_LENGTH_MAX}
            value={city}
            onChange={(event) => set({ city: event.currentTarget.value })}
            error={problems.of('city')}
          />
        </>
      )}
    </DialogForm>
  )
}
