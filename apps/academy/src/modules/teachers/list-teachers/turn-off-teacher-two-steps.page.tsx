import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useApi, useSend } from '../../../platform/ui/api.tsx'
import { TurnOffTwoStepsForm, useTurnedOffToast } from '../../../platform/ui/two-steps.tsx'
import {
  listWithdrawals,
  withdrawAuthenticator,
} from '../../users/withdraw-authenticator/withdraw-authenticator.contract.ts'
import { contract as listTeachers } from './list-teachers.contract.ts'

type Teacher = ResponseOf<typeof listTeachers>['teachers'][number]

export function TurnOffTeacherTwoSteps({ teacher, onClose }: { teacher: Teacher; onClose: () => void }) {
  const told = useTurnedOffToast()
  const { data } = useApi(listWithdrawals, { userId: teacher.id })
  const send = useSend(withdrawAuthenticator, {
    refresh: [listTeachers, listWithdrawals],
    onSuccess: () => {
      told(teacher)
      onClose()
    },
  })
  return (
    <TurnOffTwoStepsForm
      person={teacher}
      withdrawals={data?.withdrawals ?? []}
      send={send}
      onSubmit={(reason) => send.mutate({ userId: teacher.id, reason })}
      onClose={onClose}
    />
  )
}
