/** My account: its second factor, its password, the places where it is signed in, and who came in. */
import { Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../../platform/ui/api.tsx'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { usePerson } from '../../../platform/ui/session.tsx'
import { Show } from '../../../platform/ui/states.tsx'
import { TwoSteps } from '../authenticator/two-steps.page.tsx'
import { OpenSessions } from './open-sessions.page.tsx'
import { readOwnAccount } from './own-account.contract.ts'
import { PasswordForm } from './password-form.page.tsx'
import { RecentSignIns } from './recent-sign-ins.page.tsx'

export default function OwnAccount() {
  const { t } = useTranslation()
  const { name, email } = usePerson()
  const query = useApi(readOwnAccount, {})
  return (
    <>
      <PageHeader title={t('ownAccount.title')}>{name === email ? email : `${name} · ${email}`}</PageHeader>
      <Show query={query}>
        {({ hasPassword, authenticator, sessions, signIns }) => (
          <Stack gap="xl" maw="60rem">
            <TwoSteps hasPassword={hasPassword} authenticator={authenticator} />
            <PasswordForm hasPassword={hasPassword} />
            <OpenSessions sessions={sessions} />
            <RecentSignIns signIns={signIns} />
          </Stack>
        )}
      </Show>
    </>
  )
}
