/** People who have not come yet: since when they are invited, and how they are invited again, one or all. */
import { Button, Group, Menu, Text } from '@mantine/core'
import { IconClock, IconMailForward } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { ApiProblem } from '../http/client.ts'
import { useProblemText } from './api.tsx'
import { useFormat } from './session.tsx'
import { toast } from './toast.tsx'
import { ToneWord } from './tone.tsx'

type Invited = { hasPassword: boolean; invitedAt: string | null }

/** A person with a password has come: nothing is shown. */
export function Coming({ person: { hasPassword, invitedAt } }: { person: Invited }) {
  const { t } = useTranslation()
  const { dateTime } = useFormat()
  if (hasPassword) return null
  return (
    <Text size="sm" component="div" c="dimmed">
      <ToneWord tone="quiet" icon={IconClock}>
        {invitedAt ? t('invite.since', { at: dateTime(invitedAt) }) : t('invite.notYet')}
      </ToneWord>
    </Text>
  )
}

export type Inviting = { isPending: boolean; variables?: { people?: readonly string[] | undefined } | undefined }

/** An item of a row's menu. */
export function InviteAgainItem({ inviting, onChoose }: { inviting: Inviting; onChoose: () => void }) {
  const { t } = useTranslation()
  return (
    <Menu.Item leftSection={<IconMailForward size={16} aria-hidden />} disabled={inviting.isPending} onClick={onChoose}>
      {t('invite.again')}
    </Menu.Item>
  )
}

/** The button is left out when everybody has come. */
export function InviteAll({ count, inviting, onInvite }: { count: number; inviting: Inviting; onInvite: () => void }) {
  const { t } = useTranslation()
  if (count === 0) return null
  return (
    <Group gap="xs" wrap="wrap">
      <Text size="sm" c="dimmed">
        {t('invite.neverCame', { count })}
      </Text>
      <Button
        size="compact-sm"
        variant="subtle"
        leftSection={<IconMailForward size={14} aria-hidden />}
        loading={inviting.isPending && inviting.variables?.people === undefined}
        onClick={onInvite}
      >
        {t('invite.all')}
      </Button>
    </Group>
  )
}

/** The toast says what the server has done, or why it has not. */
export function useInvitedToast() {
  const { t } = useTranslation()
  const problemText = useProblemText()
  return {
    done: ({ invited, recently }: { invited: number; recently: number }) =>
      toast(
        invited > 0 ? 'good' : 'accent',
        t('invite.done', { count: invited }),
        [
          invited > 0 && t('invite.doneHint', { count: invited }),
          recently > 0 && t('invite.recently', { count: recently }),
        ]
          .filter(Boolean)
          .join(' '),
      ),
    failed: (problem: ApiProblem) => toast('bad', t('invite.failed'), problemText(problem)),
  }
}
