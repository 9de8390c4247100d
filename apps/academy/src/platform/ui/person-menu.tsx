/** The menu of a row of students or teachers: all that can be done, also what a button of the row does. */
import { InviteAgainItem, type Inviting } from './coming.tsx'
import { CorrectAddressItem } from './correct-address.tsx'
import { RowMenu } from './row-menu.tsx'
import { TurnOffTwoStepsItem } from './two-steps.tsx'

type Listed = {
  id: string
  name: string
  hasPassword: boolean
  invitedAt: string | null
  hasAuthenticator: boolean
}

export function PersonMenu({
  person,
  inviting,
  onInvite,
  onCorrect,
  onTurnOff,
}: {
  person: Listed
  inviting: Inviting
  onInvite: (people: string[]) => void
  onCorrect: () => void
  onTurnOff: () => void
}) {
  const { id, name, hasPassword, hasAuthenticator } = person
  return (
    <RowMenu name={name}>
      {!hasPassword && <InviteAgainItem inviting={inviting} onChoose={() => onInvite([id])} />}
      <CorrectAddressItem onChoose={onCorrect} />
      {hasAuthenticator && <TurnOffTwoStepsItem onChoose={onTurnOff} />}
    </RowMenu>
  )
}
