import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useApi, useSend } from '../../../platform/ui/api.tsx'
import { CorrectAddressForm, useCorrectedToast } from '../../../platform/ui/correct-address.tsx'
import { correctTeacherAddress, listCorrections } from '../../people/correct-address/correct-address.contract.ts'
import { contract as listTeachers } from './list-teachers.contract.ts'

type Teacher = ResponseOf<typeof listTeachers>['teachers'][number]

export function CorrectTeacherAddress({ teacher, onClose }: { teacher: Teacher; onClose: () => void }) {
  const told = useCorrectedToast()
  const corrections = useApi(listCorrections, { userId: teacher.id })
  const send = useSend(correctTeacherAddress, {
    refresh: [listTeachers, listCorrections],
    onSuccess: (answer) => {
      told(teacher, answer)
      onClose()
    },
  })
  return (
    <CorrectAddressForm
      person={teacher}
      corrections={{ query: corrections, changes: corrections.data?.corrections }}
      send={send}
      onSubmit={(correction) => send.mutate({ teacherId: teacher.id, ...correction })}
      onClose={onClose}
    />
  )
}
