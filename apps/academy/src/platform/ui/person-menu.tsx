/** The menu of a row of students or teachers. */
import { InviteAgainItem, type Inviting } from './coming.tsx'
import { CorrectAddressItem } from './correct-address.tsx'
import { RowMenu } from './row-menu.tsx'
import { TurnOffTwoStepsItem } from './two-steps.tsx'

type Listed = {
  id: string
  name: string
  hasPassword: boolean
  invitedAt: string | null
  failedEmails: number
  hasAuthenticator: boolean
}

/** The button is left out where the menu would be empty. */
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
  const { id, name, hasPassword, failedEmails, hasAuthenticator } = person
  const items = [
    !hasPassword && <InviteAgainItem key="invite" inviting={inviting} onChoose={() => onInvite([id])} />,
    // Beside failed e-mails the row has a button for it.
    failedEmails === 0 && <CorrectAddressItem key="correct" onChoose={onCorrect} />,
    hasAuthenticator && <TurnOffTwoStepsItem key="turn-off" onChoose={onTurnOff} />,
  ].filter(Boolean)
  return items.length > 0 && <RowMenu name={name}>{items}</RowMenu>
}
