import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useApi, useSend } from '../../../platform/ui/api.tsx'
import { TurnOffTwoStepsForm, useTurnedOffToast } from '../../../platform/ui/two-steps.tsx'
import {
  listWithdrawals,
  withdrawAuthenticator,
} from '../../users/withdraw-authenticator/withdraw-authenticator.contract.ts'
import { contract as listStaff } from './list-staff.contract.ts'

type Colleague = ResponseOf<typeof listStaff>['staff'][number]

export function TurnOffColleagueTwoSteps({ colleague, onClose }: { colleague: Colleague; onClose: () => void }) {
  const told = useTurnedOffToast()
  const { data } = useApi(listWithdrawals, { userId: colleague.id })
  const send = useSend(withdrawAuthenticator, {
    refresh: [listStaff, listWithdrawals],
    onSuccess: () => {
      told(colleague)
      onClose()
    },
  })
  return (
    <TurnOffTwoStepsForm
      person={colleague}
      withdrawals={data?.withdrawals ?? []}
      send={send}
      onSubmit={(reason) => send.mutate({ userId: colleague.id, reason })}
      onClose={onClose}
    />
  )
}
