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

/** Nothing where nothing would be in it. */
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
  const { name, hasPassword, failedEmails, hasAuthenticator } = person
  if (hasPassword && failedEmails > 0 && !hasAuthenticator) return null
  return (
    <RowMenu name={name}>
      <InviteAgainItem person={person} inviting={inviting} onInvite={onInvite} />
      <CorrectAddressItem person={person} onChoose={onCorrect} />
      <TurnOffTwoStepsItem person={person} onChoose={onTurnOff} />
    </RowMenu>
  )
}
