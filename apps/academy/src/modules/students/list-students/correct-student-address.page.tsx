import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useApi, useSend } from '../../../platform/ui/api.tsx'
import { CorrectAddressForm, useCorrectedToast } from '../../../platform/ui/correct-address.tsx'
import { correctStudentAddress, listCorrections } from '../../people/correct-address/correct-address.contract.ts'
import { contract as listStudents } from './list-students.contract.ts'

type Student = ResponseOf<typeof listStudents>['students'][number]

export function CorrectStudentAddress({ student, onClose }: { student: Student; onClose: () => void }) {
  const told = useCorrectedToast()
  const corrections = useApi(listCorrections, { userId: student.id })
  const send = useSend(correctStudentAddress, {
    refresh: [listStudents, listCorrections],
    onSuccess: (answer) => {
      told(student, answer)
      onClose()
    },
  })
  return (
    <CorrectAddressForm
      person={student}
      corrections={{ query: corrections, changes: corrections.data?.corrections }}
      send={send}
      onSubmit={(correction) => send.mutate({ studentId: student.id, ...correction })}
      onClose={onClose}
    />
  )
}
