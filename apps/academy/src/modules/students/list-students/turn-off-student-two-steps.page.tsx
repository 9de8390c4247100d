import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useApi, useSend } from '../../../platform/ui/api.tsx'
import { TurnOffTwoStepsForm, useTurnedOffToast } from '../../../platform/ui/two-steps.tsx'
import {
  listWithdrawals,
  withdrawAuthenticator,
} from '../../users/withdraw-authenticator/withdraw-authenticator.contract.ts'
import { contract as listStudents } from './list-students.contract.ts'

type Student = ResponseOf<typeof listStudents>['students'][number]

export function TurnOffStudentTwoSteps({ student, onClose }: { student: Student; onClose: () => void }) {
  const told = useTurnedOffToast()
  const { data } = useApi(listWithdrawals, { userId: student.id })
  const send = useSend(withdrawAuthenticator, {
    refresh: [listStudents, listWithdrawals],
    onSuccess: () => {
      told(student)
      onClose()
    },
  })
  return (
    <TurnOffTwoStepsForm
      person={student}
      withdrawals={data?.withdrawals ?? []}
      send={send}
      onSubmit={(reason) => send.mutate({ userId: student.id, reason })}
      onClose={onClose}
    />
  )
}
