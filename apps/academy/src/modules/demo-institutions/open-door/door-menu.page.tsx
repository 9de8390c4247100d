/** The doors of a demonstration institution, at hand on every page. Elsewhere there is nothing to see. */
import { Button, Menu } from '@mantine/core'
import { IconMasksTheater } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useApi, useProblemText, useSend } from '../../../platform/ui/api.tsx'
import { useSessionActions } from '../../../platform/ui/session.tsx'
import { toast } from '../../../platform/ui/toast.tsx'
import { mayLeave } from '../../../platform/ui/unsaved.tsx'
import classes from './door-menu.page.module.css'
import { type DOOR_ROLES, listDoors, openDoor } from './open-door.contract.ts'

export default function DoorMenu() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { entered } = useSessionActions()
  const problemText = useProblemText()
  const { data } = useApi(listDoors, {})
  const opening = useSend(openDoor, {
    onSuccess: () => void entered().then(() => navigate({ to: '/app', ignoreBlocker: true })),
  })
  const open = async (role: (typeof DOOR_ROLES)[number]) => {
    if (!(await mayLeave())) return
    opening.mutate({ role }, { onError: (error) => toast('bad', t('doors.failed'), problemText(error)) })
  }
  if (!data || data.doors.length === 0) return null
  return (
    <Menu position="bottom-end" width={280}>
      <Menu.Target>
        <Button
          variant="light"
          size="compact-sm"
          className={classes.door ?? ''}
          aria-label={t('doors.menu')}
          loading={opening.isPending}
          leftSection={<IconMasksTheater size={16} aria-hidden />}
        >
          {t('doors.menu')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('doors.enterAs')}</Menu.Label>
        {data.doors.map(({ role, name, here }) => (
          <Menu.Item key={role} disabled={here} onClick={() => void open(role)}>
            {t('doors.as', { role: t(`role.${role}`), name })}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
